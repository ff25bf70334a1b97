"""Replay, refinement, suspects, yardsticks and certificate in the terminal: a short table each, at 80 columns."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from crosssim.divergence.refinement import PopulationRefinement, RefinementDetails
from crosssim.divergence.replay import PopulationReplay, ReplayDetails
from crosssim.divergence.suspects import Suspect
from crosssim.divergence.verdict import Judgement
from crosssim.report.convergence_words import (
    convergence_sentence,
    first_spikes_sentence,
    least_converged,
    rates_sentence,
)
from crosssim.report.pattern_words import pattern_sentence
from crosssim.report.potential_words import own_potential_sentence, potential_cells, potential_sentence
from crosssim.report.tables import exact_text, refinement_details, replay_details
from crosssim.report.words import brief, count, percent, signed


def gate_text(judgement: Judgement, names: tuple[str, str]) -> list[RenderableType]:
    """What the later gates have to say, with an empty line before each; nothing where none was asked."""
    parts: list[RenderableType] = []
    replay, refinement = replay_details(judgement), refinement_details(judgement)
    if replay:
        parts += [Text(), *_replay(replay, names)]
    if refinement:
        parts += [Text(), *_refinement(refinement, names)]
    rest = _suspects(judgement.suspects)
    rest += [
        ("yardstick", f"{one.what}: " + (f"parts at {brief(one.onset.time_ms, 6)} ms" if one.onset else "never parts"))
        for one in judgement.yardsticks
    ]
    rest += [("certificate", one) for one in judgement.smallest_fault]
    return [*parts, Text(), _named(rest)] if rest else parts


def _table(columns: Sequence[str]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold", pad_edge=False)
    for at, column in enumerate(columns):
        table.add_column(column, justify="right" if at else "left")
    return table


def _replay(details: ReplayDetails, names: tuple[str, str]) -> list[RenderableType]:
    columns = ("population", "spikes", "exact", "1 step", "farther", "missing", "extra", "mean shift")
    heading = Text.assemble(("replay", "bold"), f"  cells of {names[1]} driven by the spikes of {names[0]}")
    table = _table(columns)
    for row in details.between.rows:
        table.add_row(*map(Text, _replay_cells(row)))
    said = [words for row in details.between.rows if (words := pattern_sentence(row))]
    own = [f"{name} {percent(one.exact_share)} exact" for name, one in zip(names, details.self_replays, strict=False)]
    said += [f"self-replay: {', '.join(own)}"] if own else []
    return [heading, table, *map(Text, said)]


def _replay_cells(row: PopulationReplay) -> tuple[str, ...]:
    numbers = (row.within_one_step, row.shifted, row.missing, row.extra)
    shift = f"{signed(row.mean_shift_ms)} ms" if row.mean_shift_ms is not None else "–"
    return (row.population, count(row.reference_spikes), exact_text(row), *map(count, numbers), shift)


def _refinement(details: RefinementDetails, names: tuple[str, str]) -> list[RenderableType]:
    steps = [f"{step:g} ms" for step in details.steps_ms]
    heading = Text.assemble(("refinement", "bold"), f"  shift of {names[1]} against {names[0]} (ms) at each time step")
    table = _table(("population", *steps, "→ 0", "order"))
    for row in details.rows:
        table.add_row(*map(Text, _refinement_cells(row)))
    farthest = least_converged(details.rows)
    said = [convergence_sentence(farthest, names)] if farthest else []
    said += [words for row in details.rows for words in (rates_sentence(row, names), first_spikes_sentence(row))]
    return [heading, table, *(Text(words) for words in said if words), *_potentials(details, names)]


def _potentials(details: RefinementDetails, names: tuple[str, str]) -> list[RenderableType]:
    rows = [row for row in details.rows if row.potential]
    if not rows:
        return []
    table = _table(("v apart (mV)", *(f"{step:g} ms" for step in details.steps_ms), "→ 0", "order", "cells"))
    for row in rows:
        table.add_row(row.population, *map(Text, potential_cells(row.potential) if row.potential else ()))
    said = [own_potential_sentence(rows[0], names), *(potential_sentence(row) for row in rows)]
    return [Text(), table, *(Text(words) for words in said if words)]


def _refinement_cells(row: PopulationRefinement) -> tuple[str, ...]:
    one = row.between
    return (row.population, *map(signed, one.shift_ms), intercept_text(row), brief(one.order, 2))


def intercept_text(row: PopulationRefinement) -> str:
    """The intercept and half its interval in ms, "−0.260 ± 0.012"; "too few spikes" without one."""
    one = row.between
    if one.intercept_ms is None or one.intercept_ci_ms is None:
        return "too few spikes"
    return f"{signed(one.intercept_ms)} ± {(one.intercept_ci_ms[1] - one.intercept_ci_ms[0]) / 2:.3f}"


def _suspects(suspects: Sequence[Suspect]) -> list[tuple[str, str]]:
    return [("suspect", f"{one.name}, removes {percent(one.removed_share)}: {one.evidence}") for one in suspects]


def _named(lines: Sequence[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column()
    for name, words in lines:
        table.add_row(Text(name.rjust(11), style="bold"), Text(words))
    return table
