"""What a ladder of steps says of each backend on its own: which is less converged, how far, and where the two meet."""

from collections.abc import Sequence
from dataclasses import dataclass

from crosssim.divergence.refinement import Convergence, PopulationRefinement
from crosssim.report.words import listed, signed

_CONVERGED_STEPS = 0.1
"""Nearer than a tenth of a step to its own limit, a backend counts as converged: the grid hides the rest."""

_CLEARLY_FARTHER = 1.5
_RATES_DIFFER = 0.05
_RATES_MEET = 0.01
_GAP_CLOSED = 0.1
"""Of the gap at the largest step: in a short run a spike more on one side can be more than one per cent."""


def distance_to_limit_ms(own: Convergence) -> float:
    """How far the spikes at the largest step lie from where the backend's own steps lead (ms, late is positive)."""
    return own.shift_ms[0] - (own.intercept_ms or 0.0)


def least_converged(rows: Sequence[PopulationRefinement]) -> PopulationRefinement | None:
    """The population in which a backend is farthest from its own limit; ``None`` without enough spikes anywhere."""
    known = [row for row in rows if row.enough]
    far = [max(abs(distance_to_limit_ms(own)) for own in (row.reference_own, row.candidate_own)) for row in known]
    return known[far.index(max(far))] if known else None


def convergence_sentence(row: PopulationRefinement, names: tuple[str, str]) -> str:
    """Which of two backends is less converged at the largest step; empty if too few spikes could be followed."""
    if not row.enough:
        return ""
    step_ms = max(row.steps_ms)
    far = [distance_to_limit_ms(own) for own in (row.reference_own, row.candidate_own)]
    less, more = sorted((0, 1), key=lambda side: -abs(far[side]))
    opening = f"{row.population} at {step_ms:g} ms: "
    if abs(far[less]) <= _CONVERGED_STEPS * step_ms:
        return f"{opening}both backends have converged, to {abs(far[less]):.3f} ms"
    if abs(far[less]) <= _CLEARLY_FARTHER * abs(far[more]):
        sides = listed([f"{signed(one)} ms on {name}" for one, name in zip(far, names, strict=True)])
        return f"{opening}both backends are about equally far from where their own steps lead ({sides})"
    return (
        f"{opening}{names[less]} is the less converged, its spikes {signed(far[less])} ms from where its own steps "
        f"lead, those of {names[more]} {signed(far[more])} ms"
    )


def first_spikes_sentence(row: PopulationRefinement) -> str:
    """What is left at zero among the spikes of the first tenth of the run; empty if nothing is."""
    if not row.first_shift_remains or row.first is None:
        return ""
    return (
        f"{row.population}, spikes of the first tenth of the run alone: {signed(row.first.intercept_ms)} ms remain at "
        "a time step of zero"
    )


@dataclass(frozen=True)
class RatesApart:
    """Rates that differ at the largest step under the same input.

    ``distrusted`` is the side (0 the reference, 1 the candidate) whose rate moves more down the steps; ``meeting_ms``
    the largest step from which on both have the same rate, ``None`` if they have not at the finest.
    """

    distrusted: int
    meeting_ms: float | None


def rates_apart(row: PopulationRefinement) -> RatesApart | None:
    """Whom to distrust and where the two meet; ``None`` if the rates do not differ at the largest step."""
    if _gap(row.rates_hz[0]) <= _RATES_DIFFER:
        return None
    moved = [abs(fine - coarse) for fine, coarse in zip(row.rates_hz[-1], row.rates_hz[0], strict=True)]
    return RatesApart(0 if moved[0] > moved[1] else 1, _meeting_step_ms(row.rates_hz, row.steps_ms))


def rates_sentence(row: PopulationRefinement, names: tuple[str, str]) -> str:
    """Where rates under the same input meet, if they differ at the largest step; empty if they do not."""
    apart = rates_apart(row)
    if apart is None:
        return ""
    (reference, candidate), finest = row.rates_hz[0], row.rates_hz[-1]
    opening = (
        f"{row.population} at {max(row.steps_ms):g} ms: {reference:.3g} Hz on {names[0]} and {candidate:.3g} Hz on "
        f"{names[1]} under the same input"
    )
    if apart.meeting_ms is None:
        return f"{opening}; they do not meet, and are {finest[0]:.3g} and {finest[1]:.3g} Hz at {row.steps_ms[-1]:g} ms"
    moving = names[apart.distrusted]
    meet = f"they meet from {apart.meeting_ms:g} ms down"
    return f"{opening}; {meet}, and it is {moving} whose rate moves: distrust it above"


def _gap(rates_hz: tuple[float, float]) -> float:
    return abs(rates_hz[0] - rates_hz[1]) / max(*rates_hz, 1e-12)


def _meeting_step_ms(rates_hz: Sequence[tuple[float, float]], steps_ms: Sequence[float]) -> float | None:
    """The largest step from which on the rates of all finer ones are equal; ``None`` if those of the finest are not.

    Equal: within one per cent, or within a tenth of the gap at the largest step.
    """
    equal = max(_RATES_MEET, _GAP_CLOSED * _gap(rates_hz[0]))
    met = None
    for step_ms, rates in zip(reversed(steps_ms), reversed(rates_hz), strict=True):
        if _gap(rates) > equal:
            return met
        met = step_ms
    return met
