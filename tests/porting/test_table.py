"""Every rule has a file of ours that has what it looks for, on known lines, and one that has not."""

import pytest

from crosssim.porting.table import HOC_RULES, NMODL_RULES
from tests.porting.own_files import scanned

CASES = {
    "changed-in-breakpoint": (
        "density_adex.mod", [35, 36, 42, 43, 51], ("point_adex.mod", "hinted_counter.mod", "cached_rate.mod"),
    ),
    "density-mechanism": ("density_adex.mod", [3], ("point_adex.mod", "warm_channel.mod")),
    "pointer-input": ("pointer_synapse.mod", [4], ("event_synapse.mod", "pointer_array.mod")),
    "verbatim": ("careful_verbatim.mod", [9], ("event_synapse.mod",)),
    "verbatim-raw-pointer": ("pointer_array.mod", [17, 20, 21], ("careful_verbatim.mod",)),
    "verbatim-translator-name": ("pointer_array.mod", [21], ("careful_verbatim.mod",)),
    "verbatim-not-cpp": ("pointer_array.mod", [18, 19], ("careful_verbatim.mod",)),
    "own-random-numbers": ("poisson_generator.mod", [13, 22], ("pulse_between.mod",)),
    "spike-drawn-in-v": ("density_adex.mod", [37, 44], ("point_adex.mod", "event_synapse.mod")),
    "clamp-conductance": ("leaky_point.mod", [15], ("point_adex.mod", "warm_channel.mod")),
    "dead-time": ("pointer_synapse.mod", [30], ("resource_synapse.mod", "alpha_point.mod")),
    "compares-t-with-equals": ("pulse_at.mod", [22], ("pulse_between.mod",)),
    "explicit-euler": ("density_adex.mod", [55], ("point_adex.mod", "hinted_counter.mod", "pointer_synapse.mod")),
    "table-range": ("warm_channel.mod", [30], ("density_adex.mod",)),
    "unit-factor": ("density_adex.mod", [11, 46], ("point_adex.mod",)),
    "celsius": ("warm_channel.mod", [30], ("density_adex.mod",)),
}  # fmt: skip
HOC_CASES = {
    "zero-delay": [12, 13],
    "unseeded-random": [7, 8],
    "own-random-numbers": [9],
    "gui-call": [3, 10, 11],
    "pointer-input": [14],
    "compares-t-with-equals": [16],
    "unit-factor": [15],
    "celsius": [5],
}


def lines(name, rule):
    one = scanned(name)
    assert one.unreadable is None
    return [finding.line for finding in one.findings if finding.rule == rule]


def test_every_rule_has_its_case():
    assert {rule.name for rule in NMODL_RULES} == set(CASES)
    assert {rule.name for rule in HOC_RULES} == set(HOC_CASES)


@pytest.mark.parametrize("rule", CASES)
def test_rule_finds_what_is_there(rule):
    name, expected, _ = CASES[rule]
    assert lines(name, rule) == expected


@pytest.mark.parametrize(("rule", "name"), [(rule, name) for rule, case in CASES.items() for name in case[2]])
def test_rule_is_silent_where_it_is_not(rule, name):
    assert lines(name, rule) == []


@pytest.mark.parametrize("rule", HOC_CASES)
def test_hoc_rule_finds_what_is_there(rule):
    assert lines("screen_program.hoc", rule) == HOC_CASES[rule]


@pytest.mark.parametrize("name", ["batch_program.hoc", "seeded_later.hoc"])
def test_hoc_program_that_ports_has_no_finding(name):
    assert scanned(name).findings == ()


@pytest.mark.parametrize("name", ["point_adex.mod", "event_synapse.mod", "pulse_between.mod", "cached_rate.mod"])
def test_mechanism_that_ports_has_no_finding(name):
    assert scanned(name).findings == ()


def test_halved_refractory_period_shows_its_factor():
    (counter,) = (one for one in scanned("density_adex.mod").findings if one.line == 51)
    assert counter.what == "hold = hold - dt runs 2 times per step: a nominal 5 ms in hold acts as 2.5 ms"
    assert counter.experiment.name == "evaluations"


def test_explicit_euler_by_method():
    assert lines("pulse_at.mod", "explicit-euler") == [20]


def test_drawn_spike_by_an_event():
    assert lines("leaky_point.mod", "spike-drawn-in-v") == [31]
