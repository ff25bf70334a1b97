"""What becomes of a network that nobody drives: it dies, it goes up and down, or it locks into a constant rate.

A mean rate says which of the three happened rather than how the network fires, so that rates may be compared between
runs of one fate only. Whether a run survives is drawn anew with every seed: compare distributions over seeds.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from crosssim.errors import NotComparable
from crosssim.recording.data import Floats, Spikes

JUDGED_MS = 1000.0
BIN_MS = 5.0
LOCKED_BELOW = 1.0  # counts of independent Poisson cells have variance/mean 1; up and down states have far more
SILENT_MS = 250.0  # destexhe2009 was seen to wake from 105 ms of silence: its adaptation (600 ms) outlasts synapses
STEP_MS = 100.0


class Fate(StrEnum):
    """How the activity ends."""

    DEAD = "dead"
    UP_DOWN = "up/down"
    LOCKED = "locked"


@dataclass(frozen=True)
class Activity:
    """The fate of one run.

    ``survival_ms``: time of the last spike of a dead run, else the duration; a network that never fired survived 0 ms.
    ``dispersion``: variance/mean of the population's 5 ms counts in the last second, NaN without spikes there.
    ``locked_from_ms``: start of the earliest second from which every later one is locked, in steps of 100 ms.
    ``locked_share``: share of all seconds, in steps of 100 ms, that are locked. A run can leave the locked state again:
    rates of up and down states are those of runs with a share of 0.
    """

    fate: Fate
    survival_ms: float
    dispersion: float
    locked_from_ms: float | None
    locked_share: float


def activity(*populations: Spikes) -> Activity:
    """The fate of the pooled ``populations`` of one run.

    Dead: no spike in the last 250 ms. Locked: variance/mean of the 5 ms counts in the last second below 1, at a spike
    per bin or more. Up/down: neither. Raises :class:`NotComparable` for a run shorter than a second, or populations of
    unequal duration.
    """
    stops_ms = {one.t_stop_ms for one in populations}
    if len(stops_ms) != 1:
        raise NotComparable(f"durations = {sorted(stops_ms)} ms; a fate needs populations of one run")
    stop_ms = stops_ms.pop()
    if stop_ms < JUDGED_MS:
        raise NotComparable(f"duration = {stop_ms:g} ms is too short; a fate is judged on the last {JUDGED_MS:g} ms")
    times_ms = np.sort(np.concatenate([one.time_ms for one in populations]))
    last_ms = float(times_ms[-1]) if times_ms.size else 0.0
    spread = dispersion(times_ms, stop_ms - JUDGED_MS, stop_ms)
    locked = locked_seconds(times_ms, stop_ms)
    share = float(locked.mean())
    if last_ms <= stop_ms - SILENT_MS:
        return Activity(Fate.DEAD, last_ms, spread, None, share)
    if locked[0]:
        return Activity(Fate.LOCKED, stop_ms, spread, locked_from(locked, stop_ms), share)
    return Activity(Fate.UP_DOWN, stop_ms, spread, None, share)


def dispersion(times_ms: Floats, start_ms: float, stop_ms: float) -> float:
    """Variance/mean of the counts of sorted ``times_ms`` in bins of 5 ms on [start, stop); NaN without spikes."""
    edges_ms = start_ms + BIN_MS * np.arange(round((stop_ms - start_ms) / BIN_MS) + 1)
    # a spike on a grid of 0.1 ms may lie a rounding below its bin's edge: the bins begin 1e-6 ms early
    counts = np.diff(np.searchsorted(times_ms, edges_ms - 1e-6))
    return float(counts.var() / counts.mean()) if counts.any() else float("nan")


def locked_seconds(times_ms: Floats, stop_ms: float) -> npt.NDArray[np.bool_]:
    """Whether each second is locked, the last one first: entry k ends at ``stop_ms`` - k * 100 ms.

    With fewer spikes than bins a second is not: rare spikes scatter like Poisson's, and a locked network fires fast.
    """
    starts_ms = np.arange(stop_ms - JUDGED_MS, -1e-6, -STEP_MS)
    counts = np.searchsorted(times_ms, starts_ms + JUDGED_MS) - np.searchsorted(times_ms, starts_ms)
    spreads = [dispersion(times_ms, start, start + JUDGED_MS) for start in starts_ms]
    return (np.array(spreads) < LOCKED_BELOW) & (counts >= JUDGED_MS / BIN_MS)


def locked_from(locked: npt.NDArray[np.bool_], stop_ms: float) -> float:
    """Start of the earliest second of the unbroken locked run that begins with the last one (entry 0)."""
    unbroken = int(np.argmin(locked)) if not locked.all() else locked.size
    return stop_ms - JUDGED_MS - (unbroken - 1) * STEP_MS


def fates(runs: Sequence[Activity]) -> dict[Fate, int]:
    """How many runs met each fate; all three are named."""
    counted = Counter(run.fate for run in runs)
    return {fate: counted[fate] for fate in Fate}


@dataclass(frozen=True)
class PairedChange:
    """Mean change over ``pairs`` seeds and its standard error (NaN below two pairs)."""

    mean: float
    standard_error: float
    pairs: int


def paired_change(
    before: Sequence[float], after: Sequence[float], fates_before: Sequence[Fate], fates_after: Sequence[Fate]
) -> PairedChange:
    """The change of a measure from one rung to the next, over the seeds whose fate is the same on both.

    Entry k of all four belongs to seed k. Raises :class:`NotComparable` for unequal numbers of seeds.
    """
    lengths = {len(before), len(after), len(fates_before), len(fates_after)}
    if len(lengths) != 1:
        raise NotComparable(f"numbers of seeds = {sorted(lengths)}; a paired change needs the same seeds on both sides")
    same = [first is second for first, second in zip(fates_before, fates_after, strict=True)]
    change = (np.asarray(after, dtype=float) - np.asarray(before, dtype=float))[np.array(same, dtype=bool)]
    error = float(change.std(ddof=1) / np.sqrt(change.size)) if change.size > 1 else float("nan")
    return PairedChange(float(change.mean()) if change.size else float("nan"), error, int(change.size))
