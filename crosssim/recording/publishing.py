"""The life of a leg's folder: written under a temporary name, and renamed when it is complete.

::

    <folder>.unfinished-<host>-<pid>   being written by that process, or left behind when it was killed
    <folder>                           finished: it holds an outcome
    <folder>.replaced-<host>-<pid>     the former result, for the instant in which the new one takes its name
"""

import os
import re
import shutil
import socket
from pathlib import Path

import psutil

from crosssim.errors import UsageError
from crosssim.recording.disk import disk_errors_as_sentences

REQUEST = "request.json"
OUTCOME = "outcome.json"
LOG = "log.txt"

_OWNED = re.compile(r"\.(?P<kind>unfinished|replaced)-(?P<host>.+)-(?P<pid>\d+)$")

_CLOCK_SLACK_S = 60.0  # the kernel counts a process's age from the boot, whose time of day shifts as clocks are set


def unfinished_folder(final: Path) -> Path:
    """Make and return the empty folder in which this process prepares ``final``, beside it.

    Raises :class:`UsageError` if the disk does not allow it.
    """
    folder = _owned_name(final, "unfinished")
    with disk_errors_as_sentences(final.parent):
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    return folder


def publish(unfinished: Path, final: Path, *, replace: bool = False) -> None:
    """Give a complete folder its final name, in one step.

    With ``replace``, a former result keeps its place until the new one is ready, steps aside for it, and is removed
    last; after a kill in between, :func:`clear_abandoned` gives it its place back. Raises :class:`UsageError` if
    ``final`` is there and is not to be replaced, :class:`ValueError` if ``unfinished`` holds no outcome.
    """
    if not (unfinished / OUTCOME).is_file():
        raise ValueError(f"{unfinished} holds no {OUTCOME}: a leg without an outcome is not a result")
    former = _owned_name(final, "replaced")
    with disk_errors_as_sentences(final.parent):
        if final.exists():
            if not replace:
                raise UsageError(f"results folder {final} is there already; --fresh runs the leg again and replaces it")
            final.rename(former)
        try:
            unfinished.rename(final)
        except OSError:
            if former.exists():
                former.rename(final)
            raise
        _force_names_to_disk(final.parent)
        shutil.rmtree(former, ignore_errors=True)


def is_finished(folder: Path) -> bool:
    """Whether ``folder`` is a leg that ended, well or not: it has an outcome, and not a temporary name."""
    return _OWNED.search(folder.name) is None and (folder / OUTCOME).is_file()


def clear_abandoned(final: Path) -> list[Path]:
    """Remove what killed processes of this machine left beside ``final``; a former result without a successor returns.

    Folders of running processes, and of other machines that may share the disk, stay. Returns what was removed.
    """
    removed = []
    for beside in sorted(final.parent.glob("*")):
        owned = _OWNED.search(beside.name)
        if not owned or beside.name != final.name + owned[0] or not _abandoned(beside, owned):
            continue
        if owned["kind"] == "replaced" and not final.exists():
            beside.rename(final)
            continue
        shutil.rmtree(beside, ignore_errors=True)
        removed.append(beside)
    return removed


def _owned_name(final: Path, kind: str) -> Path:
    return final.with_name(f"{final.name}.{kind}-{socket.gethostname()}-{os.getpid()}")


def _abandoned(folder: Path, owned: re.Match[str]) -> bool:
    """Whether the process that made ``folder`` is known to be gone; a process younger than the folder is another."""
    if owned["host"] != socket.gethostname():
        return False
    try:
        owner = psutil.Process(int(owned["pid"]))
        is_another = owner.create_time() > folder.stat().st_mtime + _CLOCK_SLACK_S
        return is_another or owner.status() == psutil.STATUS_ZOMBIE  # a container may have nobody who buries the dead
    except psutil.NoSuchProcess:
        return True
    except (psutil.AccessDenied, FileNotFoundError):
        return False


def _force_names_to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
