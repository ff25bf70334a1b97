"""The first spike that one of two free runs has and the other has not, and whether each was right to.

The cell is solved without a time grid twice: driven by the spikes of the one run, and by those of the other. If the
solution fires where its own run fired and is silent where it was silent, neither simulator made an error in this cell:
the two heard different input, by no more than the shifts of the spikes before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosssim.divergence.event_located import FAMILIES, solve_cells
from crosssim.divergence.trains import ComparedTrains
from crosssim.recording.data import Recording

_SAME_SPIKE_MS = 0.5  # the solution's spike is the one in question if it lies so near


@dataclass(frozen=True)
class FirstLost:
    """The spike at ``time_ms`` that only the run at position ``fired_on`` (0 reference, 1 candidate) has.

    ``spikes_before`` had their partners, the farthest ``largest_shift_ms`` away. ``solution_fires`` says for either
    run whether the exact solution, hearing what this run fired, has the spike; ``None`` for cells without solution.
    """

    population: str
    cell: int
    time_ms: float
    fired_on: int
    spikes_before: int
    largest_shift_ms: float
    solution_fires: tuple[bool, bool] | None

    @property
    def both_right(self) -> bool | None:
        """Whether each run did what the solution does with what it heard."""
        return None if self.solution_fires is None else self.solution_fires == (self.fired_on == 0, self.fired_on == 1)


def first_lost(trains: Sequence[ComparedTrains], recordings: tuple[Recording, Recording]) -> FirstLost | None:
    """Of populations compared within the limit beyond which a spike is lost; ``None`` if every spike has a partner."""
    parting = [one for one in trains if len(one.unpaired)]
    if not parting:
        return None
    first = min(parting, key=lambda one: float(one.unpaired.time_ms[0]))
    time_ms, cell = float(first.unpaired.time_ms[0]), int(first.unpaired.cell[0])
    earlier = [one.pairing.shift_ms[one.reference.time_ms < time_ms] for one in trains]
    shifts = np.abs(np.concatenate(earlier))
    population = first.recorded.population
    return FirstLost(
        population,
        cell,
        time_ms,
        0 if first.unpaired.in_reference[0] else 1,
        shifts.size,
        float(shifts.max(initial=0.0)),
        _solved(recordings, population, cell, time_ms),
    )


def _solved(
    recordings: tuple[Recording, Recording], population: str, cell: int, time_ms: float
) -> tuple[bool, bool] | None:
    if any(population not in one.cells or one.cells[population].celltype not in FAMILIES for one in recordings):
        return None
    here, there = (_fires(one, population, cell, time_ms) for one in recordings)
    return here, there


def _fires(recording: Recording, population: str, cell: int, time_ms: float) -> bool:
    sources = {**recording.spikes, **{name: both.declared for name, both in recording.inputs.items()}}
    projections = [one for one in recording.wiring.values() if one.post_population == population]
    stop_ms = time_ms + 2 * _SAME_SPIKE_MS
    solved = solve_cells(recording.cells[population], projections, sources, [cell], stop_ms).of(cell)
    return bool((np.abs(solved - time_ms) <= _SAME_SPIKE_MS).any())
