"""A check from its order to its page: run, judged, written, recorded. What the command line and pytest both do."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from crosssim.divergence.verdict import Gate
from crosssim.errors import UsageError
from crosssim.model.declaration import Model
from crosssim.recording.disk import write_bytes_atomically
from crosssim.report.numbers import json_text, plain
from crosssim.report.write import write_check_report
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.studies.check import first_pair, report_folder, run_check
from crosssim.studies.recorded import finish_check, recorded_study, study_request
from crosssim.studies.result import CheckResult
from crosssim.studies.truth import TruthDetails, run_truth
from crosssim.studies.walk import ALL_GATES

TRUTH = "truth.json"


@dataclass(frozen=True)
class CheckOrder:
    """What is to be checked; ``model_text`` and ``command`` are what the user typed.

    ``kind`` names the study: "check", or "replay" or "refine", which ask one gate. ``with_truth`` holds the first pair
    against the solution of the equations.
    """

    model: Model
    model_text: str
    plans: Sequence[LegPlan]
    launcher: Launcher
    command: Sequence[str]
    gates: Sequence[Gate] = field(default=ALL_GATES)
    kind: str = "check"
    with_truth: bool = False


@dataclass(frozen=True)
class RecordedCheck:
    """A check that is done: its result, the page of its report, and the truth if it was asked for and could be told."""

    result: CheckResult
    page: Path
    truth: TruthDetails | None = None


class ReportUnwritten(UsageError):
    """The check has its answer, and the disk did not take its report; ``result`` is the answer."""

    def __init__(self, error: UsageError, result: CheckResult) -> None:
        self.result = result
        super().__init__(str(error))


def recorded_check(order: CheckOrder) -> RecordedCheck:
    """Run the check, write its report, record it.

    Raises :class:`ReportUnwritten` if the disk takes the legs and not the report, :class:`UsageError` if nothing can be
    written, and what :func:`~crosssim.studies.truth.run_truth` raises.
    """
    results = order.launcher.results
    gates = [str(gate) for gate in order.gates]
    request = study_request(order.model_text, order.plans, gates=gates, truth=order.with_truth)
    with recorded_study(order.kind, order.model, request, results, order.command) as study:
        result = run_check(order.model, order.plans, order.launcher, order.command, order.gates)
        result = replace(result, record_id=study.id)
        folder = report_folder(results, result, order.kind, order.gates)
        try:
            page = write_check_report(result, folder)
        except UsageError as error:
            raise ReportUnwritten(error, result) from None
        truth = _truth(order, result, folder)
        try:
            finish_check(study, result, order.launcher.ended, folder)
        except UsageError as error:
            raise ReportUnwritten(error, result) from None
    return RecordedCheck(result, page, truth)


def _truth(order: CheckOrder, result: CheckResult, folder: Path) -> TruthDetails | None:
    pair = first_pair(result) if order.with_truth else None
    if pair is None:
        return None
    truth = run_truth(pair, order.launcher)
    write_bytes_atomically(folder / TRUTH, json_text(plain(truth)).encode())
    return truth
