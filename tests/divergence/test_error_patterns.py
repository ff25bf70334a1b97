import numpy as np
import pytest

from crosssim.divergence.error_patterns import arrivals_by_cell, error_pattern
from crosssim.divergence.replay import compare_replay
from crosssim.recording.data import InputSpikes, Recording, Spikes, Wiring

CELLS, PER_CELL = 30, 20


def spikes(interval_ms=8.0):
    times = np.arange(PER_CELL) * interval_ms + 5.0
    return Spikes.from_events(np.repeat(np.arange(CELLS), PER_CELL), np.tile(times, CELLS), CELLS, 200.0)


def drawn(share, seed=1):
    return np.random.default_rng(seed).uniform(size=CELLS * PER_CELL) < share


def test_few_errors_have_no_pattern():
    assert error_pattern(spikes(), drawn(0.01), None) is None


def test_errors_at_random_come_neither_in_rows_nor_with_input():
    arrivals = np.random.default_rng(2).uniform(100, 200, CELLS)
    found = error_pattern(spikes(), drawn(0.3), arrivals)
    assert found.share == pytest.approx(0.3, abs=0.05)
    assert found.share_after_error == pytest.approx(found.share, abs=0.1)
    assert found.input_p > 0.001
    assert found.interval_before_ms == found.interval_otherwise_ms == 8.0


def test_errors_that_grow_with_the_input_are_told():
    arrivals = np.linspace(100, 200, CELLS)
    chance = np.repeat((arrivals - 100) / 100, PER_CELL)
    is_error = np.random.default_rng(3).uniform(size=chance.size) < chance
    found = error_pattern(spikes(), is_error, arrivals)
    assert found.input_correlation > 0.8 and found.input_p < 1e-6
    assert error_pattern(spikes(), is_error, -arrivals).input_correlation < -0.8


def test_errors_in_rows_are_told():
    is_error = np.tile(np.arange(PER_CELL) >= 15, CELLS)
    found = error_pattern(spikes(), is_error, None)
    assert found.share == 0.25 and found.share_after_error == 1.0
    assert found.input_correlation is None


def test_the_interval_before_an_error_is_the_cells_own():
    times = np.cumsum(np.tile([4.0, 12.0], PER_CELL // 2))
    pairs = Spikes.from_events(np.repeat(np.arange(CELLS), PER_CELL), np.tile(times, CELLS), CELLS, 200.0)
    short = np.tile([True, False], CELLS * PER_CELL // 2)
    found = error_pattern(pairs, short, None)
    assert (found.interval_before_ms, found.interval_otherwise_ms) == (4.0, 12.0)


def recording(candidate):
    """Cell k receives the spikes of source 0 and, if k is odd, those of source 1."""
    pre = np.concatenate([np.zeros(CELLS), np.ones(CELLS // 2)])
    post = np.concatenate([np.arange(CELLS), np.arange(1, CELLS, 2)])
    edges = (pre, post, np.ones(pre.size), np.ones(pre.size))
    wiring = Wiring.from_edges(edges, populations=("exc (replayed)", "exc"), receptor_type="excitatory")
    sent = Spikes.from_events([0, 1, 1, 1], [1.0, 2.0, 3.0, 4.0], 2, 200.0)
    inputs = {"exc (replayed)": InputSpikes(sent, sent)}
    return Recording("toy", "nest", 0.1, 200.0, {"exc": candidate}, wiring={"exc to exc": wiring}, inputs=inputs)


def test_the_spikes_that_arrive_are_counted_by_cell():
    assert arrivals_by_cell(recording(spikes()), "exc").tolist() == [1.0, 4.0] * (CELLS // 2)
    assert arrivals_by_cell(recording(spikes()), "inh") is None


def test_a_replay_carries_its_pattern():
    late = spikes()
    odd = late.cell % 2 == 1
    shifted = Spikes.from_events(late.cell, late.time_ms + 0.3 * odd, CELLS, 200.0)
    (row,) = compare_replay({"exc": late}, recording(shifted), step_ms=0.1, labels=("nest", "neuron")).rows
    assert row.pattern.errors == row.shifted == CELLS * PER_CELL // 2
    assert row.pattern.input_correlation == pytest.approx(1.0)
