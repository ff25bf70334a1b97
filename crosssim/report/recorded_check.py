"""A check from its order to its page: run, judged, written, recorded. What the command line and pytest both do."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from crosssim.divergence.verdict import Gate
from crosssim.errors import UsageError
from crosssim.model.declaration import Model
from crosssim.report.write import write_check_report
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.studies.check import report_folder, run_check
from crosssim.studies.recorded import check_request, finish_check, recorded_study
from crosssim.studies.result import CheckResult
from crosssim.studies.walk import ALL_GATES


@dataclass(frozen=True)
class CheckOrder:
    """What is to be checked; ``model_text`` and ``command`` are what the user typed."""

    model: Model
    model_text: str
    plans: Sequence[LegPlan]
    launcher: Launcher
    command: Sequence[str]
    gates: Sequence[Gate] = field(default=ALL_GATES)


class ReportUnwritten(UsageError):
    """The check has its answer, and the disk did not take its report; ``result`` is the answer."""

    def __init__(self, error: UsageError, result: CheckResult) -> None:
        self.result = result
        super().__init__(str(error))


def recorded_check(order: CheckOrder) -> tuple[CheckResult, Path]:
    """Run the check; its result, and the page of its report.

    Raises :class:`ReportUnwritten` if the disk takes the legs and not the report, :class:`UsageError` if nothing can be
    written.
    """
    results, request = order.launcher.results, check_request(order.model_text, order.plans)
    with recorded_study("check", order.model, request, results, order.command) as study:
        result = run_check(order.model, order.plans, order.launcher, order.command, order.gates)
        result = replace(result, record_id=study.id)
        folder = report_folder(results, result)
        try:
            page = write_check_report(result, folder)
            finish_check(study, result, folder)
        except UsageError as error:
            raise ReportUnwritten(error, result) from None
    return result, page
