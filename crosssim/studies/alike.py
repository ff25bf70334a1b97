"""The reference's backend with the candidate's changes: what is not the same even then, nobody asked for."""

from dataclasses import replace

from crosssim.recording.data import Recording
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.studies.finished import finished_leg
from crosssim.studies.legs import leg_arguments
from crosssim.studies.result import Pair

_STEPS = 10
"""Long enough to be a run; only what was built is compared."""


def alike(pair: Pair, launcher: Launcher) -> tuple[Recording, Recording] | None:
    """Recordings of the network as both backends build it for the candidate's request, without what ran.

    ``None`` if the reference's backend cannot be built so.
    """
    request = pair.candidate.request
    moment = max(request.timing.min_delay_ms, request.timing.timestep_ms) * _STEPS
    timing = replace(request.timing, duration_ms=min(moment, request.timing.duration_ms))
    twin = replace(request, backend=pair.reference.request.backend, timing=timing)
    label = f"{pair.reference.label} built as {pair.candidate.label}"
    (run,) = launcher.run([LegPlan(label, twin, leg_arguments(pair.model, twin, launcher.results))])
    leg = finished_leg(run)
    if leg.recording is None or pair.candidate.recording is None:
        return None
    built = _as_built(pair.candidate.recording)
    return replace(_as_built(leg.recording), duration_ms=built.duration_ms, spikes=built.spikes), built


def _as_built(recording: Recording) -> Recording:
    return replace(recording, traces={}, inputs={})
