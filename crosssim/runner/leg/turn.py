"""One leg at a time in one folder: who comes second waits, says so, and then finds the result."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from crosssim.errors import UsageError
from crosssim.runner.leg.ranks import Ranks
from crosssim.runner.progress import Progress


@contextmanager
def turn_at(folder: Path, ranks: Ranks, progress: Progress) -> Iterator[None]:
    """Hold the lock on ``folder``; rank 0 takes it, the others wait for rank 0.

    The operating system frees the lock when its holder dies. Raises :class:`UsageError` if the place cannot be
    written.
    """
    lock = FileLock(folder.with_name(f".{folder.name}.lock"))
    problem = ""
    if ranks.rank == 0:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(timeout=0.1)
            except Timeout:
                progress.phase("waiting for another run of this leg")
                lock.acquire()
        except OSError as error:
            problem = (
                f"results folder {folder.parent} cannot be written: {error.strerror or error}; "
                "free some space or give the right, or choose another folder with --out"
            )
    problem = ranks.share(problem)
    if problem:
        raise UsageError(problem)
    try:
        yield
    finally:
        lock.release()
