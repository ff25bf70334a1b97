"""What a refinement says in plain words: what is left, which population leads, whom to blame, whom to distrust."""

from crosssim.divergence.refinement import PopulationRefinement, RefinementDetails
from crosssim.divergence.suspects import Suspect
from crosssim.report.convergence_words import rates_apart
from crosssim.report.words import brief, counted, listed, percent

_OTHER_RATE = 0.05
"""Rates that differ by more than this, with the same input, are worth more words than a shift."""


_AS_LIKELY = 0.02
"""What two simulators differ by hides smaller differences between shares."""


def unresolved(refined: RefinementDetails, names: tuple[str, str]) -> tuple[str, str] | None:
    """Why and what to do where the model's time step is too large for one backend: its very rates are wrong."""
    for row in refined.rows:
        apart = rates_apart(row)
        if apart is None or apart.meeting_ms is None:
            continue
        name, step_ms = names[apart.distrusted], max(row.steps_ms)
        coarse, fine = row.rates_hz[0][apart.distrusted], row.rates_hz[-1][apart.distrusted]
        why = (
            f"But the time step of {step_ms:g} ms is too large for {name}: under the same input {row.population} fires "
            f"at {coarse:.3g} Hz there, and at {fine:.3g} Hz once the step is small; from {apart.meeting_ms:g} ms down "
            "the two agree."
        )
        return why, f"Distrust {name} at {step_ms:g} ms; run both with --timestep {apart.meeting_ms:g} or less."
    return None


def vanishing(refined: RefinementDetails) -> str:
    """What goes to zero with the step."""
    intervals = [row.between.intercept_ci_ms for row in refined.rows if row.between.intercept_ci_ms]
    gaps = [row.potential.largest_mv for row in refined.rows if row.potential]
    if not intervals:
        return f"their membrane potentials meet (at most {max(gaps, default=0.0):.2g} mV are left)"
    most = max(max(map(abs, one)) for one in intervals)
    also = ", and their membrane potentials meet" if gaps else ""
    return f"the shift between them vanishes (at most {most:.4f} ms are left){also}"


def leading(refined: RefinementDetails) -> PopulationRefinement | None:
    """The population that differs most."""
    rows = [row for row in refined.rows if row.differs]
    return max(rows, key=lambda row: row.severity, default=None)


def remains(row: PopulationRefinement, names: tuple[str, str]) -> str:
    """What is left at the smallest step: another rate, a shift, spikes without partner, or single cells."""
    shift_ms = row.between.intercept_ms or 0.0
    reference_hz, candidate_hz = row.rates_hz[-1]
    found = []
    if abs(candidate_hz - reference_hz) > _OTHER_RATE * max(candidate_hz, reference_hz):
        found.append(f"fire at {candidate_hz:.3g} Hz instead of {reference_hz:.3g} Hz")
    if row.shift_remains:
        found.append(f"spike {brief(abs(shift_ms), 2)} ms too {'late' if shift_ms > 0 else 'early'}")
    elif row.first_shift_remains and row.first:
        first_ms = row.first.intercept_ms or 0.0
        late = "late" if first_ms > 0 else "early"
        found.append(f"fire their first spikes {brief(abs(first_ms), 2)} ms too {late}, later ones not")
    if found:
        return f"the cells of {row.population} on {names[1]} {listed(found)}"
    if row.spikes_remain_unpaired:
        return (
            f"{percent(row.between.unpaired[-1])} of the spikes of {row.population} have no partner on the other side"
        )
    if row.potential is not None and row.potential_remains:
        apart = counted(len(row.potential.counting), "cell")
        return (
            f"the membrane potential of {apart} of {row.population} on {names[1]} keeps apart "
            f"from that on {names[0]} (most in cell {row.cells_apart[0]})"
        )
    cells = row.cells_apart
    if not cells:
        return f"{row.population} keeps a difference"
    do_not = "does not do" if len(cells) == 1 else "do not do"
    which = f"{counted(len(cells), 'cell')} of {row.population} on {names[1]}"
    return f"{which} {do_not} what the others do (the first is {cells[0]})"


def blamed(suspects: tuple[Suspect, ...], names: tuple[str, str]) -> tuple[str, str]:
    """Why and what to do: the best suspect of each population, the best of all first."""
    best: dict[str, Suspect] = {}
    for one in suspects:
        best.setdefault(one.population, one)
    first, *elsewhere = best.values()
    why = f"The likely cause is {first.name}: {first.evidence.partition(';')[0]}."
    others = [one for one in elsewhere if one.name != first.name]
    if others:
        also = [f"{one.name}, which removes {percent(one.removed_share)}" for one in others]
        why += f" Likewise in {listed([one.population for one in others])}: {listed(also)}."
    rivals = [one for one in suspects if one.population == first.population and one is not first]
    as_likely = [one.name for one in rivals if one.removed_share > first.removed_share - _AS_LIKELY]
    less = [one.name for one in rivals if one.name not in as_likely]
    why += f" As likely: {listed(as_likely)}." if as_likely else ""
    why += f" Explaining less: {listed(less)}." if less else ""
    return why, f"Look at how {first.name} reaches {names[1]}: its value, its unit, its rounding to the time grid."
