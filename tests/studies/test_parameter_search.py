"""The search for the one parameter that explains a disagreement, on disagreements whose cause is known."""

import math

import pytest

from crosssim.studies.parameter_search import (
    LONGEST_REFRACTORY_MS,
    RANGE_MV,
    SearchRange,
    search_parameters,
    search_ranges,
)

TRUE = {"tau_m": 20.0, "v_thresh": -50.0, "tau_refrac": 2.6, "b": 0.005}
UNITS = {"tau_m": "ms", "v_thresh": "mV", "tau_refrac": "ms", "b": "nA"}
SCALE = {"tau_m": 8.0, "v_thresh": 4.0, "tau_refrac": 1.0, "b": 0.01}


def searched(nominal, floor=0.0, cost=None):
    """A search whose disagreement is bounded and has a corner at the truth, as those of cells are."""
    sets = []

    def disagreement(values):
        apart = sum(abs(values[name] - TRUE[name]) / SCALE[name] for name in TRUE)
        return floor + apart / (1 + apart)

    def evaluate(changes):
        sets.append(len(changes))
        return [(cost or disagreement)({**nominal, name: value}) for name, value in changes]

    ranges = search_ranges(nominal, UNITS, 0.1, 0.1)
    return search_parameters(ranges, (cost or disagreement)(nominal), evaluate, lambda words: None), sets


@pytest.mark.parametrize(
    ("name", "planted"),
    [("tau_m", 11.0), ("tau_m", 55.0), ("v_thresh", -43.7), ("v_thresh", -50.9), ("b", 0.013), ("tau_m", 20.6)],
)
def test_a_planted_parameter_is_named_and_brought_back(name, planted):
    found, _ = searched({**TRUE, name: planted})
    assert found.winner.range.name == name
    assert found.winner.best == pytest.approx(TRUE[name], rel=0.01)
    assert found.winner.share > 0.9
    assert found.rivals == ()


def test_a_refractory_period_keeps_to_the_time_grid():
    found, _ = searched({**TRUE, "tau_refrac": 5.0})
    assert (found.winner.range.name, found.winner.best) == ("tau_refrac", 2.6)
    assert all(value == pytest.approx(round(value / 0.1) * 0.1) for value, _ in found.winner.tried)


def test_two_wrong_parameters_have_no_single_explanation():
    found, _ = searched({**TRUE, "tau_m": 45.0, "v_thresh": -41.5}, floor=0.5)
    assert found.winner is None
    assert found.parameters[0].share < 0.5


def test_parameters_that_do_the_same_are_rivals():
    def product(values):
        return abs(math.log(values["tau_m"] / 20.0 * values["b"] / 0.005))

    found, _ = searched({**TRUE, "tau_m": 35.0}, cost=product)
    assert {found.winner.range.name, *(one.range.name for one in found.rivals)} == {"tau_m", "b"}


def test_a_best_value_at_the_end_of_the_range_is_said():
    found, _ = searched({**TRUE, "v_thresh": -50 + 1.6 * RANGE_MV})
    curve = {one.range.name: one for one in found.parameters}["v_thresh"]
    assert curve.is_at_bound
    assert curve.best == pytest.approx(-50 + 0.6 * RANGE_MV)


def test_what_cannot_run_is_left_out():
    def nowhere_below(values):
        return float("nan") if values["tau_m"] < 15 else abs(values["tau_m"] - 20)

    found, _ = searched({**TRUE, "tau_m": 30.0}, cost=nowhere_below)
    assert found.winner.best == pytest.approx(20.0, rel=0.01)
    assert min(value for value, _ in found.winner.tried) >= 15


def test_values_are_tried_once_and_in_few_rounds():
    found, sets = searched({**TRUE, "tau_m": 11.0})
    assert len(sets) <= 5
    assert sum(sets) == sum(len(one.tried) - 1 for one in found.parameters)


def test_bounds():
    ranges = {one.name: one for one in search_ranges({**TRUE, "a": 0.0, "tau_m": 20.0}, {**UNITS, "a": "nS"}, 0.1, 0.1)}
    assert (ranges["tau_m"].low, ranges["tau_m"].high) == (5.0, 80.0)
    assert (ranges["v_thresh"].low, ranges["v_thresh"].high) == (-60.0, -40.0)
    assert (ranges["tau_refrac"].low, ranges["tau_refrac"].high) == (0.1, max(4 * 2.6, LONGEST_REFRACTORY_MS))
    assert (ranges["a"].low, ranges["a"].high) == (0.0, pytest.approx(10.0))


def test_a_nominal_value_of_zero_can_be_left():
    one = SearchRange("a", "nS", 0.0, 0.0, 10.0, is_geometric=False)
    assert one.near == [0.0] * 4
    assert one.between(0.0, 10.0, 3) == [0.0, 5.0, 10.0]
