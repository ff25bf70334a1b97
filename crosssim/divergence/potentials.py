"""Membrane potentials down the ladder of steps: the trajectory of each cell under the same input.

Spikes tell of a cell a few times in a run, the membrane potential all the time: of a cell that hardly fires, of a
synapse that is lost, of input that comes a step late. What two integrators get wrong is in proportion to the step, in
every cell; a gap that stays is a real difference. A cell is followed up to its first lost spike: then it is out of
phase.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosssim.divergence.arrays import Mask
from crosssim.divergence.convergence import fitted, mean_over_cells, order_from_finest, order_of
from crosssim.divergence.spikes import pair_spikes
from crosssim.divergence.traces import align
from crosssim.recording.data import Floats, Recording, Spikes

_BEFORE_SPIKE_MS = 1.0
_AFTER_SPIKE_MS = 3.0
"""Around a spike one simulator shows v before the reset and the other after it, and a shift within the integrators'
own moves the steepest part of the trace: such samples say nothing."""

_LOST_STEPS = 5
"""A spike this many steps away is lost: afterwards the two sides of the cell are of different phase."""

_FEWEST_SAMPLES = 10
"""Some milliseconds of a trace: two at the start may still be the same by chance."""

_PLAIN_SHARE = 0.01
_SLIGHT_SHARE = 0.002
"""Of the spread of v (3 to 7 mV in the shipped networks). In correct pairs single cells kept up to 0.3 %, where a spike
hung on a hair, and shrank from step to step; a reversal potential 2 mV off keeps some 15 %."""

GRAIN_MV = 0.005
"""Below this a gap says nothing, however quiet the cells: simulators round parameters, solvers have tolerances."""

_LASTING = 0.5
"""Half of the finest gap: what the integrators leave there is then no more than the rest."""

_SLIGHT_CELLS = 5
_SLIGHT_CELLS_SHARE = 0.02
"""A slight gap counts where many cells have it: in correct pairs none of some hundred had one that did not shrink."""


@dataclass(frozen=True)
class PotentialGap:
    """One cell whose membrane potential keeps apart: ``gap_mv`` is what is left at step zero of its ``gaps_mv``, those
    at each step."""

    cell: int
    gap_mv: float
    gaps_mv: tuple[float, ...] = ()


@dataclass(frozen=True)
class OwnPotential:
    """How far the membrane potentials of one backend lie from its own finest run at each step, and the order of that.

    ``order`` is ``None`` where the distance drowns in its scatter over cells.
    """

    gap_mv: tuple[float, ...]
    order: float | None


@dataclass(frozen=True)
class PotentialConvergence:
    """How far the membrane potentials of one population lie apart under the same input, from the largest step down.

    ``gap_mv`` is the mean distance at each step, over samples and then over the ``cells`` that could be followed at all
    steps, out of ``of_cells`` (trimmed); ``intercept_ci_mv`` the 99.9 % interval of what is left at step zero, over
    cells, ``order`` that of the gap without it, ``largest_mv`` the most that is left in any of these cells.
    ``spread_mv`` is the standard deviation of v in a cell (median over cells); ``apart`` are the cells that keep a gap
    of at least 0.2 % of it, the largest first.
    """

    gap_mv: tuple[float, ...]
    cells: int
    of_cells: int
    spread_mv: float
    order: float | None
    intercept_mv: float
    intercept_ci_mv: tuple[float, float]
    largest_mv: float
    reference_own: OwnPotential
    candidate_own: OwnPotential
    apart: tuple[PotentialGap, ...]

    @property
    def plain(self) -> tuple[PotentialGap, ...]:
        """The cells whose gap is so large that each counts alone."""
        return tuple(one for one in self.apart if one.gap_mv > _limit_mv(_PLAIN_SHARE, self.spread_mv))

    @property
    def many_apart(self) -> bool:
        """Whether so many cells keep apart that slight gaps count."""
        return len(self.apart) >= max(_SLIGHT_CELLS, _SLIGHT_CELLS_SHARE * self.cells)

    @property
    def counting(self) -> tuple[PotentialGap, ...]:
        """The cells that make a difference: all with a slight gap if they are many, else those with a plain one."""
        return self.apart if self.many_apart else self.plain

    @property
    def limit_mv(self) -> float:
        """The gap that each of these cells exceeds."""
        return _limit_mv(_SLIGHT_SHARE if self.many_apart else _PLAIN_SHARE, self.spread_mv)

    @property
    def remains(self) -> bool:
        """Whether a difference is left at step zero."""
        return bool(self.counting)


def _limit_mv(share: float, spread_mv: float) -> float:
    return max(share * spread_mv, GRAIN_MV)


def compare_potentials(
    levels: Sequence[tuple[Recording, Recording]], steps_ms: tuple[float, ...], population: str
) -> PotentialConvergence | None:
    """``levels`` are reference and candidate from the largest step down to the finest; ``None`` without v to follow.

    Delta synapses are not followed: v jumps, and at that sample one simulator shows it before and the other after.
    Raises :class:`NotComparable` if v was not sampled alike at all steps.
    """
    if not all(_shows_v(one, population) for level in levels for one in level):
        return None
    every = _gaps([trajectories(*level, population) for level in levels])
    followed = np.flatnonzero(~np.isnan(every).any(axis=0))
    if not followed.size:
        return None
    steps, gaps = np.array(steps_ms), every[:, followed]
    left = fitted(gaps, steps, 1, 0)
    straight, scatter = mean_over_cells(left, np.arange(left.size))
    shown = fitted(gaps, steps, 2, 0) if straight < -scatter else left  # a distance below zero: the gaps bend
    intercept, margin = mean_over_cells(shown, np.arange(left.size))
    means = _means(gaps)[:, 0]
    spread = float(np.median(levels[-1][0].traces[population, "v"].values[:, followed].std(axis=0)))
    lasting = np.flatnonzero(_lasts(gaps, steps) & (left > _limit_mv(_SLIGHT_SHARE, spread)))
    reference, candidate = ([level[side] for level in levels] for side in (0, 1))
    return PotentialConvergence(
        gap_mv=tuple(means.tolist()),
        cells=followed.size,
        of_cells=every.shape[1],
        spread_mv=spread,
        order=order_of(steps, means - intercept, margin),
        intercept_mv=intercept,
        intercept_ci_mv=(intercept - margin, intercept + margin),
        largest_mv=float(np.abs(shown).max()),
        reference_own=_own(reference, steps, population),
        candidate_own=_own(candidate, steps, population),
        apart=tuple(
            PotentialGap(int(followed[k]), float(left[k]), tuple(gaps[:, k].tolist()))
            for k in lasting[np.argsort(-left[lasting], kind="stable")]
        ),
    )


def _shows_v(recording: Recording, population: str) -> bool:
    trace = recording.traces.get((population, "v"))
    jumps = any(one.weight_unit == "mV" for one in recording.wiring.values() if one.post_population == population)
    return trace is not None and trace.cells.size == recording.spikes[population].n_cells and not jumps


@dataclass(frozen=True, eq=False)
class Trajectories:
    """The membrane potentials of all cells of one population: ``gap_mv`` f8[samples, cells], candidate - reference.

    ``comparable`` says which samples can be held against each other.
    """

    times_ms: Floats
    gap_mv: Floats
    comparable: Mask


def trajectories(reference: Recording, candidate: Recording, population: str) -> Trajectories:
    """Both sides, each at its step. Raises :class:`NotComparable` if they have no samples in common."""
    aligned = align(reference.traces[population, "v"], candidate.traces[population, "v"])
    spikes = reference.spikes[population], candidate.spikes[population]
    comparable = ~_near_spikes(spikes, aligned.times_ms)
    window_ms = _LOST_STEPS * max(reference.timestep_ms, candidate.timestep_ms)
    lost_ms = _first_lost_ms(*spikes, window_ms) - _BEFORE_SPIKE_MS
    comparable &= aligned.times_ms[:, None] < lost_ms[None, :]
    return Trajectories(aligned.times_ms, aligned.candidate - aligned.reference, comparable)


def at_step_zero(coarse: Trajectories, finer: Sequence[tuple[float, Trajectories]]) -> Trajectories:
    """The gap without what the integrators get wrong: straight through those of two ``finer`` steps (ms) to zero.

    Comparable are the samples that are so at all three; ``coarse`` is the step at which it will be explained.
    """
    (large, one), (small, two) = sorted(finer, key=lambda level: -level[0])
    left = (large * two.gap_mv - small * one.gap_mv) / (large - small)
    return Trajectories(coarse.times_ms, left, coarse.comparable & one.comparable & two.comparable)


def _near_spikes(spikes: Sequence[Spikes], times_ms: Floats) -> Mask:
    """bool[samples, cells]: samples from shortly before to shortly after any of the spikes."""
    edges = np.zeros((times_ms.size + 1, spikes[0].n_cells), dtype=np.int32)
    for one in spikes:
        np.add.at(edges, (np.searchsorted(times_ms, one.time_ms - _BEFORE_SPIKE_MS), one.cell), 1)
        np.add.at(edges, (np.searchsorted(times_ms, one.time_ms + _AFTER_SPIKE_MS, side="right"), one.cell), -1)
    return np.asarray(np.cumsum(edges[:-1], axis=0) > 0)


def _first_lost_ms(reference: Spikes, candidate: Spikes, window_ms: float) -> Floats:
    """f8[cells]: the first spike of either side that has no partner within the window; infinity if all have one."""
    first = np.full(reference.n_cells, np.inf)
    pairing = pair_spikes(reference, candidate, window_ms)
    for one, partner in ((reference, pairing.candidate_of), (candidate, pairing.reference_of)):
        lost = partner < 0
        np.minimum.at(first, one.cell[lost], one.time_ms[lost])
    return first


def _gaps(levels: Sequence[Trajectories]) -> Floats:
    """f8[levels, cells]: the mean gap over samples comparable at every step; NaN for a cell with too few."""
    samples = min(level.gap_mv.shape[0] for level in levels)
    everywhere = np.logical_and.reduce([level.comparable[:samples] for level in levels])
    count = everywhere.sum(axis=0)
    sums = np.array([np.where(everywhere, np.abs(level.gap_mv[:samples]), 0.0).sum(axis=0) for level in levels])
    return np.asarray(np.where(count >= _FEWEST_SAMPLES, sums / np.maximum(count, 1), np.nan))


def _lasts(gaps: Floats, steps: Floats) -> Mask:
    """bool[cells]: what is left at step zero is at least half of the gap at the finest step, and the three finest gaps
    lie on a line with it: a cell whose spike hung on a hair has its gap at one step and not at the next."""
    left, slope = (fitted(gaps, steps, 1, power) for power in (0, 1))
    off = np.abs(gaps - left - slope * steps[:, None])[-3:].max(axis=0)
    return np.asarray((left > _LASTING * gaps[-1]) & (off < _LASTING * left))


def _own(runs: Sequence[Recording], steps: Floats, population: str) -> OwnPotential:
    gaps = _gaps([trajectories(runs[-1], run, population) for run in runs])
    means, margins = _means(gaps[:, ~np.isnan(gaps).any(axis=0)]).T
    order, _ = order_from_finest(steps, means, margins[0] / 3) if np.isfinite(margins[0]) else (None, None)
    return OwnPotential(tuple(means.tolist()), order)


def _means(gaps: Floats) -> Floats:
    """f8[levels, 2]: the trimmed mean over cells and the half width of its interval; NaN without cells."""
    if not gaps.shape[1]:
        return np.full((gaps.shape[0], 2), np.nan)
    return np.array([mean_over_cells(row, np.arange(row.size)) for row in gaps])
