"""The `sim` that a model's build receives: PyNN itself, watched.

It passes every name through, and does three things a plain module cannot: it refuses what could not be the same on
two simulators (unseeded or simulator-own random numbers), it moves input spikes to times that every backend delivers
alike, and it remembers what was declared, so that it can be held against what the simulator holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from crosssim.errors import ModelError
from crosssim.model.inputs import deliverable
from crosssim.recording.data import Spikes

_DEFAULT_CONNECTOR_SEED = 151985012  # what PyNN 0.13 gives a connector that was handed no rng

_REFUSED = {
    "SpikeSourcePoisson": "each simulator draws it from its own generator; draw the times once with "
    "crosssim.poisson_spike_times(rate_hz, start_ms, stop_ms, np.random.default_rng(p.seeds.input)) and give them to "
    "sim.SpikeSourceArray(spike_times=...)",
    "NativeRNG": "it is another generator on every simulator; write sim.NumpyRNG(p.seeds.wiring)",
    "NoisyCurrentSource": "each simulator draws its own noise; draw the values once with numpy from p.seeds.input and "
    "give them to sim.StepCurrentSource",
} | dict.fromkeys(
    ("setup", "run", "run_for", "run_until", "reset", "end"),
    "crosssim sets up and runs the simulation; build only returns the Network",
)
_REFUSED["SpikeSourcePoissonRefractory"] = _REFUSED["SpikeSourceGamma"] = _REFUSED["SpikeSourcePoisson"]
_REFUSED["create"] = _REFUSED["connect"] = (
    "write sim.Population(...) or sim.Projection(...), and name it in the Network"
)


@dataclass
class Declared:
    """What build declared: by id() of the population, values by name; and what was told to the modeller."""

    parameters: dict[int, dict[str, npt.NDArray[np.float64]]] = field(default_factory=dict)
    initial: dict[int, dict[str, npt.NDArray[np.float64]]] = field(default_factory=dict)
    inputs: dict[int, list[npt.NDArray[np.float64]]] = field(default_factory=dict)
    populations: list[Any] = field(default_factory=list)
    projections: list[Any] = field(default_factory=list)
    moved_inputs: int = 0
    total_inputs: int = 0
    farthest_move_ms: float = 0.0

    def input_spikes(self, population: Any, t_stop_ms: float) -> Spikes:
        """The declared spikes of a source population, up to the end of the run."""
        trains = [times[times <= t_stop_ms] for times in self.inputs[id(population)]]
        cells = np.repeat(np.arange(len(trains)), [len(train) for train in trains])
        return Spikes.from_events(cells, np.concatenate([np.zeros(0), *trains]), len(trains), t_stop_ms)


@dataclass(frozen=True)
class InputGrid:
    """The grid on which input spikes are delivered: points every ``step_ms``, none before ``earliest_ms``.

    ``early_by_ms`` is taken off each time that a simulator is given: a time that float dust puts a hair after a grid
    point would be delivered one step late (findings: 4.4 - 0.1). ``late_by_ms`` is a fault planted on purpose.
    """

    step_ms: float
    earliest_ms: float
    early_by_ms: float = 1e-6
    late_by_ms: float = 0.0


class GuardedSimulator:
    """A PyNN backend module, watched. ``sim.Population`` and ``sim.Projection`` are watched subclasses.

    With ``deferred``, build only says what it connects; ``real_projection`` and ``sources`` connect afterwards.
    """

    def __init__(self, sim: Any, grid: InputGrid, *, deferred: bool = False) -> None:
        self._sim = sim
        self._grid = grid
        self.declared = Declared()
        self.Population = watched_population(sim, self.declared, grid)
        self.real_projection = watched_projection(sim, self.declared)
        self.Projection = deferred_projection(self.declared) if deferred else self.real_projection

    def sources(self, trains: list[npt.NDArray[np.float64]], label: str) -> Any:
        """A population of sources that fire ``trains`` (ms), on time whatever was asked of the model's own inputs."""
        from pyNN.parameters import Sequence

        population = watched_population(self._sim, self.declared, replace(self._grid, late_by_ms=0.0))
        celltype = self._sim.SpikeSourceArray(spike_times=[Sequence(train) for train in trains])
        return population(len(trains), celltype, label=label)

    def __getattr__(self, name: str) -> Any:
        if name in _REFUSED:
            raise ModelError(f"sim.{name} is not for a model that runs on several simulators: {_REFUSED[name]}")
        return getattr(self._sim, name)


def watched_population(sim: Any, declared: Declared, grid: InputGrid) -> type:
    """A subclass of the backend's Population that draws every random value once, and remembers what it was given."""

    class Population(sim.Population):  # type: ignore[misc]
        """A PyNN population whose declaration is remembered."""

        def __init__(
            self,
            size: Any,
            cellclass: Any,
            cellparams: Mapping[str, Any] | None = None,
            structure: Any = None,
            initial_values: Mapping[str, Any] | None = None,
            label: str | None = None,
        ) -> None:
            cells = int(np.prod(size))
            celltype = cellclass(**(cellparams or {})) if isinstance(cellclass, type) else cellclass
            space = celltype.parameter_space
            space.shape = (cells,)
            _draw_once(space, cells, label)
            if _is_source(celltype):
                _snap_inputs(space, self, cells, declared, grid)
            else:
                declared.parameters[id(self)] = _numbers(space, cells)
            declared.initial[id(self)] = {}
            super().__init__(size, celltype, None, structure, dict(initial_values or {}), label)
            declared.populations.append(self)

        def initialize(self, **values: Any) -> None:
            drawn = {name: _drawn(value, self.size, self.label) for name, value in values.items()}
            declared.initial[id(self)].update(drawn)
            super().initialize(**drawn)

        def set(self, **values: Any) -> None:
            _set_and_remember(self, super().set, values, declared, grid)

        def _get_view(self, selector: Any, label: str | None = None) -> Any:
            return View(self, selector, label)

    class View(sim.PopulationView):  # type: ignore[misc]
        """A view into a watched population."""

        def set(self, **values: Any) -> None:
            _set_and_remember(self, super().set, values, declared, grid)

        def initialize(self, **values: Any) -> None:
            drawn = {name: _drawn(value, self.size, self.label) for name, value in values.items()}
            whole, chosen = self.grandparent, self.index_in_grandparent(np.arange(self.size))
            for name, numbers in drawn.items():
                declared.initial[id(whole)][name][chosen] = numbers
            super().initialize(**drawn)

        def _get_view(self, selector: Any, label: str | None = None) -> Any:
            return View(self, selector, label)

    return Population


def _set_and_remember(cells: Any, set_them: Any, values: dict[str, Any], declared: Declared, grid: InputGrid) -> None:
    whole = getattr(cells, "grandparent", cells)
    chosen = cells.index_in_grandparent(np.arange(cells.size)) if whole is not cells else np.arange(cells.size)
    if "spike_times" in values:
        raise ModelError(
            f"population {whole.label}: give spike_times to sim.SpikeSourceArray(...) when it is built, not with set()"
        )
    drawn = {name: _drawn(value, cells.size, whole.label) for name, value in values.items()}
    for name, numbers in drawn.items():
        declared.parameters[id(whole)].setdefault(name, np.full(whole.size, np.nan))[chosen] = numbers
    set_them(**drawn)


def watched_projection(sim: Any, declared: Declared) -> type:
    """A subclass of the backend's Projection that refuses random numbers that were not handed a seed."""

    class Projection(sim.Projection):  # type: ignore[misc]
        """A PyNN projection whose randomness is checked before it connects."""

        def __init__(self, presynaptic: Any, postsynaptic: Any, connector: Any, *args: Any, **named: Any) -> None:
            label = named.get("label") or f"{presynaptic.label} to {postsynaptic.label}"
            for side in (presynaptic, postsynaptic):
                if isinstance(side, sim.Assembly):
                    raise ModelError(f"projection {label}: write one projection per population instead of an Assembly")
            _refuse_unseeded_connector(connector, label)
            synapse = named.get("synapse_type", args[0] if args else None)
            for name, value in getattr(synapse, "parameter_space", {}).items():
                _refuse_unseeded(getattr(value, "base_value", None), f"projection {label}: {name}")
            super().__init__(presynaptic, postsynaptic, connector, *args, **named)
            declared.projections.append(self)

    return Projection


def deferred_projection(declared: Declared) -> type:
    """A stand-in for Projection that keeps what build says and connects nothing yet."""

    class Projection:
        """A projection that will be made after build, from the wiring that was read back."""

        def __init__(
            self,
            presynaptic: Any,
            postsynaptic: Any,
            connector: Any,
            synapse_type: Any = None,
            source: Any = None,
            receptor_type: str | None = None,
            space: Any = None,
            label: str | None = None,
        ) -> None:
            kind = synapse_type.__class__.__name__
            self.label = label or f"{presynaptic.label} to {postsynaptic.label}"
            if synapse_type is not None and kind != "StaticSynapse":
                raise ModelError(
                    f"projection {self.label} uses {kind}; replay holds the weights fixed, so it takes only "
                    "StaticSynapse: compare this model with the gates up to trajectories"
                )
            self.pre, self.post = presynaptic, postsynaptic
            declared.projections.append(self)

        def set(self, **values: Any) -> None:
            """Nothing: what set() changes stands in the wiring that was read back."""

    return Projection


def _refuse_unseeded_connector(connector: Any, label: str) -> None:
    rng = getattr(connector, "rng", None)
    kind = connector.__class__.__name__
    if kind == "FixedTotalNumberConnector":
        raise ModelError(
            f"projection {label}: FixedTotalNumberConnector makes another network for every number of MPI ranks; "
            "write sim.FixedProbabilityConnector or draw the edges and use sim.FromListConnector"
        )
    if rng is not None:
        _refuse_generator(rng, f"projection {label}: {kind}")


def _refuse_unseeded(value: Any, what: str) -> None:
    if hasattr(value, "rng") and hasattr(value, "next"):
        _refuse_generator(value.rng, what)


def _refuse_generator(rng: Any, what: str) -> None:
    write = "write rng=sim.NumpyRNG(p.seeds.wiring, parallel_safe=True)"
    if rng.__class__.__name__ != "NumpyRNG":
        raise ModelError(f"{what} draws from {rng.__class__.__name__}, which is not the same everywhere; {write}")
    if getattr(rng, "seed", None) in (None, _DEFAULT_CONNECTOR_SEED):
        raise ModelError(f"{what} has no seed of its own; {write}")
    if not rng.parallel_safe:
        raise ModelError(f"{what} draws other numbers for every number of MPI ranks; {write}")


def _is_source(celltype: Any) -> bool:
    return "SpikeSourceArray" in [one.__name__ for one in type(celltype).__mro__]


def _drawn(value: Any, cells: int, label: str | None) -> npt.NDArray[np.float64]:
    """f8[cells]: PyNN's ways to give a value (number, array, function of the position, distribution), drawn once."""
    from pyNN.parameters import LazyArray

    lazy = value if isinstance(value, LazyArray) else LazyArray(value, shape=(cells,), dtype=float)
    lazy.shape = (cells,)
    _refuse_unseeded(lazy.base_value, f"population {label}: a random value")
    return np.array(lazy.evaluate(simplify=False), dtype=np.float64)


def _draw_once(space: Any, cells: int, label: str | None) -> None:
    from pyNN.parameters import LazyArray
    from pyNN.random import RandomDistribution

    for name, lazy in list(space.items()):
        if isinstance(lazy.base_value, RandomDistribution):
            space[name] = LazyArray(_drawn(lazy, cells, label), shape=(cells,), dtype=float)


def _numbers(space: Any, cells: int) -> dict[str, npt.NDArray[np.float64]]:
    found = {}
    for name, lazy in space.items():
        if np.issubdtype(np.dtype(lazy.dtype), np.number) if lazy.dtype is not None else True:
            try:
                found[name] = np.broadcast_to(np.asarray(lazy.evaluate(simplify=False), dtype=float), (cells,)).copy()
            except (TypeError, ValueError):
                continue  # a sequence or a nested parameter: it has no number per cell
    return found


def _snap_inputs(space: Any, population: Any, cells: int, declared: Declared, grid: InputGrid) -> None:
    from pyNN.parameters import LazyArray, Sequence

    given = np.broadcast_to(np.asarray(space["spike_times"].evaluate(simplify=False), dtype=object), (cells,))
    asked = [np.asarray(one.value, dtype=float) for one in given]
    snapped = [deliverable(times, grid.step_ms, grid.earliest_ms) for times in asked]
    moves = np.abs(np.concatenate([np.zeros(0), *map(np.sort, asked)]) - np.concatenate([np.zeros(0), *snapped]))
    declared.total_inputs += moves.size
    declared.moved_inputs += int((moves > grid.early_by_ms).sum())
    declared.farthest_move_ms = float(max(declared.farthest_move_ms, moves.max(initial=0.0)))
    declared.inputs[id(population)] = snapped
    early = np.empty(cells, dtype=object)
    early[:] = [Sequence(times - grid.early_by_ms + grid.late_by_ms) for times in snapped]
    space["spike_times"] = LazyArray(early, shape=(cells,), dtype=Sequence)
