import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from crosssim.divergence import spikes as module
from crosssim.divergence.spikes import DUST_TICKS, before, pair_spikes, ticks, until
from crosssim.errors import NotComparable, UsageError
from crosssim.recording.data import Spikes
from tests.divergence.builders import regular_spikes, spikes

STEP = 0.1


def grid_trains(cells: int = 3, longest: int = 8, last: int = 15):
    train = st.lists(st.integers(0, last), max_size=longest)
    return st.lists(train, min_size=cells, max_size=cells)


def on_grid(trains: list[list[int]]) -> Spikes:
    return spikes(*[[k * STEP for k in train] for train in trains])


def pairs(pairing) -> list[tuple[int, int]]:
    return [(int(r), int(c)) for r, c in enumerate(pairing.candidate_of) if c >= 0]


def most_pairs(reference: Spikes, candidate: Spikes, limit_steps: int) -> int:
    """The size of a largest matching, by the Hungarian method."""
    total = 0
    for cell in range(reference.n_cells):
        r, c = np.rint(reference.of(cell) / STEP), np.rint(candidate.of(cell) / STEP)
        allowed = np.abs(np.subtract.outer(r, c)) <= limit_steps
        total += int(allowed[linear_sum_assignment(allowed, maximize=True)].sum())
    return total


@settings(max_examples=150, deadline=None)
@given(grid_trains(), grid_trains(), st.integers(0, 4))
def test_pairing_is_a_largest_matching(reference, candidate, limit):
    here, there = on_grid(reference), on_grid(candidate)
    pairing = pair_spikes(here, there, limit * STEP)
    found = pairs(pairing)
    assert len({r for r, _ in found}) == len({c for _, c in found}) == len(found) == pairing.count
    assert all(here.cell[r] == there.cell[c] for r, c in found)
    assert all(
        abs(ticks(here.time_ms[r]) - ticks(there.time_ms[c])) <= ticks(limit * STEP) + DUST_TICKS for r, c in found
    )
    assert all(pairing.reference_of[c] == r for r, c in found)
    assert np.count_nonzero(pairing.reference_of >= 0) == len(found)
    assert len(found) == most_pairs(here, there, limit)


@settings(max_examples=100, deadline=None)
@given(grid_trains(), grid_trains(), st.integers(0, 4))
def test_the_number_of_pairs_does_not_depend_on_which_side_is_the_reference(reference, candidate, limit):
    here, there = on_grid(reference), on_grid(candidate)
    assert pair_spikes(here, there, limit * STEP).count == pair_spikes(there, here, limit * STEP).count


@settings(max_examples=60, deadline=None)
@given(grid_trains(), st.integers(0, 4))
def test_a_train_is_paired_with_itself_spike_by_spike(trains, limit):
    here = on_grid(trains)
    pairing = pair_spikes(here, on_grid(trains), limit * STEP)
    assert pairing.candidate_of.tolist() == list(range(len(here)))
    assert pairing.shift_ms.tolist() == [0.0] * len(here)


@settings(max_examples=60, deadline=None)
@given(grid_trains(), grid_trains(), st.integers(0, 4), st.randoms(use_true_random=False))
def test_the_order_of_the_events_does_not_matter(reference, candidate, limit, random):
    here, there = on_grid(reference), on_grid(candidate)
    order = list(range(len(there)))
    random.shuffle(order)
    mixed = Spikes.from_events(there.cell[order], there.time_ms[order], there.n_cells, there.t_stop_ms)
    expected, got = pair_spikes(here, there, limit * STEP), pair_spikes(here, mixed, limit * STEP)
    assert got.candidate_of.tolist() == expected.candidate_of.tolist()


@settings(max_examples=60, deadline=None)
@given(grid_trains(cells=5), grid_trains(cells=5), st.integers(0, 4))
def test_blocks_of_any_size_give_the_same_pairs(reference, candidate, limit):
    here, there = on_grid(reference), on_grid(candidate)
    whole = pair_spikes(here, there, limit * STEP)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BLOCK_SPIKES", 3)
        patch.setattr(module, "_BLOCK_CELLS", 2)
        in_blocks = pair_spikes(here, there, limit * STEP)
    assert in_blocks.candidate_of.tolist() == whole.candidate_of.tolist()
    assert in_blocks.reference_of.tolist() == whole.reference_of.tolist()


@pytest.mark.parametrize("step_ms", [0.1, 0.05, 0.025, 0.0125, 0.003125])
def test_a_shift_of_exactly_the_limit_is_inside_wherever_it_stands_on_the_grid(step_ms):
    k = np.arange(1, 40001)
    here = Spikes.from_events(np.arange(k.size), k * step_ms, k.size, 1e5)
    there = Spikes.from_events(np.arange(k.size), (k + 1) * step_ms, k.size, 1e5)
    assert pair_spikes(here, there, step_ms).count == k.size
    assert pair_spikes(here, there, step_ms * 0.99).count == 0


def test_a_clock_that_adds_up_its_step_is_on_the_grid_still():
    steps = np.full(1_000_000, 0.1)
    accumulated = np.cumsum(steps)[999::1000]
    exact = np.arange(1000, 1_000_001, 1000) * 0.1
    assert np.abs(accumulated - exact).max() > 1e-7, "no dust: this test would prove nothing"
    cells = np.arange(exact.size)
    here, there = (Spikes.from_events(cells, times, exact.size, 1e5) for times in (exact, accumulated))
    assert pair_spikes(here, there, 0.0).count == exact.size


def test_two_spikes_chained_to_one_partner_count_once():
    pairing = pair_spikes(spikes([5.0, 5.1]), spikes([5.05]), 0.1)
    assert pairing.count == 1
    assert sorted(pairing.candidate_of.tolist()) == [-1, 0]


def test_a_chain_keeps_all_its_pairs_even_where_one_would_be_nearer():
    pairing = pair_spikes(spikes([5.0, 6.0]), spikes([6.0, 7.0]), 1.0)
    assert pairing.candidate_of.tolist() == [0, 1]


def test_of_equally_many_pairs_the_nearer_are_taken():
    pairing = pair_spikes(spikes([5.0, 6.0, 7.0]), spikes([6.0, 7.0]), 1.0)
    assert pairing.candidate_of.tolist() == [-1, 0, 1]
    assert pairing.reference_of.tolist() == [1, 2]
    swapped = pair_spikes(spikes([6.0, 7.0]), spikes([5.0, 6.0, 7.0]), 1.0)
    assert swapped.candidate_of.tolist() == [1, 2]


def test_swapped_cells_have_no_pairs():
    assert pair_spikes(spikes([5.0], [50.0]), spikes([50.0], [5.0]), 0.1).count == 0


def test_the_last_spike_of_a_cell_is_not_paired_with_the_first_of_the_next():
    assert pair_spikes(spikes([99.0], []), spikes([], [99.0]), 100.0).count == 0
    assert pair_spikes(spikes([99.95], []), spikes([], [0.0]), 0.1).count == 0


def test_shift_is_candidate_minus_reference_and_nan_without_partner():
    pairing = pair_spikes(spikes([5.0, 20.0, 30.0]), spikes([5.1, 29.8]), 0.2)
    np.testing.assert_allclose(pairing.shift_ms, [0.1, np.nan, -0.2], atol=1e-12)


def test_times_before_zero_are_paired_too():
    assert pair_spikes(spikes([-0.1, 5.0]), spikes([-0.1, 5.0]), 0.1).count == 2


@pytest.mark.parametrize(("here", "there"), [([], []), ([1.0], []), ([], [1.0])])
def test_silence_has_no_pairs(here, there):
    pairing = pair_spikes(spikes(here), spikes(there), 0.1)
    assert pairing.count == 0
    assert pairing.candidate_of.tolist() == [-1] * len(here)
    assert pairing.reference_of.tolist() == [-1] * len(there)


def test_an_empty_population_has_no_pairs():
    assert pair_spikes(spikes(), spikes(), 0.1).count == 0


def test_many_silent_cells_between_two_that_fire():
    here = Spikes.from_events([0, 2_000_000], [5.0, 5.0], 2_000_001, 1e7)
    assert pair_spikes(here, here, 0.1).candidate_of.tolist() == [0, 1]


def test_different_numbers_of_cells_are_refused():
    with pytest.raises(NotComparable, match="spikes of 2 cells cannot be paired with 3 cells"):
        pair_spikes(regular_spikes(2), regular_spikes(3), 0.1)


@pytest.mark.parametrize("limit_ms", [-0.1, np.inf, np.nan])
def test_a_limit_that_is_none_is_refused(limit_ms):
    with pytest.raises(UsageError, match=r"limit_ms = .* must be zero or more, and finite"):
        pair_spikes(regular_spikes(2), regular_spikes(2), limit_ms)


def test_crowded_trains_stay_within_the_limit():
    rng = np.random.default_rng(1)
    cells = np.repeat(np.arange(500), 200)
    here, there = (
        Spikes.from_events(cells, np.rint(rng.uniform(0, 1e4, cells.size)) * STEP, 500, 1e3) for _ in range(2)
    )
    pairing = pair_spikes(here, there, 3.0)
    shifts = pairing.shift_ms[pairing.candidate_of >= 0]
    assert 0 < pairing.count < cells.size
    assert np.abs(shifts).max() <= 3.0 + 1e-5


def test_until_keeps_the_spike_at_the_end_and_drops_what_is_after_it():
    kept = until(spikes([1.0, 50.000000009], [50.1]), 50.0)
    assert kept.time_ms.tolist() == [1.0, 50.000000009]
    assert (kept.n_cells, kept.t_stop_ms) == (2, 50.0)


def test_before_leaves_out_the_same_grid_point_with_dust():
    times = np.array([15.2, 15.3, 15.299996, 15.4])
    assert before(times, 15.300004).tolist() == [True, False, False, False]
    assert before(times, np.inf).all()
