"""Which backend is nearer the truth: the refinement's replays held against cells solved without a time grid."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crosssim.divergence.event_located import FAMILIES, solve_cells
from crosssim.divergence.refinement import RefinementLevel
from crosssim.divergence.truth import TruthConvergence, compare_truth, driven_cells
from crosssim.recording.data import CellTable, Recording, Spikes, Wiring
from crosssim.runner.launch import Launcher
from crosssim.studies.refine import DURATION_MS, refinement_levels
from crosssim.studies.result import Pair

CELLS = 20
"""Cells solved in each population: enough for an interval of a quarter of their scatter, in seconds."""

_SAME = 1e-9  # parameters pass through a simulator's own units (uS to nS and back) and change in the last bits


@dataclass(frozen=True)
class TruthRow:
    """One population on one leg, against the solution of the equations that this leg holds."""

    population: str
    celltype: str
    leg: str
    convergence: TruthConvergence


@dataclass(frozen=True)
class TruthDetails:
    """All populations on both legs (reference first); ``left_out`` says why a population has no row."""

    model: str
    legs: tuple[str, str]
    steps_ms: tuple[float, ...]
    duration_ms: float
    rows: tuple[TruthRow, ...]
    left_out: Mapping[str, str]

    def of(self, population: str) -> tuple[TruthRow, ...]:
        """The rows of one population, reference first."""
        return tuple(row for row in self.rows if row.population == population)

    def nearer(self, population: str) -> str | None:
        """The leg whose spikes lie nearer the solution at the model's own step.

        ``None`` if the mean distances differ by less than two standard errors of the difference, or by less than a
        tenth of the finest step: spike times lie on the grid, and a mean over them resolves no more than that.
        """
        here, there = (row.convergence for row in self.of(population))
        farther = here.size_ms[0] - there.size_ms[0]
        error = math.hypot(here.size_error_ms[0], there.size_error_ms[0])
        if abs(farther) < max(2 * error, 0.1 * min(self.steps_ms)):
            return None
        return self.legs[1] if farther > 0 else self.legs[0]


def run_truth(pair: Pair, launcher: Launcher, cells: int = CELLS, duration_ms: float = DURATION_MS) -> TruthDetails:
    """Solve ``cells`` driven cells of every population, and follow both legs towards the solution as the step shrinks.

    The legs are those of the refinement, and reused if they have run. Raises what
    :func:`~crosssim.studies.refine.refinement_levels` raises.
    """
    levels = refinement_levels(pair, launcher, duration_ms=duration_ms)
    return truth_of_levels(levels, pair, cells)


def truth_of_levels(levels: Sequence[RefinementLevel], pair: Pair, cells: int) -> TruthDetails:
    """:func:`run_truth` on levels at hand."""
    finest = min(levels, key=lambda level: level.step_ms)
    labels = pair.reference.label, pair.candidate.label
    rows: list[TruthRow] = []
    left_out: dict[str, str] = {}
    for name, spikes in finest.reference.spikes.items():
        celltype = finest.reference.cells[name].celltype
        chosen = driven_cells(spikes, cells)
        if celltype not in FAMILIES:
            left_out[name] = f"no independent solution of {celltype}; there is one of {', '.join(FAMILIES)}"
        elif not chosen:
            left_out[name] = "no cell fires"
        else:
            rows += _rows(name, levels, finest, chosen, labels)
    steps = tuple(sorted((level.step_ms for level in levels), reverse=True))
    return TruthDetails(pair.model.name, labels, steps, finest.reference.duration_ms, tuple(rows), left_out)


def _rows(
    name: str, levels: Sequence[RefinementLevel], finest: RefinementLevel, chosen: Sequence[int], labels: Sequence[str]
) -> list[TruthRow]:
    truths = [_solution(finest.reference, name, chosen)]
    truths.append(truths[0] if _alike(finest, name) else _solution(finest.candidate, name, chosen))
    sides = (
        [(level.step_ms, level.reference.spikes[name]) for level in levels],
        [(level.step_ms, level.candidate.spikes[name]) for level in levels],
    )
    celltype = finest.reference.cells[name].celltype
    return [
        TruthRow(name, celltype, label, compare_truth(truth, runs, chosen))
        for label, truth, runs in zip(labels, truths, sides, strict=True)
    ]


def _solution(recording: Recording, name: str, chosen: Sequence[int]) -> Spikes:
    sources = {source: both.declared for source, both in recording.inputs.items()}
    return solve_cells(recording.cells[name], _into(recording, name), sources, chosen, recording.duration_ms)


def _into(recording: Recording, name: str) -> list[Wiring]:
    return [wiring for wiring in recording.wiring.values() if wiring.post_population == name]


def _alike(level: RefinementLevel, name: str) -> bool:
    """Whether both sides hold the same cells, wiring and inputs, so that one solution serves for both."""
    one, other = level.reference, level.candidate
    wirings = [[wiring.fingerprint for wiring in _into(side, name)] for side in (one, other)]
    inputs = [{key: both.declared.content_digest for key, both in side.inputs.items()} for side in (one, other)]
    return wirings[0] == wirings[1] and inputs[0] == inputs[1] and _same_cells(one.cells[name], other.cells[name])


def _same_cells(one: CellTable, other: CellTable) -> bool:
    held = [{**table.declared, **table.held} for table in (one, other)]
    first = [{**table.initial_declared, **table.initial_held} for table in (one, other)]
    return one.celltype == other.celltype and all(
        set(here) == set(there) and all(np.allclose(here[key], there[key], rtol=_SAME, atol=0) for key in here)
        for here, there in (held, first)
    )
