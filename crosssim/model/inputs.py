"""Input spike trains that every backend can deliver alike."""

import numpy as np
import numpy.typing as npt

from crosssim.units import MS_PER_S

Times = npt.NDArray[np.float64]


def poisson_spike_times(rate_hz: float, start_ms: float, stop_ms: float, rng: np.random.Generator) -> Times:
    """Times (ms, sorted) of one Poisson process of ``rate_hz`` on [start, stop)."""
    span_ms = max(stop_ms - start_ms, 0.0)
    count = rng.poisson(rate_hz * span_ms / MS_PER_S)
    return np.sort(rng.uniform(start_ms, start_ms + span_ms, count))


EARLY_BY_MS = 1e-6
"""How far before its grid point an input spike is placed, and how far apart two of the same step are."""


def deliverable(times_ms: Times, grid_ms: float, earliest_ms: float) -> Times:
    """The times (ms, strictly increasing) that every backend delivers on the same step, none before ``earliest_ms``.

    A time between two grid points moves to the nearer one (NEURON would round so, NEST up), a time before
    ``earliest_ms`` moves to the first grid point that is not (NEST would drop it). Each then lies ``EARLY_BY_MS``
    before its point: on the point, float dust makes NEST deliver about one in nine a step late. Times that fall
    together stay separate events, ``EARLY_BY_MS`` apart: after two equal times PyNN's source on NEURON may lose the
    rest of its train.
    """
    steps = np.rint(np.asarray(times_ms, dtype=float) / grid_ms).astype(np.int64)
    first = int(np.ceil(earliest_ms / grid_ms - 1e-9))
    steps = np.sort(np.maximum(steps, first))
    still_to_come = np.searchsorted(steps, steps, side="right") - np.arange(steps.size)
    return steps * grid_ms - EARLY_BY_MS * still_to_come


def moved_count(times_ms: Times, delivered_ms: Times, grid_ms: float) -> int:
    """How many of ``times_ms`` lie off the grid point on which they are delivered, by more than a thousandth step."""
    return int(np.count_nonzero(np.abs(np.sort(times_ms) - delivered_ms) > 1e-3 * grid_ms))
