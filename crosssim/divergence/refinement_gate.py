"""The answer of the refinement gate: what is left at step zero, population by population, in words and numbers."""

from crosssim.divergence.potentials import PotentialConvergence
from crosssim.divergence.refinement import PopulationRefinement, RefinementDetails
from crosssim.divergence.verdict import Difference, Gate, GateResult
from crosssim.divergence.wording import counted


def refinement_result(details: RefinementDetails) -> GateResult:
    """The gate's answer: it passes if nothing is left at step zero in any population."""
    differences = tuple(one for row in details.rows for one in _differences(row))
    if differences:
        return GateResult(Gate.REFINEMENT, False, _words_for_difference(details), differences, details)
    if not any(row.answered for row in details.rows):
        reason = "too few spikes could be followed down the ladder of steps to say anything of step zero"
        return GateResult(Gate.REFINEMENT, False, reason, (), details)
    return GateResult(Gate.REFINEMENT, True, _words_for_agreement(details), (), details)


def _words_for_agreement(details: RefinementDetails) -> str:
    shifts = [max(map(abs, one)) for row in details.rows if (one := row.between.intercept_ci_ms)]
    gaps = [row.potential.largest_mv for row in details.rows if row.potential]
    names = f"{details.reference} and {details.candidate}"
    left = f"no more than {max(gaps):.2g} mV is left in any cell that could be followed" if gaps else ""
    if not shifts:
        return (
            f"a time-step effect: under the same input the gap between the membrane potentials of {names} vanishes as "
            f"the step goes to zero ({left}); the spikes are too few to measure their shift"
        )
    return (
        f"a time-step effect: under the same input the shift between {names} vanishes as the step goes to zero "
        f"(no more than {max(shifts):.4f} ms is left at any population)"
        + (f", and so does the gap between their membrane potentials ({left})" if gaps else "")
    )


def _words_for_difference(details: RefinementDetails) -> str:
    row = max(details.rows, key=lambda one: one.severity)
    apart = _apart(row)
    if row.shift_remains:
        left = f"a real difference of {row.between.intercept_ms:+.3f} ms remains in {row.population} at step zero"
    elif row.first_shift_remains and row.first is not None:
        left = (
            f"a real difference of {row.first.intercept_ms:+.3f} ms remains among the first spikes of {row.population}"
        )
    elif row.spikes_remain_unpaired:
        left = (
            f"{row.between.unpaired[-1]:.1%} of the spikes of {row.population} have no partner even at the finest step"
        )
    elif apart is not None:
        cells = f"{counted(len(apart.counting), 'cell')} of {row.population}"
        left = f"up to {apart.counting[0].gap_mv:.2g} mV remain between the membrane potentials of {cells} at step zero"
    else:
        first = row.odd_cells[0].cell
        left = f"{len(row.odd_cells)} cells of {row.population} keep apart at every step, first cell {first}"
    return f"{left}: what does not vanish with the step is no integration error"


def _differences(row: PopulationRefinement) -> list[Difference]:
    found = []
    if row.shift_remains and row.between.intercept_ci_ms is not None:
        low, high = row.between.intercept_ci_ms
        found.append(_difference(row, "shift at step zero", f"{low:+.4f} to {high:+.4f} ms", row.between.intercept_ms))
    elif row.first_shift_remains and row.first is not None and row.first.intercept_ci_ms is not None:
        low, high = row.first.intercept_ci_ms
        words = f"{low:+.4f} to {high:+.4f} ms"
        found.append(_difference(row, "shift of the first spikes at step zero", words, row.first.intercept_ms))
    if row.spikes_remain_unpaired:
        words = f"{row.between.unpaired[0]:.2%} at the largest, {row.between.unpaired[-1]:.2%} at the finest step"
        found.append(_difference(row, "spikes without partner", words, None))
    apart = _apart(row)
    if apart is not None:
        cells = apart.counting
        found.append(
            Difference(
                Gate.REFINEMENT, "membrane potential at step zero", row.population, "0", f"{cells[0].gap_mv:.3g} mV",
                value=cells[0].gap_mv, unit="mV", tolerance=apart.limit_mv, cell=cells[0].cell,
                count=len(cells),
            )
        )  # fmt: skip
    for odd in row.odd_cells[:3]:
        words = f"{odd.shift_ms:+.3f} ms apart from its population"
        found.append(_difference(row, "shift of one cell", words, odd.shift_ms, odd.cell))
    return found


def _difference(
    row: PopulationRefinement, measure: str, candidate: str, value_ms: float | None, cell: int | None = None
) -> Difference:
    return Difference(
        Gate.REFINEMENT, measure, row.population, "0", candidate, value=value_ms, unit="ms",
        tolerance=row.grid_slack_ms, cell=cell, count=len(row.odd_cells) if cell is not None else 1,
    )  # fmt: skip


def _apart(row: PopulationRefinement) -> PotentialConvergence | None:
    return row.potential if row.potential is not None and row.potential.remains else None
