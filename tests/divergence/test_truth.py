import numpy as np
import pytest

from crosssim.divergence.truth import compare_truth, driven_cells
from crosssim.errors import UsageError
from crosssim.recording.data import Spikes

STEPS_MS = (0.1, 0.05, 0.02, 0.01)
CELLS = tuple(range(8))
STOP_MS = 400.0


def truth(n_cells=10):
    rng = np.random.default_rng(3)
    trains = [np.cumsum(rng.uniform(8.0, 30.0, 12)) for _ in range(n_cells)]
    cells = np.repeat(np.arange(n_cells), 12)
    return Spikes.from_events(cells, np.concatenate(trains), n_cells, STOP_MS)


def shifted(spikes, shift_ms, scatter_ms=0.0, seed=0):
    scatter = np.random.default_rng(seed).normal(0.0, 1.0, len(spikes)) * scatter_ms
    return Spikes.from_events(spikes.cell, spikes.time_ms + shift_ms + scatter, spikes.n_cells, STOP_MS)


def ladder(spikes, shift, scatter=0.0):
    return [(step, shifted(spikes, shift(step), scatter * step, seed)) for seed, step in enumerate(STEPS_MS)]


def test_the_solution_itself_is_at_no_distance():
    spikes = truth()
    found = compare_truth(spikes, ladder(spikes, lambda step: 0.0), CELLS)
    assert found.shift_ms == found.size_ms == found.interval_ms == found.unpaired == (0.0,) * 4
    assert found.spikes == found.of_spikes == 96
    assert found.order is None
    assert (found.constant.value, found.intercept_ms.value) == (0.0, 0.0)


@pytest.mark.parametrize(("constant", "order"), [(2.0, 1.0), (-4.0, 1.0), (3.5, 2.0)])
def test_a_planted_order_and_constant_are_found(constant, order):
    spikes = truth()
    found = compare_truth(spikes, ladder(spikes, lambda step: constant * step**order, scatter=0.3), CELLS)
    assert found.order.value == pytest.approx(order, abs=0.15)  # scatter of a third of a step over 96 spikes
    assert found.order.low < order < found.order.high
    if order == 1.0:
        assert found.constant.value == pytest.approx(constant, abs=0.1)
        assert found.constant.low < constant < found.constant.high
        assert found.intercept_ms.low < 0.0 < found.intercept_ms.high


def test_what_does_not_vanish_is_an_intercept():
    spikes = truth()
    found = compare_truth(spikes, ladder(spikes, lambda step: 0.2 + 2.0 * step, scatter=0.3), CELLS)
    assert found.intercept_ms.value == pytest.approx(0.2, abs=0.01)
    assert found.intercept_ms.low > 0.19


def test_intervals_one_step_longer_are_told_from_a_constant_shift():
    spikes = truth()
    rank = np.arange(len(spikes)) - spikes.offsets[spikes.cell]
    longer = [
        (step, Spikes.from_events(spikes.cell, spikes.time_ms + rank * step, spikes.n_cells, STOP_MS))
        for step in STEPS_MS
    ]
    assert compare_truth(spikes, longer, CELLS).interval_ms == pytest.approx(STEPS_MS)
    constant = compare_truth(spikes, ladder(spikes, lambda step: 3 * step), CELLS)
    assert constant.interval_ms == pytest.approx((0.0,) * 4, abs=1e-12)


def test_a_lost_spike_counts_at_its_step_and_cells_not_chosen_do_not():
    spikes = truth()
    runs = ladder(spikes, lambda step: 0.0)
    lost = Spikes.from_events(spikes.cell[1:], spikes.time_ms[1:], spikes.n_cells, STOP_MS)
    elsewhere = Spikes.from_events(spikes.cell[:-1], spikes.time_ms[:-1], spikes.n_cells, STOP_MS)
    found = compare_truth(spikes, [(0.1, lost), (0.05, elsewhere), *runs[2:]], CELLS)
    assert found.unpaired == pytest.approx((1 / 96, 0.0, 0.0, 0.0))
    assert found.spikes == 95


def test_scatter_alone_has_no_order():
    spikes = truth()
    assert compare_truth(spikes, ladder(spikes, lambda step: 0.0, scatter=1.0), CELLS).order is None


def test_few_spikes_give_numbers_and_no_fit():
    spikes = truth()
    found = compare_truth(spikes, ladder(spikes, lambda step: step), [0])
    assert found.shift_ms == pytest.approx(STEPS_MS)
    assert found.order is found.constant is found.intercept_ms is None


def test_two_steps_are_too_few():
    spikes = truth()
    with pytest.raises(UsageError, match="at least three different steps; 2 given"):
        compare_truth(spikes, ladder(spikes, lambda step: 0.0)[:2], CELLS)


def test_driven_cells_are_spread_over_the_active_half():
    counts = [0, 1, 1, 2, 2, 8, 7, 6, 5, 9]
    cells = np.repeat(np.arange(10), counts)
    spikes = Spikes.from_events(cells, np.arange(cells.size, dtype=float), 10, 100.0)
    assert driven_cells(spikes, 2) == (8, 9)  # of 9 that fire the 5 most active, from first to last
    assert driven_cells(spikes, 3) == (6, 8, 9)
    assert driven_cells(spikes, 100) == tuple(range(1, 10))
    assert driven_cells(Spikes.from_events([], [], 4, 100.0), 3) == ()
