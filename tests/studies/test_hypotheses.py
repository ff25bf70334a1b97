import pytest

from crosssim.runner.request import Fault
from crosssim.studies.hypotheses import Hypothesis, hypotheses, in_few_legs
from tests.studies.networks import network

ASKED = hypotheses(network(), 0.1, 0.1)


def named(name, kind=""):
    return [one for one in ASKED if one.name == name and kind in one.fault.kind]


def test_every_parameter_weight_delay_projection_and_the_input_are_asked():
    names = {one.name for one in ASKED}
    assert {"tau_m of exc", "tau_refrac of inh", "e_rev_I of exc", "weights of inh to exc"} <= names
    assert {
        "delays of exc to inh",
        "projection exc to exc lost",
        "receptor type of inh to exc",
        "input spikes",
    } <= names


def test_a_unit_mistaken_for_its_neighbour_is_a_factor_of_a_thousand_either_way():
    factors = [1 + one.fault.value for one in named("weights of inh to exc") if not one.linear]
    assert factors == pytest.approx([1000.0, 0.001])
    (larger, smaller) = [one for one in named("weights of inh to exc") if not one.linear]
    assert larger.words(larger.fault) == "weights of inh to exc × 1000"
    assert smaller.words(smaller.fault) == "weights of inh to exc × 0.001"
    assert not [one for one in named("tau_m of exc") if not one.linear]


def test_a_parameter_of_size_zero_is_moved_and_not_scaled():
    (found,) = named("e_rev_E of exc")
    assert found.fault == Fault("parameter plus value", "exc", 0.2, "e_rev_E")
    (current,) = named("i_offset of exc")
    assert current.fault.kind == "parameter plus value" and current.fault.value > 0


def test_delays_are_not_shortened_below_the_shortest():
    assert {one.fault.value for one in named("delays of exc to exc")} == {0.1, -0.1}
    shortest = hypotheses(network(delay_ms=0.1), 0.1, 0.1)
    assert {one.fault.value for one in shortest if one.name == "delays of exc to exc"} == {0.1}


@pytest.mark.parametrize(
    ("fault", "size", "expected"),
    [
        (Fault("parameter plus value", "exc", 0.2, "v_rest"), -3, -0.6),
        (Fault("parameter times value", "exc", 1.01, "tau_m"), 5, 1.05),
        (Fault("weights scaled by 1 + value", "exc to exc", 0.01), -2, -0.02),
    ],
)
def test_a_fault_grows_with_its_size(fault, size, expected):
    one = Hypothesis("x", "exc", fault, linear=True)
    assert one.sized(size).value == pytest.approx(expected)


def test_words_give_both_values():
    (one,) = [one for one in named("tau_refrac of inh") if one.linear]
    assert one.words(one.sized(-13)) == "tau_refrac of inh at 1.3 ms instead of 2.6 ms"
    (weights,) = [one for one in named("weights of inh to exc") if one.linear]
    assert weights.words(weights.sized(-2)) == "weights of inh to exc changed by -2 %"


def test_a_leg_changes_each_population_once_and_no_hypothesis_is_lost():
    legs = in_few_legs(ASKED)
    assert sorted(map(repr, (one for leg in legs for one in leg))) == sorted(map(repr, ASKED))
    for leg in legs:
        assert len({one.population for one in leg}) == len(leg)
    assert len(legs) < len(ASKED) * 0.7


def test_a_change_of_the_input_is_one_leg_for_all_populations():
    shared = [leg for leg in in_few_legs(ASKED) if leg[0].name == "input spikes"]
    assert [{one.population for one in leg} for leg in shared] == [{"exc", "inh"}] * 2
