from dataclasses import replace

import numpy as np
import pytest

from crosssim.divergence.traces import align
from crosssim.divergence.trains import ComparedTrains, binned_counts, compare_trains
from crosssim.errors import NotComparable
from crosssim.model.expectation import Recorded, Tolerance
from crosssim.recording.data import Spikes
from tests.divergence.builders import SPIKES, STEP_MS, recording, regular_spikes, spikes, voltage


def trains(here: Spikes, there: Spikes, limit_ms: float = 0.1) -> ComparedTrains:
    recorded = Recorded("exc", "spikes", Tolerance(limit_ms, "ms", "chosen"))
    sides = (recording("nest", spikes={"exc": here}), recording("neuron", spikes={"exc": there}))
    return compare_trains(recorded, *sides)


def test_equal_trains_have_no_unpaired_spikes():
    one = trains(regular_spikes(), regular_spikes())
    assert len(one.unpaired) == 0
    assert one.agreement(np.inf) == (len(regular_spikes()), 0.0, True)


def test_unpaired_spikes_come_in_order_of_time_with_their_side():
    one = trains(spikes([5.0, 30.0], [20.0]), spikes([5.0, 40.0], [10.0, 20.1]))
    assert one.unpaired.time_ms.tolist() == [10.0, 30.0, 40.0]
    assert one.unpaired.cell.tolist() == [1, 0, 0]
    assert one.unpaired.in_reference.tolist() == [False, True, False]


@pytest.mark.parametrize(("time_ms", "limit_ms", "counts"), [
    (100.0, 0.0, False), (99.9, 0.0, True), (99.9, 0.1, False), (99.8, 0.1, True), (99.8, 0.5, False),
])  # fmt: skip
def test_a_spike_nearer_to_the_end_than_the_tolerance_is_not_judged(time_ms, limit_ms, counts):
    lone, silent = spikes([5.0, time_ms]), spikes([5.0])
    assert bool(len(trains(lone, silent, limit_ms).unpaired)) == counts
    assert bool(len(trains(silent, lone, limit_ms).unpaired)) == counts


def test_only_the_common_time_is_compared():
    one = trains(spikes([5.0, 60.0], stop_ms=100.0), spikes([5.0], stop_ms=50.0))
    assert (one.stop_ms, one.whole, len(one.unpaired), len(one.reference)) == (50.0, False, 0, 1)
    assert one.agreement(np.inf) == (1, 0.0, False)


def test_agreement_counts_pairs_before_a_time_and_their_largest_gap():
    one = trains(spikes([5.0, 20.0, 60.0]), spikes([5.0, 20.05, 60.1]))
    assert one.agreement(20.0) == (1, 0.0, True)
    assert one.agreement(60.0) == (2, pytest.approx(0.05), False)
    assert one.agreement(np.inf) == (3, pytest.approx(0.1), False)


def test_dust_is_not_identity():
    assert trains(spikes([5.0]), spikes([5.0 + 1e-12])).agreement(np.inf)[2] is False


def test_the_nearest_spike_of_the_other_side_is_told():
    one = trains(spikes([5.0], []), spikes([5.3, 9.0], []))
    assert one.nearest_ms(5.0, 0, True) == pytest.approx(0.3)
    assert one.nearest_ms(9.0, 0, False) == pytest.approx(4.0)
    assert one.nearest_ms(5.0, 1, True) is None


def judged_times(one: ComparedTrains, cell: int = 0) -> np.ndarray:
    """Steps at which the trace of one cell is judged."""
    traces = align(voltage(cells=(cell,)), voltage(cells=(cell,)))
    return np.flatnonzero(one.undisturbed(traces)[:, 0])


def test_samples_within_one_step_of_an_own_spike_are_not_judged():
    one = trains(spikes([5.0, 20.0], [50.0]), spikes([5.0, 20.0 + 9e-9], [50.0]))
    assert set(range(1000)) - set(judged_times(one).tolist()) == {49, 50, 51, 199, 200, 201}
    assert set(range(1000)) - set(judged_times(one, cell=1).tolist()) == {499, 500, 501}


@pytest.mark.parametrize("shift_ms", [STEP_MS, -STEP_MS])
def test_from_its_first_shifted_pair_on_a_cell_is_not_judged(shift_ms):
    one = trains(spikes([5.0, 20.0, 40.0], [50.0]), spikes([5.0, 20.0 + shift_ms, 40.0], [50.0]))
    first = round((20.0 + min(shift_ms, 0.0) - STEP_MS) / STEP_MS)
    assert judged_times(one).tolist() == [k for k in range(first) if k not in (49, 50, 51)]
    assert judged_times(one, cell=1).size == 997


def test_a_cell_is_not_judged_between_the_two_spikes_of_a_shifted_pair():
    one = trains(spikes([20.0], []), spikes([19.0], []), limit_ms=1.0)
    assert judged_times(one).max() == 188


def test_a_silent_cell_is_judged_throughout():
    one = trains(spikes([5.0], []), spikes([5.0], []))
    assert judged_times(one, cell=1).size == 1000


def test_another_number_of_cells_is_refused():
    with pytest.raises(
        NotComparable, match="exc has 3 cells in nest and 4 in neuron; spikes are compared cell by cell"
    ):
        trains(regular_spikes(3), regular_spikes(4))


def test_bins_count_every_judged_spike_once():
    here, there = spikes([1.0, 9.95, 25.0], [30.0]), spikes([1.0, 10.05, 27.0, 28.0], [30.0])
    reference, candidate, paired = binned_counts([trains(here, there)], 10.0)
    assert reference.tolist() == [2, 0, 1, 1, 0, 0, 0, 0, 0, 0]
    assert candidate.tolist() == [2, 0, 2, 1, 0, 0, 0, 0, 0, 0]
    assert paired.tolist() == [2, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_a_bin_begins_at_its_border_whatever_the_dust():
    late, early = spikes([10.0 - 4e-6]), spikes([10.0 + 4e-6])
    assert binned_counts([trains(late, early)], 10.0)[2].tolist()[:2] == [0, 1]


def test_the_last_bin_may_be_short_and_holds_the_end():
    one = trains(spikes([24.0, 25.0], stop_ms=25.0), spikes([24.0, 25.0], stop_ms=25.0))
    assert binned_counts([one], 10.0)[2].tolist() == [0, 0, 2]
    whole = trains(spikes([20.0], stop_ms=20.0), spikes([20.0], stop_ms=20.0))
    assert binned_counts([whole], 10.0)[2].tolist() == [0, 1]


def test_bins_add_up_over_populations():
    one = trains(spikes([1.0]), spikes([1.0]))
    longer = trains(spikes([1.0], stop_ms=110.0), spikes([1.0, 105.0], stop_ms=110.0))
    reference, candidate, paired = binned_counts([one, longer], 10.0)
    assert (reference.sum(), candidate.sum(), paired.sum()) == (2, 3, 2)
    assert candidate[10] == 1
    assert [part.size for part in binned_counts([], 10.0)] == [0, 0, 0]


def test_the_coarser_step_of_the_two_recordings_counts():
    sides = recording("nest"), replace(recording("neuron"), timestep_ms=0.5)
    assert compare_trains(SPIKES, *sides).step_ms == 0.5
