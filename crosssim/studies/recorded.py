"""The record of a study: begun before its legs, final beside its report, and *interrupted* if it does not get there."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

import crosssim
from crosssim.errors import CrosssimError
from crosssim.model.declaration import Model
from crosssim.model.ladder import Ladder
from crosssim.provenance.keeping import Begun, begin, finish, interrupt
from crosssim.provenance.record import ORDERED, Record, RunStatus, UsedRun, new_record, read_record
from crosssim.provenance.surroundings import surroundings
from crosssim.runner.launch import LegPlan, LegRun
from crosssim.runner.records import entry_name, source_files, source_trees
from crosssim.studies.result import CheckResult, FinishedLeg


class StudyRecord:
    """A study that has begun. ``id`` is the id of its record, for figures and pages."""

    def __init__(self, begun: Begun) -> None:
        self._begun = begun
        self.id = begun.record.id
        self.finished: Record | None = None

    def finish(self, folder: Path, inputs: Sequence[UsedRun], **changes: Any) -> Record:
        """Write the final record into ``folder``, where the report lies; ``changes`` are fields of :class:`Record`.

        Raises :class:`UsageError` if the disk does not take it.
        """
        fields = {"status": RunStatus.COMPLETED, "inputs": list(inputs), **changes}
        self.finished = finish(self._begun, folder, **fields)
        return self.finished


@contextmanager
def recorded_study(
    kind: str,
    model: Model | Ladder | str,
    request: Mapping[str, Any],
    results: Path,
    command: Sequence[str],
    files: Mapping[str, Path] | None = None,
) -> Iterator[StudyRecord]:
    """Record a study; the block is to call :meth:`StudyRecord.finish` at its end. ``model`` may be its name alone.

    ``files`` are kept with the record as the model's own sources are, under their names.

    Raises :class:`UsageError` if the disk does not take the record.
    """
    declared = None if isinstance(model, str) else model
    name = model if isinstance(model, str) else model.name
    record = new_record(kind, name, kind, command, request, crosssim.__version__)
    record = replace(record, environment=surroundings(), entry=entry_name(declared) if declared else "")
    sources, trees = (source_files(declared), source_trees(declared)) if declared else ({}, {})
    begun = begin(results / name, record, {**sources, **(files or {})}, trees)
    study = StudyRecord(begun)
    try:
        yield study
    except CrosssimError as error:
        interrupt(begun, str(error), RunStatus.FAILED)
        raise
    except BaseException as error:
        interrupt(begun, f"{error.__class__.__name__}: {error}".removesuffix(": "))
        raise


def study_request(model_text: str, plans: Sequence[LegPlan], **more: Any) -> dict[str, Any]:
    """What a study asks, as plain JSON values: its model as typed, the legs that were named, and ``more``."""
    legs = [{"label": plan.label, "request": msgspec.to_builtins(plan.request)} for plan in plans]
    return {"model": model_text, "legs": legs, **more}


def used_legs(named: Sequence[tuple[str, FinishedLeg]], ended: Sequence[LegRun], folder: Path) -> list[UsedRun]:
    """The inputs of the study in ``folder``: the legs it was given, by role, and all others that ``ended`` for it.

    A leg that could not be started has no record, and is none of them.
    """
    legs = [(role, leg.folder, leg.label) for role, leg in named]
    legs += [(ORDERED, run.folder, run.plan.label) for run in ended if run.outcome.completed]
    found: dict[Path, UsedRun] = {}
    for role, leg, label in legs:
        with suppress(CrosssimError):
            if leg not in found:
                path = Path(os.path.relpath(leg, folder)).as_posix()
                found[leg] = UsedRun(role, read_record(leg).id, path, label)
    return list(found.values())


def cpu_seconds(ended: Sequence[LegRun]) -> float:
    """Of all legs that ran for the study, without those that were reused."""
    return round(sum((run.outcome.cpu_s for run in ended if not run.reused), 0.0), 3)


def finish_check(study: StudyRecord, result: CheckResult, ended: Sequence[LegRun], folder: Path) -> Record:
    """Write the record of a check into the folder of its report. Raises :class:`UsageError`."""
    completed = all(leg.outcome.completed for leg in result.legs)
    worst = result.worst
    return study.finish(
        folder,
        used_legs(list(zip(_roles(result), result.legs, strict=True)), ended, folder),
        status=RunStatus.COMPLETED if completed else RunStatus.FAILED,
        label=" ".join(leg.label for leg in result.legs),
        verdict=worst.verdict.value,
        reason=worst.reason,
        cpu_s=cpu_seconds(ended),
        contents=_contents(result),
    )


def _roles(result: CheckResult) -> list[str]:
    return ["reference", *["candidate"] * (len(result.legs) - 1)]


def _contents(result: CheckResult) -> dict[str, str]:
    found = {f"{one.reference} | {one.candidate}": one.judgement.verdict.value for one in result.comparisons}
    for leg in result.legs:
        found |= {f"{leg.label}: {name}": digest for name, digest in leg.outcome.fingerprints.items()}
    return found
