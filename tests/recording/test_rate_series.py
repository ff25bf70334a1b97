"""Rates over time and cell by cell, against counts made by hand."""

import numpy as np
import pytest

from crosssim.errors import UsageError
from crosssim.recording.data import Spikes
from crosssim.recording.rate_series import cell_rates_hz, rate_edges_hz, rate_series


def spikes(times, cells, n_cells=2, t_stop_ms=100.0) -> Spikes:
    return Spikes.from_events(cells, times, n_cells, t_stop_ms)


def test_rate_is_spikes_per_cell_and_second():
    series = rate_series(spikes([1.0, 2.0, 12.0], [0, 1, 0]), 10.0)
    np.testing.assert_array_equal(series.edges_ms, np.arange(0, 101, 10.0))
    np.testing.assert_allclose(series.rate_hz, [100.0, 50.0] + [0.0] * 8, rtol=1e-12)  # 2 / (2 cells * 0.01 s)


def test_a_short_last_bin_is_divided_by_its_own_width_and_takes_the_spike_at_the_end():
    series = rate_series(spikes([25.0], [0], n_cells=1, t_stop_ms=25.0), 10.0)
    np.testing.assert_array_equal(series.edges_ms, [0, 10, 20, 25])
    np.testing.assert_allclose(series.rate_hz, [0, 0, 200.0], rtol=1e-12)


def test_float_dust_makes_no_bin_of_its_own():
    assert rate_series(spikes([], [], t_stop_ms=0.1 * 3), 0.1).rate_hz.size == 3


def test_no_spike_is_lost_between_bins():
    rng = np.random.default_rng(1)
    times = np.rint(rng.uniform(0, 100, 1000) * 10) / 10
    series = rate_series(spikes(times, rng.integers(0, 2, 1000)), 7.0)
    assert (series.rate_hz * np.diff(series.edges_ms)).sum() * 2 / 1000 == pytest.approx(1000, rel=1e-12)


def test_a_population_without_cells_has_rate_zero():
    assert not rate_series(spikes([], [], n_cells=0), 10.0).rate_hz.any()


@pytest.mark.parametrize("width", [0.0, -1.0, float("nan")])
def test_a_bin_must_have_a_width(width):
    with pytest.raises(UsageError, match="bin_ms"):
        rate_series(spikes([], []), width)


def test_silent_cells_count():
    np.testing.assert_allclose(cell_rates_hz(spikes([1.0, 2.0], [1, 1], n_cells=3)), [0, 20.0, 0], rtol=1e-12)


def test_histogram_edges_lie_between_the_rates_that_can_occur():
    edges = rate_edges_hz(43.0, 300.0, 10)
    possible = np.arange(14) / 0.3
    assert np.all(np.abs(possible[:, None] - edges[None, :]) > 0.4 / 0.3)
    assert edges[0] < 0 < 43.0 < edges[-1]
    counts, _ = np.histogram(possible, edges)
    assert counts.sum() == 14
    assert set(counts[:-1]) == {2}


def test_histogram_of_silence_has_one_bin():
    assert rate_edges_hz(0.0, 1000.0, 30).tolist() == [-0.5, 0.5]
