"""The outside of driven cells: one process for the original and one for the candidate, kept for many requests."""

import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO

import msgspec

from crosssim.errors import CrosssimError, LegError, SimulatorMissing, UsageError
from crosssim.recording.response import Responses
from crosssim.runner.doctor import last_error
from crosssim.runner.driven import DrivenCells, read_frame, unpacked, write_frame
from crosssim.runner.mechanisms import environment_for_legs, package_folder
from crosssim.runner.parent import PARENT_VARIABLE, own_mark

TIME_LIMIT_S = 900.0
"""For one request. The largest of a search takes some three seconds of a processor."""

MOST_CELLS = 500
"""What a process has held before another takes its place: PyNN never lets go of NEURON's cells, and those of earlier
requests are simulated again with every later one. A new process costs a second and a half, as much as these do."""


@dataclass
class _Child:
    """A process that takes one request after the other."""

    process: subprocess.Popen[bytes]
    told: IO[bytes]
    cells: int = 0

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()
        self.told.close()


@dataclass
class Bench:
    """Where driven cells are run; used in a ``with``, at the end of which no process is left."""

    time_limit_s: float = TIME_LIMIT_S
    _children: dict[str, _Child] = field(default_factory=dict)

    def __enter__(self) -> "Bench":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in list(self._children.values()):
            child.end()
        self._children.clear()

    def run(self, *wanted: DrivenCells) -> list[Responses]:
        """Run each, originals beside candidates, in the order given.

        Raises :class:`UsageError` for what the simulator refuses in the request, :class:`SimulatorMissing`,
        :class:`LegError` with the last error of a process that ends otherwise.
        """
        lines: dict[str, list[int]] = {}
        for k, one in enumerate(wanted):
            lines.setdefault(_who(one), []).append(k)
        found: dict[int, Responses] = {}

        def work(line: list[int]) -> None:
            for k in line:
                found[k] = self._ask(wanted[k])

        pool = ThreadPoolExecutor(len(lines) or 1)
        try:
            list(pool.map(work, lines.values()))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # an interruption waits for nobody: __exit__ ends them
        return [found[k] for k in range(len(wanted))]

    def _ask(self, wanted: DrivenCells) -> Responses:
        child = self._child(wanted)
        assert child.process.stdin is not None and child.process.stdout is not None
        late = threading.Timer(self.time_limit_s, child.process.kill)
        late.start()
        try:
            write_frame(child.process.stdin, msgspec.json.encode(wanted))
            answer = read_frame(child.process.stdout)
        except BrokenPipeError:
            answer = None
        finally:
            was_late = not late.is_alive()
            late.cancel()
        if answer is None:
            raise self._failure(wanted, child, was_late)
        return unpacked(answer, wanted)

    def _child(self, wanted: DrivenCells) -> _Child:
        who, size = _who(wanted), len(wanted.parameter_sets) * len(wanted.stimuli)
        child = self._children.get(who)
        if child is not None and child.cells > MOST_CELLS:
            self._children.pop(who).end()
            child = None
        if child is None:
            child = self._children[who] = _start()
        child.cells += size
        return child

    def _failure(self, wanted: DrivenCells, child: _Child, was_late: bool) -> CrosssimError:
        self._children.pop(_who(wanted), None)
        status = child.process.wait()
        child.told.seek(0)
        told = child.told.read().decode(errors="replace")
        child.end()
        if was_late:
            return LegError(f"{_who(wanted)} did not end within {self.time_limit_s:g} s")
        return failure(_who(wanted), status, told)


def _start() -> _Child:
    told = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child; a pipe that nobody reads would fill
    process = subprocess.Popen(
        [sys.executable, "-m", "crosssim.runner.leg.driven"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=told,
        env=environment_for_legs() | {PARENT_VARIABLE: own_mark()},
        cwd=package_folder("crosssim").parent,  # away from the user's folder: NEURON loads what is compiled there
    )  # fmt: skip
    return _Child(process, told)


def _who(wanted: DrivenCells) -> str:
    return f"the original {wanted.original.mechanism}" if wanted.original else f"{wanted.cell} on {wanted.backend}"


def failure(who: str, status: int, told: str) -> CrosssimError:
    """What a process that ended without an answer is to be called: its own sentence if it had one, else an error."""
    said = [line for line in told.splitlines() if line.startswith("crosssim: ")]
    for kind in (UsageError, SimulatorMissing):
        if said and status == kind.exit_status:
            return kind(said[-1].removeprefix("crosssim: "))
    why = f"it was ended by signal {-status}" if status < 0 else last_error(told)
    return LegError(f"{who} failed: {why or f'exit status {status}'}")
