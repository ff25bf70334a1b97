"""Run it again, from the record alone, in a new folder, and tell whether the same came out."""

import os
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from crosssim.divergence.gates import judge
from crosssim.divergence.promises import Standing, judge_promise
from crosssim.divergence.verdict import Judgement, Verdict
from crosssim.errors import CrosssimError, ExitStatus, NotComparable, UsageError
from crosssim.model.declaration import Model
from crosssim.model.expectation import Tolerance
from crosssim.model.ladder import Identical, Ladder
from crosssim.provenance.record import Record, RunStatus, UsedRun, read_record
from crosssim.provenance.repetition import Change, Likeness, Repetition, changes_around, likeness
from crosssim.provenance.shelf import REPEATS, Shelved, results_around
from crosssim.provenance.verifying import verify_run
from crosssim.recording.data import Recording
from crosssim.recording.disk import disk_errors_as_sentences
from crosssim.recording.folder import read_recording
from crosssim.runner.launch import Launcher, LegPlan, ProgressTeller
from crosssim.runner.records import LEG
from crosssim.runner.request import LegRequest, RungRequest
from crosssim.studies.asked_again import asked_again
from crosssim.studies.ladder import rung_arguments
from crosssim.studies.legs import leg_arguments
from crosssim.studies.recorded import recorded_study

_ORDER = list(Repetition)


@dataclass(frozen=True)
class RepeatedLeg:
    """One leg that ran again: what the two records say of each other, and where the two recordings first part."""

    old: Record
    old_folder: Path
    new: Record | None
    new_folder: Path
    likeness: Likeness
    changes: tuple[Change, ...] = ()
    divergence: Judgement | None = None


@dataclass(frozen=True)
class RepeatResult:
    """A repeat: of one leg, or of every leg of a study. ``folder`` holds its own record and the new legs."""

    of: Record
    legs: tuple[RepeatedLeg, ...]
    folder: Path

    @property
    def outcome(self) -> Repetition:
        """The farthest of its legs."""
        return max((leg.likeness.outcome for leg in self.legs), key=_ORDER.index)

    @property
    def exit_status(self) -> ExitStatus:
        """0 for identical and equivalent, 1 for different, 3 for failed."""
        if self.outcome is Repetition.FAILED:
            return ExitStatus.LEG_FAILED
        return ExitStatus.DIFFERS if self.outcome is Repetition.DIFFERENT else ExitStatus.AGREES


@dataclass(frozen=True)
class RepeatWishes:
    """How to repeat: with the model as it is now, or with the copies of its files that were kept with the record."""

    kept_sources: bool = False
    jobs: int = 1
    time_limit_s: float | None = None
    tell: ProgressTeller = field(default=lambda label, phase: None)


def run_repeat(run: Shelved, results: Path, wishes: RepeatWishes) -> RepeatResult:
    """Repeat a leg, or all legs of a study, in ``results/repeats/ID-n``.

    Raises :class:`UsageError` if the run did not complete, its model is not there any more, or ``results`` cannot be
    written.
    """
    if run.record is None:
        raise UsageError(run.problem)
    if run.record.status is not RunStatus.COMPLETED:
        raise UsageError(
            f"run {run.record.id} is {run.record.status_now.value} ({run.record.reason or 'it has no result'}); "
            "only a completed run can be repeated"
        )
    originals = [(run.record, run.folder)] if run.record.kind == LEG else _legs_of(run, results_around(run, results))
    folder = _new_folder(results, run.record)
    opened = Path(os.path.commonpath([results.resolve(), results_around(run, results).resolve()]))
    with recorded_study("repeat", run.record.model, {"of": run.record.id}, results, sys.argv) as study:
        legs = tuple(_repeat_leg((old, place), folder, opened, wishes) for old, place in originals)
        result = RepeatResult(run.record, legs, folder)
        used = [_used("first run", leg.old, leg.old_folder, folder) for leg in legs]
        used += [_used("repeat", leg.new, leg.new_folder, folder) for leg in legs if leg.new]
        study.finish(folder, used, verdict=result.outcome.value, reason=legs[0].likeness.reason)
    return result


def _used(role: str, record: Record, leg: Path, folder: Path) -> UsedRun:
    return UsedRun(role, record.id, Path(os.path.relpath(leg, folder)).as_posix(), record.label)


def _legs_of(run: Shelved, results: Path) -> list[tuple[Record, Path]]:
    """The legs that a study used. Raises :class:`UsageError` if one is gone."""
    assert run.record is not None
    found = []
    for used in run.record.inputs:
        place = (run.folder / used.path).resolve()
        if not place.is_relative_to(results.resolve()):
            raise UsageError(f"run {run.record.id} used {used.path}, which lies outside {results}; it is not opened")
        record = read_record(place)
        if record.kind == LEG and record.status is RunStatus.COMPLETED:
            found.append((record, place))
    if not found:
        again = shlex.join(run.record.command)
        raise UsageError(f"run {run.record.id} ({run.record.kind}) used no leg that could be repeated; type {again}")
    return found


def _new_folder(results: Path, record: Record) -> Path:
    number = 1
    while (folder := results / REPEATS / f"{record.id}-{number}").exists():
        number += 1
    with disk_errors_as_sentences(results):
        folder.mkdir(parents=True)
    return folder


def _repeat_leg(first: tuple[Record, Path], folder: Path, results: Path, wishes: RepeatWishes) -> RepeatedLeg:
    old, old_folder = first
    model, request = asked_again(old, old_folder, folder, wishes.kept_sources)
    plan = LegPlan(old.label or request.backend, request, _arguments(model, request, folder))
    launcher = Launcher(folder, model, 1, wishes.time_limit_s, fresh=True, tell=wishes.tell)
    (run,) = launcher.run([plan])
    try:
        new: Record | None = read_record(run.folder)
    except CrosssimError as error:
        failed = Likeness(Repetition.FAILED, run.outcome.reason or str(error))
        return RepeatedLeg(old, old_folder, None, run.folder, failed)
    assert new is not None
    alike = _intact(likeness(old, new), run.folder, results)
    parted = None
    if alike.outcome is Repetition.DIFFERENT:
        parted = first_divergence(model, old_folder, run.folder)
    return RepeatedLeg(old, old_folder, new, run.folder, alike, changes_around(old, new), parted)


def _intact(alike: Likeness, new_folder: Path, results: Path) -> Likeness:
    """What the new record claims is read back from the new files before it is believed."""
    if alike.outcome not in (Repetition.IDENTICAL, Repetition.EQUIVALENT):
        return alike
    wrong = verify_run(new_folder, results)
    if not wrong:
        return alike
    return replace(alike, outcome=Repetition.DIFFERENT, reason=f"{wrong[0].what} of the repeat {wrong[0].problem}")


def _arguments(model: Model | Ladder, request: LegRequest, results: Path) -> tuple[str, ...]:
    if isinstance(model, Model):
        return leg_arguments(model, request, results)
    assert isinstance(request, RungRequest)
    return rung_arguments(request, results)


def first_divergence(model: Model | Ladder, old_folder: Path, new_folder: Path) -> Judgement:
    """Where two recordings that should be the same first part: the gates, or the promise of a rung, bit for bit."""
    if isinstance(model, Ladder):
        return _readable(lambda: _as_promised(read_recording(old_folder), read_recording(new_folder)))
    exact = [replace(one, tolerance=Tolerance(0.0, one.tolerance.unit, "a repeat")) for one in model.recorded]
    return _readable(lambda: judge(read_recording(old_folder), read_recording(new_folder), exact))


def _as_promised(old: Recording, new: Recording) -> Judgement:
    promised = judge_promise(Identical("a repeat"), [(old, new)])
    verdict = Verdict.IDENTICAL if promised.standing is Standing.KEPT else Verdict.DIFFERENT
    return Judgement(verdict, promised.reason, onset=promised.onset)


def _readable(judged: Callable[[], Judgement]) -> Judgement:
    try:
        return judged()
    except NotComparable as error:
        return Judgement(Verdict.NOT_COMPARABLE, str(error))
