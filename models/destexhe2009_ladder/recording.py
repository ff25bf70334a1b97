"""What every rung leaves: spikes and three traces, on one file whatever the simulator."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .constants import RECORDED_CELLS, TIMESTEP_MS


@dataclass(frozen=True, eq=False)
class RungRecording:
    """``cell`` i4[n] and ``time_ms`` f8[n], sorted by cell and time; ``v_mV`` f8[samples, 3] of cells 170, 0, 99.

    Sample k of v was taken at k * 0.1 ms. Times are whole half steps times 0.05 ms, without accumulated rounding.
    """

    cell: npt.NDArray[np.int32]
    time_ms: npt.NDArray[np.float64]
    v_mV: npt.NDArray[np.float64]  # noqa: N815
    n_cells: int
    duration_ms: float

    def save(self, path: Path) -> None:
        """Write one .npz file; ``recorded_cells`` names the columns of v."""
        np.savez_compressed(path, recorded_cells=np.array(recorded_cells(self.n_cells)), **self.__dict__)


def recorded_cells(n_cells: int) -> tuple[int, ...]:
    """The cells whose v is recorded, as far as a smaller network has them."""
    return tuple(k for k in RECORDED_CELLS if k < n_cells)


def recording(cell, time_ms, v_mV, n_cells: int, duration_ms: float) -> RungRecording:  # noqa: N803
    """Sort the spikes, put their times on the grid of half steps and drop those from ``duration_ms`` on."""
    half_steps = np.rint(np.asarray(time_ms, dtype=float) / (TIMESTEP_MS / 2)).astype(np.int64)
    cells = np.asarray(cell).astype(np.int32)
    kept = half_steps < round(duration_ms / (TIMESTEP_MS / 2))
    half_steps, cells = half_steps[kept], cells[kept]
    order = np.lexsort((half_steps, cells))
    samples = round(duration_ms / TIMESTEP_MS) + 1
    times = half_steps[order] * (TIMESTEP_MS / 2)
    return RungRecording(cells[order], times, np.column_stack(v_mV)[:samples], n_cells, duration_ms)
