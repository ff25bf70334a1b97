"""Rates of a population over time and cell by cell: the numbers behind the pictures."""

from dataclasses import dataclass

import numpy as np

from crosssim.errors import UsageError
from crosssim.recording.data import Floats, Spikes
from crosssim.units import MS_PER_S


@dataclass(frozen=True, eq=False)
class RateSeries:
    """Mean rate per cell in time bins: ``edges_ms`` f8[bins + 1], ``rate_hz`` f8[bins]."""

    edges_ms: Floats
    rate_hz: Floats


def rate_series(spikes: Spikes, bin_ms: float) -> RateSeries:
    """Spikes per cell and second in bins of ``bin_ms``; the last bin may be shorter and is divided by its own width.

    A spike exactly at the end of the recording counts in the last bin. A population without cells has rate 0.
    Raises :class:`UsageError` if ``bin_ms`` is not positive.
    """
    if not bin_ms > 0:
        raise UsageError(f"bin_ms = {bin_ms} must be positive")
    bins = max(1, int(np.ceil(spikes.t_stop_ms / bin_ms - 1e-9)))
    edges = np.append(np.arange(bins) * bin_ms, spikes.t_stop_ms)
    counts, _ = np.histogram(spikes.time_ms, edges)
    cell_seconds = np.diff(edges) / MS_PER_S * max(spikes.n_cells, 1)
    return RateSeries(edges, counts / cell_seconds)


def rate_edges_hz(highest_hz: float, duration_ms: float, bins: int) -> Floats:
    """Edges of about ``bins`` equal bins from 0 Hz to beyond ``highest_hz``, for rates counted over ``duration_ms``.

    A mean rate is a whole number of spikes over the duration; every bin holds equally many of these values, with
    its edges between them, so that the histogram has no comb of its own.
    """
    quantum = MS_PER_S / duration_ms
    per_bin = max(1, int(np.ceil(highest_hz / quantum / bins)))
    count = int(highest_hz / quantum / per_bin) + 1
    return (np.arange(count + 1) * per_bin - 0.5) * quantum


def cell_rates_hz(spikes: Spikes) -> Floats:
    """f8[n_cells]: the mean rate of every cell over the whole recording, silent cells too."""
    return np.diff(spikes.offsets) / (spikes.t_stop_ms / MS_PER_S)
