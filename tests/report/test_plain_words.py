"""The paragraph on top: what differs, why, and what to do, for every way a check can end."""

from dataclasses import replace

import pytest

from crosssim.divergence.potentials import PotentialGap
from crosssim.divergence.refinement import OddCell
from crosssim.divergence.verdict import Difference, Gate, Judgement, Verdict
from crosssim.report.plain_words import check_words, plain_words
from tests.report import builders, gate_builders
from tests.report.gate_builders import NAMES, VARIANTS, refined_row, replay_row


def said(judged: Judgement) -> str:
    return plain_words(judged, NAMES).paragraph


@pytest.mark.parametrize("name", VARIANTS)
def test_every_kind_of_result_has_whole_sentences(name):
    paragraph = check_words(VARIANTS[name]()).paragraph
    assert len(paragraph) > 40
    assert paragraph.endswith(".")
    assert ".." not in paragraph
    assert "  " not in paragraph
    assert "None" not in paragraph


def test_same_dynamics_says_when_they_part_that_it_vanishes_and_that_nothing_is_wrong():
    words = plain_words(gate_builders.judged_chaos(), NAMES)
    assert "part at 104.3 ms" in words.what
    assert "vanishes (at most 0.0030 ms are left)" in words.what
    assert "nothing to mend" in words.do


def test_a_backend_that_parts_from_itself_first_is_the_measure():
    assert "One backend parts from itself no later (nest, all initial v jittered by 1e-06 mV: 60 ms)." in said(
        gate_builders.judged_chaos()
    )


def test_the_legs_beside_each_other_are_no_yardstick_of_their_own():
    between, _, late = gate_builders.yardsticks()
    words = said(replace(gate_builders.judged_chaos(), yardsticks=(between, late)))
    assert "They do part before either parts from itself (neuron, at half the step: 120 ms)." in words


def test_a_step_too_large_for_one_backend_is_said_with_whom_to_distrust_and_where_they_meet():
    row = replace(refined_row("exc"), rates_hz=((90.0, 39.0), (90.0, 70.0), (90.0, 89.8), (90.0, 90.0)))
    parted = builders.judged_parted()
    gates = (*parted.gates, gate_builders.refinement(row))
    words = plain_words(replace(parted, verdict=Verdict.SAME_DYNAMICS, gate=None, gates=gates), NAMES)
    assert "too large for neuron: under the same input exc fires at 39 Hz there, and at 90 Hz" in words.why
    assert words.do == "Distrust neuron at 0.1 ms; run both with --timestep 0.02 or less."


def test_free_runs_are_not_spoken_of_where_they_were_not_asked_about():
    gates = (gate_builders.refinement(refined_row("exc")),)
    judged = Judgement(Verdict.SAME_DYNAMICS, gates[0].reason, gates=gates)
    assert plain_words(judged, NAMES).what.startswith(
        "The cells of nest and neuron do the same with the same input once"
    )


def test_an_exact_replay_needs_no_time_step():
    parted = builders.judged_parted()
    gates = (*parted.gates, gate_builders.replay(replay_row("exc")))
    judged = replace(parted, verdict=Verdict.SAME_DYNAMICS, gate=None, gates=gates)
    assert "do the same with the same input: every spike on its step." in said(judged)


def test_a_real_difference_with_a_suspect_names_it_its_evidence_and_where_to_look():
    words = plain_words(gate_builders.judged_fault(suspects=gate_builders.suspects()), NAMES)
    assert "the cells of exc on neuron spike 0.26 ms too early" in words.what
    assert "likely cause is tau_refrac of exc: nest with tau_refrac of exc at 1.3 ms instead of 2.6 ms" in words.why
    assert "97% of the disagreement is gone." in words.why
    assert "Likewise in inh: weights of exc→inh, which removes 61 %." in words.why
    assert words.do.startswith("Look at how tau_refrac of exc reaches neuron")


def test_a_rival_in_the_same_population_is_told_apart_from_a_suspect_elsewhere():
    first, other = gate_builders.suspects()
    rival = replace(other, population="exc", name="v_reset of exc")
    words = plain_words(gate_builders.judged_fault(suspects=(first, rival)), NAMES)
    assert "Explaining less: v_reset of exc." in words.why and "As likely" not in words.why
    equal = replace(rival, removed_share=first.removed_share - 0.01)
    words = plain_words(gate_builders.judged_fault(suspects=(first, equal)), NAMES)
    assert "As likely: v_reset of exc." in words.why and "Explaining less" not in words.why
    assert "Likewise" not in words.why


def test_another_rate_is_told_before_a_shift():
    row = replace(refined_row("exc", left_ms=-0.26), rates_hz=((45.0, 64.0), (45.0, 65.0)))
    assert "the cells of exc on neuron fire at 65 Hz instead of 45 Hz and spike 0.26 ms too early;" in said(
        gate_builders.judged_fault(row)
    )


def test_a_late_spike_is_not_called_early():
    assert "spike 0.1 ms too late" in said(gate_builders.judged_fault(refined_row("exc", left_ms=0.1)))


def test_a_real_difference_without_a_suspect_says_so():
    words = plain_words(gate_builders.judged_fault(), NAMES)
    assert "No single change of a parameter, a weight, a delay or a projection of nest" in words.why
    assert "cells and synapses of exc" in words.do


def test_one_cell_and_lost_spikes_are_told_as_such():
    odd = (OddCell(17, 0.4, 0.03, 31),)
    assert "1 cell of exc on neuron do not" not in said(gate_builders.judged_fault(refined_row("exc", odd=odd)))
    assert "1 cell of exc on neuron does not do what the others do (the first is 17)" in said(
        gate_builders.judged_fault(refined_row("exc", odd=odd))
    )
    lost = refined_row("exc", unpaired=(0.3, 0.25))
    assert "25 % of the spikes of exc have no partner" in said(gate_builders.judged_fault(lost))


def test_cells_whose_membrane_potential_keeps_apart_are_told_as_such():
    words = check_words(gate_builders.fault_in_potentials())
    assert (
        "the membrane potential of 2 cells of exc on neuron keeps apart from that on nest (most in cell 17)"
        in words.what
    )
    assert "the cells and synapses of exc cell 17" in words.do


def test_the_population_that_differs_most_is_spoken_of_whatever_the_order():
    little = replace(refined_row("exc"), potential=gate_builders.potential(PotentialGap(3, 0.08, (0.08,) * 4)))
    much = replace(
        refined_row("inh"), potential=gate_builders.potential(*[PotentialGap(k, 12.0, (12.0,) * 4) for k in range(40)])
    )
    for rows in ((little, much), (much, little)):
        assert "of 40 cells of inh on neuron keeps apart" in said(gate_builders.judged_fault(*rows))


def test_a_network_with_few_spikes_that_agrees_is_spoken_of_by_its_membrane_potentials():
    quiet = gate_builders.refinement(replace(gate_builders.too_few("exc"), potential=gate_builders.potential()))
    judged = Judgement(Verdict.SAME_DYNAMICS, quiet.reason, gates=(quiet,))
    assert "their membrane potentials meet (at most 0.002 mV are left)" in said(judged)
    assert "shift between them" not in said(judged)


def test_first_spikes_alone_point_at_the_start():
    words = plain_words(gate_builders.judged_fault(gate_builders.late_start("exc")), NAMES)
    assert "fire their first spikes 0.05 ms too late, later ones not" in words.what
    assert words.do == "Compare the initial values of exc and the first input spikes."


def test_declared_and_wiring_say_what_against_what():
    found = Difference(Gate.DECLARED, "parameter tau_m", "exc", "20 ms", "15 ms", 5.0, "ms")
    gate = replace(builders.passed(Gate.DECLARED, found, found), passed=False)
    judged = Judgement(Verdict.DIFFERENT, "a reason", Gate.DECLARED, gates=(gate,))
    assert "parameter tau_m of exc is 20 ms against 15 ms (and 1 more difference)" in said(judged)
    assert "its name, its unit, its rounding" in said(judged)
    wired = said(builders.judged_wiring())
    assert "built different networks: delay_ms of exc→inh is 0.60 against 0.55." in wired
    assert "connector" in wired


def test_what_the_command_asked_for_is_said_with_both_values():
    judged = builders.asked_for_difference().worst
    assert "The command itself set parameter tau_refrac of exc to 5.0 instead of 2.5." in said(judged)


def test_trajectories_alone_ask_for_the_gates_that_tell():
    assert "leave out --gates" in said(builders.judged_parted())


def test_a_replay_that_could_not_be_asked_says_why():
    words = said(gate_builders.judged_replay_unasked())
    assert "The replay gate could not be asked: the projection exc→inh is plastic." in words
    assert "cannot be told apart here" in words


def test_a_replay_without_refinement_asks_for_it():
    parted = builders.judged_parted()
    row = replay_row("exc", exact=640, one=250, farther=90, missing=20, extra=6, mean_ms=-0.15)
    gates = (*parted.gates, gate_builders.replay(row))
    judged = replace(parted, gate=Gate.REPLAY, gates=gates)
    assert "63.61 % fall on their step, 20 spikes missing, 6 extra, the mean shift is −0.150 ms" in said(judged)
    assert "was not asked" in said(judged)
    unasked = (*gates, gate_builders.unasked(Gate.REFINEMENT, "0.3 ms leaves two steps"))
    assert "explains it could not be asked: 0.3 ms leaves two steps." in said(replace(judged, gates=unasked))


def test_too_little_data_says_how_to_get_more():
    assert "--duration" in said(builders.silent().worst)


def test_a_check_without_comparison_names_the_leg_that_failed():
    assert check_words(builders.crashed()).what == "Nothing was compared: neuron did not finish."


def test_the_comparison_that_decides_is_told():
    assert "tau_refrac of exc reaches brian2" in check_words(gate_builders.two_candidates()).do
