"""How far one backend's spikes lie from the solution of the equations that the backend was given, and how this
distance goes to zero with the step.

Every spike is followed down the steps. Its shifts are fitted by ``constant * step``, and apart from that by
``intercept + slope * step`` to see whether anything is left at step zero; both weighted by 1/step², for a spike time on
a grid is uncertain in proportion to the step. Reported are means over spikes, with intervals from the scatter between
cells: cells are uncoupled, while the spikes of a cell are not independent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from crosssim.divergence.replay import WINDOW_MS
from crosssim.divergence.spikes import pair_spikes
from crosssim.errors import UsageError
from crosssim.recording.data import Floats, Ints, Spikes

CONFIDENCE = 0.95
TRIM = 0.1
"""Share of spikes cut from each end of a mean: a spike that hangs on a hair (v barely reaches the threshold) jumps."""

_FEWEST_SPIKES = 20
_CLEAR = 2.0  # standard errors that a mean must lie from zero: nearer, even its sign is uncertain


@dataclass(frozen=True)
class Estimate:
    """A mean and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class TruthConvergence:
    """One backend's distance from the solution; tuples run from the largest step to the finest.

    ``spikes`` of ``of_spikes`` solved ones were found at every step, and are what the other numbers are of: the mean
    shift (backend minus solution, ms), the mean size of it with its standard error, and how much longer an interval
    between two spikes is. ``unpaired`` is the share of spikes, of either side, without partner at a step. ``order`` is
    that of the mean shift, ``None`` where it drowns in its noise; ``constant`` is in steps ("+2.0 dt"),
    ``intercept_ms`` what is left at step zero. All three are ``None`` with too few spikes.
    """

    cells: tuple[int, ...]
    of_spikes: int
    spikes: int
    steps_ms: tuple[float, ...]
    shift_ms: tuple[float, ...]
    size_ms: tuple[float, ...]
    size_error_ms: tuple[float, ...]
    interval_ms: tuple[float, ...]
    unpaired: tuple[float, ...]
    order: Estimate | None
    constant: Estimate | None
    intercept_ms: Estimate | None

    @property
    def interval_steps(self) -> float:
        """How many steps an interval between two spikes is longer than in the solution: the mean over all steps.

        A shift adds up from spike to spike where nothing but the last spike decides the next (constant drive); this
        does not.
        """
        return float(np.mean(np.divide(self.interval_ms, self.steps_ms)))


def driven_cells(spikes: Spikes, count: int) -> tuple[int, ...]:
    """``count`` cells, or as many as there are, spread evenly over the more active half of those that fire."""
    fired = np.diff(spikes.offsets)
    order = np.argsort(-fired, kind="stable")[: np.count_nonzero(fired)]
    active = order[: max((order.size + 1) // 2, min(count, order.size))]
    places = np.linspace(0, max(active.size - 1, 0), min(count, active.size)).round().astype(int)
    return tuple(sorted(int(cell) for cell in active[places]))


def compare_truth(truth: Spikes, runs: Sequence[tuple[float, Spikes]], cells: Sequence[int]) -> TruthConvergence:
    """Hold the runs of one backend, each with its step (ms), against the solution of ``cells``.

    Raises :class:`UsageError` for fewer than three different steps.
    """
    ladder = sorted(runs, key=lambda run: -run[0])
    steps = np.array([step for step, _ in ladder])
    if np.unique(steps).size < 3:
        raise UsageError(f"an order needs at least three different steps; {np.unique(steps).size} given")
    chosen = np.asarray(cells, dtype=np.int32)
    kept = [_of_cells(spikes, chosen) for _, spikes in ladder]
    solved = _of_cells(truth, chosen)
    pairings = [pair_spikes(solved, one, WINDOW_MS) for one in kept]
    shifts = np.array([pairing.shift_ms for pairing in pairings])
    everywhere = ~np.isnan(shifts).any(axis=0)
    shift, cell = shifts[:, everywhere], solved.cell[everywhere]
    fits = shift.shape[1] >= _FEWEST_SPIKES
    intercept, constant = _line(shift, steps, cell) if fits else (None, None)
    return TruthConvergence(
        cells=tuple(cells),
        of_spikes=len(solved),
        spikes=shift.shape[1],
        steps_ms=tuple(steps.tolist()),
        shift_ms=tuple(_trimmed(row) for row in shift),
        size_ms=tuple(_trimmed(np.abs(row)) for row in shift),
        size_error_ms=tuple(_mean_over_cells(np.abs(row), cell)[1] if fits else np.inf for row in shift),
        interval_ms=tuple(_longer_intervals(row, solved.cell) for row in shifts),
        unpaired=tuple(_unpaired(pair.count, len(solved) + len(one)) for pair, one in zip(pairings, kept, strict=True)),
        order=_order(shift, steps, cell) if fits else None,
        constant=constant,
        intercept_ms=intercept,
    )


def _of_cells(spikes: Spikes, cells: Ints) -> Spikes:
    kept = np.isin(spikes.cell, cells)
    return Spikes(spikes.cell[kept], spikes.time_ms[kept], spikes.n_cells, spikes.t_stop_ms)


def _unpaired(pairs: int, fired: int) -> float:
    return 1 - pairs / (fired - pairs) if fired else 0.0


def _trimmed(values: Floats) -> float:
    return float(stats.trim_mean(values, TRIM)) if values.size else 0.0


def _longer_intervals(shift: Floats, cell: Ints) -> float:
    """How much longer than in the solution an interval is (ms), where both of its spikes have a partner."""
    longer = np.diff(shift)[np.diff(cell) == 0]
    return _trimmed(longer[~np.isnan(longer)])


def _line(shift: Floats, steps: Floats, cell: Ints) -> tuple[Estimate, Estimate]:
    """The intercept (ms) of straight lines, and the constant (steps) of lines through zero; shift is f8[steps, n]."""
    weights = 1 / steps  # of the residuals: the square roots of 1/step²
    design = np.column_stack([np.ones_like(steps), steps]) * weights[:, None]
    intercept = np.linalg.pinv(design)[0] @ (shift * weights[:, None])
    return _estimate(intercept, cell), _estimate((shift * weights[:, None]).mean(axis=0), cell)


def _estimate(values: Floats, cell: Ints) -> Estimate:
    mean, error, groups = _mean_over_cells(values, cell)
    margin = float(stats.t.ppf((1 + CONFIDENCE) / 2, max(groups - 1, 1))) * error
    return Estimate(mean, mean - margin, mean + margin)


def _mean_over_cells(values: Floats, cell: Ints) -> tuple[float, float, int]:
    """Trimmed mean, its standard error from the scatter between cells, and the number of cells."""
    kept = np.clip(values, *np.quantile(values, [TRIM, 1 - TRIM]))  # winsorised values carry a trimmed mean's error
    sums = np.bincount(cell, weights=kept - kept.mean())
    groups = int(np.unique(cell).size)
    small = groups / max(groups - 1, 1)  # so that few cells do not look more alike than they are
    return _trimmed(values), float(np.sqrt(small * (sums**2).sum()) / (values.size * (1 - 2 * TRIM))), groups


def _order(shift: Floats, steps: Floats, cell: Ints) -> Estimate | None:
    """The exponent of the mean shift against the step; its interval by leaving out one cell after the other."""
    cells = np.unique(cell)
    whole = _exponent(shift, steps, cell)
    without = [_exponent(shift[:, cell != one], steps, cell[cell != one]) for one in cells.tolist()]
    found = np.array([one for one in without if one is not None])
    if whole is None or found.size < max(cells.size, 2):
        return None
    error = np.sqrt((found.size - 1) * found.var())
    margin = float(stats.t.ppf((1 + CONFIDENCE) / 2, found.size - 1) * error)
    return Estimate(whole, whole - margin, whole + margin)


def _exponent(shift: Floats, steps: Floats, cell: Ints) -> float | None:
    """By least squares in logarithms, each mean weighted by how far it lies clear of its own scatter."""
    if not cell.size:
        return None
    mean, error, _ = np.transpose([_mean_over_cells(row, cell) for row in shift])
    clear = np.abs(mean) > _CLEAR * error
    if clear.sum() < 3:
        return None
    weights = np.abs(mean[clear]) / np.maximum(
        error[clear], 1e-3 * np.abs(mean[clear])
    )  # planted shifts do not scatter
    slope, _ = np.polyfit(np.log(steps[clear]), np.log(np.abs(mean[clear])), 1, w=weights)
    return float(slope)
