"""Where a leg runs: wraps its command line. ``here`` is a plain child, ``mpiexec`` starts ranks on this machine."""

from collections.abc import Callable

Placement = Callable[[tuple[str, ...], int], tuple[str, ...]]


def here(command: tuple[str, ...], ranks: int) -> tuple[str, ...]:
    """One process, whatever ``ranks`` says."""
    return command


def mpiexec(command: tuple[str, ...], ranks: int) -> tuple[str, ...]:
    """``ranks`` MPI processes; more than there are cores are allowed, for a comparison is not a benchmark."""
    return ("mpiexec", "--oversubscribe", "-n", str(ranks), *command)


PLACEMENTS: dict[str, Placement] = {"here": here, "mpiexec": mpiexec}


def placed(command: tuple[str, ...], ranks: int) -> tuple[str, ...]:
    """The command as it is started: as it stands for one rank, under mpiexec for more."""
    return PLACEMENTS["mpiexec" if ranks > 1 else "here"](command, ranks)
