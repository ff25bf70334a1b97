"""A leg as a process: takes the lock on its folder, simulates, writes, and says how it ended."""

import resource
import shutil
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import msgspec

from crosssim.errors import CrosssimError, SimulatorMissing, UsageError
from crosssim.model.discovery import find_model
from crosssim.provenance.surroundings import surroundings
from crosssim.recording.data import Recording
from crosssim.recording.disk import write_json_atomically
from crosssim.recording.folder import write_recording
from crosssim.recording.publishing import OUTCOME, REQUEST, clear_abandoned, is_finished, publish, unfinished_folder
from crosssim.runner.backends import find_backend
from crosssim.runner.backends.base import Backend
from crosssim.runner.leg.body import LegContext, WrongRanks, simulate
from crosssim.runner.leg.ranks import Ranks
from crosssim.runner.leg.turn import turn_at
from crosssim.runner.parent import end_with_parent
from crosssim.runner.place import leg_folder
from crosssim.runner.progress import Progress
from crosssim.runner.request import LegOutcome, LegRequest, LegStatus, read_outcome

_RANK_0_FIRST_S = 2.0


def be_leg(request: LegRequest, results: Path, *, fresh: bool = False) -> tuple[LegOutcome, Path, bool]:
    """Run ``request`` in this process (and the ranks beside it); the outcome, its folder, and whether it was reused.

    A finished leg is reused unless ``fresh``. Raises :class:`UsageError` for a model or backend that is not there;
    every other end is an outcome.
    """
    model = find_model(request.model)
    backend = find_backend(request.backend)
    end_with_parent()
    ranks = Ranks()
    progress = Progress(silent=ranks.rank != 0)
    try:
        folder = leg_folder(results, model, request, backend)
    except SimulatorMissing as error:
        return LegOutcome(LegStatus.MISSING, str(error)), results, False
    with turn_at(folder, ranks, progress):
        if not fresh and ranks.share(is_finished(folder)):
            progress.finish()
            return read_outcome(folder), folder, True
        leg = LegContext(model, request, backend, ranks, progress, [], results)
        return simulate_and_write(leg, lambda: simulate(leg), folder)


class Leg(Protocol):
    """What the process of a leg knows of it, be it a model on a backend or a rung of a ladder."""

    @property
    def request(self) -> LegRequest:
        """What was asked for."""

    @property
    def backend(self) -> Backend:
        """The simulator it runs on."""

    @property
    def ranks(self) -> Ranks:
        """The processes beside this one."""

    @property
    def progress(self) -> Progress:
        """Where it tells how far it is."""

    @property
    def notes(self) -> list[str]:
        """What it has to say beside its result."""


def simulate_and_write(leg: Leg, measure: Callable[[], Recording], folder: Path) -> tuple[LegOutcome, Path, bool]:
    """Write what ``measure`` returns into ``folder``, or how it failed beside it; never raises what a model may."""
    started = time.monotonic()
    try:
        recording = measure()
        outcome = _with_costs(LegOutcome(LegStatus.COMPLETED), leg, started)
        if leg.ranks.rank == 0:
            _write(leg, recording, outcome, folder)
        leg.ranks.wait()
        return outcome, folder, False
    except (CrosssimError, OSError) as error:
        outcome = _with_costs(LegOutcome(_status(error), str(error)), leg, started)
    except Exception as error:
        traceback.print_exc()
        reason = f"{error.__class__.__name__}: {error}".splitlines()[0]
        outcome = _with_costs(LegOutcome(LegStatus.CRASHED, reason), leg, started)
    leg.progress.finish()
    if leg.ranks.size > 1:
        _fail_together(leg, outcome, folder)
    return outcome, _keep_failure(leg, outcome, folder), False


def _fail_together(leg: Leg, outcome: LegOutcome, folder: Path) -> None:
    """End every rank: the others may wait for this one for ever. Rank 0, if it failed too, is the one that speaks."""
    if leg.ranks.rank != 0:
        time.sleep(_RANK_0_FIRST_S)
    _keep_failure(leg, outcome, folder)
    print(f"crosssim: {outcome.reason}", file=sys.stderr, flush=True)
    leg.ranks.abort(int(outcome.exit_status))


def _write(leg: Leg, recording: Recording, outcome: LegOutcome, folder: Path) -> None:
    leg.progress.phase("writing")
    clear_abandoned(folder)
    temporary = unfinished_folder(folder)
    try:
        digests = write_recording(recording, temporary)
        leg.progress.finish()
        _write_words(leg.request, replace(outcome, fingerprints=digests), temporary)
        publish(temporary, folder, replace=True)
    except BaseException:  # half a result on a full disk would only fill it
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _status(error: Exception) -> LegStatus:
    if isinstance(error, SimulatorMissing):
        return LegStatus.MISSING
    if isinstance(error, WrongRanks):
        return LegStatus.WRONG_RANKS
    return LegStatus.REFUSED if isinstance(error, UsageError) else LegStatus.CRASHED


def _with_costs(outcome: LegOutcome, leg: Leg, started: float) -> LegOutcome:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return replace(
        outcome,
        wall_s=round(time.monotonic() - started, 3),
        cpu_s=round(used.ru_utime + used.ru_stime, 3),
        peak_memory_mb=round(used.ru_maxrss / 1024, 1),
        phases_s={name: round(spent, 3) for name, spent in leg.progress.phases_s.items()},
        surroundings={
            **surroundings(),
            "ranks": leg.ranks.size,
            "threads": leg.request.threads,
            "simulator": _build_information(leg),
        },
        notes=tuple(leg.notes),
    )


def _build_information(leg: Leg) -> dict[str, str]:
    if leg.backend.module not in sys.modules:  # the leg failed before its simulator was there
        return {}
    try:
        return dict(leg.backend.build_information())
    except Exception as error:  # what a simulator tells of itself is never worth a leg
        return {"not told": f"{error.__class__.__name__}: {error}"}


def _keep_failure(leg: Leg, outcome: LegOutcome, folder: Path) -> Path:
    """The outcome of a leg that failed, beside where its result would lie, so that a finished one is never touched."""
    failed = folder.with_name(folder.name + ".failed")
    try:
        failed.mkdir(parents=True, exist_ok=True)
        _write_words(leg.request, outcome, failed)
    except (OSError, UsageError):
        return folder  # the reason is on the terminal and in the parent's log; there is no room for it on disk
    return failed


def _write_words(request: LegRequest, outcome: LegOutcome, folder: Path) -> None:
    write_json_atomically(folder / REQUEST, msgspec.to_builtins(request))
    write_json_atomically(folder / OUTCOME, msgspec.to_builtins(outcome))
