"""The MPI ranks of a leg: none for a plain process, `mpi4py` only where a launcher started several."""

import os
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from crosssim.recording.data import Trace

_SIZE_VARIABLES = ("OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_SIZE", "SLURM_STEP_NUM_TASKS")
_RANK_VARIABLES = ("OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID")


def launched_ranks() -> int:
    """How many ranks the launcher says it started: 1 outside mpirun, mpiexec and srun."""
    sizes = [int(os.environ[name]) for name in _SIZE_VARIABLES if os.environ.get(name, "").isdigit()]
    return max(sizes, default=1)


def is_first_rank() -> bool:
    """Whether this process is the one that speaks, as the launcher numbers them; asked without starting MPI."""
    return next((os.environ[name] == "0" for name in _RANK_VARIABLES if name in os.environ), True)


class Ranks:
    """The other processes of this leg. With one rank every method returns what it was given."""

    def __init__(self) -> None:
        self.launched = launched_ranks()
        self._world: Any = None
        if self.launched > 1:
            from mpi4py import MPI

            self._world = MPI.COMM_WORLD

    @property
    def rank(self) -> int:
        """This process's number; rank 0 writes."""
        return int(self._world.rank) if self._world else 0

    @property
    def size(self) -> int:
        """How many processes take part, as MPI itself sees it."""
        return int(self._world.size) if self._world else 1

    def share(self, value: Any) -> Any:
        """Rank 0's value, on every rank."""
        return self._world.bcast(value, root=0) if self._world else value

    def wait(self) -> None:
        """Until every rank is here."""
        if self._world:
            self._world.barrier()

    def abort(self, exit_status: int) -> None:
        """End every rank: one that failed alone would leave the others waiting for ever."""
        if self._world:
            self._world.Abort(exit_status)

    def largest(self, value: float) -> float:
        """The value farthest from zero over all ranks."""
        values = self._world.allgather(value) if self._world else [value]
        return float(max(values, key=abs))

    def union(self, names: Iterable[str]) -> list[str]:
        """All names that any rank has, sorted."""
        mine = set(names)
        every = self._world.allgather(mine) if self._world else [mine]
        return sorted(set().union(*every))

    def concatenate(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The ranks' arrays one after another, on rank 0; elsewhere an empty array."""
        if not self._world:
            return values
        parts = self._world.gather(np.ascontiguousarray(values), root=0)
        return np.concatenate(parts) if parts is not None else values[:0]

    def assemble(
        self, where: npt.NDArray[np.integer[Any]], values: npt.NDArray[np.float64], size: int
    ) -> npt.NDArray[np.float64]:
        """f8[size]: each rank's values at their positions, NaN where no rank has any; on rank 0."""
        whole = np.full(size, np.nan)
        places = self.concatenate(np.asarray(where[: len(values)]))
        whole[places] = self.concatenate(values)
        return whole

    def assemble_trace(self, trace: Trace | None) -> Trace | None:
        """The ranks' columns side by side, ordered by cell; on rank 0, elsewhere ``None``."""
        parts = self._world.gather(trace, root=0) if self._world else [trace]
        present = [one for one in parts or [] if one is not None]
        if not present:
            return None
        cells = np.concatenate([one.cells for one in present])
        order = np.argsort(cells)
        values = np.hstack([one.values for one in present])[:, order]
        first = present[0]
        return Trace(values, first.unit, first.start_ms, first.step_ms, cells[order])
