"""The sections of the page for the later gates."""

import re

import pytest

from tests.report.test_page import Page


def test_sections_and_contents_are_those_that_were_answered(page):
    def sections(variant):
        return {one["aria-labelledby"] for one in Page(page(variant)).all("section")}

    later = {"replay", "refinement", "suspects", "yardsticks", "certificate"}
    assert sections("same_dynamics") & later == later - {"suspects"}
    assert sections("fault_with_suspects") & later == {"replay", "refinement", "suspects"}
    assert sections("replay_unasked") & later == {"replay"}
    assert sections("identical") & later == set()


def test_plain_words_stand_on_top(page):
    words = Page(page("fault_with_suspects")).words
    assert words.index("spike 0.26 ms too early") < words.index("Each gate asks one question")
    assert "What to do: Look at how tau_refrac of exc reaches neuron" in words


@pytest.mark.parametrize(
    ("variant", "row"),
    [
        ("same_dynamics", "exc 985 64.58 % 250 90 5 6 −0.150 −0.150 0.170"),
        ("same_dynamics", "exc cell 17 31 5 6 −0.150 8.4"),
        ("fault_with_suspects", "exc ✗ −0.4100 −0.3350 −0.2900 −0.2750 −0.260 ± 0.003 1 900"),
        ("fault_with_suspects", "exc +0.250 (1) +0.020 (1) 39 / 38.9 39.5 / 39.5 1 % → 0 %"),
        ("fault_in_one_cell", "exc cell 17 31 +0.400 0.03"),
        ("fault_in_potentials", "exc ✗ 0.0300 0.0150 0.0060 0.0030 0.0001 ± 0.0003 1 50/52"),
        ("same_dynamics", "neuron against nest 104.3 ms"),
        ("same_dynamics", "neuron, at half the step 120 ms"),
    ],
)
def test_tables_hold_the_numbers(page, variant, row):
    rows = re.findall(r"<tr.*?</tr>", page(variant), flags=re.DOTALL)
    texts = [" ".join(re.sub(r"<[^>]+>", " ", one).replace("\N{NO-BREAK SPACE}", " ").split()) for one in rows]
    assert [one for one in texts if one.startswith(row)]


def test_only_the_population_that_differs_is_shaded(page):
    table = page("fault_with_suspects").split("Refinement by population")[1].split("</table>")[0]
    assert table.count('<tr class="beyond">') == 1
    assert "nest is the less converged" in Page(page("fault_with_suspects")).words


def test_suspects_with_evidence_or_that_there_is_none(page):
    words = Page(page("fault_with_suspects")).words
    assert "tau_refrac of exc removes 97.12 %. nest with tau_refrac of exc at 1.3 ms" in words
    assert "none removed half of the disagreement" in Page(page("fault_in_one_cell")).words


def test_certificate_and_yardsticks(page):
    words = Page(page("same_dynamics")).words
    assert "would not have seen: weights of exc→inh +0.5 %" in words
    assert words.count("neuron against nest 104.3 ms") == 1


def test_a_gate_that_could_not_be_asked_gives_its_reason(page):
    words = Page(page("replay_unasked")).words
    assert "This gate could not be asked: the projection exc→inh is plastic." in words
    assert "replay not answered" in words


def test_explained_differences_are_called_so(page):
    words = Page(page("same_dynamics")).words
    assert "Differences: 1 found, explained by refinement" in words
    assert "trajectories explained by refinement" in words


def test_glossary_holds_the_words_of_the_gates_that_were_answered(page):
    def glossary(variant):
        return Page(page(variant)).words.split("The words used here")[1]

    for word in ("gate: replay", "self-replay", "gate: refinement", "intercept", "order", "yardstick", "certificate"):
        assert word in glossary("same_dynamics")
    assert "suspect" in glossary("fault_with_suspects")
    for word in ("self-replay", "intercept", "suspect", "yardstick", "certificate"):
        assert word not in glossary("replay_unasked")
