"""What is to be run: the mechanism's own words, defaults, and what the command line changes."""

from dataclasses import replace
from pathlib import Path

import pytest

from crosssim.errors import UnknownName, UsageError
from crosssim.studies.equivalent_plan import EquivalentWishes, SectionWishes, plan_equivalent

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "nmodl" / "destexhe2009" / "adexp_fake_conductance.mod"
MECHANISMS = ROOT / "tests" / "porting" / "mechanisms"
WISHES = EquivalentWishes(SHIPPED)


def test_the_scanners_cell_with_nominal_values():
    plan = plan_equivalent(WISHES)
    assert (plan.cell, plan.backend) == ("EIF_cond_exp_isfa_ista", "neuron")
    assert (plan.values["tau_refrac"], plan.sources["tau_refrac"]) == (5.0, "refractory")
    assert (plan.membrane.area_um2, plan.membrane.leak_S_cm2) == (20000.0, 5e-5)
    assert (plan.rest_mV, plan.threshold_mV) == (-60.0, -50.0)
    assert plan.scale.rheobase_nA == pytest.approx(0.1)
    assert plan.synapses == {"tau_syn_E": 5.0, "tau_syn_I": 10.0, "e_rev_E": 0.0, "e_rev_I": -80.0}


def test_changes_of_the_candidate_leave_the_protocols_as_they_are():
    plan, changed = (plan_equivalent(replace(WISHES, candidate_changes=one)) for one in ({}, {"cm": "300 pF"}))
    assert (changed.values["cm"], changed.sources["cm"]) == (pytest.approx(0.3), "--set-candidate")
    assert changed.stimuli == plan.stimuli


def test_a_synapse_is_changed_on_both_sides():
    plan = plan_equivalent(replace(WISHES, candidate_changes={"e_rev_I": "-70"}))
    assert plan.synapses["e_rev_I"] == -70.0
    assert "e_rev_I" not in plan.values


def test_changes_of_the_original_go_to_both():
    plan = plan_equivalent(replace(WISHES, changes={"b": "0.04"}))
    assert plan.changed == {"b": 0.04}
    assert plan.values["b"] == 0.04


def test_an_area_in_the_mechanism_follows_that_of_the_section():
    plan = plan_equivalent(replace(WISHES, section=SectionWishes(area_um2=10000.0)))
    assert plan.changed == {"cell_area": 10000.0}
    assert plan.values["cm"] == pytest.approx(0.1)
    other = plan_equivalent(replace(WISHES, changes={"cell_area": "5000"}))
    assert other.membrane.area_um2 == 5000.0


def test_another_leak_is_another_time_constant():
    plan = plan_equivalent(replace(WISHES, section=SectionWishes(leak_S_cm2=1e-4)))
    assert plan.values["tau_m"] == pytest.approx(10.0)


def test_a_mechanism_that_says_less_gets_defaults_and_they_are_told():
    plan = plan_equivalent(EquivalentWishes(MECHANISMS / "leaky_point.mod"))
    assert (plan.cell, plan.rest_mV) == ("IF_cond_exp", -65.0)
    assert plan.values["tau_m"] == pytest.approx(20.0)
    other = plan_equivalent(EquivalentWishes(MECHANISMS / "leaky_point.mod", cell="EIF_cond_exp_isfa_ista",
                                             candidate_changes={"v_spike": "-45"}))  # fmt: skip
    assert other.sources["tau_w"] == "PyNN's default"


@pytest.mark.parametrize(
    ("changes", "kind", "sentence"),
    [
        ({"cell": "EIF_cond_exp"}, UnknownName, "cell 'EIF_cond_exp' is not known; did you mean"),
        ({"backend": "nset"}, UnknownName, "did you mean 'nest'"),
        ({"changes": {"refrac": "1"}}, UnknownName, "parameter of adexp_fake 'refrac' is not known"),
        ({"candidate_changes": {"tau_refr": "1"}}, UnknownName, "did you mean 'tau_refrac'"),
        ({"candidate_changes": {"tau_refrac": "soon"}}, UsageError, "'soon' is not a number"),
        ({"candidate_changes": {"v_spike": "-20"}}, UsageError, "where NEURON loses spikes"),
        ({"file": MECHANISMS / "warm_channel.mod"}, UsageError, "name one with --cell"),
        ({"file": MECHANISMS / "event_synapse.mod"}, UsageError, "name one with --cell"),
        ({"timestep_ms": 0.0}, UsageError, "timestep = 0 ms must be more than 0"),
        ({"timestep_ms": 0.3}, UsageError, "must divide 1 ms"),
        ({"timestep_ms": 0.025, "backend": "nest"}, UsageError, "must be a multiple of 0.001 ms on nest"),
        ({"duration_ms": 20.0}, UsageError, "duration = 20 ms must be at least 100 ms"),
        ({"section": SectionWishes(area_um2=-1.0)}, UsageError, "must be more than 0"),
        ({"section": SectionWishes(leak_S_cm2=-1.0)}, UsageError, "0 is a section without pas"),
    ],
)
def test_what_cannot_be_planned_is_one_sentence(changes, kind, sentence):
    with pytest.raises(kind, match=sentence):
        plan_equivalent(replace(WISHES, **changes))
