"""What the suspects of one population are held against: its spikes, or the membrane potentials of cells that part."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crosssim.divergence.lost_synapses import (
    Synapse,
    deviating_cells,
    likely_lost,
    likely_lost_by_potential,
)
from crosssim.divergence.potentials import GRAIN_MV, Trajectories, at_step_zero, trajectories
from crosssim.divergence.refinement import FIRST_SHARE, PopulationRefinement
from crosssim.divergence.replay import disagreement_by_cell
from crosssim.divergence.spikes import until
from crosssim.divergence.suspects import patterns, shift_of
from crosssim.divergence.wording import named_cells
from crosssim.recording.data import Floats, Recording, Spikes, Wiring
from crosssim.studies.refine import DURATION_MS as DURATION_OF_REFINEMENT_MS
from crosssim.studies.scene import Scene, spikes_stand_out

_MOST_CELLS_OF_V = 50
"""Cells whose v is held against each hypothesis: each has some hundred samples, and there are dozens of hypotheses."""

Cells = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SpikeFocus:
    """The spikes of one population, in all cells or some, up to ``until_ms``; ``grain`` (ms) is the smallest shift.

    ``step_ms`` is the time step of the scene, ``refractory_ms`` the shortest refractory period of the cells.
    """

    row: PopulationRefinement
    reference: Spikes
    candidate: Spikes
    until_ms: float
    cells: Cells | None
    step_ms: float
    refractory_ms: float | None = None

    @property
    def grain(self) -> float:
        """What a shift has to exceed to say anything."""
        return self.step_ms

    def answer(self, recording: Recording) -> Floats:
        """The shift (ms) of every reference spike in focus, NaN where it has no partner."""
        return self._shifts(self._spikes(recording))

    def _shifts(self, spikes: Spikes) -> Floats:
        shifts = shift_of(self.reference, spikes)
        return shifts if self.cells is None else shifts[np.isin(self.reference.cell, self.cells)]

    @property
    def disagreement(self) -> Floats:
        """The same of the candidate: what is to be explained."""
        return self._shifts(self.candidate)

    def by_cell(self, recording: Recording) -> Floats:
        """f8[cells of the population]: how far each is from the candidate (ms)."""
        return disagreement_by_cell(self._spikes(recording), self.candidate, self.step_ms)

    def deviating(self) -> Cells:
        """The few cells in focus that hold most of the disagreement, worst first; empty if it is spread."""
        found = deviating_cells(self.reference, self.candidate, self.step_ms)
        return found if self.cells is None else found[np.isin(found, self.cells)]

    def total(self, by_cell: Floats) -> float:
        """The sum over the cells in focus."""
        return float(by_cell.sum() if self.cells is None else by_cell[self.cells].sum())

    @property
    def words(self) -> str:
        """What a suspect removes a share of, and where."""
        return "the disagreement" if self.cells is None else f"the disagreement in {named_cells(self.cells)}"

    @property
    def seen(self) -> tuple[str, ...]:
        """What the disagreement looks like, in words."""
        return patterns(self.reference, self.candidate, self.step_ms, self.refractory_ms)

    def likely_lost(self, cell: int, wirings: Mapping[str, Wiring], sources: Mapping[str, Spikes]) -> list[Synapse]:
        """The synapses that the cell may have lost, likeliest first."""
        return likely_lost(cell, (self.reference, self.candidate), wirings, sources, self.step_ms)

    def _spikes(self, recording: Recording) -> Spikes:
        return until(recording.spikes[self.row.population], self.until_ms)


@dataclass(frozen=True)
class PotentialFocus:
    """The membrane potentials of the ``cells`` of one population that keep apart, each up to its first lost spike.

    ``apart`` is what is left of their gap at step zero, ``reference`` the run in which it is to be explained.
    """

    row: PopulationRefinement
    reference: Recording
    apart: Trajectories
    cells: Cells
    grain: float = GRAIN_MV

    def answer(self, recording: Recording) -> Floats:
        """The change of v (mV) at every comparable sample of the cells in focus, one cell after another."""
        return self._comparable(self._change(recording))

    @property
    def disagreement(self) -> Floats:
        """What is to be explained, at the same samples."""
        return self._comparable(self.apart.gap_mv)

    def _comparable(self, change: Floats) -> Floats:
        return np.asarray(change[:, self.cells].T[self.apart.comparable[:, self.cells].T])

    def by_cell(self, recording: Recording) -> Floats:
        """f8[cells of the population]: the sum of what is not explained (mV) over comparable samples."""
        left = np.abs(self.apart.gap_mv - self._change(recording))
        return np.asarray(np.where(self.apart.comparable, left, 0.0).sum(axis=0))

    def deviating(self) -> Cells:
        """The cells in focus, worst first, if they are few."""
        return self.cells if self.cells.size < _MOST_CELLS_OF_V else self.cells[:0]

    def total(self, by_cell: Floats) -> float:
        """The sum over the cells in focus."""
        return float(by_cell[self.cells].sum())

    @property
    def words(self) -> str:
        """What a suspect removes a share of, and where."""
        of_them = f"the gap of v in {named_cells(self.cells)}"
        everywhere = (
            self.row.potential is not None and len(self.row.potential.counting) > 0.5 * self.row.potential.cells
        )
        return "the gap of v" if everywhere else of_them

    @property
    def seen(self) -> tuple[str, ...]:
        """What else the disagreement looks like; the spikes of the population say nothing of some of its cells."""
        return ()

    def likely_lost(self, cell: int, wirings: Mapping[str, Wiring], sources: Mapping[str, Spikes]) -> list[Synapse]:
        """The synapses that the cell may have lost, likeliest first."""
        chosen = self.apart.comparable[:, cell]
        gap = (self.apart.times_ms[chosen], self.apart.gap_mv[chosen, cell])
        return likely_lost_by_potential(cell, gap, wirings, sources)

    def _change(self, recording: Recording) -> Floats:
        v, own = (one.traces[self.row.population, "v"].values for one in (recording, self.reference))
        return (v - own)[: self.apart.times_ms.size]


Focus = SpikeFocus | PotentialFocus


def focuses(scene: Scene, row: PopulationRefinement) -> list[Focus]:
    """What to look at, the most telling first: spikes where they differ plainly, else membrane potentials first.

    Where many spikes are lost, each cell can be followed but a moment.
    """
    potentials: list[Focus] = [_on_potentials(scene, row)] if row.potential_remains else []
    spikes: list[Focus] = [_on_spikes(scene, row)] if row.spikes_differ else []
    return [*spikes, *potentials] if spikes_stand_out(row) else [*potentials, *spikes]


def _on_potentials(scene: Scene, row: PopulationRefinement) -> PotentialFocus:
    assert row.potential is not None
    coarse = trajectories(scene.reference, scene.candidate, row.population)
    finer = [(level[0].timestep_ms, trajectories(*level, row.population)) for level in scene.finer]
    cells = np.array([one.cell for one in row.potential.counting[:_MOST_CELLS_OF_V]], dtype=np.int64)
    return PotentialFocus(row, scene.reference, at_step_zero(coarse, finer), cells)


def _on_spikes(scene: Scene, row: PopulationRefinement) -> SpikeFocus:
    """Odd cells, if only they keep apart; the first spikes, if only they do; else the whole population."""
    stop_ms, cells = scene.reference.duration_ms, None
    if not row.shift_remains and not row.spikes_remain_unpaired:
        if row.odd_cells:
            cells = np.array([odd.cell for odd in row.odd_cells], dtype=np.int64)
        else:
            stop_ms *= FIRST_SHARE * DURATION_OF_REFINEMENT_MS / stop_ms
    reference, candidate = (until(one.spikes[row.population], stop_ms) for one in (scene.reference, scene.candidate))
    table = scene.reference.cells.get(row.population)
    refractory = table.declared.get("tau_refrac") if table else None
    shortest = float(refractory.min()) if refractory is not None and refractory.size else None
    return SpikeFocus(row, reference, candidate, stop_ms, cells, scene.step_ms, shortest)
