"""What is said of a mechanism beside its candidate: in text, in numbers and on the page, without a simulator."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from crosssim.divergence.responses import Disagreement, JudgedProtocol
from crosssim.errors import ExitStatus
from crosssim.recording.response import Response
from crosssim.report.equivalent_numbers import equivalent_numbers
from crosssim.report.equivalent_text import equivalent_text
from crosssim.report.equivalent_words import explanation, headline, remarks
from crosssim.report.equivalent_write import write_equivalent_report
from crosssim.studies.equivalent import EquivalentResult, JudgedCandidate, report_folder
from crosssim.studies.equivalent_plan import EquivalentWishes, plan_equivalent
from crosssim.studies.parameter_search import ParameterSearch, SearchedParameter, SearchRange

SHIPPED = Path(__file__).parents[2] / "nmodl" / "destexhe2009" / "adexp_fake_conductance.mod"
REFRACTORY = SearchRange("tau_refrac", "ms", 5.0, 0.1, 20.0, is_geometric=False, grid=0.1)
B = SearchRange("b", "nA", 0.005, 0.00125, 0.02)


@pytest.fixture(scope="module")
def plan():
    return plan_equivalent(EquivalentWishes(SHIPPED))


def responses(plan, late_ms=0.0):
    v = np.full(round(plan.duration_ms / 0.1), -60.0)
    return tuple(Response(v, np.array([30.0, 60.0 + late_ms]), 0.1) for _ in plan.stimuli)


def judged(plan, total):
    def one(name, value, spikes=(2, 2)):
        return Disagreement(name, spikes, 2, 0.25, 0.9, 1.5, value, value)

    rows = [one(stimulus.name, total) for stimulus in plan.stimuli]
    protocols = tuple(JudgedProtocol(row, one("", 0.02), one("", 0.01)) for row in rows)
    return JudgedCandidate(dict(plan.values), protocols, responses(plan, 10 * total))


def searched(after, range=REFRACTORY, best=2.6):
    ends = [(range.low, 0.6), (range.high, 0.6)]
    return SearchedParameter(range, tuple(sorted([*ends, (range.nominal, 0.4), (best, after)])), 0.4, True)


def result(plan, *found, total=0.4, mended=0.01):
    search = ParameterSearch(found) if found else None
    winner = search.winner if search else None
    tried = judged(plan, mended) if winner else None
    return EquivalentResult(plan, plan.stimuli, responses(plan), judged(plan, total), search, tried, 1.5)


def text_of(one):
    console = Console(file=io.StringIO(), width=80, color_system=None)
    console.print(equivalent_text(one))
    return console.file.getvalue()


def test_the_winner_is_named_with_both_values(plan):
    one = result(plan, searched(0.02), searched(0.3, B, 0.01))
    assert explanation(one) == (
        "tau_refrac explains it: the original acts as tau_refrac = 2.6 ms, and not 5 ms. This removes 95 % of the "
        "disagreement, and then all protocols agree"
    )
    assert one.exit_status is ExitStatus.DIFFERS
    assert remarks(one) == [
        "crosssim lint reads it from the file: refractory / 2 = 2.5 ms (counted down twice per step; + dt)"
    ]


def test_what_remains_beside_the_winner_is_said(plan):
    assert "; what remains differs in step -1, step 0.5," in explanation(result(plan, searched(0.02), mended=0.3))


def test_rivals_are_said(plan):
    one = result(plan, searched(0.02), searched(0.04, B, 0.01))
    assert "It cannot be told apart for certain from b = 0.01 nA" in explanation(one)


def test_no_winner_is_said(plan):
    one = result(plan, searched(0.3), searched(0.4, B, 0.01))
    assert explanation(one).startswith("No parameter alone explains it: the best, tau_refrac = 2.6 ms, removes 25 %")
    assert one.mended is None


def test_an_equivalent_needs_no_explanation(plan):
    one = result(plan, total=0.05)
    assert explanation(one) == ""
    assert headline(one).startswith("EIF_cond_exp_isfa_ista is the equivalent of adexp_fake: in all 9 protocols")
    assert one.exit_status is ExitStatus.AGREES
    assert "parameter" not in text_of(one)


def test_the_text_has_the_verdict_the_protocols_and_the_search(plan):
    text = text_of(result(plan, searched(0.02), searched(0.4, B, 0.005)))
    assert "✗ EIF_cond_exp_isfa_ista with these parameters is not the equivalent" in text
    (row,) = [line.split() for line in text.splitlines() if line.startswith("bombardment")]
    assert row == ["bombardment", "2", "/", "2", "0.90", "+0.25", "1.5", "20.00", "4.50", "✗"]
    (row,) = [line for line in text.splitlines() if line.startswith("tau_refrac ")][:1]
    assert "5 ms" in row and "2.6 ms" in row and "20.00 → 1.00" in row and "95 %" in row
    assert "nominal" in next(line for line in text.splitlines() if line.startswith("b "))


def test_the_numbers_are_json_and_complete(plan):
    numbers = json.loads(json.dumps(equivalent_numbers(result(plan, searched(0.02))), allow_nan=False))
    assert (numbers["winner"], numbers["best"], numbers["exit_status"]) == ("tau_refrac", 2.6, 1)
    assert numbers["parameters"]["tau_refrac"] == {"value": 5.0, "unit": "ms", "from": "refractory"}
    assert numbers["candidate"]["protocols"]["step 10"]["in_spreads"] == pytest.approx(20.0)
    assert numbers["search"][0]["tried"] == [[0.1, 0.6], [2.6, 0.02], [5.0, 0.4], [20.0, 0.6]]
    assert numbers["mended"]["equivalent"] is True


@pytest.mark.parametrize("found", [(), (searched(0.02), searched(0.3, B, 0.01))])
def test_the_page_holds_everything(plan, tmp_path, found):
    one = result(plan, *found, total=0.4 if found else 0.01)
    page = write_equivalent_report(one, report_folder(tmp_path, one), ("crosssim", "equivalent", "it's.mod"))
    html = page.read_text()
    assert page.parent.name == "adexp_fake-EIF_cond_exp_isfa_ista-neuron"
    assert ("tau_refrac explains it" in html) is bool(found)
    assert html.count("<figure>") == (4 if found else 3)
    assert "crosssim equivalent &#39;it&#39;" in html or "it&#39;&#34;&#39;" in html
    assert "src=" not in html and "<script" not in html
    names = {"disagreement", "spikes", "v"} | ({"search"} if found else set())
    assert {file.stem for file in (page.parent / "figures").glob("*.svg")} == names
    assert json.loads((page.parent / "report.json").read_text())["equivalent"] is not bool(found)
