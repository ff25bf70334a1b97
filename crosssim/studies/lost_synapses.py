"""Names lost synapses: where a few cells alone disagree, removes the likeliest of their synapses in the reference."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from crosssim.divergence.lost_synapses import Synapse, best_of
from crosssim.divergence.suspects import NAMED_ABOVE, Suspect, whole_percent
from crosssim.recording.data import Floats, Spikes
from crosssim.runner.leg.faults import LISTED_SYNAPSES
from crosssim.runner.request import Fault
from crosssim.studies.focus import Focus
from crosssim.studies.scene import Scene

_TRIALS = 4
"""Synapses tried per cell, all cells at once: a leg each, for uncoupled cells do not see each other's losses."""

_EXPLAINS_CELL = 0.7
_SHOWN = 3


def suspect_lost_synapses(scene: Scene, focus: Focus) -> list[Suspect]:
    """One suspect if removing one synapse from each deviating cell removes half of the disagreement, else none."""
    cells = focus.deviating()
    ranked = [_likeliest(scene, focus, int(cell)) for cell in cells]
    trials = [
        tuple(one[k] for one in ranked if k < len(one)) for k in range(min(_TRIALS, max(map(len, ranked), default=0)))
    ]
    before = focus.by_cell(scene.reference)
    total = focus.total(before)
    if not trials or not total:
        return []
    removed = []
    for recording in scene.planted([_removal(synapses) for synapses in trials]):
        left = before if recording is None else focus.by_cell(recording)
        removed.append((before - left)[cells])
    found = _found(ranked, before[cells], removed)
    return _named(scene, focus, found, total)


def _likeliest(scene: Scene, focus: Focus, cell: int) -> list[Synapse]:
    recorded = scene.pair.reference.recording
    assert recorded is not None
    population = focus.row.population
    wirings = {name: one for name, one in recorded.wiring.items() if one.post_population == population}
    sources: dict[str, Spikes] = {name: one.held for name, one in recorded.inputs.items()} | dict(recorded.spikes)
    return focus.likely_lost(cell, wirings, sources)


def _removal(synapses: Sequence[Synapse]) -> tuple[Fault, ...]:
    by_projection: dict[str, list[str]] = {}
    for one in synapses:
        by_projection.setdefault(one.projection, []).append(f"{one.pre}>{one.post}")
    return tuple(Fault(LISTED_SYNAPSES, name, 0.0, ",".join(listed)) for name, listed in by_projection.items())


def _found(
    ranked: Sequence[Sequence[Synapse]], before: npt.NDArray[np.float64], removed: Sequence[Floats]
) -> Mapping[Synapse, float]:
    """The synapse that explains each cell, with the disagreement (ms) that goes with it."""
    best, gain = best_of(removed)
    return {
        ranked[n][best[n]]: float(gain[n])
        for n in range(len(ranked))
        if best[n] < len(ranked[n]) and gain[n] > 0 and gain[n] >= _EXPLAINS_CELL * before[n]
    }


def _named(scene: Scene, focus: Focus, found: Mapping[Synapse, float], total_ms: float) -> list[Suspect]:
    shares: dict[str, float] = {}
    for synapse, gain in found.items():
        shares[synapse.projection] = shares.get(synapse.projection, 0.0) + gain / total_ms
    projection = max(shares, key=lambda name: shares[name], default="")
    if not projection or shares[projection] < NAMED_ABOVE:
        return []
    lost = [one for one in found if one.projection == projection]
    shown = ", ".join(f"{one.pre}→{one.post}" for one in lost[:_SHOWN]) + (", …" if len(lost) > _SHOWN else "")
    reference, candidate = scene.pair.reference.label, scene.pair.candidate.label
    count = f"{len(lost)} synapses" if len(lost) > 1 else "one synapse"
    evidence = (
        f"{reference} without {count} of {projection} ({shown}) does what {candidate} does: "
        f"{whole_percent(shares[projection])} of {focus.words} is gone"
    )
    return [Suspect(f"synapses of {projection}", focus.row.population, evidence, round(shares[projection], 4))]
