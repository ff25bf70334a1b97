"""What a ladder of steps says of each backend on its own: which is less converged, how far, and where the two meet."""

from collections.abc import Sequence

from crosssim.divergence.refinement import Convergence, PopulationRefinement
from crosssim.report.words import listed, signed

_CONVERGED_STEPS = 0.1
"""Nearer than a tenth of a step to its own limit, a backend counts as converged: the grid hides the rest."""

_CLEARLY_FARTHER = 1.5
_RATES_DIFFER = 0.05
_RATES_MEET = 0.01


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


def rates_sentence(row: PopulationRefinement, names: tuple[str, str]) -> str:
    """Where rates under the same input meet, if they differ at the largest step; empty if they do not."""
    (reference, candidate), finest = row.rates_hz[0], row.rates_hz[-1]
    if _gap(row.rates_hz[0]) <= _RATES_DIFFER:
        return ""
    moved = [abs(finest[0] - reference), abs(finest[1] - candidate)]
    distrusted = names[0] if moved[0] > moved[1] else names[1]
    opening = (
        f"{row.population} at {max(row.steps_ms):g} ms: {reference:.3g} Hz on {names[0]} and {candidate:.3g} Hz on "
        f"{names[1]} under the same input"
    )
    meeting = _meeting_step_ms(row.rates_hz, row.steps_ms)
    if meeting is None:
        return f"{opening}; they do not meet, and are {finest[0]:.3g} and {finest[1]:.3g} Hz at {row.steps_ms[-1]:g} ms"
    return f"{opening}; they meet from {meeting:g} ms down, and it is {distrusted} whose rate moves: distrust it above"


def _gap(rates_hz: tuple[float, float]) -> float:
    return abs(rates_hz[0] - rates_hz[1]) / max(*rates_hz, 1e-12)


def _meeting_step_ms(rates_hz: Sequence[tuple[float, float]], steps_ms: Sequence[float]) -> float | None:
    """The largest step from which on all finer ones have rates within one per cent; ``None`` if the finest has not."""
    met = None
    for step_ms, rates in zip(reversed(steps_ms), reversed(rates_hz), strict=True):
        if _gap(rates) > _RATES_MEET:
            return met
        met = step_ms
    return met
