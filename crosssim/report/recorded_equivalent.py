"""A mechanism beside its candidate from the plan to the page: run, judged, written, recorded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from crosssim.errors import UsageError
from crosssim.report.equivalent_words import headline
from crosssim.report.equivalent_write import write_equivalent_report
from crosssim.runner.bench import Bench
from crosssim.studies.equivalent import EquivalentResult, report_folder, run_equivalent
from crosssim.studies.equivalent_plan import EquivalentWishes, plan_equivalent
from crosssim.studies.recorded import recorded_study

KIND = "equivalent"


class EquivalentUnwritten(UsageError):
    """The comparison has its answer, and the disk did not take its report; ``result`` is the answer."""

    def __init__(self, error: UsageError, result: EquivalentResult) -> None:
        self.result = result
        super().__init__(str(error))


@dataclass(frozen=True)
class EquivalentOrder:
    """What is to be compared, and where its report lies; ``command`` is what the user typed."""

    wishes: EquivalentWishes
    bench: Bench
    results: Path
    command: Sequence[str]
    tell: Callable[[str], None]


def recorded_equivalent(order: EquivalentOrder) -> tuple[EquivalentResult, Path]:
    """The result, and the page of its report, beside which the record lies with a copy of the mechanism's file.

    Raises :class:`EquivalentUnwritten` if the disk does not take the report, and what
    :func:`~crosssim.studies.equivalent.run_equivalent` raises.
    """
    wishes, results = order.wishes, order.results
    plan = plan_equivalent(wishes)
    request = msgspec.to_builtins(wishes, enc_hook=str)
    sources = {plan.original.file.name: plan.original.file}
    with recorded_study(KIND, KIND, request, results, order.command, sources) as study:
        result = run_equivalent(plan, order.bench, order.tell)
        folder = report_folder(results, result)
        try:
            page = write_equivalent_report(result, folder, order.command, study.id)
            study.finish(
                folder,
                [],
                label=f"{plan.original.name} {plan.cell} on {plan.backend}",
                verdict="equivalent" if result.candidate.is_equivalent else "not equivalent",
                reason=headline(result),
            )
        except UsageError as error:
            raise EquivalentUnwritten(error, result) from None
    return result, page
