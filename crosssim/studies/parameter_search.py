"""Which one parameter explains a disagreement: each alone is moved within bounds, coarsely and then ever nearer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

FACTOR = 4.0
"""A parameter that scales (a time, a capacitance, a conductance) is tried from a quarter of nominal to four times."""

RANGE_MV = 10.0
"""A potential is tried so far below and above nominal."""

LONGEST_REFRACTORY_MS = 10.0
"""A refractory period is tried from one step to four times nominal, or this if that is more."""

COARSE_POINTS = 9
"""Values over the whole range of each parameter."""

ROUNDS = ((4, 1, 6), (4, 1, 6), (2, 3, 18), (2, 2, 12))
"""Then in turn: for how many of the most promising parameters, how many tried values to either side of the best the
bracket reaches, and how many values are tried inside. Wider in the end: spikes that move by whole steps make small
hollows beside the best value, and a bracket that only shrinks would end in one."""

NEAR = (0.85, 0.95, 1.05, 1.18)
"""Factors close to nominal that are tried too, so that a small mistake between two coarse values is seen."""

NEAR_MV = (-2.0, -0.5, 0.5, 2.0)
"""The same for potentials."""

EXPLAINS = 0.5
"""A parameter explains a disagreement if it removes at least this share of it."""

RIVAL = 0.1
"""Parameters whose shares differ by less than this are not told apart."""

Evaluate = Callable[[Sequence[tuple[str, float]]], Sequence[float]]
"""The disagreement of the candidate with one parameter changed, for each (name, value); NaN where it cannot run."""


@dataclass(frozen=True)
class SearchRange:
    """Where one parameter is tried; ``grid`` > 0 keeps to its multiples (a simulator rounds a refractory period)."""

    name: str
    unit: str
    nominal: float
    low: float
    high: float
    is_geometric: bool = True
    grid: float = 0.0

    def between(self, low: float, high: float, count: int) -> list[float]:
        """``count`` values from low to high, both included, on the grid and without repetitions."""
        space = np.geomspace if self.is_geometric and low > 0 else np.linspace
        values = space(low, high, count)
        if self.grid:
            values = np.round(np.round(values / self.grid) * self.grid, 9)
        return list(dict.fromkeys(float(f"{one:.6g}") for one in values))

    @property
    def near(self) -> list[float]:
        """Values close to nominal."""
        if self.grid:
            values = [self.nominal + steps * self.grid for steps in (-3, -1, 1, 3)]
        elif self.unit == "mV" and not self.is_geometric:
            values = [self.nominal + step for step in NEAR_MV]
        else:
            values = [self.nominal * factor for factor in NEAR]
        return [float(f"{one:.6g}") for one in values if self.low <= one <= self.high]


@dataclass(frozen=True)
class SearchedParameter:
    """One parameter's curve: every value tried with its disagreement, in order of value.

    ``before`` is the disagreement at nominal. ``is_refined``: the bracket around the best value was searched too.
    """

    range: SearchRange
    tried: tuple[tuple[float, float], ...]
    before: float
    is_refined: bool

    @property
    def best(self) -> float:
        """The value with the least disagreement; nominal if no other is better."""
        return min(self.tried, key=lambda one: (one[1], abs(one[0] - self.range.nominal)))[0]

    @property
    def after(self) -> float:
        """The least disagreement."""
        return min(score for _, score in self.tried)

    @property
    def share(self) -> float:
        """The share of the disagreement that it removes: 1 for all of it."""
        return (self.before - self.after) / self.before if self.before > 0 else 0.0

    @property
    def is_at_bound(self) -> bool:
        """Whether the best value is an end of the range: a better one may lie beyond."""
        return self.best != self.range.nominal and self.best in (self.tried[0][0], self.tried[-1][0])


@dataclass(frozen=True)
class ParameterSearch:
    """All parameters, the one that removes most first."""

    parameters: tuple[SearchedParameter, ...]

    @property
    def winner(self) -> SearchedParameter | None:
        """The parameter that explains the disagreement, ``None`` if none removes half of it."""
        first = self.parameters[0] if self.parameters else None
        return first if first and first.share >= EXPLAINS else None

    @property
    def rivals(self) -> tuple[SearchedParameter, ...]:
        """Others that remove almost as much as the winner."""
        winner = self.winner
        return tuple(one for one in self.parameters[1:] if winner and winner.share - one.share < RIVAL)


def search_ranges(
    values: Mapping[str, float],
    units: Mapping[str, str],
    scale_nA: float,  # noqa: N803 - A is ampere
    timestep_ms: float,
) -> list[SearchRange]:
    """The bounds of every parameter of a candidate; ``scale_nA`` is the rheobase, for what is nominally 0."""
    found = []
    for name, nominal in values.items():
        unit = units[name]
        if name == "tau_refrac":
            high = max(FACTOR * nominal, LONGEST_REFRACTORY_MS)
            found.append(SearchRange(name, unit, nominal, timestep_ms, high, is_geometric=False, grid=timestep_ms))
        elif unit == "mV" and name != "delta_T":
            found.append(SearchRange(name, unit, nominal, nominal - RANGE_MV, nominal + RANGE_MV, is_geometric=False))
        elif nominal > 0:
            found.append(SearchRange(name, unit, nominal, nominal / FACTOR, nominal * FACTOR))
        elif nominal == 0:
            high = {"nA": scale_nA, "nS": 1000 * scale_nA / RANGE_MV}.get(unit, 1.0)
            found.append(SearchRange(name, unit, nominal, 0.0, high, is_geometric=False))
        else:
            found.append(SearchRange(name, unit, nominal, nominal * FACTOR, nominal / FACTOR, is_geometric=False))
    return found


def search_parameters(
    ranges: Sequence[SearchRange], before: float, evaluate: Evaluate, tell: Callable[[str], None]
) -> ParameterSearch:
    """Move each parameter alone: over its whole range, then the most promising inside ever smaller brackets."""
    curves: dict[str, dict[float, float]] = {one.name: {one.nominal: before} for one in ranges}
    tell(f"searching {len(ranges)} parameters")
    coarse = {one: one.between(one.low, one.high, COARSE_POINTS) + one.near for one in ranges}
    _try(curves, coarse, evaluate)
    refined: set[str] = set()
    for number, (count, reach, points) in enumerate(ROUNDS, start=1):
        promising = sorted(ranges, key=lambda one: _least_moved(one, curves[one.name]))[:count]
        refined |= {one.name for one in promising}
        tell(f"refining {', '.join(one.name for one in promising)}, {number} of {len(ROUNDS)}")
        _try(curves, {one: _inside(one, curves[one.name], reach, points) for one in promising}, evaluate)
    found = [
        SearchedParameter(one, tuple(sorted(curves[one.name].items())), before, one.name in refined) for one in ranges
    ]
    return ParameterSearch(tuple(sorted(found, key=lambda one: one.after)))


def _least_moved(one: SearchRange, curve: Mapping[float, float]) -> float:
    """The least disagreement away from nominal: beside it a better value may hide."""
    return min((score for value, score in curve.items() if value != one.nominal), default=float("inf"))


def _inside(one: SearchRange, curve: Mapping[float, float], reach: int, points: int) -> list[float]:
    """Values between the neighbours of the best one, ``reach`` of them to either side."""
    tried = sorted(curve)
    k = tried.index(min(tried, key=lambda value: curve[value]))
    low, high = tried[max(k - reach, 0)], tried[min(k + reach, len(tried) - 1)]
    return one.between(low, high, points + 2)


def _try(
    curves: dict[str, dict[float, float]], wanted: Mapping[SearchRange, Sequence[float]], evaluate: Evaluate
) -> None:
    """Evaluate what has not been tried, all in one go."""
    new = [
        (one.name, value)
        for one, values in wanted.items()
        for value in dict.fromkeys(values)
        if value not in curves[one.name]
    ]
    if not new:
        return
    for (name, value), score in zip(new, evaluate(new), strict=True):
        if not np.isnan(score):
            curves[name][value] = score
