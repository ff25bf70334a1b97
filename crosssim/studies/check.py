"""The cross-check: the same network on several backends, each leg held against the first."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from crosssim.divergence.verdict import Gate
from crosssim.model.declaration import Model
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.studies.finished import finished_leg
from crosssim.studies.result import CheckResult, Comparison, Pair
from crosssim.studies.walk import ALL_GATES, judge_pair


def run_check(
    model: Model,
    plans: Sequence[LegPlan],
    launcher: Launcher,
    command: Sequence[str],
    gates: Sequence[Gate] = ALL_GATES,
) -> CheckResult:
    """Run every leg and compare each with the first; a leg that fails leaves the others to be kept and compared."""
    started, clock = datetime.now(UTC), time.monotonic()
    legs = tuple(finished_leg(run) for run in launcher.run(plans))
    reference, *candidates = legs
    comparisons = tuple(
        Comparison(reference.label, candidate.label, judge_pair(Pair(model, reference, candidate), launcher, gates))
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


def first_pair(result: CheckResult) -> Pair | None:
    """The reference and the first candidate, if both have finished."""
    finished = [leg for leg in result.legs[:2] if leg.recording is not None]
    return Pair(result.model, *finished) if len(finished) == 2 else None


def report_folder(results: Path, result: CheckResult, kind: str = "check", gates: Sequence[Gate] = ALL_GATES) -> Path:
    """``results/MODEL/KIND-LEGS-KEY``: another folder for other legs, settings or gates, the same for a repeat."""
    keys = "-".join(leg.folder.name.rpartition("-")[2][:4] for leg in result.legs if leg.recording is not None)
    names = "-".join(leg.request.backend for leg in result.legs)
    only = "" if kind != "check" or tuple(gates) == ALL_GATES else "-" + "-".join(gates)
    return results / result.model.name / f"{kind}-{names}-{keys or 'failed'}{only}"
