"""The life of a record: *running* before a run is launched, final beside the data when it has ended.

::

    results/MODEL/running/ID/record.json    while it runs, with sources/; what a killed process leaves behind
    <folder of the run>/record.json         when it has ended
"""

import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crosssim.errors import CrosssimError, UsageError
from crosssim.provenance.digests import stored_file, stored_outputs
from crosssim.provenance.git import git_state
from crosssim.provenance.record import RECORD, SOURCES, GitState, Record, RunStatus, now, read_record, write_record
from crosssim.recording.disk import disk_errors_as_sentences, write_bytes_atomically

RUNNING = "running"


@dataclass(frozen=True)
class Begun:
    """A run that has begun: its record, the folder in which that waits, and the clock at its start."""

    record: Record
    folder: Path
    clock: float


def begin(place: Path, record: Record, sources: Mapping[str, Path], trees: Mapping[str, Path]) -> Begun:
    """Write the *running* record under ``place`` (``results/MODEL``), with copies of ``sources`` (relative path: file).

    ``trees`` are folders whose git state is noted, by what they hold ("model", "crosssim"). What killed runs of the
    same request left there is removed. Raises :class:`UsageError` if the disk does not allow it.
    """
    _clear_abandoned(place, record)
    folder = place / RUNNING / record.id
    with disk_errors_as_sentences(place):
        (folder / SOURCES).mkdir(parents=True)
        for name, path in sources.items():
            _copy(path, folder / SOURCES / name)
    states = _git_states(trees, folder)
    record = replace(record, sources=_stored_sources(folder), git=states)
    return Begun(write_record(record, folder), folder, time.monotonic())


def _copy(path: Path, to: Path) -> None:
    if not to.resolve().is_relative_to(to.parents[0].resolve()):
        raise UsageError(f"source {path} would be copied outside its folder")
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, to)


def _git_states(trees: Mapping[str, Path], folder: Path) -> dict[str, GitState]:
    """Of every tree that is in git; two trees of one repository share the file that holds its changes."""
    states: dict[str, GitState] = {}
    kept: dict[bytes, str] = {}
    for what, tree in trees.items():
        found = git_state(tree)
        if found is None:
            continue
        state, diff = found
        if diff and diff not in kept:
            kept[diff] = f"{SOURCES}/git-{what}.diff"
            write_bytes_atomically(folder / kept[diff], diff)
        states[what] = replace(state, diff=kept[diff]) if diff else state
    return states


def _stored_sources(folder: Path) -> dict[str, Any]:
    place = folder / SOURCES
    return {f"{SOURCES}/{name}": stored_file(place / name) for name in _names(place)}


def _names(place: Path) -> list[str]:
    return sorted(one.relative_to(place).as_posix() for one in place.rglob("*") if one.is_file())


def _clear_abandoned(place: Path, record: Record) -> None:
    for folder in sorted((place / RUNNING).glob("*")):
        with suppress(CrosssimError):
            other = read_record(folder)
            same = (other.kind, other.label, other.request) == (record.kind, record.label, record.request)
            if same and other.status_now in (RunStatus.INTERRUPTED, RunStatus.FAILED):
                shutil.rmtree(folder, ignore_errors=True)


def finish(begun: Begun, folder: Path, **changes: Any) -> Record:
    """Write the final record into ``folder``, with the digests of all that lies in it, and take the running one away.

    ``changes`` are fields of :class:`Record`; ``status`` among them. Raises :class:`UsageError` if the disk does not
    take it; the running record then stays.
    """
    ended = {"ended": now(), "wall_s": round(time.monotonic() - begun.clock, 3)}
    return _settle(begun.record, begun.folder, folder, ended | changes)


def _settle(record: Record, waits_in: Path, folder: Path, changes: Mapping[str, Any]) -> Record:
    with disk_errors_as_sentences(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / SOURCES).is_dir() and not (folder / SOURCES).is_symlink():
            shutil.rmtree(folder / SOURCES)
        if (waits_in / SOURCES).is_dir():
            shutil.copytree(waits_in / SOURCES, folder / SOURCES)
        outputs = stored_outputs(folder)
    final = write_record(replace(record, outputs=outputs, **changes), folder)
    _take_away(waits_in)
    return final


def interrupt(begun: Begun, reason: str, status: RunStatus = RunStatus.INTERRUPTED) -> None:
    """Say in the running record that the run was ended before it could finish; a refusal of the disk is let be."""
    spent = round(time.monotonic() - begun.clock, 3)
    ended = replace(begun.record, status=status, reason=reason, ended=now(), wall_s=spent)
    with suppress(CrosssimError, OSError):
        write_record(ended, begun.folder)


def forget(begun: Begun) -> None:
    """Take away the running record of a run that, after all, another process made."""
    _take_away(begun.folder)


def _take_away(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()


def is_recorded(folder: Path) -> bool:
    """Whether a readable, final record lies in ``folder``."""
    try:
        return read_record(folder).status is not RunStatus.RUNNING
    except CrosssimError:
        return False


def adopt(place: Path, record: Record, folder: Path, **changes: Any) -> Record:
    """The record of a run that finished and whose parent was killed before it could write it.

    The *running* record of the same request, if one was left under ``place``, tells how it began; else ``record``.
    Raises :class:`UsageError` if the disk does not take it.
    """
    for waiting in sorted((place / RUNNING).glob(f"*/{RECORD}")):
        with suppress(CrosssimError):
            other = read_record(waiting.parent)
            if (other.kind, other.request) == (record.kind, record.request) and not other.is_running:
                notes = [*changes.pop("notes", ()), "its parent was killed; the record was completed by a later run"]
                return _settle(other, waiting.parent, folder, {"ended": now(), "notes": notes, **changes})
    notes = [*changes.pop("notes", ()), "recorded later than it ran: when and from where it was started is not known"]
    return _settle(record, place / RUNNING / record.id, folder, {"ended": now(), "notes": notes, **changes})
