"""What a rung promised to keep of an earlier one, held against what both recorded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from crosssim.divergence.margins import MeasuredChange, measured_change
from crosssim.divergence.traces import AlignedTraces, ComparedTrace, TraceGap, align, trace_gap
from crosssim.divergence.trains import ComparedTrains, compare_trains
from crosssim.divergence.trajectories import TraceWindow, windows_around
from crosssim.divergence.verdict import Onset
from crosssim.divergence.wording import counted, quantity
from crosssim.errors import NotComparable
from crosssim.model.expectation import Recorded, Tolerance
from crosssim.model.ladder import Identical, Promise, Qualitative, Within
from crosssim.recording.data import Recording, Spikes


class Standing(StrEnum):
    """Whether a promise was kept."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True)
class PromiseJudgement:
    """One promise, and what came of it: ``reason`` is one sentence; v around the onset where something parts.

    ``promise`` is ``None`` where nothing could be judged because a rung failed.
    """

    promise: Promise | None
    standing: Standing
    reason: str
    onset: Onset | None = None
    windows: tuple[TraceWindow, ...] = ()
    measures: tuple[MeasuredChange, ...] = ()


Pairs = Sequence[tuple[Recording, Recording]]
"""Reference and candidate, seed by seed; the first pair is of the seed that the ladder is run on."""


def judge_promise(promise: Promise, pairs: Pairs) -> PromiseJudgement:
    """Identical and within are judged on the first pair, qualitative on all."""
    try:
        for reference, candidate in pairs:
            _check_comparable(reference, candidate)
        if isinstance(promise, Qualitative):
            return judge_qualitative(promise, pairs)
        judge: Callable[..., PromiseJudgement] = judge_identical if isinstance(promise, Identical) else judge_within
        return judge(promise, *pairs[0])
    except NotComparable as error:
        return PromiseJudgement(promise, Standing.BROKEN, str(error))


def _check_comparable(reference: Recording, candidate: Recording) -> None:
    """Raises :class:`NotComparable` if the two recorded other things, or other numbers of cells."""
    for name in {**reference.spikes, **candidate.spikes}:
        counts = [side.spikes[name].n_cells if name in side.spikes else 0 for side in (reference, candidate)]
        if counts[0] != counts[1]:
            raise NotComparable(
                f"{candidate.backend} has {counts[1]} cells in {name!r} where {reference.backend} has {counts[0]}; "
                "every rung must record the same cells"
            )
    for key in {**reference.traces, **candidate.traces}:
        cells = [side.traces[key].cells.tolist() if key in side.traces else [] for side in (reference, candidate)]
        if cells[0] != cells[1]:
            raise NotComparable(
                f"{candidate.backend} recorded {key[1]} of cells {cells[1]} in {key[0]!r} where {reference.backend} "
                f"recorded {cells[0]}; every rung must record the same cells"
            )


# ---- identical -------------------------------------------------------------------------------------------------


def same_bits(reference: Recording, candidate: Recording) -> bool:
    """Whether every spike and every sample is equal to the last bit; a NaN is equal to nothing."""
    spikes = all(one.content_digest == candidate.spikes[name].content_digest for name, one in reference.spikes.items())
    return spikes and all(
        one.content_digest == candidate.traces[key].content_digest and bool(np.isfinite(one.values).all())
        for key, one in reference.traces.items()
    )


def judge_identical(promise: Identical, reference: Recording, candidate: Recording) -> PromiseJudgement:
    """Every bit; else the first spike that only one side has, or the first unequal sample if that is earlier."""
    n_spikes = sum(map(len, reference.spikes.values()))
    if same_bits(reference, candidate):
        samples = sum(one.values.size for one in reference.traces.values())
        words = f"{counted(n_spikes, 'spike')} and {counted(samples, 'sample')} of v are the same bit for bit"
        return PromiseJudgement(promise, Standing.KEPT, words)
    zero = Tolerance(0.0, "mV", promise.why)
    traces = [_compared(reference, candidate, key, zero) for key in reference.traces]
    found = [_unequal_sample(one) for one in traces]
    found += [_unequal_spike(name, one, candidate.spikes[name]) for name, one in reference.spikes.items()]
    parted = [one for one in found if one is not None]
    if not parted:
        return PromiseJudgement(promise, Standing.BROKEN, "the two differ in length or in the order of equal spikes")
    onset, words = min(parted, key=lambda one: one[0].time_ms)
    return PromiseJudgement(promise, Standing.BROKEN, words, onset, windows_around(traces, onset))


def _unequal_spike(population: str, reference: Spikes, candidate: Spikes) -> tuple[Onset, str] | None:
    sides = [set(zip(one.time_ms.tolist(), one.cell.tolist(), strict=True)) for one in (reference, candidate)]
    alone = sides[0] ^ sides[1]
    if not alone:
        return None
    time_ms, cell = min(alone)
    who = "only the earlier rung has it" if (time_ms, cell) in sides[0] else "the earlier rung has none"
    words = f"first unequal spike at {time_ms:.9g} ms in {population} (cell {cell}): {who}; {len(alone)} differ in all"
    return Onset(time_ms, population, cell, "unequal spike"), words


def _unequal_sample(one: ComparedTrace) -> tuple[Onset, str] | None:
    return _beyond(one, trace_gap(one.traces, 0.0, one.traces.all_samples))


def _beyond(one: ComparedTrace, gap: TraceGap) -> tuple[Onset, str] | None:
    if gap.first_ms is None or gap.first_cell is None or gap.first_values is None:
        return None
    population, variable = one.recorded.population, one.recorded.variable
    here, there = (f"{value:.12g}" for value in gap.first_values)
    words = (
        f"{variable} parts at {gap.first_ms:.9g} ms in {population} (cell {gap.first_cell}): "
        f"{here} and {there} {one.traces.unit}, allowed {one.limit:g}"
    )
    return Onset(gap.first_ms, population, gap.first_cell, f"{variable} beyond tolerance"), words


def _compared(reference: Recording, candidate: Recording, key: tuple[str, str], tolerance: Tolerance) -> ComparedTrace:
    traces = align(reference.traces[key], candidate.traces[key])
    return ComparedTrace(Recorded(*key, tolerance), traces, traces.all_samples)


def threshold_window(reference: Recording, candidate: Recording, cell: int | None) -> TraceWindow | None:
    """v of one recorded cell (``None``: the first) on both sides around its first spike; ``None`` without one."""
    try:
        _check_comparable(reference, candidate)
    except NotComparable:
        return None
    for key in reference.traces:
        one = _compared(reference, candidate, key, Tolerance(0.0, "mV", "shown, not judged"))
        chosen = int(one.traces.cells[0]) if cell is None else cell
        times = [side.spikes[key[0]].of(chosen) for side in (reference, candidate)]
        first_ms = float(np.concatenate(times).min(initial=np.inf))
        if chosen in one.traces.cells and np.isfinite(first_ms):
            return windows_around([one], Onset(first_ms, key[0], chosen, "first spike"))[0]
    return None


# ---- within ----------------------------------------------------------------------------------------------------


def judge_within(promise: Within, reference: Recording, candidate: Recording) -> PromiseJudgement:
    """Spikes and v within their tolerances, each up to the promised time."""
    found: list[tuple[Onset, str] | None] = []
    words: list[str] = []
    windows_of: list[ComparedTrace] = []
    if promise.spikes is not None:
        for name in reference.spikes:
            trains = compare_trains(Recorded(name, "spikes", promise.spikes), reference, candidate)
            found.append(_unpaired(trains, promise.until_ms))
            words.append(f"{counted(trains.agreement(promise.until_ms)[0], 'spike')} pair one to one")
    tolerance = promise.v or Tolerance(0.0, "mV", "shown beside unpaired spikes")
    for key in reference.traces:
        one = _compared(reference, candidate, key, tolerance)
        windows_of.append(one)
        if promise.v is not None:
            gap = trace_gap(one.traces, promise.v.limit, _judged(promise, one.traces, reference, candidate, key[0]))
            found.append(_beyond(one, gap))
            largest = quantity(gap.largest_gap, "mV")
            words.append(f"{counted(gap.compared, 'sample')} of v of {key[0]} lie within {largest}")
    parted = [one for one in found if one is not None]
    if parted:
        onset, reason = min(parted, key=lambda one: one[0].time_ms)
        return PromiseJudgement(promise, Standing.BROKEN, reason, onset, windows_around(windows_of, onset))
    if not words:
        return PromiseJudgement(promise, Standing.NOT_JUDGED, "neither rung recorded v; record it, or promise spikes")
    return PromiseJudgement(promise, Standing.KEPT, " and ".join(words) + _until_words(promise))


def _until_words(promise: Within) -> str:
    if promise.until_first_spike:
        latest = f", {promise.until_ms:g} ms at the latest" if np.isfinite(promise.until_ms) else ""
        return f" up to each cell's first spike{latest}"
    return "" if promise.until is None else f" up to {promise.until:g} ms"


def _unpaired(trains: ComparedTrains, until_ms: float) -> tuple[Onset, str] | None:
    lone = trains.unpaired
    if not len(lone) or lone.time_ms[0] >= until_ms:
        return None
    time_ms, cell = round(float(lone.time_ms[0]), 6), int(lone.cell[0])
    population, limit = trains.recorded.population, trains.recorded.tolerance.limit
    who = "the later rung has none" if lone.in_reference[0] else "the earlier rung has none"
    words = f"first unpaired spike at {time_ms:.9g} ms in {population} (cell {cell}): {who} within {limit:g} ms"
    return Onset(time_ms, population, cell, "unpaired spike"), words


def _judged(
    promise: Within, traces: AlignedTraces, reference: Recording, candidate: Recording, population: str
) -> np.typing.NDArray[np.bool_]:
    """bool[samples, cells]: before the promised end, to a billionth of a ms."""
    times = traces.times_ms[:, np.newaxis]
    until = np.full(traces.cells.size, promise.until_ms)
    if promise.until_first_spike:
        for column, cell in enumerate(traces.cells.tolist()):
            own = np.concatenate([side.spikes[population].of(cell) for side in (reference, candidate)])
            until[column] = min(until[column], own.min(initial=np.inf))
    mask: np.typing.NDArray[np.bool_] = times < until - 1e-9
    return mask


# ---- qualitative -----------------------------------------------------------------------------------------------


def judge_qualitative(promise: Qualitative, pairs: Pairs) -> PromiseJudgement:
    """Every margin, as a paired change over the seeds; and something must have changed."""
    if len(pairs) < 2:
        return PromiseJudgement(promise, Standing.NOT_JUDGED, f"{counted(len(pairs), 'seed')} finished; it takes two")
    if all(same_bits(*pair) for pair in pairs):
        words = f"every bit is the same over {len(pairs)} seeds: what this rung says it changes has not changed"
        return PromiseJudgement(promise, Standing.BROKEN, words)
    measures = tuple(measured_change(margin, pairs) for margin in promise.margins)
    broken = [one for one in measures if one.kept is False]
    judged = [one for one in measures if one.kept is not None]
    if broken:
        return PromiseJudgement(promise, Standing.BROKEN, "; ".join(one.words for one in broken), measures=measures)
    if not judged:
        return PromiseJudgement(promise, Standing.NOT_JUDGED, measures[0].words, measures=measures)
    return PromiseJudgement(promise, Standing.KEPT, "; ".join(one.words for one in judged), measures=measures)
