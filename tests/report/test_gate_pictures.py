"""Pictures of the later gates: the right numbers in each, told in words too."""

from dataclasses import replace

import numpy as np
import pytest

from crosssim.divergence.verdict import Gate
from crosssim.report.figures import check_pictures
from crosssim.report.pairs import pairs
from crosssim.report.potential_pictures import potentials_picture
from crosssim.report.refinement_pictures import fitted_line, refinement_pictures
from crosssim.report.replay_pictures import replay_pictures
from crosssim.report.style import leg_style
from crosssim.report.suspect_pictures import suspects_picture, yardsticks_picture
from tests.report import builders, gate_builders
from tests.report.gate_builders import late_start, refined_row, replay_row, too_few


@pytest.fixture
def pair():
    (one,) = pairs(gate_builders.same_dynamics())
    return one


def named(drawn, variant) -> dict:
    return {one.name: one for one in drawn(variant)[1].all}


def test_each_gate_that_was_answered_has_its_pictures(drawn):
    assert {"replay", "replay-shifts", "refinement", "yardsticks"} <= set(named(drawn, "same_dynamics"))
    assert {"replay", "replay-shifts", "refinement", "suspects"} <= set(named(drawn, "fault_with_suspects"))
    assert not {"replay", "refinement", "suspects", "yardsticks"} & set(named(drawn, "replay_unasked"))


def test_with_two_candidates_each_has_its_own(drawn):
    assert {"replay-2-neuron", "replay-3-brian2", "suspects-3-brian2"} <= set(named(drawn, "two_candidates"))


def test_bars_add_up_to_all_spikes_and_self_replays_stand_below(pair):
    details = gate_builders.replay_details(replay_row("exc", exact=640, one=250, farther=90, missing=5, extra=6))
    bars, _ = replay_pictures(pair, details)
    (axes,) = bars.figure.axes
    between = [patch for patch in axes.patches if patch.get_y() == pytest.approx(-0.36)]
    assert [patch.get_width() for patch in between] == pytest.approx([n / 9.91 for n in (640, 250, 90, 5, 6)])
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "neuron ← nest", "nest ← itself", "neuron ← itself",
    ]  # fmt: skip
    assert "exc, neuron ← nest: 640 exact, 250 one step off, 90 farther, 5 missing, 6 extra" in bars.alt
    assert bars.title == "With the same input 64.58 % of the spikes fall on their step"


def test_an_exact_replay_has_no_histogram_of_shifts(pair):
    (bars,) = replay_pictures(pair, gate_builders.replay_details(replay_row("exc")))
    assert bars.title == "With the same input every spike falls on its step"
    assert replay_pictures(pair, gate_builders.replay_details()) == ()


def test_a_population_without_spikes_is_drawn(pair):
    silent = replace(replay_row("exc", exact=0), shift_histogram=None, mean_shift_ms=None)
    (bars,) = replay_pictures(pair, gate_builders.replay_details(silent))
    (axes,) = bars.figure.axes
    assert len(axes.patches) == 2  # the two self-replays, which have spikes
    assert [text.get_text() for text in axes.texts] == ["–", "100 %", "100 %"]


def test_histogram_shows_the_counts_in_ms(pair):
    row = replay_row("exc", exact=640, one=250, farther=90, mean_ms=-0.15)
    _, shifts = replay_pictures(pair, gate_builders.replay_details(row))
    outline = shifts.figure.axes[0].patches[0].get_data()
    np.testing.assert_array_equal(outline.values, row.shift_histogram.counts)
    np.testing.assert_allclose(outline.edges, np.array(row.shift_histogram.edges_steps) * 0.1)
    assert shifts.title == "The spikes of exc are shifted by −0.150 ms on average"


def test_refinement_line_leads_to_the_intercept(pair):
    details = gate_builders.refinement(refined_row("exc", left_ms=-0.26, slope=-1.5)).details
    (picture,) = refinement_pictures(pair, details)
    left, right = picture.figure.axes
    (line,) = [one for one in left.lines if len(one.get_xdata()) > 4]
    np.testing.assert_allclose(line.get_xdata()[[0, -1]], [0.0, 0.1])
    np.testing.assert_allclose(line.get_ydata()[[0, -1]], [-0.26, -0.41])
    assert "at zero −0.260 ± 0.003" in picture.alt
    assert picture.title == "At a time step of zero −0.260 ms remain in exc"
    own = [one for one in right.lines if one.get_linestyle() == "--"]
    assert [one.get_color() for one in own] == [leg_style(0).colour, leg_style(1).colour]
    np.testing.assert_allclose([one.get_ydata()[0] for one in own], [0.25, 0.02])
    assert all(one.get_ydata()[-1] == 0 for one in own)


def test_potentials_fall_with_the_step_and_cells_that_keep_apart_are_drawn(pair):
    details = gate_builders.refinement_of(gate_builders.fault_in_potentials())
    picture = potentials_picture(pair, details)
    (axes,) = picture.figure.axes
    drawn = {line.get_label(): line for line in axes.lines}
    np.testing.assert_allclose(drawn["against each other"].get_ydata(), [0.03, 0.015, 0.006, 0.003])
    np.testing.assert_allclose(drawn["cells that keep apart"].get_ydata(), [1.25, 1.23, 1.221, 1.22])
    assert picture.title == "The membrane potentials of some cells keep apart: 2 of exc"
    assert "0.03 mV at 0.1 ms" in picture.alt and "2 cells keep apart" in picture.alt


def test_potentials_that_meet_are_told_so_and_without_v_there_is_no_picture(pair):
    chaos = gate_builders.refinement_of(gate_builders.same_dynamics())
    assert potentials_picture(pair, chaos).title == "The membrane potentials meet as the time step goes to zero"
    assert potentials_picture(pair, gate_builders.refinement(refined_row("exc")).details) is None


def test_refinement_line_follows_shifts_that_bend():
    steps = np.array(gate_builders.STEPS_MS)
    bent = replace(refined_row("exc").between, shift_ms=tuple(0.02 - 50 * steps**2), intercept_ms=0.02, curved=True)
    np.testing.assert_allclose(fitted_line(bent, steps, np.array([0.0, 0.1])), [0.02, -0.48])


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([refined_row("exc")], "The shift vanishes with the time step"),
        ([late_start("exc")], "At a time step of zero +0.050 ms remain among the first spikes of exc"),
        ([too_few("exc")], "Too few spikes could be followed down the time steps"),
        ([refined_row("exc", unpaired=(0.3, 0.25))], "The mean shift vanishes with the time step, yet not every spike"),
    ],
)
def test_refinement_titles_say_the_finding(pair, rows, title):
    (picture,) = refinement_pictures(pair, gate_builders.refinement(*rows).details)
    assert picture.title.startswith(title)


def test_suspects_are_ranked_bars_of_what_they_removed(pair):
    picture = suspects_picture(pair, gate_builders.suspects())
    bars = picture.figure.axes[0].patches
    assert [bar.get_width() for bar in bars] == pytest.approx([97.12, 61.0])
    assert picture.title == "tau_refrac of exc explains 97.12 % of what differs in exc"
    assert "weights of exc→inh, in inh removes 61 %" not in picture.alt  # its name says the population already
    assert "weights of exc→inh removes 61 %" in picture.alt


def test_yardsticks_are_told_apart_from_the_comparison_and_from_each_other(pair):
    picture = yardsticks_picture(pair)
    looks = [(patch.get_edgecolor(), patch.get_linestyle()) for patch in picture.figure.axes[0].patches]
    assert len(set(looks)) == len(looks) == 3
    assert picture.title == "The legs part at 104.3 ms, no earlier than a backend from its own twin (60 ms)"
    late = replace(pair, judgement=replace(pair.judgement, yardsticks=gate_builders.yardsticks()[::2]))
    assert yardsticks_picture(late).title == "The legs part at 104.3 ms, before a backend from its own twin (120 ms)"


def test_a_gate_without_details_draws_nothing():
    judged = replace(builders.judged_parted(), gates=(gate_builders.unasked(Gate.REFINEMENT, "why not"),))
    pictures = check_pictures(gate_builders._check(judged))
    assert pictures.gates[1].all == ()
