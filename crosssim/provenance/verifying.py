"""Whether a run's folder holds, byte for byte, what was recorded of it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crosssim.errors import CrosssimError
from crosssim.provenance.digests import stored_file, stored_outputs, walk
from crosssim.provenance.record import SOURCES, Record, RunStatus, StoredFile, read_record
from crosssim.recording.contents import CONTENTS
from crosssim.recording.folder import content_digests, read_recording


@dataclass(frozen=True)
class Mismatch:
    """One thing that is not as it was recorded: which, relative to the folder of the run, and what is wrong with it."""

    what: str
    problem: str


def verify_run(folder: Path, results: Path) -> tuple[Mismatch, ...]:
    """Hash everything again: outputs, kept sources, the content of the recording, and the runs that this one used.

    Nothing outside ``results`` is opened, whatever the record says. Raises :class:`RecordingUnreadable` if the record
    itself is damaged.
    """
    return _verify(folder, results.resolve(), set())


def _verify(folder: Path, results: Path, seen: set[Path]) -> tuple[Mismatch, ...]:
    """``seen`` are the folders that were looked at: the legs of a study use each other."""
    if folder.resolve() in seen:
        return ()
    seen.add(folder.resolve())
    record = read_record(folder)
    found = list(differing(record.outputs, stored_outputs(folder)))
    sources = {path.relative_to(folder).as_posix(): stored_file(path) for path in walk(folder / SOURCES)}
    found += differing(record.sources, sources)
    if record.status_now in (RunStatus.RUNNING, RunStatus.INTERRUPTED):
        found.append(Mismatch("record.json", f"the run is {record.status_now.value}: there is no result to verify"))
    if not found:
        found += _contents(folder, record)
    found += _inputs(folder, record, results, seen)
    return tuple(found)


def differing(recorded: Mapping[str, StoredFile], there: Mapping[str, StoredFile]) -> list[Mismatch]:
    """The files that are missing, changed, or not recorded."""
    found = []
    for name in sorted({*recorded, *there}):
        then, today = recorded.get(name), there.get(name)
        if today is None:
            found.append(Mismatch(name, "is missing or cannot be read"))
        elif then is None:
            found.append(Mismatch(name, "was not there when the run was recorded"))
        elif then.size != today.size:
            found.append(Mismatch(name, f"has {today.size} bytes, and had {then.size}"))
        elif then.sha256 != today.sha256:
            found.append(Mismatch(name, f"was changed: SHA-256 {today.sha256[:12]}…, and was {then.sha256[:12]}…"))
    return found


def _contents(folder: Path, record: Record) -> list[Mismatch]:
    """The content digests, computed again from files that are the same bytes: whether the record tells the truth."""
    if not (folder / CONTENTS).is_file():
        return []
    try:
        today = content_digests(read_recording(folder))
    except CrosssimError as error:
        return [Mismatch(CONTENTS, str(error))]
    names = sorted({*today, *record.contents})
    return [
        Mismatch(name, "does not hold the content that was recorded")
        for name in names
        if today.get(name) != record.contents.get(name)
    ]


def _inputs(folder: Path, record: Record, results: Path, seen: set[Path]) -> list[Mismatch]:
    found = []
    for used in record.inputs:
        place = Path(os.path.normpath(folder.resolve() / used.path))
        if not place.resolve().is_relative_to(results):
            found.append(Mismatch(used.path, "lies outside the results folder and was not opened"))
            continue
        try:
            if read_record(place).id != used.id:
                found.append(Mismatch(used.path, f"is another run now: {used.id}, which was used, was replaced"))
                continue
            found += [Mismatch(f"{used.path}: {one.what}", one.problem) for one in _verify(place, results, seen)]
        except CrosssimError as error:
            found.append(Mismatch(used.path, str(error)))
    return found
