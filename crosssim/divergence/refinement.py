"""The fifth gate: the same replay at ever smaller steps. What goes to zero with the step is the integrators'; what
stays is a real difference.

At each step both backends receive the same recorded spikes. Every spike of the reference at the finest step is followed
up the ladder, on both sides; only spikes found at every step on both sides are measured, so that each step tells of the
same spikes. The intercept at step zero comes from a straight line through a spike's shifts, weighted by 1/step², for a
spike time on a grid is uncertain in proportion to the step.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from crosssim.divergence.replay import WINDOW_MS
from crosssim.divergence.spikes import pair_spikes
from crosssim.errors import NotComparable, UsageError
from crosssim.recording.data import Floats, Offsets, Recording, Spikes
from crosssim.units import MS_PER_S

TRIM = 0.1
"""Share of spikes cut from each end of a mean: in any correct pair a few spikes hang on a hair (v barely reaches the
threshold), jump by up to the window at one step and not at the next, and would carry the mean."""

_UNPAIRED_SHARE = 0.005
"""Below this a share of spikes without partner says nothing: it is the share of spikes that hang on a hair."""

CONFIDENCE = 0.999
"""Of the intervals: a comparison asks every population and is run often, so one in a hundred would cry wolf weekly."""

_FEWEST_SPIKES = 20
_FEWEST_PER_CELL = 5
_ODD_STEPS = 3


@dataclass(frozen=True)
class RefinementLevel:
    """Both backends' replays of the same recorded spikes at one step."""

    step_ms: float
    reference: Recording
    candidate: Recording


@dataclass(frozen=True)
class Convergence:
    """How the shift of one population behaves as the step goes to zero; lists run from the largest step to the finest.

    ``shift_ms`` are trimmed means over ``spikes`` spikes. ``order`` is that of shift - intercept, ``None`` where the
    shifts do not rise above their noise. ``intercept_ci_ms`` is the 99.9 % interval, over cells. ``unpaired`` is the
    share of spikes that have no partner at a step.
    """

    shift_ms: tuple[float, ...]
    spikes: int
    order: float | None
    intercept_ms: float | None
    intercept_ci_ms: tuple[float, float] | None
    unpaired: tuple[float, ...]


@dataclass(frozen=True)
class OddCell:
    """A cell whose shift, apart from its population's, does not go away: ``shift_ms`` at the finest step."""

    cell: int
    shift_ms: float
    limit_ms: float
    spikes: int


@dataclass(frozen=True)
class PopulationRefinement:
    """One population down the ladder of ``steps_ms``.

    ``between`` holds the candidate against the reference; ``reference_own`` and ``candidate_own`` each backend against
    its own finest run, ``rates_hz`` (reference, candidate) at each step.
    """

    population: str
    steps_ms: tuple[float, ...]
    between: Convergence
    reference_own: Convergence
    candidate_own: Convergence
    rates_hz: tuple[tuple[float, float], ...]
    odd_cells: tuple[OddCell, ...]

    @property
    def grid_slack_ms(self) -> float:
        """A tenth of the finest step: spike times lie on the grid, and a mean over them resolves no more than that."""
        return 0.1 * min(self.steps_ms)

    @property
    def enough(self) -> bool:
        """Whether enough spikes could be followed to say anything of an intercept."""
        return self.between.intercept_ci_ms is not None

    @property
    def shift_remains(self) -> bool:
        """Whether the intercept is not zero: zero lies outside its interval, widened by the grid of the finest step."""
        if self.between.intercept_ci_ms is None:
            return False
        low, high = self.between.intercept_ci_ms
        return low > self.grid_slack_ms or high < -self.grid_slack_ms

    @property
    def spikes_remain_unpaired(self) -> bool:
        """Whether missing and extra spikes do not go away: a correct pair loses them in proportion to the step."""
        coarse, fine = self.between.unpaired[0], self.between.unpaired[-1]
        return fine > _UNPAIRED_SHARE and fine > 0.5 * coarse

    @property
    def differs(self) -> bool:
        """Whether anything is left at step zero."""
        return self.shift_remains or self.spikes_remain_unpaired or bool(self.odd_cells)


@dataclass(frozen=True)
class RefinementDetails:
    """The ladder as a table; ``rows`` by population in the model's order."""

    reference: str
    candidate: str
    steps_ms: tuple[float, ...]
    rows: tuple[PopulationRefinement, ...]


def compare_refinement(levels: Sequence[RefinementLevel]) -> RefinementDetails:
    """Follow every spike down the ladder. Raises :class:`UsageError` for fewer than three steps.

    Raises :class:`NotComparable` if the levels are not of the same populations.
    """
    ladder = sorted(levels, key=lambda level: -level.step_ms)
    if len({level.step_ms for level in ladder}) < 3:
        raise UsageError(f"refinement needs at least three different steps; {len(ladder)} given")
    names = list(ladder[0].reference.spikes)
    for level in ladder:
        if list(level.reference.spikes) != names or list(level.candidate.spikes) != names:
            raise NotComparable("refinement needs the same populations at every step")
    steps = tuple(level.step_ms for level in ladder)
    rows = tuple(_population(name, ladder, steps) for name in names)
    return RefinementDetails(ladder[0].reference.backend, ladder[0].candidate.backend, steps, rows)


def _population(name: str, ladder: Sequence[RefinementLevel], steps: tuple[float, ...]) -> PopulationRefinement:
    reference = [level.reference.spikes[name] for level in ladder]
    candidate = [level.candidate.spikes[name] for level in ladder]
    between = np.array([_shift(reference[-1], ours, theirs) for ours, theirs in zip(reference, candidate, strict=True)])
    unpaired = [_unpaired(ours, theirs) for ours, theirs in zip(reference, candidate, strict=True)]
    seconds = reference[-1].n_cells * ladder[0].reference.duration_ms / MS_PER_S
    return PopulationRefinement(
        population=name,
        steps_ms=steps,
        between=_convergence(between, steps, reference[-1], unpaired),
        reference_own=_own_convergence(reference, steps),
        candidate_own=_own_convergence(candidate, steps),
        rates_hz=tuple((len(a) / seconds, len(b) / seconds) for a, b in zip(reference, candidate, strict=True)),
        odd_cells=_odd_cells(between, steps, reference[-1]),
    )


def _shift(finest: Spikes, reference: Spikes, candidate: Spikes) -> Floats:
    """f8[len(finest)]: candidate minus reference (ms) of each spike of the finest reference; NaN where one is lost."""
    followed = pair_spikes(finest, reference, WINDOW_MS).candidate_of
    shift = np.append(pair_spikes(reference, candidate, WINDOW_MS).shift_ms, np.nan)
    return np.asarray(shift[followed])  # -1, a spike that could not be followed, takes the NaN at the end


def _unpaired(reference: Spikes, candidate: Spikes) -> float:
    paired = pair_spikes(reference, candidate, WINDOW_MS).count
    fired = len(reference) + len(candidate) - paired
    return 1 - paired / fired if fired else 0.0


def _intercepts(shifts: Floats, steps: Floats, finest: Spikes) -> tuple[Floats, Offsets]:
    """The intercept (ms) of each spike that is there at every step, by weighted straight line, and the spike's cell."""
    everywhere = ~np.isnan(shifts).any(axis=0)
    weights = 1 / steps  # of the residuals: the square roots of 1/step²
    design = np.column_stack([np.ones_like(steps), steps]) * weights[:, None]
    to_intercept = np.linalg.pinv(design)[0] * weights
    return to_intercept @ shifts[:, everywhere], finest.cell[everywhere].astype(np.int64)


def _convergence(shifts: Floats, steps: tuple[float, ...], finest: Spikes, unpaired: Sequence[float]) -> Convergence:
    everywhere = ~np.isnan(shifts).any(axis=0)
    count = int(everywhere.sum())
    means = tuple(_trimmed(row[everywhere]) for row in shifts)
    if count < _FEWEST_SPIKES:
        return Convergence(means, count, None, None, None, tuple(unpaired))
    intercept, margin = _mean_over_cells(*_intercepts(shifts, np.array(steps), finest))
    order = _order(np.array(steps), np.array(means) - intercept, margin)
    return Convergence(means, count, order, intercept, (intercept - margin, intercept + margin), tuple(unpaired))


def _trimmed(values: Floats) -> float:
    return float(stats.trim_mean(values, TRIM)) if values.size else 0.0


def _mean_over_cells(values: Floats, cells: Offsets) -> tuple[float, float]:
    """Trimmed mean of all spikes, and the half width of its interval from the scatter between cells.

    The spikes of a cell share its input and are not independent; cells are (in replay they are uncoupled).
    """
    low, high = np.quantile(values, [TRIM, 1 - TRIM])
    kept = np.clip(values, low, high)  # the winsorised values carry the standard error of a trimmed mean
    mean = _trimmed(values)
    sums = np.bincount(cells, weights=kept - kept.mean())
    groups = np.unique(cells).size
    error = np.sqrt((sums**2).sum()) / (len(values) * (1 - 2 * TRIM))
    quantile = stats.t.ppf((1 + CONFIDENCE) / 2, max(groups - 1, 1))
    return mean, float(quantile * error)


def _order(steps: Floats, size: Floats, noise: float) -> float | None:
    """The exponent of |size| against the step, by least squares in logarithms; ``None`` if it drowns in the noise."""
    clear = np.abs(size) > noise
    if clear.sum() < 3:
        return None
    slope, _ = np.polyfit(np.log(steps[clear]), np.log(np.abs(size[clear])), 1)
    return float(slope)


def _own_convergence(runs: Sequence[Spikes], steps: tuple[float, ...]) -> Convergence:
    """Each run of one backend against its own finest; the shift at the finest step is zero by construction."""
    pairings = [pair_spikes(runs[-1], run, WINDOW_MS) for run in runs]
    shifts = np.array([pairing.shift_ms for pairing in pairings])
    everywhere = ~np.isnan(shifts).any(axis=0)
    means = np.array([_trimmed(row[everywhere]) for row in shifts])
    unpaired = tuple(_unpaired(runs[-1], run) for run in runs)
    count = int(everywhere.sum())
    if count < _FEWEST_SPIKES:
        return Convergence(tuple(means.tolist()), count, None, None, None, unpaired)
    noise = float(np.std(shifts[0, everywhere]) / np.sqrt(count))
    order, size = _order_from_finest(np.array(steps), means, noise)
    return Convergence(tuple(means.tolist()), count, order, size, None, unpaired)


def _order_from_finest(steps: Floats, means: Floats, noise: float) -> tuple[float | None, float | None]:
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


def _odd_cells(shifts: Floats, steps: tuple[float, ...], finest: Spikes) -> tuple[OddCell, ...]:
    """Cells whose median shift keeps apart from their population's at every step, in one direction.

    A spike that hangs on a hair moves its cell's later spikes too, but at one step and not at the next. The limit is
    three of the finest steps: what cells with different drive lie apart in a correct pair, whose shift is some steps.
    """
    everywhere = ~np.isnan(shifts).any(axis=0)
    cells = finest.cell[everywhere]
    apart = shifts[:, everywhere] - np.median(shifts[:, everywhere], axis=1, keepdims=True)
    limit = _ODD_STEPS * min(steps)
    found = []
    for cell, count in zip(*np.unique(cells, return_counts=True), strict=True):
        medians = np.median(apart[:, cells == cell], axis=1)
        one_sided = abs(np.sign(medians).sum()) == len(steps)
        if count >= _FEWEST_PER_CELL and one_sided and np.abs(medians).min() > limit:
            found.append(OddCell(int(cell), float(medians[-1]), limit, int(count)))
    return tuple(sorted(found, key=lambda one: -abs(one.shift_ms)))
