"""All runs in a results folder, whatever state it is in: a damaged run is a line in the list, never the end of it."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crosssim.errors import CrosssimError, UsageError
from crosssim.provenance.record import RECORD, SOURCES, Record, read_record
from crosssim.provenance.remarks import Remarks, read_remarks
from crosssim.recording.publishing import OUTCOME, is_finished

LEGS = "legs"
REPEATS = "repeats"
"""Names of folders: ``results/MODEL/legs/LEG``, ``results/MODEL/STUDY``, ``results/repeats/REPEAT/MODEL/legs/LEG``."""

_SHORTEST_PREFIX = 4
_SKIPPED = frozenset({SOURCES, "figures"})


@dataclass(frozen=True)
class Shelved:
    """A run's folder. ``record`` is ``None`` if it could not be read, and ``problem`` then says why."""

    folder: Path
    record: Record | None
    problem: str = ""
    remarks: Remarks = field(default_factory=Remarks)


def find_runs(results: Path) -> list[Shelved]:
    """Every run below ``results``, the latest last; links are not followed.

    Raises :class:`UsageError` if ``results`` is no folder.
    """
    if not results.is_dir():
        raise UsageError(f"there is no results folder {results}; name another with --out")
    found = [shelved(folder) for folder in _run_folders(results)]
    return sorted(found, key=lambda one: (one.record.started if one.record else "", str(one.folder)))


def _run_folders(results: Path) -> list[Path]:
    found = []
    for place, folders, files in os.walk(results):
        folders[:] = [name for name in folders if name not in _SKIPPED and not name.startswith(".")]
        if RECORD in files or (OUTCOME in files and is_finished(Path(place))):
            found.append(Path(place))
    return found


def shelved(folder: Path) -> Shelved:
    """The run in ``folder``, as far as it can be read."""
    remarks = read_remarks(folder)
    try:
        return Shelved(folder, read_record(folder), remarks.problem, remarks)
    except CrosssimError as error:
        return Shelved(folder, None, str(error), remarks)


def find_run(results: Path, text: str) -> Shelved:
    """The run that ``text`` names: its folder, its id, or the first four or more characters of its id.

    Raises :class:`UsageError` if there is none or more than one, :class:`RecordingUnreadable` for a damaged folder.
    """
    folder = Path(text)
    if len(folder.parts) > 1 and not folder.exists():
        raise UsageError(f"there is no folder {folder}; `crosssim results` lists the runs by their ids")
    if (folder / RECORD).is_file() or len(folder.parts) > 1:
        return Shelved(folder, read_record(folder), "", read_remarks(folder))
    runs = find_runs(results)
    if len(text) < _SHORTEST_PREFIX:
        raise UsageError(f"run {text!r} is too short; give at least {_SHORTEST_PREFIX} characters of the id")
    hits = [one for one in runs if one.record is not None and one.record.id.startswith(text)]
    if not hits:
        raise UsageError(f"no run in {results} has an id that begins with {text!r}; `crosssim results` lists them")
    if len(hits) > 1:
        places = ", ".join(str(one.folder) for one in hits)
        raise UsageError(f"{text!r} names {len(hits)} runs: {places}; give more of the id, or the folder")
    return hits[0]


def results_around(run: Shelved, results: Path) -> Path:
    """The results folder that the run lies in: ``results``, or the one around a run that was named by its folder."""
    folder = run.folder.resolve()
    if folder.is_relative_to(results.resolve()):
        return results
    around = _above(folder, 3 if folder.parent.name == LEGS else 2)
    return _above(around, 2) if around.parent.name == REPEATS else around


def _above(folder: Path, levels: int) -> Path:
    return [folder, *folder.parents][: levels + 1][-1]


def matching(runs: Sequence[Shelved], words: Sequence[str]) -> list[Shelved]:
    """The runs that fit every word: ``name=value``, ``tag=x``, or a text that stands in any of the fields.

    Names: model, kind, status, label, verdict, tag, user, host, id, after, before (a date or time, UTC). Raises
    :class:`UsageError` for another name.
    """
    tests = [_test(word) for word in words]
    return [run for run in runs if all(test(run) for test in tests)]


def _test(word: str) -> Callable[[Shelved], bool]:
    name, equals, value = word.partition("=")
    if not equals:
        return lambda run: any(word.lower() in text.lower() for texts in fields_of(run).values() for text in texts)
    if name in ("after", "before"):
        return lambda run: (
            run.record is not None and (run.record.started >= value if name == "after" else run.record.started < value)
        )
    if name not in _FIELD_NAMES:
        raise UsageError(
            f"filter {word!r}: {name!r} is not known; known: {', '.join((*_FIELD_NAMES, 'after', 'before'))}"
        )
    return lambda run: value in fields_of(run)[name]


_FIELD_NAMES = ("model", "kind", "status", "label", "verdict", "tag", "user", "host", "id")


def fields_of(run: Shelved) -> dict[str, list[str]]:
    """What a run can be found by."""
    record = run.record
    if record is None:
        return {name: ["unreadable"] if name == "status" else [] for name in _FIELD_NAMES} | {"tag": run.remarks.tags}
    single = {name: str(getattr(record, name)) for name in ("model", "kind", "label", "verdict", "id")}
    single |= {"status": record.status_now.value, "user": record.process.user, "host": record.process.host}
    return {name: [value] for name, value in single.items()} | {"tag": list(run.remarks.tags)}


def ordered_by_a_study(run: Shelved) -> bool:
    """Whether the run is a leg that no person asked for: a replay, or one with a fault planted in it."""
    return run.record is not None and bool(run.record.request.get("replay") or run.record.request.get("faults"))
