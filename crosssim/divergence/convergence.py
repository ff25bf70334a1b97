"""How a shift behaves as the step goes to zero: trimmed means, their scatter over cells, order and intercept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from crosssim.divergence.replay import WINDOW_MS
from crosssim.divergence.spikes import pair_spikes
from crosssim.recording.data import Floats, Ints, Offsets, Spikes

TRIM = 0.1
"""Share of spikes cut from each end of a mean: in any correct pair a few spikes hang on a hair (v barely reaches the
threshold), jump by up to the window at one step and not at the next, and would carry the mean."""

CONFIDENCE = 0.999
"""Of the intervals: a comparison asks every population and is run often, so one in a hundred would cry wolf weekly."""

_FEWEST_SPIKES = 20


@dataclass(frozen=True)
class Convergence:
    """How the shift of one population behaves as the step goes to zero; lists run from the largest step to the finest.

    ``shift_ms`` are trimmed means over ``spikes`` spikes. ``order`` is that of shift - intercept, ``None`` where the
    shifts do not rise above their noise. ``intercept_ci_ms`` is the 99.9 % interval, over cells; ``shift_error_ms`` is
    half of that of each shift. ``unpaired`` is the share of spikes that have no partner at a step. ``curved`` says that
    a straight line through the shifts was not enough.
    """

    shift_ms: tuple[float, ...]
    spikes: int
    order: float | None
    intercept_ms: float | None
    intercept_ci_ms: tuple[float, float] | None
    unpaired: tuple[float, ...]
    shift_error_ms: tuple[float, ...] = ()
    curved: bool = False


def unpaired_share(reference: Spikes, candidate: Spikes) -> float:
    """Share of the spikes of either side that have no partner within the replay window."""
    paired = pair_spikes(reference, candidate, WINDOW_MS).count
    fired = len(reference) + len(candidate) - paired
    return 1 - paired / fired if fired else 0.0


def fitted(shifts: Floats, steps: Floats, degree: int, power: int) -> Floats:
    """The coefficient of step^power of a polynomial through each column of f8[steps, …]; residuals weigh 1/step."""
    weights = 1 / steps
    design = np.column_stack([steps**k for k in range(degree + 1)]) * weights[:, None]
    return np.asarray((np.linalg.pinv(design)[power] * weights) @ shifts)


def _is_curved(shifts: Floats, steps: Floats, cells: Offsets) -> bool:
    """Whether the shifts bend: the mean coefficient of step² lies clear of zero.

    A time constant of few steps makes them bend, and a straight line would then miss zero although they go there.
    """
    bend, margin = mean_over_cells(fitted(shifts, steps, 2, 2), cells)
    return abs(bend) > margin


def convergence_between(
    shifts: Floats, steps: tuple[float, ...], spike_cells: Ints, unpaired: Sequence[float]
) -> Convergence:
    """One backend against the other: ``shifts`` f8[steps, spikes] (ms) of spikes of the finest reference run.

    ``spike_cells`` i4[spikes] are the cells that fired them. The intercept is that of a straight line, or of a parabola
    where the shifts bend.
    """
    everywhere = ~np.isnan(shifts).any(axis=0)
    count = int(everywhere.sum())
    means = tuple(_trimmed(row[everywhere]) for row in shifts)
    if count < _FEWEST_SPIKES:
        return Convergence(means, count, None, None, None, tuple(unpaired))
    cells, grid, kept = spike_cells[everywhere].astype(np.int64), np.array(steps), shifts[:, everywhere]
    curved = _is_curved(kept, grid, cells)
    intercept, margin = mean_over_cells(fitted(kept, grid, 2 if curved else 1, 0), cells)
    order = order_of(grid, np.array(means) - intercept, margin)
    interval = (intercept - margin, intercept + margin)
    errors = tuple(mean_over_cells(row, cells)[1] for row in kept)
    return Convergence(means, count, order, intercept, interval, tuple(unpaired), errors, curved)


def _trimmed(values: Floats) -> float:
    cut = int(TRIM * values.size)
    return float(np.sort(values)[cut : values.size - cut].mean()) if values.size else 0.0


def mean_over_cells(values: Floats, cells: Offsets) -> tuple[float, float]:
    """Trimmed mean of all spikes, and the half width of its interval from the scatter between cells.

    The spikes of a cell share its input and are not independent; cells are (in replay they are uncoupled).
    """
    low, high = np.quantile(values, [TRIM, 1 - TRIM])
    kept = np.clip(values, low, high)  # the winsorised values carry the standard error of a trimmed mean
    mean = _trimmed(values)
    sums = np.bincount(cells, weights=kept - kept.mean())
    groups = np.unique(cells).size
    error = np.sqrt((sums**2).sum()) / (len(values) * (1 - 2 * TRIM))
    quantile = special.stdtrit(max(groups - 1, 1), (1 + CONFIDENCE) / 2)  # Student's t
    return mean, float(quantile * error)


def order_of(steps: Floats, size: Floats, noise: float) -> float | None:
    """The exponent of |size| against the step, by least squares in logarithms; ``None`` if it drowns in the noise."""
    clear = np.abs(size) > noise
    if clear.sum() < 3:
        return None
    slope, _ = np.polyfit(np.log(steps[clear]), np.log(np.abs(size[clear])), 1)
    return float(slope)


def own_convergence(runs: Sequence[Spikes], steps: tuple[float, ...]) -> Convergence:
    """Each run of one backend against its own finest; the shift at the finest step is zero by construction."""
    pairings = [pair_spikes(runs[-1], run, WINDOW_MS) for run in runs]
    shifts = np.array([pairing.shift_ms for pairing in pairings])
    everywhere = ~np.isnan(shifts).any(axis=0)
    means = np.array([_trimmed(row[everywhere]) for row in shifts])
    unpaired = tuple(unpaired_share(runs[-1], run) for run in runs)
    count = int(everywhere.sum())
    if count < _FEWEST_SPIKES:
        return Convergence(tuple(means.tolist()), count, None, None, None, unpaired)
    noise = float(np.std(shifts[0, everywhere]) / np.sqrt(count))
    order, size = order_from_finest(np.array(steps), means, noise)
    return Convergence(tuple(means.tolist()), count, order, size, None, unpaired)


def order_from_finest(steps: Floats, means: Floats, noise: float) -> tuple[float | None, float | None]:
    """Order p and the finest run's own distance from step zero, from means = a (step^p - finest^p)."""
    if np.abs(means[0]) <= 3 * noise:
        return None, None

    def model(step: Floats, size: float, order: float) -> Floats:
        return np.asarray(size * (step**order - steps[-1] ** order))

    try:
        (size, order), _ = optimize.curve_fit(
            model, steps, means, p0=(means[0] / steps[0], 1.0), bounds=((-np.inf, 0.1), (np.inf, 4.0)), sigma=steps
        )
    except RuntimeError:
        return None, None
    return float(order), float(-size * steps[-1] ** order)
