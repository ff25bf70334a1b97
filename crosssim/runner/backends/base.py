"""What a backend has to say of itself. Every backend file fills this one form; nothing about it stands elsewhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from crosssim.model.declaration import Timing
from crosssim.recording.data import CellTable, Trace, Wiring

Events = tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]
"""Cell positions and times (ms) of spikes, of the cells on this rank, in any order."""


class Severity(StrEnum):
    """Whether a danger ends the leg before it runs, or is only told."""

    REFUSE = "refuse"
    WARN = "warn"


@dataclass(frozen=True)
class Danger:
    """Something that is legal in PyNN and will go wrong on this backend; ``reason`` is one sentence."""

    severity: Severity
    reason: str


@dataclass(frozen=True)
class Plan:
    """What the dangers are judged by: the cells and wiring as read back, and the timing."""

    cells: Mapping[str, CellTable]
    wiring: Mapping[str, Wiring]
    timing: Timing
    ranks: int = 1


@dataclass(frozen=True)
class Backend:
    """One simulator as PyNN offers it.

    ``module`` is imported only inside a leg. ``distributions`` are the packages whose versions decide a result.
    The functions take PyNN objects of this backend and return what lies on this rank:

    - ``prepare`` runs before the import, ``after_setup(sim)`` after every ``sim.setup``
    - ``watch_inputs(population)`` starts recording what a spike source delivers
    - ``spikes(population)`` returns the spikes of cells, ``input_spikes(population)`` those of a source
    - ``trace(population, variable)`` returns the recorded trace, in PyNN units
    - ``initial_values(population, names)`` reads state variables as they stand at t = 0
    - ``wiring(projection)`` reads edges, weights and delays; positions count from the start of the whole population
    - ``begin(sim)`` brings the network to t = 0, ``extreme_v(population)`` is the v (mV) farthest from 0 just now
    - ``dangers(plan)`` lists what is legal and will go wrong
    - ``build_information()`` is what the simulator says of its own build; asked after the import
    """

    name: str
    label: str
    module: str
    distributions: tuple[str, ...]
    prepare: Callable[[], None]
    after_setup: Callable[[Any], None]
    watch_inputs: Callable[[Any], None]
    spikes: Callable[[Any], Events]
    input_spikes: Callable[[Any], Events]
    trace: Callable[[Any, str], Trace | None]
    initial_values: Callable[[Any, tuple[str, ...]], dict[str, npt.NDArray[np.float64]]]
    wiring: Callable[[Any], Wiring]
    begin: Callable[[Any], None]
    extreme_v: Callable[[Any], float]
    dangers: Callable[[Plan], list[Danger]]
    setup_arguments: Mapping[str, Any] = field(default_factory=dict)
    takes_ranks: bool = False
    takes_threads: bool = False
    time_quantum_ms: float = 0.0
    known_warnings: tuple[str, ...] = ()
    build_information: Callable[[], Mapping[str, str]] = dict


def positions(population: Any, ids: npt.ArrayLike) -> npt.NDArray[np.int32]:
    """i4: where the cells with these simulator ids stand in their whole population (ids are consecutive in PyNN)."""
    return (np.asarray(ids, dtype=np.int64) - int(population.first_id)).astype(np.int32)


def whole(population: Any) -> Any:
    """The population that a view looks into; a population is its own whole."""
    return getattr(population, "grandparent", population)


def weight_unit(projection: Any) -> str:
    """PyNN's unit of a weight: uS for conductance-based, nA for current-based cells, mV for delta synapses."""
    post = projection.post
    if post.conductance_based:
        return "uS"
    return "mV" if "delta" in post.celltype.__class__.__name__ else "nA"


def stand(values: npt.ArrayLike, cells: int) -> npt.NDArray[np.float64]:
    """f8[cells] from one number or one per cell."""
    return np.broadcast_to(np.asarray(values, dtype=np.float64), (cells,)).copy()
