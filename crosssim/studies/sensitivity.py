"""The yardsticks: each backend beside itself, changed by next to nothing, for as long as two backends are compared."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from crosssim.divergence.sensitivity import JITTERS_MV, Yardstick, yardstick
from crosssim.model.declaration import is_multiple
from crosssim.recording.data import Recording
from crosssim.recording.folder import read_recording
from crosssim.runner.backends import find_backend
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.runner.leg.faults import JITTER, LOST_INPUT
from crosssim.runner.request import Fault, LegRequest
from crosssim.studies.legs import leg_arguments
from crosssim.studies.result import FinishedLeg, Pair

DURATION_MS = 300.0
"""How long the twins run: two runs of a network in its chaos part within some tens of ms, or within this not at all."""


def run_yardsticks(pair: Pair, launcher: Launcher) -> tuple[Yardstick, ...]:
    """The two backends beside each other, and each beside its own twins; a twin that cannot run is left out.

    Of the jitters only the smallest that changes a spike is kept: smaller ones are swallowed by the time grid.
    """
    duration = min(DURATION_MS, *(leg.request.timing.duration_ms for leg in (pair.reference, pair.candidate)))
    sides = (pair.reference, pair.candidate)
    twins = [(leg, what, request) for leg in sides for what, request in _twins(leg)]
    asked = [(leg.label, leg.request) for leg in sides] + [(what, request) for _, what, request in twins]
    runs = launcher.run([_cut(label, request, duration, pair, launcher) for label, request in asked])
    recordings = [read_recording(Path(run.folder)) if run.outcome.completed else None for run in runs]
    own = dict(zip((pair.reference.label, pair.candidate.label), recordings[:2], strict=True))
    found = _between(pair, own)
    for (leg, what, _), changed in zip(twins, recordings[2:], strict=True):
        run = own[leg.label]
        if run is not None and changed is not None:
            found.append(yardstick(what, leg.label, run, changed, pair.model.recorded))
    return tuple(_smallest_jitters(found))


def _between(pair: Pair, own: dict[str, Recording | None]) -> list[Yardstick]:
    reference, candidate = own[pair.reference.label], own[pair.candidate.label]
    if reference is None or candidate is None:
        return []
    what = f"{pair.reference.label} against {pair.candidate.label}"
    return [yardstick(what, "", reference, candidate, pair.model.recorded)]


def _twins(leg: FinishedLeg) -> list[tuple[str, LegRequest]]:
    request = leg.request
    found = [
        (f"{leg.label}, all initial v jittered by {jitter:g} mV", (Fault(JITTER, value=jitter),))
        for jitter in JITTERS_MV
    ]
    if leg.recording is not None and leg.recording.inputs:
        found.append((f"{leg.label}, one input spike lost", (Fault(LOST_INPUT),)))
    requests = [(what, replace(request, faults=(*request.faults, *faults))) for what, faults in found]
    half = _at_half_step(request)
    return requests + ([(f"{leg.label}, at half the step", half)] if half is not None else [])


def _at_half_step(request: LegRequest) -> LegRequest | None:
    timing, quantum = request.timing, find_backend(request.backend).time_quantum_ms
    half = timing.timestep_ms / 2
    if quantum and not is_multiple(half, quantum):
        return None
    return replace(request, timing=replace(timing, timestep_ms=half))


def _cut(label: str, request: LegRequest, duration_ms: float, pair: Pair, launcher: Launcher) -> LegPlan:
    cut = replace(request, timing=replace(request.timing, duration_ms=duration_ms))
    return LegPlan(label, cut, leg_arguments(pair.model, cut, launcher.results))


def _smallest_jitters(found: Sequence[Yardstick]) -> list[Yardstick]:
    kept, told = [], set()
    for one in found:
        if "jittered" in one.what:
            if one.onset is None or one.leg in told:
                continue
            told.add(one.leg)
        kept.append(one)
    return kept
