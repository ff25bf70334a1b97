"""What the membrane potentials say down the ladder of steps, as texts."""

import numpy as np

from crosssim.divergence.potentials import PotentialConvergence
from crosssim.divergence.refinement import PopulationRefinement
from crosssim.report.words import brief, counted, listed

_SHOWN = 3
_FEWEST_CELLS = 5  # an interval over fewer says nothing: Student's t at 99.9 % is 13 with four


def potential_cells(one: PotentialConvergence) -> tuple[str, ...]:
    """Distance at each step, what is left at step zero, the order, cells followed: the columns of a table, in mV."""
    return (
        *(f"{gap:.4f}" for gap in one.gap_mv),
        potential_left(one),
        brief(one.order, 2),
        f"{one.cells}/{one.of_cells}",
    )


def potential_left(one: PotentialConvergence) -> str:
    """The intercept in mV, and half its interval where there are cells enough for one."""
    if one.cells < _FEWEST_CELLS:
        return f"{one.intercept_mv:.4f}"
    return f"{one.intercept_mv:.4f} ± {(one.intercept_ci_mv[1] - one.intercept_ci_mv[0]) / 2:.4f}"


def potential_sentence(row: PopulationRefinement) -> str:
    """The cells that keep apart, the worst with their gaps; empty if none does."""
    one = row.potential
    if one is None or not one.remains:
        return ""
    shown = [f"cell {each.cell}: {each.gap_mv:.2g} mV" for each in one.counting[:_SHOWN]]
    rest = ", …" if len(one.counting) > _SHOWN else ""
    return (
        f"{row.population}: v of {len(one.counting)} of {counted(one.cells, 'cell')} keeps apart at a step of zero "
        f"({', '.join(shown)}{rest})"
    )


def own_potential_sentence(row: PopulationRefinement, names: tuple[str, str]) -> str:
    """How far each backend's membrane potentials at the largest step lie from its finest run; empty without them."""
    one = row.potential
    if one is None or not np.isfinite([one.reference_own.gap_mv[0], one.candidate_own.gap_mv[0]]).all():
        return ""
    own = [
        f"{each.gap_mv[0]:.2g} mV on {name}" + (f" (order {each.order:.1f})" if each.order is not None else "")
        for name, each in zip(names, (one.reference_own, one.candidate_own), strict=True)
    ]
    return f"{row.population} at {max(row.steps_ms):g} ms: v is {listed(own)} away from its own finest run"
