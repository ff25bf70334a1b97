"""From a leg that came to its end to a leg that can be compared."""

from collections.abc import Sequence

from crosssim.errors import CrosssimError, LegError
from crosssim.recording.folder import read_recording
from crosssim.runner.launch import LegRun
from crosssim.runner.request import LegStatus
from crosssim.studies.result import FinishedLeg


def finished_leg(run: LegRun) -> FinishedLeg:
    """A run with its recording, if its outcome says that there is one."""
    outcome, recording = run.outcome, None
    if outcome.completed:
        try:
            recording = read_recording(run.folder)
        except CrosssimError as error:
            outcome = type(outcome)(LegStatus.CRASHED, str(error))
    return FinishedLeg(run.plan.label, run.plan.request, outcome, run.folder, run.plan.command, run.reused, recording)


def completed_legs(runs: Sequence[LegRun]) -> list[FinishedLeg]:
    """Legs that a study cannot do without. Raises :class:`LegError` for the first that failed."""
    legs = [finished_leg(run) for run in runs]
    for leg in legs:
        if leg.recording is None:
            raise LegError(f"{leg.label}: {leg.outcome.reason}")
    return legs
