"""What each rule names as its experiment: no rule without one, no name that the process does not know."""

import pytest

from crosssim.porting.experiment import Experiment, Unmeasured
from crosssim.porting.experiments import dead_time, evaluations, event_time, first_spike, table
from crosssim.porting.place import Place
from crosssim.porting.table import HOC_RULES, NMODL_RULES
from crosssim.runner.leg.experiments.__main__ import EXPERIMENTS
from tests.porting.own_files import mechanism, scanned
from tests.porting.test_table import CASES, HOC_CASES

ASKED_OF_THE_COMPILER = "compiles"


def shown(name):
    return [(finding.rule, finding.experiment) for finding in scanned(name).findings]


@pytest.mark.parametrize("rule", [rule.name for rule in NMODL_RULES])
def test_every_nmodl_rule_is_shown_by_an_experiment_that_is_known(rule):
    found = [one for name, one in shown(CASES[rule][0]) if name == rule]
    assert found
    for one in found:
        assert isinstance(one, Experiment), one
        assert one.name in EXPERIMENTS or one.name == ASKED_OF_THE_COMPILER


@pytest.mark.parametrize("rule", [rule.name for rule in HOC_RULES])
def test_every_hoc_rule_is_shown_or_says_why_not(rule):
    found = [one for name, one in shown("screen_program.hoc") if name == rule]
    assert len(found) == len(HOC_CASES[rule])
    for one in found:
        assert one.name in EXPERIMENTS if isinstance(one, Experiment) else one.reason


def test_no_experiment_is_without_a_rule():
    named = {one.name for case in CASES.values() for _, one in shown(case[0])}
    named |= {one.name for _, one in shown("screen_program.hoc") if isinstance(one, Experiment)}
    assert set(EXPERIMENTS) - named == {"pointer-without-target"}  # the second half of the experiment on a POINTER


def test_countdown_is_watched_with_its_nominal_value():
    (found,) = (one for rule, one in shown("density_adex.mod") if one.arguments.get("variable") == "hold")
    assert found.arguments["nominal_ms"] == 5
    assert found.exposed == ("hold",)
    assert [(one.line, one.before) for one in found.counted] == [(51, "hold")]


def test_what_hoc_sees_anyway_is_not_exposed():
    found = [one for rule, one in shown("density_adex.mod") if rule == "explicit-euler"]
    assert found[0].arguments["state"] == "w" and found[0].exposed == ()


def test_statement_in_a_loop_is_not_counted(tmp_path):
    from crosssim.porting import scan

    path = tmp_path / "loop.mod"
    path.write_text(
        "NEURON { POINT_PROCESS Loop NONSPECIFIC_CURRENT i }\nASSIGNED { v i x }\nINITIAL { x = 0 }\n"
        "BREAKPOINT {\n    FROM k = 0 TO 3 {\n        x = x + 1\n    }\n    i = x * v\n}\n"
    )
    (finding,) = scan([path]).files[0].findings
    assert isinstance(finding.experiment, Unmeasured) and "loop" in finding.experiment.reason


@pytest.mark.parametrize(
    ("experiment", "name", "place"),
    [
        (table, "event_synapse.mod", Place(1, "")),
        (event_time, "event_synapse.mod", Place(1, "")),
        (dead_time, "warm_channel.mod", Place(1, "")),
        (first_spike, "warm_channel.mod", Place(1, "")),
    ],
)
def test_what_cannot_be_shown_says_why(experiment, name, place):
    assert isinstance(experiment(mechanism(name), place), Unmeasured)


def test_evaluations_of_a_variable_that_is_no_countdown_exposes_nothing():
    found = evaluations(mechanism("density_adex.mod"), Place(42, "", "fired"))
    assert found.exposed == () and found.arguments["variable"] == ""
