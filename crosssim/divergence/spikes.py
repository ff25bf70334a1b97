"""One-to-one pairing of two spike recordings, cell by cell, inside a tolerance."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crosssim.divergence.arrays import Mask
from crosssim.errors import NotComparable, UsageError
from crosssim.recording.data import Floats, Offsets, Spikes

TICKS_PER_MS = 1_000_000
"""Times are compared as whole nanoseconds: |k*dt - (k+1)*dt| <= dt is a coin toss in floats."""

DUST_TICKS = 10
"""What a clock may be off the grid. NEURON adds up its step and is 0.01 ns late after 5 s, which grows with the
square of the time to about 4 ns at 100 s; the finest step that NEST takes unasked is 1000 ns."""

_BLOCK_SPIKES = 1 << 19  # the arrays of one block stay in the processor's cache, and memory stays bounded
_BLOCK_CELLS = 1 << 16  # cell * span stays far below 2**63 even for runs of hours


@dataclass(frozen=True, eq=False)
class Pairing:
    """Which spike of one side belongs to which of the other; no spike has two partners.

    ``candidate_of`` i8[n_reference] and ``reference_of`` i8[n_candidate] are positions in the other side's flat
    arrays, -1 for a spike without partner. ``shift_ms`` f8[n_reference] is candidate minus reference, NaN for a
    spike without partner, and carries the dust of the two clocks.
    """

    candidate_of: Offsets
    reference_of: Offsets
    shift_ms: Floats

    @property
    def count(self) -> int:
        """The number of pairs."""
        return int(np.count_nonzero(self.candidate_of >= 0))


def ticks(time_ms: npt.ArrayLike) -> Offsets:
    """Times (ms) as whole nanoseconds."""
    whole: Offsets = np.rint(np.asarray(time_ms, dtype=np.float64) * TICKS_PER_MS).astype(np.int64)
    return whole


def before(times_ms: Floats, stop_ms: float) -> Mask:
    """Which times are before ``stop_ms``, and not merely by the dust of a clock; all of them for infinity."""
    if stop_ms == np.inf:
        return np.ones(times_ms.shape, dtype=bool)
    early: Mask = ticks(times_ms) < int(ticks(stop_ms)) - DUST_TICKS
    return early


def until(spikes: Spikes, stop_ms: float) -> Spikes:
    """The spikes up to and including ``stop_ms``."""
    kept = ticks(spikes.time_ms) <= int(ticks(stop_ms)) + DUST_TICKS
    return Spikes(spikes.cell[kept], spikes.time_ms[kept], spikes.n_cells, stop_ms)


def pair_spikes(reference: Spikes, candidate: Spikes, limit_ms: float) -> Pairing:
    """As many pairs as there can be with the two spikes of a pair in one cell and at most ``limit_ms`` apart.

    The limit is inclusive. Where several pairings have as many pairs, nearer partners are preferred. Raises
    :class:`NotComparable` for different numbers of cells, :class:`UsageError` for a negative or infinite limit.
    """
    if reference.n_cells != candidate.n_cells:
        raise NotComparable(f"spikes of {reference.n_cells} cells cannot be paired with {candidate.n_cells} cells")
    if not 0 <= limit_ms < np.inf:
        raise UsageError(f"limit_ms = {limit_ms} must be zero or more, and finite")
    candidate_of = np.full(len(reference), -1, dtype=np.int64)
    reference_of = np.full(len(candidate), -1, dtype=np.int64)
    limit = int(ticks(limit_ms)) + DUST_TICKS
    for first, last in _blocks(reference, candidate):
        r0, r1 = reference.offsets[[first, last]]
        c0, c1 = candidate.offsets[[first, last]]
        if r0 == r1 or c0 == c1:
            continue
        keys = _keys(reference, slice(r0, r1), candidate, slice(c0, c1), first, limit)
        in_reference, in_candidate = _paired(*keys, limit)
        candidate_of[r0 + in_reference] = c0 + in_candidate
        reference_of[c0 + in_candidate] = r0 + in_reference
    shift_ms = np.full(len(reference), np.nan)
    has_partner = candidate_of >= 0
    shift_ms[has_partner] = candidate.time_ms[candidate_of[has_partner]] - reference.time_ms[has_partner]
    return Pairing(candidate_of, reference_of, shift_ms)


def _blocks(reference: Spikes, candidate: Spikes) -> Iterator[tuple[int, int]]:
    """Ranges of cells that together hold about ``_BLOCK_SPIKES`` spikes."""
    before = reference.offsets + candidate.offsets
    first = 0
    while first < reference.n_cells:
        full = int(np.searchsorted(before, before[first] + _BLOCK_SPIKES, side="right")) - 1
        last = min(max(full, first + 1), first + _BLOCK_CELLS, reference.n_cells)
        yield first, last
        first = last


def _keys(
    reference: Spikes, of_reference: slice, candidate: Spikes, of_candidate: slice, first_cell: int, limit: int
) -> tuple[Offsets, Offsets]:
    """Ticks with every cell moved to a stretch of its own, further than ``limit`` from the next: one long train."""
    r, c = ticks(reference.time_ms[of_reference]), ticks(candidate.time_ms[of_candidate])
    earliest, latest = min(r.min(), c.min()), max(r.max(), c.max())
    span = latest - earliest + limit + 1
    r += (reference.cell[of_reference] - first_cell) * span - earliest
    c += (candidate.cell[of_candidate] - first_cell) * span - earliest
    return r, c


def _paired(r: Offsets, c: Offsets, limit: int) -> tuple[Offsets, Offsets]:
    """Positions of the partners in the sorted trains ``r`` and ``c``.

    The merged train falls into clusters with more than ``limit`` between them; no pair crosses from one to another.
    Almost all clusters are a single spike or one of each side. The others have as many of each side, in order within
    the limit, or are walked spike by spike.
    """
    if np.array_equal(r, c):
        return np.arange(r.size), np.arange(r.size)
    merged = np.concatenate((r, c))
    order = np.argsort(merged, kind="stable")
    merged = merged[order]
    starts = np.flatnonzero(np.diff(merged, prepend=merged[0] - limit - 1) > limit)
    from_reference = np.concatenate(([0], np.cumsum(order < r.size)))
    r_bounds = from_reference[np.append(starts, merged.size)]
    c_bounds = np.append(starts, merged.size) - r_bounds
    r_count, c_count = np.diff(r_bounds), np.diff(c_bounds)
    even = np.flatnonzero((r_count == c_count) & (r_count > 0))
    in_r, in_c, unsettled = _in_order(r, c, (r_bounds[even], c_bounds[even], r_count[even]), limit)
    uneven = np.flatnonzero((r_count != c_count) & (r_count > 0) & (c_count > 0))
    walked = [
        (r_bounds[k] + i, c_bounds[k] + j)
        for k in np.concatenate((even[unsettled], uneven)).tolist()
        for i, j in _walked(r[r_bounds[k] : r_bounds[k + 1]].tolist(), c[c_bounds[k] : c_bounds[k + 1]].tolist(), limit)
    ]
    extra = np.array(walked, dtype=np.int64).reshape(-1, 2)
    return np.concatenate((in_r, extra[:, 0])), np.concatenate((in_c, extra[:, 1]))


def _in_order(
    r: Offsets, c: Offsets, clusters: tuple[Offsets, Offsets, Offsets], limit: int
) -> tuple[Offsets, Offsets, Mask]:
    """Pairs of clusters with as many spikes on both sides, first with first; and which clusters that does not settle.

    Where all of them lie within the limit no pairing has more pairs, and none has a smaller sum of shifts.
    """
    r_first, c_first, count = clusters
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    in_r, in_c = np.repeat(r_first, count) + within, np.repeat(c_first, count) + within
    too_far = np.abs(r[in_r] - c[in_c]) > limit
    unsettled = np.zeros(count.size, dtype=bool)
    unsettled[np.repeat(np.arange(count.size), count)[too_far]] = True
    keep = ~np.repeat(unsettled, count)
    return in_r[keep], in_c[keep], unsettled


def _walked(r: list[int], c: list[int], limit: int) -> list[tuple[int, int]]:
    """Greedy two-pointer matching, which has the most pairs for a constant window; then each pair moves nearer.

    The greedy walk takes the earliest partner it can; a later spike left over may be the nearer one. From the last
    pair to the first, each may take the spikes free before the next pair.
    """
    pairs = []
    i = j = 0
    while i < len(r) and j < len(c):
        gap = c[j] - r[i]
        if abs(gap) <= limit:
            pairs.append((i, j))
        i, j = i + (gap >= -limit), j + (gap <= limit)
    next_i, next_j = len(r), len(c)
    for k in range(len(pairs) - 1, -1, -1):
        i, j = pairs[k]
        next_i = min(range(i, next_i), key=lambda free, j=j: abs(r[free] - c[j]))  # type: ignore[misc]
        next_j = min(range(j, next_j), key=lambda free, i=next_i: abs(r[i] - c[free]))  # type: ignore[misc]
        pairs[k] = (next_i, next_j)
    return pairs
