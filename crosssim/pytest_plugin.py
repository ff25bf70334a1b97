"""``crosssim_check`` for the tests of a model repository.

::

    def test_model(crosssim_check):
        crosssim_check("models/mine.py", ["nest", "neuron"], verdict="same dynamics")

    @pytest.mark.crosssim(duration="500 ms", time_limit=60, missing="skip")
    def test_short(crosssim_check):
        crosssim_check("models/mine.py", ["nest", "neuron"])

pytest finds this module by its entry point. It imports nothing of crosssim before a test asks for a check. Under
pytest-xdist every worker runs its legs one at a time; workers that need the same leg share it.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from crosssim.divergence.verdict import Verdict
    from crosssim.report.recorded_check import CheckOrder
    from crosssim.studies.result import CheckResult

OPTIONS = ("duration", "timestep", "seed", "set", "gates", "time_limit", "missing", "fresh", "verdict")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the plugin."""
    group = parser.getgroup("crosssim")
    group.addoption("--crosssim-results", metavar="FOLDER", help="where crosssim_check keeps its runs")
    group.addoption("--crosssim-fresh", action="store_true", help="run every leg again, also those that are there")
    parser.addini("crosssim_results", "where crosssim_check keeps its runs, from the root folder", default="results")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", f"crosssim({', '.join(f'{name}=…' for name in OPTIONS)}): how to check a model")


@dataclass(frozen=True)
class Asked:
    """What a test asks of a check; see :func:`crosssim_check`."""

    verdict: str = "same dynamics"
    duration: str | float | None = None
    timestep: str | float | None = None
    seed: int | None = None
    set: dict[str, Any] = field(default_factory=dict)
    gates: str = ""
    time_limit: float | None = None
    missing: str = "fail"
    fresh: bool = False


CheckModel = Callable[..., "CheckResult"]


@pytest.fixture
def crosssim_check(request: pytest.FixtureRequest) -> CheckModel:
    """A function ``(model, legs, verdict="same dynamics", **options)`` that fails the test if a model does not agree.

    ``model`` is a name or a path (from the test file, else from the root folder); ``legs`` backends, the first is the
    reference; ``verdict`` the farthest that passes: "identical", "same to the grid", "same dynamics" or "statistically
    equivalent". Options, also of ``@pytest.mark.crosssim``: duration, timestep (ms, or a text with a unit), seed, set
    (parameters), gates, time_limit (s), fresh, missing ("fail" or "skip" where a simulator is missing). Returns the
    :class:`crosssim.studies.result.CheckResult`.
    """
    marked: dict[str, Any] = {}
    for mark in reversed(list(request.node.iter_markers("crosssim"))):
        marked |= mark.kwargs
    if request.config.getoption("--crosssim-fresh"):
        marked["fresh"] = True

    def check(model: str | os.PathLike[str], legs: Sequence[str], verdict: str = "", **options: Any) -> "CheckResult":
        __tracebackhide__ = True
        wanted = marked | options | ({"verdict": verdict} if verdict else {})
        unknown = sorted(wanted.keys() - set(OPTIONS))
        if unknown:
            pytest.fail(f"crosssim has no option {unknown[0]!r}; known: {', '.join(OPTIONS)}", pytrace=False)
        return _checked(_model_text(os.fspath(model), request), legs, Asked(**wanted), _results(request.config))

    return check


def _results(config: pytest.Config) -> Path:
    given = config.getoption("--crosssim-results")
    return Path(given).absolute() if given else config.rootpath / str(config.getini("crosssim_results"))


def _model_text(model: str, request: pytest.FixtureRequest) -> str:
    """A path from the test file's folder, else from the root folder, else as it was given."""
    places = (request.path.parent / model, request.config.rootpath / model)
    return next((str(one) for one in places if one.exists() and ("/" in model or model.endswith(".py"))), model)


def _checked(model_text: str, legs: Sequence[str], asked: Asked, results: Path) -> "CheckResult":
    __tracebackhide__ = True
    from crosssim.errors import CrosssimError
    from crosssim.report.recorded_check import recorded_check

    try:
        farthest = _verdict(asked.verdict)
        done = recorded_check(_order(model_text, legs, asked, results))
    except CrosssimError as error:
        pytest.fail(f"crosssim: {error}", pytrace=False)
    result = done.result
    _skip_if_missing(result, asked)
    order = list(type(farthest))
    worst = result.worst
    if order.index(worst.verdict) > order.index(farthest):
        pytest.fail(_words(result, done.page, farthest), pytrace=False)
    return result


def _verdict(text: str) -> "Verdict":
    from crosssim.divergence.verdict import Verdict
    from crosssim.errors import ExitStatus, UnknownName

    agreeing = [one for one in Verdict if one.exit_status is ExitStatus.AGREES]
    found = [one for one in agreeing if one.value == text or one.value.partition(",")[0] == text]
    if not found:
        raise UnknownName("verdict", text, [one.value.partition(",")[0] for one in agreeing])
    return found[0]


def _order(model_text: str, legs: Sequence[str], asked: Asked, results: Path) -> "CheckOrder":
    from crosssim.model.discovery import find_model
    from crosssim.report.recorded_check import CheckOrder
    from crosssim.runner.launch import Launcher
    from crosssim.studies.legs import Wishes, plan_legs
    from crosssim.studies.walk import ALL_GATES, parse_gates

    def text(value: object) -> str | None:
        return None if value is None else str(value)

    changes = {name: str(value) for name, value in asked.set.items()}
    wishes = Wishes(changes, text(asked.duration), text(asked.timestep), text(asked.seed))
    model = find_model(model_text)
    plans = plan_legs(model, model_text, list(legs), wishes, results)
    jobs = 1 if "PYTEST_XDIST_WORKER" in os.environ else os.cpu_count() or 1
    launcher = Launcher(results, model, jobs, asked.time_limit, asked.fresh)
    command = ("crosssim", "check", model_text, *legs)
    return CheckOrder(model, model_text, plans, launcher, command, parse_gates(asked.gates) or ALL_GATES)


def _skip_if_missing(result: "CheckResult", asked: Asked) -> None:
    from crosssim.runner.request import LegStatus

    absent = [leg for leg in result.legs if leg.outcome.status is LegStatus.MISSING]
    if absent and asked.missing == "skip":
        pytest.skip(f"crosssim: {absent[0].outcome.reason}")


def _words(result: "CheckResult", page: Path, farthest: "Verdict") -> str:
    """The report of the terminal, and what to type to see it again."""
    from rich.console import Console

    from crosssim.report.text import check_text

    console = Console(width=100, no_color=True, force_terminal=False)
    with console.capture() as said:
        console.print(check_text(result, page))
    legs = [f"  {leg.label}: {' '.join(leg.command)}" for leg in result.legs if not leg.outcome.completed]
    again = ["to see a leg that did not finish again:", *legs] if legs else []
    head = f"crosssim: {result.model.name} is {result.worst.verdict.value}; this test allows up to {farthest.value}"
    return "\n".join([head, "", said.get().rstrip(), "", *again, f"record: {result.record_id}"])
