"""The cross-check: the same network on several backends, each leg held against the first."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from crosssim.divergence.gates import judge
from crosssim.divergence.verdict import Judgement, Verdict
from crosssim.errors import CrosssimError, NotComparable
from crosssim.model.declaration import Model
from crosssim.recording.folder import read_recording
from crosssim.runner.launch import Launcher, LegPlan, LegRun
from crosssim.runner.request import LegStatus
from crosssim.studies.legs import asked_differences
from crosssim.studies.result import CheckResult, Comparison, FinishedLeg


def run_check(model: Model, plans: Sequence[LegPlan], launcher: Launcher, command: Sequence[str]) -> CheckResult:
    """Run every leg and compare each with the first; a leg that fails leaves the others to be kept and compared."""
    started, clock = datetime.now(UTC), time.monotonic()
    legs = tuple(finished_leg(run) for run in launcher.run(plans))
    reference, *candidates = legs
    comparisons = tuple(
        Comparison(reference.label, candidate.label, judge_pair(model, reference, candidate))
        for candidate in candidates
        if reference.recording is not None and candidate.recording is not None
    )
    return CheckResult(
        model=model,
        legs=legs,
        comparisons=comparisons,
        command=tuple(command),
        started=started.isoformat(timespec="seconds"),
        wall_s=round(time.monotonic() - clock, 3),
    )


def finished_leg(run: LegRun) -> FinishedLeg:
    """A run with its recording, if its outcome says that there is one."""
    outcome, recording = run.outcome, None
    if outcome.completed:
        try:
            recording = read_recording(run.folder)
        except CrosssimError as error:
            outcome = type(outcome)(LegStatus.CRASHED, str(error))
    return FinishedLeg(run.plan.label, run.plan.request, outcome, run.folder, run.plan.command, run.reused, recording)


def judge_pair(model: Model, reference: FinishedLeg, candidate: FinishedLeg) -> Judgement:
    """The first three gates on two finished legs."""
    assert reference.recording is not None and candidate.recording is not None
    asked = asked_differences(reference.request, candidate.request, model)
    try:
        return judge(reference.recording, candidate.recording, model.recorded, asked_for=asked)
    except NotComparable as error:
        return Judgement(Verdict.NOT_COMPARABLE, str(error))


def report_folder(results: Path, result: CheckResult) -> Path:
    """``results/MODEL/check-LEGS-KEY``: another folder for other legs or settings, the same for a repeat."""
    keys = "-".join(leg.folder.name.rpartition("-")[2][:4] for leg in result.legs if leg.recording is not None)
    names = "-".join(leg.request.backend for leg in result.legs)
    return results / result.model.name / f"check-{names}-{keys or 'failed'}"
