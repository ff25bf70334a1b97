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


APART_MS = 1e-6
"""How far apart two input spikes of one step are kept: far above float dust, far below any step."""


def deliverable(times_ms: Times, grid_ms: float, earliest_ms: float) -> Times:
    """The times (ms, strictly increasing) that every backend delivers on the same step, none before ``earliest_ms``.

    A time between two grid points moves to the nearer one (NEURON would round so, NEST up), a time before
    ``earliest_ms`` moves to the first grid point that is not (NEST would drop it). Times that fall together stay
    separate events of that step: the last lies on the point and each other ``APART_MS`` before the next, because
    PyNN's source on NEURON may lose the rest of its train after two equal times.
    """
    steps = np.rint(np.asarray(times_ms, dtype=float) / grid_ms).astype(np.int64)
    first = int(np.ceil(earliest_ms / grid_ms - 1e-9))
    steps = np.sort(np.maximum(steps, first))
    later_in_step = np.searchsorted(steps, steps, side="right") - 1 - np.arange(steps.size)
    return steps * grid_ms - APART_MS * later_in_step
