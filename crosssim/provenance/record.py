"""The record of a run: ``record.json`` beside the data it speaks of.

::

    record.json      this, sealed with the SHA-256 of its own content
    sources/         copies of the model's files as they were when the run began; git.diff if the tree was not clean
    remarks.json     tags and comments, which a person may add later (see :mod:`crosssim.provenance.remarks`)

Paths in a record are relative, with ``/``: those of outputs and sources to the folder of the record, and those of
inputs too, so that a results folder can be moved or zipped. No path of a record is ever opened before it was found to
lie inside the results folder.
"""

import getpass
import hashlib
import os
import secrets
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import psutil

from crosssim.errors import RecordingUnreadable
from crosssim.recording.disk import write_bytes_atomically

RECORD = "record.json"
SOURCES = "sources"

ORDERED = "ordered"
"""The role of a leg that nobody named and the study ran for itself: a replay, one with a planted fault, a twin."""

SCHEMA = 1
"""The schema that this version writes, and the only one it reads; it changes with every change of a meaning."""

_LARGEST_RECORD = 64 * 2**20


class RunStatus(StrEnum):
    """How far a run has come. Only what is *completed* is a result."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class StoredFile:
    """A file as it was when the record was written."""

    size: int
    sha256: str


@dataclass(frozen=True)
class GitState:
    """Where a source tree stood: ``dirty`` if tracked files were changed; ``diff`` names the file that holds it."""

    commit: str
    branch: str = ""
    dirty: bool = False
    untracked: int = 0
    remote: str = ""
    diff: str = ""


@dataclass(frozen=True)
class UsedRun:
    """A run whose outputs were an input of this one. ``path`` is its folder, relative to the folder of this record."""

    role: str
    id: str
    path: str
    label: str = ""


@dataclass(frozen=True)
class Process:
    """The process that wrote the record: ``started_in`` is where paths that the user typed are relative to."""

    user: str
    host: str
    pid: int
    started_in: str

    @classmethod
    def this(cls) -> "Process":
        """The process that asks."""
        try:
            user = getpass.getuser()
        except (KeyError, OSError):  # no name for this number, as in many containers
            user = str(os.getuid()) if hasattr(os, "getuid") else ""
        return cls(user, socket.gethostname(), os.getpid(), str(Path.cwd()))


@dataclass(frozen=True)
class Record:
    """What was asked, with what, where, when, how it ended and what it left.

    ``kind`` is "leg" or the name of a study; ``request`` the whole request as plain JSON; ``environment`` what rank 0
    saw from inside the leg. ``contents`` are digests of what was recorded, by name ("spikes/exc"), which stay the same
    when a file's bytes do not. ``wall_s`` is of a clock that nobody can set; ``started`` and ``ended`` are UTC.
    """

    schema: int
    id: str
    kind: str
    status: RunStatus
    model: str
    label: str
    command: list[str]
    request: dict[str, Any]
    process: Process
    started: str
    ended: str = ""
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_memory_mb: float = 0.0
    reason: str = ""
    verdict: str = ""
    crosssim: str = ""
    entry: str = ""
    sources: dict[str, StoredFile] = field(default_factory=dict)
    git: dict[str, GitState] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    inputs: list[UsedRun] = field(default_factory=list)
    outputs: dict[str, StoredFile] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seal: str = ""

    @property
    def is_running(self) -> bool:
        """Whether its process is there still; a record of another machine is believed."""
        if self.status is not RunStatus.RUNNING:
            return False
        return self.process.host != socket.gethostname() or _alive(self.process.pid, self.started)

    @property
    def status_now(self) -> RunStatus:
        """The status, with *interrupted* for a run that says *running* and whose process is gone."""
        abandoned = self.status is RunStatus.RUNNING and not self.is_running
        return RunStatus.INTERRUPTED if abandoned else self.status

    def sealed(self) -> "Record":
        """This, with the digest of everything in it."""
        unsealed = msgspec.json.encode(replace(self, seal=""), order="deterministic")
        return replace(self, seal=hashlib.sha256(unsealed).hexdigest())


_CLOCK_SLACK_S = 60.0  # as for abandoned folders: the kernel counts a process's age from the boot


def _alive(pid: int, since: str) -> bool:
    """Whether the process that wrote at ``since`` runs; a process with its number that is younger is another."""
    try:
        return psutil.Process(pid).create_time() <= datetime.fromisoformat(since).timestamp() + _CLOCK_SLACK_S
    except psutil.NoSuchProcess:
        return False
    except (psutil.AccessDenied, ValueError, OverflowError):
        return True


def new_id() -> str:
    """Twelve hexadecimal digits that no other run has."""
    return secrets.token_hex(6)


def now() -> str:
    """This moment, UTC, to a millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def new_record(
    kind: str, model: str, label: str, command: Sequence[str], request: Mapping[str, Any], crosssim: str
) -> Record:
    """The record of a run that begins now in this process."""
    return Record(
        SCHEMA, new_id(), kind, RunStatus.RUNNING, model, label, list(command), dict(request), Process.this(), now(),
        crosssim=crosssim,
    )  # fmt: skip


def write_record(record: Record, folder: Path) -> Record:
    """Write ``record.json`` into ``folder``, whole or not at all; returns it sealed.

    Raises :class:`UsageError` if the disk does not take it.
    """
    as_read = msgspec.json.decode(msgspec.json.encode(record), type=Record)  # a 0 for 0.0 is another text, and seal
    sealed = as_read.sealed()
    write_bytes_atomically(folder / RECORD, msgspec.json.format(msgspec.json.encode(sealed), indent=2) + b"\n")
    return sealed


def read_record(folder: Path) -> Record:
    """The record in ``folder``.

    Raises :class:`RecordingUnreadable`, in one sentence, if there is none, or it is damaged or of another schema.
    """
    path = folder / RECORD
    try:
        if path.is_symlink() or not path.is_file():
            raise RecordingUnreadable(f"{folder} holds no {RECORD}: nothing is known of how it came about")
        if path.stat().st_size > _LARGEST_RECORD:
            raise RecordingUnreadable(f"{path} is larger than any record is")
        raw = path.read_bytes()
    except OSError as error:
        raise RecordingUnreadable(f"{path} cannot be read: {error.strerror or error}") from None
    _check_schema(path, raw)
    try:
        record = msgspec.json.decode(raw, type=Record)
        intact = record.sealed() == record
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError) as error:
        raise RecordingUnreadable(f"{path} is not a record of schema {SCHEMA}: {error}") from None
    if not intact:
        raise RecordingUnreadable(f"{path} is damaged or was changed since it was written")
    return record


def _check_schema(path: Path, raw: bytes) -> None:
    """Before anything else is asked of the file: another schema may have other fields."""
    try:
        found = msgspec.json.decode(raw)["schema"]
    except (msgspec.MsgspecError, UnicodeError, KeyError, TypeError, IndexError, RecursionError):
        found = None
    if not isinstance(found, int) or isinstance(found, bool):
        raise RecordingUnreadable(f"{path} is damaged: it has no schema number")
    if found != SCHEMA:
        age = "newer" if found > SCHEMA else "older"
        what = "upgrade crosssim to read it" if found > SCHEMA else "it was written by an older crosssim"
        raise RecordingUnreadable(
            f"{path} has schema {found}, {age} than the {SCHEMA} that this crosssim reads; {what}"
        )
