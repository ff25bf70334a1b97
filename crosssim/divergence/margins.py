"""Measures of a qualitative promise: their paired change over seeds, and whether it lies within its margin."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosssim.divergence.fates import JUDGED_MS, Fate, activity, paired_change
from crosssim.errors import NotComparable
from crosssim.model.ladder import Margin
from crosssim.recording.data import Ints, Recording
from crosssim.units import MS_PER_S

_FATES_PART_MS = 1000.0
"""Runs longer than this may have met different fates; measures over more are compared between runs of one fate."""


@dataclass(frozen=True)
class MeasuredChange:
    """One measure on both rungs: means over ``seeds`` seeds, their paired change and its standard error.

    ``kept`` is ``None`` if it could not be measured; ``words`` say it in a clause.
    """

    margin: Margin
    reference: float
    candidate: float
    change: float
    standard_error: float
    seeds: int
    kept: bool | None
    words: str


def measured_change(margin: Margin, pairs: Sequence[tuple[Recording, Recording]]) -> MeasuredChange:
    """The change of one measure. Raises :class:`NotComparable` for a population or class that was not recorded."""
    window_ms = min([margin.window_ms or np.inf, *(side.duration_ms for pair in pairs for side in pair)])
    if margin.measure == "survival" and window_ms < JUDGED_MS:
        return _unmeasured(margin, f"survival needs runs of {JUDGED_MS:g} ms or more")
    fates = [[_fate(side, window_ms, margin) for side in pair] for pair in pairs]
    values = np.array([[_value(side, margin, window_ms) for side in pair] for pair in pairs])
    usable = np.isfinite(values).all(axis=1)
    kept_fates = [fate for fate, good in zip(fates, usable, strict=True) if good]
    befores, afters = values[usable, 0].tolist(), values[usable, 1].tolist()
    change = paired_change(befores, afters, [one[0] for one in kept_fates], [one[1] for one in kept_fates])
    if change.pairs < 2:
        return _unmeasured(margin, f"{_name(margin)}: fewer than two seeds give a value on both rungs with one fate")
    same = [one[0] is one[1] for one in kept_fates]
    before, after = values[usable][same].mean(axis=0).tolist()
    kept = abs(change.mean - margin.change) <= margin.limit
    words = (
        f"{_name(margin)} changes by {change.mean:+.3g} ± {change.standard_error:.2g} {_unit(margin)} over "
        f"{change.pairs} seeds ({margin.change:+g} ± {margin.limit:g} promised)"
    )
    return MeasuredChange(margin, before, after, change.mean, change.standard_error, change.pairs, kept, words)


def _unmeasured(margin: Margin, words: str) -> MeasuredChange:
    nan = float("nan")
    return MeasuredChange(margin, nan, nan, nan, nan, 0, None, words)


def _name(margin: Margin) -> str:
    what = {"rate_hz": "rate", "shortest_interval_ms": "shortest interval", "survival": "share of survivors"}
    of = f"{margin.of} " if margin.of else ""
    window = f" of the first {margin.window_ms:g} ms" if margin.window_ms else ""
    return f"{of}{what[margin.measure]}{window}"


def _unit(margin: Margin) -> str:
    return "" if margin.unit == "1" else margin.unit


def _fate(recording: Recording, window_ms: float, margin: Margin) -> Fate:
    """The fate that a measure may not be compared across; before fates part, and for survival itself, one for all."""
    if margin.measure == "survival" or window_ms < _FATES_PART_MS:
        return Fate.UP_DOWN
    return activity(*recording.spikes.values()).fate


def _value(recording: Recording, margin: Margin, window_ms: float) -> float:
    if margin.measure == "survival":
        return float(activity(*recording.spikes.values()).fate is not Fate.DEAD)
    population, cells = _cells(recording, margin.of)
    spikes = recording.spikes[population]
    inside = (spikes.time_ms < window_ms) & np.isin(spikes.cell, cells)
    times, own = spikes.time_ms[inside], spikes.cell[inside]
    if margin.measure == "rate_hz":
        return float(times.size / len(cells) / window_ms * MS_PER_S) if len(cells) else float("nan")
    intervals = np.diff(times)[np.diff(own) == 0]
    return float(intervals.min()) if intervals.size else float("nan")


def _cells(recording: Recording, of: str) -> tuple[str, Ints]:
    """The population that holds a population or class of that name, and its cells; without a name the first's all."""
    for population, spikes in recording.spikes.items():
        if of in ("", population):
            return population, np.arange(spikes.n_cells, dtype=np.int32)
        if of in recording.cell_classes.get(population, {}):
            return population, recording.cell_classes[population][of]
    known = [*recording.spikes, *(name for classes in recording.cell_classes.values() for name in classes)]
    raise NotComparable(f"a margin asks for {of!r}, which {recording.backend} did not record; recorded: {known}")
