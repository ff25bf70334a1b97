import pytest

from crosssim.runner.leg.faults import KINDS
from crosssim.studies.certify import in_few_ladders
from crosssim.studies.faults import FAULTS, planted_faults
from tests.studies.networks import network

PLANTED = planted_faults(network(), 0.1, 0.1)


def test_every_fault_can_be_planted():
    assert {one.fault.kind for one in PLANTED} <= set(KINDS)
    assert len(FAULTS) == 7


@pytest.mark.parametrize("population", ["exc", "inh"])
@pytest.mark.parametrize(
    "kind",
    ["weights", "delay", "refractory period", "reversal potential", "synaptic time constant", "receptor type",
     "projection", "synapses", "one cell", "input"],
)  # fmt: skip
def test_every_kind_is_planted_in_every_population(kind, population):
    assert any(one.kind == kind and one.population == population for one in PLANTED)


def test_weights_come_in_all_sizes_and_both_directions():
    values = sorted(one.fault.value for one in PLANTED if one.kind == "weights" and one.population == "exc")
    assert values == pytest.approx([-0.05, -0.02, -0.01, -0.005, 0.005, 0.01, 0.02, 0.05])


def test_the_largest_projection_into_a_population_is_the_one_that_is_changed():
    targets = {one.fault.target for one in PLANTED if one.kind == "weights"}
    assert targets == {"inh to exc", "exc to inh"}


def test_the_words_tell_two_faults_apart():
    words = [(one.population, one.words) for one in PLANTED]
    assert len(set(words)) == len(words)


def test_faults_share_a_ladder_only_in_different_populations():
    groups = in_few_ladders(PLANTED)
    assert sum(map(len, groups)) == len(PLANTED)
    for group in groups:
        assert len({one.population for one in group}) == len(group)


def test_delays_cannot_be_shorter_than_the_shortest():
    short = planted_faults(network(delay_ms=0.1), 0.1, 0.1)
    assert all(one.fault.value > 0 for one in short if one.kind == "delay")
