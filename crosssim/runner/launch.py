"""The outside of a leg: starts children, watches them, and turns whatever they do into outcomes."""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from crosssim.errors import CrosssimError, SimulatorMissing, UsageError
from crosssim.model.declaration import Model
from crosssim.model.ladder import Ladder
from crosssim.provenance.keeping import Begun, forget, interrupt
from crosssim.provenance.record import Record
from crosssim.recording.publishing import LOG, OUTCOME, is_finished
from crosssim.runner.backends import find_backend
from crosssim.runner.log import CappedLog
from crosssim.runner.mechanisms import environment_for_legs
from crosssim.runner.parent import PARENT_VARIABLE, own_mark
from crosssim.runner.place import leg_folder, rung_folder
from crosssim.runner.placement import placed
from crosssim.runner.progress import PROGRESS_VARIABLE, Phase, read_progress
from crosssim.runner.records import adopt_leg, begin_leg, finish_leg, leg_record, made_by_another
from crosssim.runner.request import LegOutcome, LegRequest, LegStatus, RungRequest, read_outcome

_RUN = Path(__file__).resolve().parents[2] / "run.py"
_PROGRAM = (str(_RUN),) if _RUN.is_file() else ("-m", "crosssim")
"""A checkout's own program can be typed in any folder, and is never another crosssim that happens to be installed."""

_POLL_S = 0.05
_GRACE_S = 3.0

ProgressTeller = Callable[[str, Phase], None]
"""Called with a leg's label and its latest phase."""


@dataclass(frozen=True)
class LegPlan:
    """One leg to run: ``label`` is what the user typed, ``arguments`` the command line after ``crosssim``."""

    label: str
    request: LegRequest
    arguments: tuple[str, ...]

    @property
    def command(self) -> tuple[str, ...]:
        """The command that runs this leg, and that a person can type."""
        return placed((sys.executable, *_PROGRAM, *self.arguments), self.request.ranks)


@dataclass(frozen=True)
class LegRun:
    """A plan that came to its end."""

    plan: LegPlan
    outcome: LegOutcome
    folder: Path
    reused: bool


@dataclass
class _Child:
    plan: LegPlan
    folder: Path
    process: subprocess.Popen[bytes]
    log: CappedLog
    log_file: Path
    progress_file: Path
    begun: Begun | None
    started: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Launcher:
    """How children are run: where results lie, how many at once, and how long each may take.

    ``jobs`` counts processes side by side; ``time_limit_s`` is per leg, ``None`` for no limit. ``ended`` collects every
    run, also of copies of this launcher, for the record of the study.
    """

    results: Path
    model: Model | Ladder
    jobs: int
    time_limit_s: float | None = None
    fresh: bool = False
    tell: ProgressTeller = lambda label, phase: None
    ended: list[LegRun] = field(default_factory=list)

    def run(self, plans: Sequence[LegPlan]) -> tuple[LegRun, ...]:
        """Run every plan, side by side where there is room; every end is an outcome. Order is that of ``plans``.

        A KeyboardInterrupt ends all children first; legs that had finished stay on disk.
        """
        waiting = deque(plans)
        done: dict[str, LegRun] = {}
        running: list[_Child] = []
        with _scratch_folder() as scratch:
            try:
                while waiting or running:
                    self._start_some(waiting, running, done, scratch)
                    time.sleep(_POLL_S if running else 0)
                    for child in list(running):
                        ended = self._look(child)
                        if ended is not None:
                            running.remove(child)
                            outcome = finish_leg(child.begun, ended.folder, ended.outcome)
                            done[child.plan.label] = replace(ended, outcome=outcome)
                            self.tell(child.plan.label, Phase("finished" if outcome.completed else "failed"))
            finally:
                _end([child.process for child in running])
                for child in running:
                    child.log.close()
                    if child.begun is not None:
                        interrupt(child.begun, "ended together with the command that started it")
        runs = tuple(done[plan.label] for plan in plans)
        self.ended.extend(runs)
        return runs

    def _start_some(
        self, waiting: deque[LegPlan], running: list[_Child], done: dict[str, LegRun], scratch: Path
    ) -> None:
        while waiting and (len(running) < self.jobs):
            plan = waiting.popleft()
            try:
                folder = _leg_or_rung_folder(self.results, self.model, plan.request)
                if is_finished(folder) and not self.fresh:
                    outcome = read_outcome(folder)
                    adopt_leg(self._place, folder, self._record(plan), outcome)
                    done[plan.label] = LegRun(plan, outcome, folder, reused=True)
                    self.tell(plan.label, Phase("reused"))
                else:
                    running.append(self._start(plan, folder, scratch / str(len(running) + len(done))))
            except CrosssimError as error:  # this leg cannot run: the others can
                status = LegStatus.MISSING if isinstance(error, SimulatorMissing) else LegStatus.CRASHED
                done[plan.label] = LegRun(plan, LegOutcome(status, str(error)), self.results, reused=False)

    @property
    def _place(self) -> Path:
        return self.results / self.model.name

    def _record(self, plan: LegPlan) -> Record:
        return leg_record(self.model, plan.label, plan.request, plan.command)

    def _start(self, plan: LegPlan, folder: Path, stem: Path) -> _Child:
        progress_file, log_file = stem.with_suffix(".progress"), stem.with_suffix(".log")
        command = (*plan.command, "--fresh") if self.fresh else plan.command
        own = {PROGRESS_VARIABLE: str(progress_file), PARENT_VARIABLE: own_mark(), "PYTHONUNBUFFERED": "1"}
        begun = begin_leg(self._place, self.model, self._record(plan))
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment_for_legs() | own,
                start_new_session=True,
            )
        except OSError as error:
            if begun is not None:
                forget(begun)
            raise SimulatorMissing(f"{command[0]} cannot be started: {error.strerror}") from None
        assert process.stdout is not None
        log = CappedLog(process.stdout, log_file, f"$ {shlex.join(command)}")
        return _Child(plan, folder, process, log, log_file, progress_file, begun)

    def _look(self, child: _Child) -> LegRun | None:
        phase = read_progress(child.progress_file)
        if phase is not None:
            self.tell(child.plan.label, phase)
        elapsed = time.monotonic() - child.started
        code = child.process.poll()
        if code is None:
            if self.time_limit_s is None or elapsed < self.time_limit_s:
                return None
            _end([child.process])
            outcome = LegOutcome(
                LegStatus.TIMED_OUT,
                f"still {phase.words() if phase else 'starting'} after its time limit of {self.time_limit_s:g} s; "
                "give it more with --time-limit",
                wall_s=elapsed,
            )
            return self._failed(child, outcome)
        child.log.close()
        if is_finished(child.folder) and code == 0:
            if child.begun is None or not made_by_another(child.folder, child.begun):  # who made it has sealed its log
                _keep_log(child.log_file, child.folder)
            return LegRun(child.plan, read_outcome(child.folder), child.folder, reused=False)
        return self._failed(child, _outcome_of_failure(child, code, elapsed))

    def _failed(self, child: _Child, outcome: LegOutcome) -> LegRun:
        child.log.close()
        folder = child.folder.with_name(child.folder.name + ".failed")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _keep_log(child.log_file, folder)
            (folder / OUTCOME).write_bytes(msgspec.json.format(msgspec.json.encode(outcome), indent=2))
        except OSError:
            folder = child.folder  # no room even for the reason: it is in the report on the terminal
        return LegRun(child.plan, outcome, folder, reused=False)


def _leg_or_rung_folder(results: Path, declared: Model | Ladder, request: LegRequest) -> Path:
    backend = find_backend(request.backend)
    if isinstance(declared, Ladder):
        assert isinstance(request, RungRequest)
        return rung_folder(results, declared, request, backend)
    return leg_folder(results, declared, request, backend)


@contextmanager
def _scratch_folder() -> Iterator[Path]:
    """Where children tell how far they are. Raises :class:`UsageError` if there is no room for it."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="crosssim-", ignore_cleanup_errors=True)
    except OSError as error:
        raise UsageError(f"no temporary folder can be made: {error.strerror}; set TMPDIR to one with room") from None
    with folder as name:
        yield Path(name)


def _outcome_of_failure(child: _Child, code: int, elapsed: float) -> LegOutcome:
    """What the child said of its end if it could, else what its exit says."""
    failed = child.folder.with_name(child.folder.name + ".failed")
    file = failed / OUTCOME
    if code > 0 and file.exists() and file.stat().st_mtime >= time.time() - elapsed - 1:
        return read_outcome(failed)
    last = child.log.last_lines(1)
    said = f"; its last line: {last}" if last else ""
    if code < 0:
        name = signal.Signals(-code).name
        why = " (out of memory?)" if name == "SIGKILL" else ""
        reason = f"ended by signal {name}{why} after {elapsed:.0f} s{said}"
    else:
        reason = f"ended with exit status {code} after {elapsed:.0f} s{said}"
    return LegOutcome(LegStatus.CRASHED, reason, wall_s=elapsed)


def _keep_log(file: Path, folder: Path) -> None:
    try:
        (folder / LOG).write_bytes(file.read_bytes())
    except OSError:
        return  # the log is a courtesy; the result is complete without it


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """End children and all that they started: ask every one, then insist."""
    for process in processes:
        _signal_group(process, signal.SIGTERM)
    deadline = time.monotonic() + _GRACE_S
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(deadline - time.monotonic(), 0.0))
        _signal_group(process, signal.SIGKILL)
        process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
