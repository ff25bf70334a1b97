"""The records of a results folder as a Sumatra project in it, for people who browse with ``smt`` and ``smtweb``.

The truth stays in the records beside the data; this is filled from them, again and again, and can be thrown away
(``rm -r results/.smt``). It runs in a process of its own: Sumatra and Django keep global state, and no mistake of
theirs is to end a study. Sumatra's own launching, version control and repeat are not used.

::

    python -P -m crosssim.provenance.sumatra RESULTS
"""

import json
import os
import stat
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

from crosssim.errors import UsageError
from crosssim.provenance.record import RunStatus
from crosssim.provenance.shelf import Shelved, find_runs
from crosssim.provenance.sumatra_records import sumatra_record

PROJECT = "crosssim"
FOLDER = ".smt"
_TIME_LIMIT_S = 600.0


def sync_sumatra(results: Path) -> str:
    """Bring the Sumatra project of ``results`` up to date, in a child process; "" or one sentence of what went wrong.

    Never raises: a run is complete without Sumatra.
    """
    try:
        if _is_up_to_date(results):
            return ""
    except (UsageError, OSError) as error:
        return f"Sumatra was not filled: {error}"
    command = (sys.executable, "-P", "-m", "crosssim.provenance.sumatra", str(results))
    beside = os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])
    try:
        answer = subprocess.run(
            command,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            timeout=_TIME_LIMIT_S,
            env=os.environ | {"PYTHONPATH": beside},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"Sumatra was not filled: {error}"
    said = [line for line in answer.stderr.splitlines() if line.strip()]
    return "" if answer.returncode == 0 else f"Sumatra was not filled: {said[-1] if said else 'no reason told'}"


def _is_up_to_date(results: Path) -> bool:
    """Asked before Sumatra and Django are loaded, which takes longer than many a leg."""
    if not (results / FOLDER / "records").is_file():
        return False
    known = _known(results / FOLDER)
    runs = [run for run in find_runs(results) if run.record is not None and run.record.status is not RunStatus.RUNNING]
    return all(run.record is not None and known.get(run.record.id) == _mark(run) for run in runs)


def fill(results: Path) -> int:
    """Put every run of ``results`` that Sumatra does not show as it is into its project; how many were written.

    Raises :class:`UsageError` if the project's folder is no folder of ours.
    """
    place = results / FOLDER
    if place.is_symlink() or (place / "records").is_symlink() or (place / "project").is_symlink():
        raise UsageError(f"{place} is a link; Sumatra's project must lie in the results folder itself")
    place.mkdir(exist_ok=True)
    with FileLock(place / "crosssim.lock"), _quiet_in(results):
        from sumatra.recordstore.django_store import DjangoRecordStore

        store = DjangoRecordStore(".smt/records")
        store.list_projects()  # makes the tables
        _share(place / "records", results)
        _write_project(place, results)
        known = _known(place)
        with _one_transaction():
            written = _save_changed(store, results, known)
        if written:
            _write(place / "crosssim.json", known)
    return written


def _share(database: Path, results: Path) -> None:
    """Let the group write to the database if it may write to ``results``; SQLite asks for no more than 644."""
    if results.stat().st_mode & stat.S_IWGRP:
        with suppress(PermissionError):  # it is another's, who has done so
            database.chmod(database.stat().st_mode | stat.S_IWGRP)


@contextmanager
def _one_transaction() -> Iterator[None]:
    """All or none, and one wait for the disk instead of a dozen a record."""
    from django.db import transaction

    with transaction.atomic():
        yield


def _save_changed(store: Any, results: Path, known: dict[str, str]) -> int:
    """Save the runs that Sumatra does not have as they are, and note them in ``known``; how many there were."""
    written = 0
    for run in find_runs(results):
        if run.record is None or run.record.status is RunStatus.RUNNING or known.get(run.record.id) == _mark(run):
            continue
        store.save(PROJECT, sumatra_record(run, run.record, results))
        known[run.record.id] = _mark(run)
        written += 1
    return written


def _mark(run: Shelved) -> str:
    """What changes when a run is to be written again: its seal, where it lies, what was said of it."""
    assert run.record is not None
    said = f"{sorted(run.remarks.tags)} {len(run.remarks.comments)}"
    return f"{run.record.seal[:16]} {run.folder} {said}"


def _known(place: Path) -> dict[str, str]:
    """What was written before; nothing if the store was thrown away or the note cannot be read."""
    try:
        known = json.loads((place / "crosssim.json").read_text())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) and (place / "records").stat().st_size > 0 else {}


def _write(path: Path, value: Any) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(value, indent=1))
    unfinished.replace(path)


def _write_project(place: Path, results: Path) -> None:
    """The project file that ``smt`` reads: where the store and the data are. Written once, in Sumatra's own form."""
    if (place / "project").exists():
        return
    import sumatra

    module = "sumatra.recordstore.django_store.DjangoRecordStore"
    data = {"type": "sumatra.datastore.filesystem.FileSystemDataStore", "root": str(results)}
    state = {
        "name": PROJECT,
        "default_executable": None,
        "default_repository": None,
        "default_launch_mode": None,
        "data_store": data,
        "record_store": {"type": module, "db_file": ".smt/records"},
        "default_main_file": None,
        "on_changed": "store-diff",
        "description": "Runs of crosssim, filled from the record.json beside each run's data",
        "data_label": None,
        "_most_recent": None,
        "input_datastore": data,
        "label_generator": "timestamp",
        "timestamp_format": "%Y%m%d-%H%M%S",
        "sumatra_version": sumatra.__version__,
        "allow_command_line_parameters": True,
        "ignore_parameters": False,
        "plugins": [],
    }
    _write(place / "project", state)


@contextmanager
def _quiet_in(folder: Path) -> Iterator[None]:
    """In ``folder``, because Sumatra knows its project by the working folder, and without what it prints."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        with redirect_stdout(sys.stderr), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.chdir(before)


def main(arguments: Sequence[str]) -> int:
    """Fill the project of the folder given; the exit status."""
    try:
        print(fill(Path(arguments[0]).absolute()))
    except ImportError as error:
        print(f"{error}; pip install 'Sumatra[web]==0.8.1' 'Django<6'", file=sys.stderr)
        return 1
    except (UsageError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
