"""A ladder from its plan to its page: climbed, judged, written, recorded."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from crosssim.divergence.promises import Standing
from crosssim.errors import UsageError
from crosssim.model.discovery import find_model
from crosssim.provenance.record import Record, RunStatus, UsedRun
from crosssim.report.ladder_words import headline
from crosssim.report.ladder_write import write_ladder_report
from crosssim.report.recorded_check import CheckOrder, recorded_check
from crosssim.runner.launch import Launcher
from crosssim.studies.ladder import LadderPlan, LadderResult, ladder_report_folder, run_ladder
from crosssim.studies.legs import Wishes, plan_legs
from crosssim.studies.recorded import StudyRecord, cpu_seconds, recorded_study, study_request, used_legs

CHECKED_LEGS = ("nest", "neuron")


class LadderUnwritten(UsageError):
    """The ladder has its answer, and the disk did not take its report; ``result`` is the answer."""

    def __init__(self, error: UsageError, result: LadderResult) -> None:
        self.result = result
        super().__init__(str(error))


def recorded_ladder(plan: LadderPlan, launcher: Launcher, command: Sequence[str]) -> tuple[LadderResult, Path]:
    """Climb the ladder; its result, and the page of its report.

    Raises :class:`LadderUnwritten` if the disk takes the rungs and not the report, :class:`UsageError` if nothing can
    be written.
    """
    request = study_request(plan.wishes.text, list(plan.legs.values()), judged=[rung.name for rung in plan.judged])
    with recorded_study("ladder", plan.ladder, request, launcher.results, command) as study:
        result = replace(run_ladder(plan, launcher, command), record_id=study.id)
        result = _with_check(plan, result, launcher, command)
        folder = ladder_report_folder(launcher.results, result)
        try:
            page = write_ladder_report(result, folder)
            _finish(study, result, launcher, folder)
        except UsageError as error:
            raise LadderUnwritten(error, result) from None
    return result, page


def _with_check(plan: LadderPlan, result: LadderResult, launcher: Launcher, command: Sequence[str]) -> LadderResult:
    """The ladder with the check of the model that it ends in, if that is asked for and the last rung was climbed."""
    ladder, wishes = plan.ladder, plan.wishes
    if not (ladder.checked_model and wishes.check) or plan.judged[-1] is not ladder.rungs[-1]:
        return result
    beside = ladder.file.parent / ladder.checked_model if ladder.file else Path(ladder.checked_model)
    text = str(beside) if beside.is_file() else ladder.checked_model
    model = find_model(text)
    duration = None if wishes.duration_ms is None else f"{wishes.duration_ms:g}"
    plans = plan_legs(model, text, CHECKED_LEGS, Wishes(duration=duration), launcher.results)
    done = recorded_check(CheckOrder(model, text, plans, replace(launcher, model=model, ended=[]), command))
    page = Path(os.path.relpath(done.page, ladder_report_folder(launcher.results, result))).as_posix()
    return replace(result, check=done.result, check_page=page)


def _finish(study: StudyRecord, result: LadderResult, launcher: Launcher, folder: Path) -> Record:
    legs = [*(one.leg for one in result.rungs), *result.samples]
    broken = result.first_broken
    names = [one.rung.name for one in result.rungs]
    return study.finish(
        folder,
        [*used_legs([("rung", leg) for leg in legs], launcher.ended, folder), *_used_check(result, folder)],
        status=RunStatus.COMPLETED if all(leg.outcome.completed for leg in legs) else RunStatus.FAILED,
        label=f"rungs {names[0]} to {names[-1]}" if len(names) > 1 else f"rung {names[0]}",
        verdict=f"rung {broken.rung.name} breaks its promise" if broken else _kept(result),
        reason=headline(result),
        cpu_s=cpu_seconds(launcher.ended),
        contents={f"{leg.label}: {name}": digest for leg in legs for name, digest in leg.outcome.fingerprints.items()},
    )


def _used_check(result: LadderResult, folder: Path) -> list[UsedRun]:
    if result.check is None:
        return []
    path = Path(result.check_page).parent
    return [UsedRun("check", result.check.record_id, path.as_posix(), result.check.model.name)]


def _kept(result: LadderResult) -> str:
    judged = all(one.standing is Standing.KEPT for one in result.rungs if one.judgements)
    words = "promises kept" if judged else "not all judged"
    return words if result.check is None else f"{words}; check: {result.check.worst.verdict.value}"
