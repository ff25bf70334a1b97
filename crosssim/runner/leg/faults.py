"""Faults planted in a leg on purpose: in its wiring, in what its cells are, in when its input comes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from crosssim.errors import UsageError
from crosssim.model.declaration import Network
from crosssim.recording.data import Wiring
from crosssim.runner.leg.declared import Declared
from crosssim.runner.leg.populations import is_mixed
from crosssim.runner.request import Fault

_JITTER_SEED = 1  # any number: the question is whether a trifle matters, not which
_OTHER_RECEPTOR = {"excitatory": "inhibitory", "inhibitory": "excitatory"}


def _scale_weights(wiring: Wiring, fault: Fault) -> Wiring:
    return replace(wiring, weight=wiring.weight * (1 + fault.value))


def _lengthen_delays(wiring: Wiring, fault: Fault) -> Wiring:
    return replace(wiring, delay_ms=wiring.delay_ms + fault.value)


def _swap_receptor(wiring: Wiring, fault: Fault) -> Wiring:
    return replace(wiring, receptor_type=_OTHER_RECEPTOR.get(wiring.receptor_type, wiring.receptor_type))


def _lose_synapses(wiring: Wiring, fault: Fault) -> Wiring:
    """Every n-th synapse is gone, spread evenly over the sorted list: ``value`` is the share that is lost."""
    count = max(1, round(fault.value * len(wiring))) if len(wiring) else 0
    lost = np.linspace(0, max(len(wiring) - 1, 0), count).astype(int)
    return _without(wiring, lost)


def _lose_listed(wiring: Wiring, fault: Fault) -> Wiring:
    """Without the first connection of each pair in ``"pre>post,pre>post"``."""
    asked = {tuple(map(int, pair.split(">"))) for pair in fault.parameter.split(",")}
    edges = [(int(pre), int(post)) for pre, post in zip(wiring.pre, wiring.post, strict=True)]
    first = {edge: k for k, edge in reversed([*enumerate(edges)])}
    return _without(wiring, np.array([first[pair] for pair in asked if pair in first], dtype=int))


def _lose_projection(wiring: Wiring, fault: Fault) -> Wiring:
    return _without(wiring, np.arange(len(wiring)))


def _without(wiring: Wiring, lost: npt.NDArray[np.integer[Any]]) -> Wiring:
    kept = np.setdiff1d(np.arange(len(wiring)), lost)
    return replace(
        wiring,
        pre=wiring.pre[kept],
        post=wiring.post[kept],
        weight=wiring.weight[kept],
        delay_ms=wiring.delay_ms[kept],
    )


LISTED_SYNAPSES = "listed synapses lost"
IN_WIRING: dict[str, Callable[[Wiring, Fault], Wiring]] = {
    "weights scaled by 1 + value": _scale_weights,
    "delays longer by value ms": _lengthen_delays,
    "receptor type swapped": _swap_receptor,
    "share of synapses lost": _lose_synapses,
    LISTED_SYNAPSES: _lose_listed,
    "projection lost": _lose_projection,
}
IN_CELLS = ("parameter plus value", "parameter times value", "parameter of one cell plus value")
LATE_INPUT = "inputs late by value ms"
LOST_INPUT = "one input spike lost"
JITTER = "initial v jittered by value mV"
KINDS = (*IN_WIRING, *IN_CELLS, LATE_INPUT, LOST_INPUT, JITTER)
"""All kinds of fault; a wrong seed needs none, for the wiring of a replay may come from any leg."""


def with_faults(name: str, wiring: Wiring, faults: tuple[Fault, ...]) -> Wiring:
    """The wiring of projection ``name`` with its faults planted; the given one is left as it is."""
    for fault in faults:
        if fault.kind in IN_WIRING and fault.target == name:
            wiring = IN_WIRING[fault.kind](wiring, fault)
    return wiring


def input_lateness_ms(faults: tuple[Fault, ...]) -> float:
    """By how much the model's own input comes late."""
    return sum(fault.value for fault in faults if fault.kind == LATE_INPUT)


def loses_input(faults: tuple[Fault, ...]) -> bool:
    """Whether one spike of the model's own input is not to be delivered."""
    return any(fault.kind == LOST_INPUT for fault in faults)


def refuse_unplantable(faults: tuple[Fault, ...], replayed: bool) -> None:
    """Raise :class:`UsageError` for a fault in the wiring of a leg that makes its own connections."""
    for fault in faults:
        if fault.kind in IN_WIRING and not replayed:
            raise UsageError(f"fault {fault.kind!r} changes a wiring that was read back; name its leg: --replay-wiring")


def plant_jitter(network: Network, declared: Declared, faults: tuple[Fault, ...]) -> None:
    """Move every cell's initial v by a number between -value and value, the same on every backend and rank."""
    for fault in faults:
        if fault.kind != JITTER:
            continue
        rng = np.random.default_rng(_JITTER_SEED)
        for population in network.populations.values():
            v = declared.initial.get(id(population), {}).get("v")
            if v is not None:
                moved = v + rng.uniform(-fault.value, fault.value, population.size)
                super(type(population), population).initialize(v=moved)


def plant_in_cells(network: Network, faults: tuple[Fault, ...]) -> None:
    """Change parameters of cells behind the declaration's back, as a wrong translation would."""
    for fault in faults:
        if fault.kind not in IN_CELLS:
            continue
        population = network.populations.get(fault.target)
        if population is None or fault.parameter not in population.celltype.get_parameter_names():
            raise UsageError(f"fault: population {fault.target!r} has no parameter {fault.parameter!r}")
        was = np.broadcast_to(population.get(fault.parameter, gather="all", simplify=False), (population.size,)).copy()
        _set_undeclared(population, {fault.parameter: _changed(was, fault)})


def _changed(was: npt.NDArray[np.float64], fault: Fault) -> npt.NDArray[np.float64]:
    if fault.kind == "parameter times value":
        return was * fault.value
    changed = was.copy()
    if fault.kind == "parameter of one cell plus value":
        changed[len(changed) // 2] += fault.value
        return changed
    return changed + fault.value


def _set_undeclared(population: Any, values: Mapping[str, npt.NDArray[np.float64]]) -> None:
    standing: dict[str, Any] = {}
    if is_mixed(population.celltype):
        names = population.celltype.get_parameter_names()
        standing = dict(zip(names, population.get(names, gather="all", simplify=False), strict=True))
    super(type(population), population).set(**{**standing, **values})
