"""A baseline on disk, made to lie in a model's own repository: small files, and none that two branches both change.

::

    baselines/NAME/
        baseline.json                 what is run, and which entry of the history is the reference
        legs/LEG/*.gz, record.json    the recording of every leg, compressed, and the record of the run it came from
        history/TIME-ID.json          one file for each save and each accept, never changed again

Two branches that accept different runs conflict in ``baseline.json`` alone, and the history keeps both.
"""

import gzip
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from crosssim.errors import RecordingUnreadable, UsageError
from crosssim.provenance.record import RECORD, now
from crosssim.recording.contents import CONTENTS, read_contents
from crosssim.recording.disk import disk_errors_as_sentences, write_bytes_atomically, write_json_atomically

SCHEMA = 1
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LARGEST = 2**31


@dataclass(frozen=True)
class Entry:
    """One save or accept: why, by whom, with which versions, and the numbers of every leg.

    ``numbers`` maps a leg's label to {population: {"cells", "spikes", "rate_hz"}}; ``versions`` a leg's label to the
    packages that decide its result; ``contents`` a leg's label to its content digests.
    """

    id: str
    action: str
    reason: str
    user: str
    time: str
    verdict: str
    crosssim: str
    numbers: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    versions: dict[str, dict[str, str]] = field(default_factory=dict)
    contents: dict[str, dict[str, str]] = field(default_factory=dict)
    git: str = ""
    schema: int = SCHEMA


@dataclass(frozen=True)
class Baseline:
    """What is run: ``legs`` maps a label to its request (plain JSON) and its folder; ``entry`` is the reference."""

    name: str
    model: str
    legs: dict[str, dict[str, Any]]
    entry: str
    verdict: str = ""
    schema: int = SCHEMA


def checked_name(name: str) -> str:
    """``name`` if it can be a folder's. Raises :class:`UsageError`."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"baseline name {name!r} must be letters, digits, dots, dashes and underscores")
    return name


def read_baseline(folder: Path) -> Baseline:
    """The baseline in ``folder``. Raises :class:`UsageError` for none, :class:`RecordingUnreadable` if damaged."""
    path = folder / "baseline.json"
    if not path.is_file():
        raise UsageError(f"there is no baseline {folder}; make one with `crosssim baseline save NAME RUN --reason …`")
    baseline: Baseline = _decoded(path, Baseline)
    return baseline


def read_history(folder: Path) -> list[Entry]:
    """Every entry, the earliest first; one that cannot be read is left out by nobody: it raises."""
    entries = [_decoded(path, Entry) for path in sorted((folder / "history").glob("*.json"))]
    return sorted(entries, key=lambda one: one.time)


def _decoded(path: Path, form: type[Any]) -> Any:
    try:
        raw = path.read_bytes()
        schema = msgspec.json.decode(raw).get("schema")
        if schema != SCHEMA:
            raise RecordingUnreadable(f"{path} has schema {schema!r}; this crosssim reads {SCHEMA}")
        return msgspec.json.decode(raw, type=form)
    except (OSError, msgspec.MsgspecError, UnicodeError, AttributeError, RecursionError) as error:
        raise RecordingUnreadable(f"{path} cannot be read: {error}; take it from version control again") from None


def write_baseline(folder: Path, baseline: Baseline, entry: Entry, recordings: Mapping[str, Path]) -> None:
    """Make ``recordings`` (label: folder of a leg) the reference. Raises :class:`UsageError` if the disk refuses.

    The new recordings are complete before the old ones go, and ``baseline.json`` comes last.
    """
    with disk_errors_as_sentences(folder):
        fresh = folder / ".legs.new"
        shutil.rmtree(fresh, ignore_errors=True)
        for label, leg in recordings.items():
            _pack(leg, fresh / checked_name(str(baseline.legs[label]["folder"])))
        (folder / "history").mkdir(parents=True, exist_ok=True)
        moment = re.sub(r"[^0-9T]", "", entry.time[:19])
        write_json_atomically(folder / "history" / f"{moment}-{entry.id}.json", msgspec.to_builtins(entry))
        shutil.rmtree(folder / "legs", ignore_errors=True)
        fresh.rename(folder / "legs")
        write_json_atomically(folder / "baseline.json", msgspec.to_builtins(baseline))


def _pack(leg: Path, into: Path) -> None:
    """The files of a recording, compressed so that equal content gives equal bytes."""
    into.mkdir(parents=True)
    for name in (CONTENTS, *read_contents(leg).files):
        write_bytes_atomically(into / f"{name}.gz", gzip.compress((leg / name).read_bytes(), mtime=0))
    with suppress(OSError):
        shutil.copyfile(leg / RECORD, into / RECORD)


def unpack(leg: Path, into: Path) -> Path:
    """Restore the recording of one leg of a baseline into the folder ``into``, which is made anew; returns ``into``.

    Raises :class:`RecordingUnreadable` for a file that cannot be unpacked.
    """
    shutil.rmtree(into, ignore_errors=True)
    with disk_errors_as_sentences(into):
        into.mkdir(parents=True)
    for path in _packed(leg):
        try:
            with gzip.open(path) as packed:
                content = packed.read(_LARGEST)
        except (OSError, EOFError, ValueError) as error:
            raise RecordingUnreadable(
                f"{path} cannot be unpacked: {error}; take it from version control again"
            ) from None
        write_bytes_atomically(into / path.name.removesuffix(".gz"), content)
    return into


def _packed(leg: Path) -> Iterator[Path]:
    for path in sorted(leg.glob("*.gz")):
        if path.is_file() and not path.is_symlink():
            yield path


def leg_folder_name(label: str, taken: Mapping[str, Any]) -> str:
    """A folder's name for the leg ``label``, that no other leg of the baseline has."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", label).strip("._-") or "leg"
    used = {str(one["folder"]) for one in taken.values()}
    name, number = plain[:80], 2
    while name in used:
        name, number = f"{plain[:80]}-{number}", number + 1
    return name


def new_entry(action: str, reason: str, **facts: Any) -> Entry:
    """An entry of this moment. Raises :class:`UsageError` without a reason."""
    if not reason.strip():
        raise UsageError(f"baseline {action} needs --reason: why are these the numbers from now on?")
    return Entry(action=action, reason=reason.strip(), time=now(), **facts)
