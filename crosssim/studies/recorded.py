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
from crosssim.provenance.keeping import Begun, begin, finish, interrupt
from crosssim.provenance.record import Record, RunStatus, UsedRun, new_record, read_record
from crosssim.provenance.surroundings import surroundings
from crosssim.runner.launch import LegPlan
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
    kind: str, model: Model | str, request: Mapping[str, Any], results: Path, command: Sequence[str]
) -> Iterator[StudyRecord]:
    """Record a study; the block is to call :meth:`StudyRecord.finish` at its end. ``model`` may be its name alone.

    Raises :class:`UsageError` if the disk does not take the record.
    """
    declared = model if isinstance(model, Model) else None
    name = model if isinstance(model, str) else model.name
    record = new_record(kind, name, kind, command, request, crosssim.__version__)
    record = replace(record, environment=surroundings(), entry=entry_name(declared) if declared else "")
    sources, trees = (source_files(declared), source_trees(declared)) if declared else ({}, {})
    begun = begin(results / name, record, sources, trees)
    study = StudyRecord(begun)
    try:
        yield study
    except BaseException as error:
        interrupt(begun, f"{error.__class__.__name__}: {error}".removesuffix(": "))
        raise


def check_request(model_text: str, plans: Sequence[LegPlan]) -> dict[str, Any]:
    """What a check asks, as plain JSON values."""
    legs = [{"label": plan.label, "request": msgspec.to_builtins(plan.request)} for plan in plans]
    return {"model": model_text, "legs": legs}


def finish_check(study: StudyRecord, result: CheckResult, folder: Path) -> Record:
    """Write the record of a check into the folder of its report. Raises :class:`UsageError`."""
    completed = all(leg.outcome.completed for leg in result.legs)
    worst = result.worst
    return study.finish(
        folder,
        [one for leg, role in zip(result.legs, _roles(result), strict=True) for one in _used(leg, role, folder)],
        status=RunStatus.COMPLETED if completed else RunStatus.FAILED,
        label=" ".join(leg.label for leg in result.legs),
        verdict=worst.verdict.value,
        reason=worst.reason,
        cpu_s=round(sum(leg.outcome.cpu_s for leg in result.legs if not leg.reused), 3),
        contents=_contents(result),
    )


def _roles(result: CheckResult) -> list[str]:
    return ["reference", *["candidate"] * (len(result.legs) - 1)]


def _used(leg: FinishedLeg, role: str, folder: Path) -> list[UsedRun]:
    """The leg as an input, if it has a record: one that could not be started has not."""
    with suppress(CrosssimError):
        path = Path(os.path.relpath(leg.folder, folder)).as_posix()
        return [UsedRun(role, read_record(leg.folder).id, path, leg.label)]
    return []


def _contents(result: CheckResult) -> dict[str, str]:
    found = {f"{one.reference} | {one.candidate}": one.judgement.verdict.value for one in result.comparisons}
    for leg in result.legs:
        found |= {f"{leg.label}: {name}": digest for name, digest in leg.outcome.fingerprints.items()}
    return found
