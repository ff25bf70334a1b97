"""The records of legs, written by whoever launched them: begun before the launch, final after the end."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

import crosssim
from crosssim.errors import CrosssimError
from crosssim.model.declaration import Model
from crosssim.model.ladder import Ladder
from crosssim.provenance.keeping import Begun, adopt, begin, finish, forget, interrupt, is_recorded
from crosssim.provenance.record import RECORD, Record, RunStatus, UsedRun, new_record, now, read_record
from crosssim.recording.draws import FOLDER
from crosssim.runner.request import LegOutcome, LegRequest, LegStatus

LEG = "leg"


def leg_record(model: Model | Ladder, label: str, request: LegRequest, command: Sequence[str]) -> Record:
    """The record of a leg that begins now in this process."""
    record = new_record(LEG, model.name, label, command, msgspec.to_builtins(request), crosssim.__version__)
    return replace(record, entry=entry_name(model))


def entry_name(model: Model | Ladder) -> str:
    """Which of the copied sources declares the model."""
    return "" if model.file is None else f"sources/{model.file.name}"


def source_files(model: Model | Ladder) -> dict[str, Path]:
    """The model's files by their path relative to the folder of the file that declares it."""
    if model.file is None:
        return {}
    own = model.file.parent
    return {
        (one.relative_to(own).as_posix() if one.is_relative_to(own) else f"{one.parent.name}/{one.name}"): one
        for one in model.sources or (model.file,)
    }


def _draws_file(record: Record, results: Path) -> dict[str, Path]:
    """The draws that a rung is given, kept with its record as its sources are."""
    draws = record.request.get("draws")
    return {f"{FOLDER}/{Path(draws).name}": results / draws} if draws else {}


def source_trees(model: Model | Ladder) -> dict[str, Path]:
    """The folders whose git state belongs to a run of ``model``."""
    own = Path(crosssim.__file__).parent
    return {"crosssim": own} if model.file is None else {"model": model.file.parent, "crosssim": own}


def begin_leg(place: Path, model: Model | Ladder, record: Record) -> Begun | None:
    """The running record under ``place``; ``None`` if the disk does not take it, which the leg itself will say."""
    with suppress(CrosssimError, OSError):
        return begin(place, record, source_files(model) | _draws_file(record, place.parent), source_trees(model))
    return None


def finish_leg(begun: Begun | None, folder: Path, outcome: LegOutcome) -> LegOutcome:
    """Write the final record into the leg's folder; the outcome, with a note if the disk did not take the record."""
    if begun is None or not folder.is_dir():
        return outcome
    if folder == begun.folder.parents[2]:  # without its simulator it came to no folder of its own
        interrupt(begun, outcome.reason, RunStatus.FAILED)
        return outcome
    if made_by_another(folder, begun):
        forget(begun)
        return outcome
    try:
        results = begun.folder.parents[2]
        finish(begun, folder, inputs=_used_legs(begun.record, folder, results), **_ending(outcome))
    except (CrosssimError, OSError) as error:
        return replace(outcome, notes=(*outcome.notes, f"the run is kept, its record is not: {error}"))
    return outcome


def made_by_another(folder: Path, begun: Begun) -> bool:
    """Whether the leg waited for another process with the same request and found its result, already recorded."""
    try:
        other = read_record(folder)
    except CrosssimError:
        return False
    outcome = folder / "outcome.json"
    changed_since = outcome.is_file() and outcome.stat().st_mtime > (folder / RECORD).stat().st_mtime
    return other.status is RunStatus.COMPLETED and not changed_since and other.ended >= begun.record.started


def adopt_leg(place: Path, folder: Path, record: Record, outcome: LegOutcome) -> None:
    """See that a finished leg that is used again has a record; where the disk refuses one, it is used without."""
    if is_recorded(folder):
        return
    with suppress(CrosssimError, OSError):
        adopt(place, record, folder, inputs=_used_legs(record, folder, place.parent), **_ending(outcome))


def _used_legs(record: Record, folder: Path, results: Path) -> list[UsedRun]:
    """The legs whose spikes and wiring a replay went through, as far as they have records."""
    found = []
    for role, place in (record.request.get("replay") or {}).items():
        with suppress(CrosssimError):
            other = read_record(results / place)
            path = Path(os.path.relpath(results / place, folder)).as_posix()
            found.append(UsedRun(role, other.id, path, other.label))
    return found


def _ending(outcome: LegOutcome) -> Mapping[str, Any]:
    completed = outcome.status is LegStatus.COMPLETED
    return {
        "status": RunStatus.COMPLETED if completed else RunStatus.FAILED,
        "reason": outcome.reason if completed else f"{outcome.status.value}: {outcome.reason}",
        "ended": now(),
        "cpu_s": outcome.cpu_s,
        "peak_memory_mb": outcome.peak_memory_mb,
        "environment": dict(outcome.surroundings),
        "contents": dict(outcome.fingerprints),
        "notes": list(outcome.notes),
    }
