import numpy as np
import pytest

from crosssim.divergence.replay import (
    WINDOW_MS,
    ReplayDetails,
    compare_replay,
    disagreement_by_cell,
    replay_result,
)
from crosssim.errors import NotComparable
from crosssim.recording.data import Recording, Spikes

STEP_MS = 0.1


def spikes(*trains, t_stop_ms=200.0):
    cell = np.repeat(np.arange(len(trains)), [len(train) for train in trains])
    return Spikes.from_events(cell, np.concatenate([np.zeros(0), *map(np.asarray, trains)]), len(trains), t_stop_ms)


def replayed(reference, candidate):
    recording = Recording("m", "neuron", STEP_MS, candidate.t_stop_ms, spikes={"exc": candidate})
    return compare_replay({"exc": reference}, recording, step_ms=STEP_MS, labels=("nest", "neuron"))


TRAINS = ([10.0, 20.0, 30.0], [15.0, 25.0], [])


def test_the_same_spikes_are_all_exact():
    table = replayed(spikes(*TRAINS), spikes(*TRAINS))
    assert table.all_exact and table.exact_share == 1.0
    (row,) = table.rows
    assert (row.exact, row.within_one_step, row.shifted, row.missing, row.extra) == (5, 0, 0, 0, 0)
    assert row.mean_shift_ms == 0.0 and row.worst_cells == () and row.first_difference_ms is None


def test_dust_of_a_clock_is_exact():
    assert replayed(spikes(*TRAINS), spikes([10.000000009, 20.0, 30.0], *TRAINS[1:])).all_exact


def test_each_kind_of_difference_is_counted_once():
    (row,) = replayed(spikes(*TRAINS), spikes([10.1, 20.5, 40.0], [15.0], [])).rows
    # 10 -> 10.1 one step, 20 -> 20.5 farther, 30 missing with 40 extra, 15 exact, 25 missing
    assert (row.exact, row.within_one_step, row.shifted, row.missing, row.extra) == (1, 1, 1, 2, 1)
    assert row.reference_spikes == row.exact + row.within_one_step + row.shifted + row.missing
    assert row.candidate_spikes == row.exact + row.within_one_step + row.shifted + row.extra
    assert row.mean_shift_ms == pytest.approx((0.1 + 0.5 + 0.0) / 3)
    assert row.first_difference_ms == 10.0


def test_shifts_have_the_sign_of_candidate_minus_reference():
    (row,) = replayed(spikes([50.0]), spikes([49.4])).rows
    assert row.mean_shift_ms == pytest.approx(-0.6)


def test_a_spike_beyond_the_window_is_another_spike():
    (inside,) = replayed(spikes([50.0]), spikes([50.0 + WINDOW_MS])).rows
    (outside,) = replayed(spikes([50.0]), spikes([50.1 + WINDOW_MS])).rows
    assert (inside.shifted, inside.missing) == (1, 0)
    assert (outside.shifted, outside.missing, outside.extra) == (0, 1, 1)


def test_swapped_cells_are_found():
    (row,) = replayed(spikes([10.0], [50.0]), spikes([50.0], [10.0])).rows
    assert row.exact == 0 and row.missing == 2 and row.extra == 2


def test_the_worst_cells_come_first_with_their_part():
    (row,) = replayed(spikes([10.0], [20.0, 40.0]), spikes([10.3], [21.0])).rows
    assert [one.cell for one in row.worst_cells] == [1, 0]
    assert row.worst_cells[0].disagreement_ms == pytest.approx(1.0 + WINDOW_MS)
    assert row.worst_cells[0].missing == 1 and row.worst_cells[1].mean_shift_ms == pytest.approx(0.3)


def test_a_replay_shorter_than_the_reference_is_compared_while_it_lasted():
    table = replayed(spikes([10.0, 150.0], t_stop_ms=200.0), spikes([10.0], t_stop_ms=100.0))
    assert table.all_exact


def test_silent_on_both_sides_is_exact():
    table = replayed(spikes([], []), spikes([], []))
    assert table.all_exact and table.exact_share == 1.0 and table.rows[0].mean_shift_ms is None


def test_populations_must_be_the_same():
    recording = Recording("m", "neuron", STEP_MS, 200.0, spikes={"inh": spikes([1.0])})
    with pytest.raises(NotComparable, match="recorded on one side only"):
        compare_replay({"exc": spikes([1.0])}, recording, step_ms=STEP_MS, labels=("nest", "neuron"))


def test_disagreement_does_not_count_what_lies_within_half_a_step():
    reference = spikes([10.0, 20.0], [30.0])
    total = disagreement_by_cell(reference, spikes([10.04, 20.2], [30.0, 90.0]), STEP_MS)
    assert total == pytest.approx([0.2, WINDOW_MS])


def test_the_gate_passes_only_if_every_spike_is_exact():
    same = replayed(spikes(*TRAINS), spikes(*TRAINS))
    other = replayed(spikes(*TRAINS), spikes([10.1, 20.0, 30.0], *TRAINS[1:]))
    assert replay_result(ReplayDetails(same, ())).passed
    failed = replay_result(ReplayDetails(other, (same, same)))
    assert not failed.passed and "80.0% of the spikes fall on their step" in failed.reason
    assert failed.differences[0].count == 1 and failed.differences[0].total == 5
