import numpy as np
import pytest

from crosssim.divergence.refinement import compare_refinement
from crosssim.divergence.refinement_gate import refinement_result
from crosssim.divergence.verdict import Gate
from crosssim.errors import NotComparable, UsageError
from tests.divergence.ladders import STEPS_MS, ladder


def row(**planted):
    (found,) = compare_refinement(ladder(**planted)).rows
    return found


def test_a_shift_that_is_the_time_step_vanishes():
    found = row()
    assert not found.differs
    assert abs(found.between.intercept_ms) < found.grid_slack_ms
    assert found.between.shift_ms[0] == pytest.approx(-1.5 * STEPS_MS[0], abs=0.01)
    assert found.between.order == pytest.approx(1.0, abs=0.1)


def test_a_shift_that_vanishes_with_the_square_of_the_step_is_no_difference():
    found = row(slopes=(0.0, 0.0), bend=-50.0)
    assert found.between.curved and not found.differs
    assert found.between.shift_ms[0] == pytest.approx(-0.5, abs=0.01)
    assert found.between.order == pytest.approx(2.0, abs=0.2)


@pytest.mark.parametrize("fault_ms", [-0.05, 0.05])
def test_a_bend_does_not_hide_a_real_difference(fault_ms):
    found = row(slopes=(0.0, 0.0), bend=-50.0, fault_ms=fault_ms)
    assert found.shift_remains
    assert found.between.intercept_ms == pytest.approx(fault_ms, abs=0.005)


def test_shifts_on_a_line_are_not_called_curved():
    assert not any(row(seed=seed).between.curved for seed in range(20))


def test_the_same_run_on_both_sides_has_no_shift_at_all():
    levels = [type(one)(one.step_ms, one.reference, one.reference) for one in ladder()]
    (found,) = compare_refinement(levels).rows
    assert found.between.shift_ms == (0.0,) * len(STEPS_MS)
    assert found.between.order is None
    assert not found.differs


@pytest.mark.parametrize("fault_ms", [-0.3, -0.02, 0.02, 0.3])
def test_a_real_difference_stays_with_its_size_and_sign(fault_ms):
    found = row(fault_ms=fault_ms)
    assert found.shift_remains
    assert found.between.intercept_ms == pytest.approx(fault_ms, abs=found.grid_slack_ms * 2)
    low, high = found.between.intercept_ci_ms
    assert low <= fault_ms + found.grid_slack_ms and fault_ms - found.grid_slack_ms <= high


@pytest.mark.parametrize("seed", range(20))
def test_no_false_alarm_where_a_few_spikes_hang_on_a_hair(seed):
    assert not row(hairs=0.02, seed=seed).differs


def test_hairs_do_not_hide_a_real_difference():
    assert row(hairs=0.02, fault_ms=0.05).shift_remains


def test_one_odd_cell_is_found_and_named_and_the_mean_does_not_move():
    found = row(odd_cell=7, fault_ms=0.2)
    assert [odd.cell for odd in found.odd_cells] == [7]
    assert found.odd_cells[0].shift_ms == pytest.approx(0.2, abs=0.02)
    assert not found.shift_remains


def test_a_cell_that_is_odd_by_less_than_the_limit_is_not_named():
    assert row(odd_cell=7, fault_ms=0.02).odd_cells == ()


def test_a_cell_that_lost_its_phase_at_the_finest_step_alone_is_not_odd():
    levels = ladder()
    finest, odd = levels[-1], ladder(odd_cell=7, fault_ms=0.3)[-1]
    levels[-1] = type(finest)(finest.step_ms, finest.reference, odd.candidate)
    assert compare_refinement(levels).rows[0].odd_cells == ()
    levels[-2] = ladder(odd_cell=7, fault_ms=0.3)[-2]
    levels[-3] = ladder(odd_cell=7, fault_ms=0.3)[-3]
    levels[-4] = ladder(odd_cell=7, fault_ms=0.3)[-4]
    assert [one.cell for one in compare_refinement(levels).rows[0].odd_cells] == [7]


def test_a_difference_of_the_first_spikes_alone_is_found():
    found = row(early_ms=0.05, per_cell=60)
    assert found.first_shift_remains and found.differs
    assert found.first.intercept_ms == pytest.approx(0.05, abs=0.01)
    result = refinement_result(compare_refinement(ladder(early_ms=0.05, per_cell=60)))
    assert "among the first spikes of exc" in result.reason and len(result.differences) == 1


def test_spikes_that_are_missing_at_every_step_are_found():
    found = row(lost_share=0.05)
    assert found.spikes_remain_unpaired
    assert found.between.unpaired[-1] == pytest.approx(0.05, abs=0.02)


def test_spikes_that_are_missing_at_the_finest_step_alone_hang_on_a_hair():
    levels = ladder()
    finest = levels[-1]
    levels[-1] = type(finest)(finest.step_ms, finest.reference, ladder(lost_share=0.05)[-1].candidate)
    (found,) = compare_refinement(levels).rows
    assert found.between.unpaired[-1] > 0.03 and not found.differs


def test_one_spike_of_a_hundred_and_fifty_is_no_difference_and_one_of_ten_is():
    few = {"cells": 10, "per_cell": 15, "lost_share": 0.007, "seed": 3}
    (found,) = compare_refinement(ladder(**few)).rows
    assert 0.005 < found.between.unpaired[-1] < 0.03 and not found.spikes_remain_unpaired
    assert row(cells=10, per_cell=15, lost_share=0.1).spikes_remain_unpaired


def test_each_backend_converges_to_its_own_limit_at_its_own_order():
    found = row(slopes=(0.5, -1.0))
    assert found.reference_own.order == pytest.approx(1.0, abs=0.15)
    assert found.candidate_own.order == pytest.approx(1.0, abs=0.15)
    assert found.candidate_own.shift_ms[0] < 0 < found.reference_own.shift_ms[0]


def test_the_order_of_the_levels_does_not_matter():
    levels = ladder(fault_ms=0.05)
    assert compare_refinement(levels[::-1]) == compare_refinement(levels)


def test_rates_are_told_at_every_step():
    assert row().rates_hz == ((pytest.approx(25 / 0.3), pytest.approx(25 / 0.3)),) * 4


def test_two_steps_are_too_few():
    with pytest.raises(UsageError, match="at least three different steps"):
        compare_refinement(ladder()[:2])


def test_levels_of_other_populations_cannot_be_compared():
    levels = ladder()
    broken = type(levels[0])(0.1, levels[0].reference, type(levels[0].candidate)("ladder", "neuron", 0.1, 300.0, {}))
    with pytest.raises(NotComparable, match="same populations"):
        compare_refinement([broken, *levels[1:]])


def test_few_spikes_say_nothing_and_the_gate_says_so():
    details = compare_refinement(ladder(cells=2, per_cell=3))
    assert not details.rows[0].enough
    result = refinement_result(details)
    assert not result.passed and "too few spikes" in result.reason and result.differences == ()


def test_the_gate_passes_with_what_is_left_and_fails_with_what_remains():
    passed = refinement_result(compare_refinement(ladder()))
    assert passed.passed and passed.gate is Gate.REFINEMENT and "vanishes as the step goes to zero" in passed.reason
    failed = refinement_result(compare_refinement(ladder(fault_ms=-0.26)))
    assert not failed.passed and "a real difference of -0.26" in failed.reason
    (difference,) = failed.differences
    assert difference.value == pytest.approx(-0.26, abs=0.005) and difference.population == "exc"


def test_the_gate_names_lost_spikes_and_odd_cells():
    lost = refinement_result(compare_refinement(ladder(lost_share=0.05)))
    assert "no partner even at the finest step" in lost.reason
    odd = refinement_result(compare_refinement(ladder(odd_cell=7, fault_ms=0.2)))
    assert "1 cells of exc keep apart at every step, first cell 7" in odd.reason
    assert odd.differences[0].cell == 7


def test_a_silent_population_is_compared_without_a_word():
    levels = [
        type(one)(one.step_ms, *(side_without_spikes(side) for side in (one.reference, one.candidate)))
        for one in ladder()
    ]
    (found,) = compare_refinement(levels).rows
    assert not found.differs and not found.enough


def side_without_spikes(recording):
    empty = type(recording.spikes["exc"]).from_events(np.zeros(0), np.zeros(0), 40, recording.duration_ms)
    return type(recording)("ladder", recording.backend, recording.timestep_ms, recording.duration_ms, {"exc": empty})
