"""Mean rates of the populations and cell classes of a recording."""

from dataclasses import dataclass

import numpy as np

from crosssim.recording.data import Recording
from crosssim.units import MS_PER_S


@dataclass(frozen=True)
class PopulationRate:
    """Spikes and mean rate of a population, or of a named class of cells inside ``population``."""

    name: str
    population: str
    cells: int
    spikes: int
    rate_hz: float


def population_rates(recording: Recording) -> tuple[PopulationRate, ...]:
    """One row per recorded population and, after it, one per cell class in it; rates are over the whole duration."""
    rows = []
    for name, spikes in recording.spikes.items():
        groups = {name: np.arange(spikes.n_cells), **recording.cell_classes.get(name, {})}
        per_cell = np.diff(spikes.offsets)
        for group, cells in groups.items():
            count = int(per_cell[cells].sum())
            seconds = len(cells) * recording.duration_ms / MS_PER_S
            rows.append(PopulationRate(group, name, len(cells), count, count / seconds if seconds else 0.0))
    return tuple(rows)
