"""The exercise of the article: when the same network parts on two backends, as a function of the time step.

Several networks run free at several steps, with delays, refractory periods and input times held fixed in ms. If two
runs part because rounding grows exponentially, every e-fold of a smaller step buys the same number of milliseconds; if
they part because they are not the same network, a smaller step buys nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from crosssim.divergence.trains import ComparedTrains, binned_counts, compare_trains
from crosssim.divergence.trajectories import compare_trajectories
from crosssim.divergence.truth import Estimate
from crosssim.errors import UsageError
from crosssim.model.declaration import Model, common_grid_ms
from crosssim.model.expectation import Recorded, Tolerance
from crosssim.recording.data import Floats, Recording
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.studies.first_lost import FirstLost, first_lost
from crosssim.studies.legs import Wishes, plan_legs
from crosssim.studies.replay import completed
from crosssim.units import MS_PER_S

STEPS_MS = (0.1, 0.05, 0.025, 0.01)
"""All whole multiples of NEST's microsecond, which 0.0125 is not; 0.005 is one, and costs as much as all these."""

WINDOW_MS, STRIDE_MS = 5.0, 1.0
"""A share of spikes is taken over a window that moves on by a stride."""

_FEWEST_SPIKES = 10  # in a window; of fewer, a share of one half is chance
_RESAMPLES = 2000
_INTERVAL = (2.5, 97.5)  # percentiles of the resamples: a 95 % interval

LOST_MS = 0.5
"""A spike without a partner so near is lost: integration moves it by four or five steps at most, and at 100 Hz only
one spike in ten finds a partner so near by chance."""

MEASURES = {
    "onset": "the first spike or trace beyond the model's tolerance",
    "first lost": f"the first spike without a partner within {LOST_MS:g} ms",
    "half unpaired": f"the end of the first {WINDOW_MS:g} ms with half of the spikes beyond the model's tolerance",
    "half lost": f"the end of the first {WINDOW_MS:g} ms with half of the spikes lost so",
}
"""The times at which two runs part: of the first spike, or of the network; the *lost* ones are blind to what the
integration of a step shifts, and see what the network has made of it."""


@dataclass(frozen=True)
class DivergenceLadder:
    """What to run: ``legs`` as typed (two of them), the seeds of the networks, the steps; ``wishes`` for all legs."""

    legs: tuple[str, str]
    seeds: tuple[int, ...]
    steps_ms: tuple[float, ...] = STEPS_MS
    wishes: Wishes = field(default_factory=lambda: Wishes(duration="200"))


@dataclass(frozen=True)
class NetworkDivergence:
    """One network at one step: when it parts, by measure; ``None`` if not before the end. Rates (Hz) on both sides."""

    seed: int
    step_ms: float
    times_ms: dict[str, float | None]
    rates_hz: tuple[float, float]
    first_lost: FirstLost | None = None


@dataclass(frozen=True)
class Growth:
    """One measure against the step: the median over networks, and how much a smaller step buys.

    ``median_ms`` counts a network that did not part as parting at the end; ``censored`` says how many did not.
    ``per_efold_ms`` is the slope of the median against ln(1/step) over the steps at which at least half of the networks
    part, with a 95 % interval from networks drawn anew; ``None`` with fewer than two such steps.
    """

    measure: str
    median_ms: tuple[float, ...]
    censored: tuple[int, ...]
    per_efold_ms: Estimate | None


@dataclass(frozen=True)
class DivergenceTimes:
    """The whole exercise: every network at every step, and the growth of each measure; steps from the largest on."""

    model: str
    legs: tuple[str, str]
    changes: dict[str, str]
    duration_ms: float
    seeds: tuple[int, ...]
    steps_ms: tuple[float, ...]
    networks: tuple[NetworkDivergence, ...]
    growth: tuple[Growth, ...]


def run_divergence_times(
    model: Model, model_text: str, ladder: DivergenceLadder, launcher: Launcher
) -> DivergenceTimes:
    """Run every network at every step on both legs, side by side where there is room, and measure.

    Raises :class:`UsageError` for fewer than two steps or no seed, :class:`LegError` for a leg that fails.
    """
    if len(set(ladder.steps_ms)) < 2 or not ladder.seeds:
        raise UsageError("divergence time against the step needs at least two different steps and one seed")
    steps = tuple(sorted(set(ladder.steps_ms), reverse=True))
    keys = [(seed, step) for seed in ladder.seeds for step in steps]
    plans = [plan for seed, step in keys for plan in _plans(model, model_text, ladder, (seed, step), launcher)]
    recordings = completed(launcher.run(plans))
    networks = tuple(
        _network(key, (recordings[2 * k], recordings[2 * k + 1]), model.recorded) for k, key in enumerate(keys)
    )
    duration = recordings[0].duration_ms
    return DivergenceTimes(
        model=model.name,
        legs=ladder.legs,
        changes=dict(ladder.wishes.changes),
        duration_ms=duration,
        seeds=ladder.seeds,
        steps_ms=steps,
        networks=networks,
        growth=tuple(growth(measure, networks, steps, duration) for measure in MEASURES),
    )


def _plans(
    model: Model, model_text: str, ladder: DivergenceLadder, key: tuple[int, float], launcher: Launcher
) -> list[LegPlan]:
    seed, step = key
    grid = common_grid_ms(list(ladder.steps_ms))
    wishes = replace(ladder.wishes, seed=str(seed), timestep=f"{step:.12g}", input_grid_ms=grid)
    plans = plan_legs(model, model_text, ladder.legs, wishes, launcher.results)
    return [replace(plan, label=f"{plan.label}, seed {seed}, {step:g} ms") for plan in plans]


def _network(
    key: tuple[int, float], sides: tuple[Recording, Recording], recorded: Sequence[Recorded]
) -> NetworkDivergence:
    here, there = (_rate(side) for side in sides)
    lost = first_lost(_trains_lost(*sides, recorded), sides)
    return NetworkDivergence(*key, divergence_times(*sides, recorded), (here, there), lost)


def _rate(side: Recording) -> float:
    cells = sum(spikes.n_cells for spikes in side.spikes.values())
    return sum(len(spikes) for spikes in side.spikes.values()) / max(cells, 1) / side.duration_ms * MS_PER_S


def _trains(reference: Recording, candidate: Recording, recorded: Sequence[Recorded]) -> list[ComparedTrains]:
    judged = [one for one in recorded if one.variable == "spikes" and one.population in reference.spikes]
    return [compare_trains(one, reference, candidate) for one in judged]


def _trains_lost(reference: Recording, candidate: Recording, recorded: Sequence[Recorded]) -> list[ComparedTrains]:
    limit = Tolerance(LOST_MS, "ms", "farther apart than integration moves a spike")
    return _trains(
        reference, candidate, [replace(one, tolerance=limit) for one in recorded if one.variable == "spikes"]
    )


def divergence_times(
    reference: Recording, candidate: Recording, recorded: Sequence[Recorded]
) -> dict[str, float | None]:
    """When two runs part, in ms, by each of :data:`MEASURES`; ``None`` if not before the end."""
    onset = compare_trajectories(reference, candidate, recorded).details.onset
    near, far = (compare(reference, candidate, recorded) for compare in (_trains, _trains_lost))
    return {
        "onset": None if onset is None else onset.time_ms,
        "first lost": min((float(one.unpaired.time_ms[0]) for one in far if len(one.unpaired)), default=None),
        "half unpaired": _half_ms(near, reference.duration_ms),
        "half lost": _half_ms(far, reference.duration_ms),
    }


def _half_ms(trains: Sequence[ComparedTrains], duration_ms: float) -> float | None:
    """The end of the first window in which fewer than half of the spikes have a partner."""
    width = round(WINDOW_MS / STRIDE_MS)
    counts = [np.convolve(row, np.ones(width), "valid") for row in binned_counts(trains, STRIDE_MS)]
    most = np.maximum(counts[0], counts[1])
    (below,) = np.nonzero((most >= _FEWEST_SPIKES) & (counts[2] < 0.5 * most))
    return float(min((below[0] + width) * STRIDE_MS, duration_ms)) if below.size else None


def growth(
    measure: str, networks: Sequence[NetworkDivergence], steps_ms: Sequence[float], duration_ms: float
) -> Growth:
    """The medians of one measure over networks, and the slope of the median against ln(1/step)."""
    seeds = sorted({one.seed for one in networks})
    found = {(one.seed, one.step_ms): one.times_ms[measure] for one in networks}
    times = np.array([[found[seed, step] for step in steps_ms] for seed in seeds], dtype=float)  # None becomes NaN
    censored = np.isnan(times)
    times[censored] = duration_ms
    usable = 2 * censored.sum(axis=0) <= len(seeds)
    efolds = -np.log(np.asarray(steps_ms))
    estimate = _slope(times[:, usable], efolds[usable]) if usable.sum() >= 2 else None
    medians = tuple(np.median(times, axis=0).tolist())
    return Growth(measure, medians, tuple(censored.sum(axis=0).tolist()), estimate)


def _slope(times: Floats, efolds: Floats) -> Estimate:
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(times), (_RESAMPLES, len(times)))
    slopes = [np.polyfit(efolds, np.median(times[rows], axis=0), 1)[0] for rows in drawn]
    low, high = np.percentile(slopes, _INTERVAL)
    return Estimate(float(np.polyfit(efolds, np.median(times, axis=0), 1)[0]), float(low), float(high))
