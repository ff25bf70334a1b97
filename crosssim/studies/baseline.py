"""A run kept as the reference: compare a new run, or a new version of a simulator, with it through the gates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

import crosssim
from crosssim.divergence.verdict import Gate, Judgement, Verdict
from crosssim.errors import CrosssimError, ExitStatus, UsageError
from crosssim.model.declaration import Model
from crosssim.model.discovery import find_model
from crosssim.provenance.baseline_store import (
    Baseline,
    Entry,
    checked_name,
    leg_folder_name,
    new_entry,
    read_baseline,
    read_history,
    unpack,
    write_baseline,
)
from crosssim.provenance.git import git_state
from crosssim.provenance.record import ORDERED, Process, Record, RunStatus, new_id, read_record
from crosssim.provenance.repetition import Change, changes_around
from crosssim.provenance.shelf import Shelved
from crosssim.recording.contents import CONTENTS
from crosssim.recording.data import Recording
from crosssim.recording.folder import read_recording
from crosssim.recording.rates import population_rates
from crosssim.runner.backends import find_backend
from crosssim.runner.launch import Launcher, LegPlan, LegRun
from crosssim.runner.records import LEG
from crosssim.runner.request import LegOutcome, LegRequest, LegStatus
from crosssim.studies.finished import finished_leg
from crosssim.studies.legs import leg_arguments
from crosssim.studies.result import FinishedLeg, Pair
from crosssim.studies.walk import ALL_GATES, judge_pair


@dataclass(frozen=True)
class MovedRate:
    """A population's rate (Hz) and spikes in the baseline and now; ``None`` where it was not recorded."""

    population: str
    before_hz: float | None
    now_hz: float | None
    before_spikes: int | None
    now_spikes: int | None


@dataclass(frozen=True)
class LegAgainstBaseline:
    """One leg, run anew: the judgement, what moved, and what around it has changed."""

    label: str
    leg: FinishedLeg
    judgement: Judgement
    rates: tuple[MovedRate, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class BaselineResult:
    """A baseline held against new runs of its legs."""

    baseline: Baseline
    entry: Entry
    model: Model
    legs: tuple[LegAgainstBaseline, ...]
    command: tuple[str, ...]
    ended: tuple[LegRun, ...] = ()
    """Every leg that ran for it, also those that a gate ordered."""

    @property
    def worst(self) -> Judgement:
        """The judgement of the leg that is farthest from its reference."""
        order = list(Verdict)
        return max((one.judgement for one in self.legs), key=lambda judged: order.index(judged.verdict))

    @property
    def exit_status(self) -> ExitStatus:
        """As of a check: 0 where every leg agrees with its reference."""
        statuses = {one.leg.outcome.status for one in self.legs}
        if LegStatus.MISSING in statuses:
            return ExitStatus.SIMULATOR_MISSING
        return self.worst.verdict.exit_status


def save_baseline(run: Shelved, folder: Path, reason: str) -> Entry:
    """Make a completed leg or check the reference in ``folder``.

    Raises :class:`UsageError` if there is a baseline already, if the run did not complete, or without a reason.
    """
    checked_name(folder.name)
    if (folder / "baseline.json").exists():
        raise UsageError(f"baseline {folder.name} is there already; `crosssim baseline accept` changes it")
    legs = _legs_of(run)
    assert run.record is not None
    kept: dict[str, dict[str, Any]] = {}
    for label, (record, _) in legs.items():
        kept[label] = {"request": record.request, "folder": leg_folder_name(label, kept)}
    model = str(next(iter(legs.values()))[0].request.get("model", ""))
    folders = {label: place for label, (_, place) in legs.items()}
    recordings = {label: read_recording(place) for label, place in folders.items()}
    entry = _entry("save", reason, run.record.verdict, recordings, {label: one for label, (one, _) in legs.items()})
    write_baseline(folder, Baseline(folder.name, model, kept, entry.id, run.record.verdict), entry, folders)
    return entry


def _legs_of(run: Shelved) -> dict[str, tuple[Record, Path]]:
    record = run.record
    if record is None or record.status is not RunStatus.COMPLETED:
        raise UsageError(run.problem or "only a completed run can be a baseline")
    if record.request.get("replay") or record.request.get("rung"):
        what = "replays another leg" if record.request.get("replay") else "is a rung of a ladder"
        raise UsageError(f"run {record.id} {what}, and a baseline keeps legs that run by themselves; save one of those")
    if record.kind == LEG:
        return {record.label: (record, run.folder)}
    found = {}
    for used in record.inputs:
        if used.role == ORDERED:
            continue
        place = (run.folder / used.path).resolve()
        leg = read_record(place)
        if leg.id != used.id or leg.kind != LEG:
            raise UsageError(f"leg {used.label} of run {record.id} was run again since; run the check again first")
        found[used.label or leg.label] = (leg, place)
    if not found:
        raise UsageError(f"run {record.id} is a {record.kind} without legs; save a leg or a check")
    return found


def _entry(
    action: str, reason: str, verdict: str, recordings: Mapping[str, Recording], records: Mapping[str, Record | None]
) -> Entry:
    state = git_state(Path.cwd())
    return new_entry(
        action,
        reason,
        id=new_id(),
        user=Process.this().user,
        verdict=verdict,
        crosssim=crosssim.__version__,
        numbers={label: _numbers(recording) for label, recording in recordings.items()},
        versions={label: _versions(record) for label, record in records.items() if record},
        contents={label: dict(record.contents) for label, record in records.items() if record},
        git=state[0].commit if state else "",
    )


def _numbers(recording: Recording) -> dict[str, dict[str, float]]:
    rows = population_rates(recording)
    return {row.name: {"cells": row.cells, "spikes": row.spikes, "rate_hz": row.rate_hz} for row in rows}


def _versions(record: Record) -> dict[str, str]:
    """The versions of the packages that decide the leg's result."""
    packages = record.environment.get("packages")
    packages = packages if isinstance(packages, dict) else {}
    try:
        names = find_backend(str(record.request.get("backend"))).distributions
    except CrosssimError:
        names = ()
    known = {str(name).lower(): str(version) for name, version in packages.items()}  # NEURON calls itself neuron
    return {name: known[name.lower()] for name in names if name.lower() in known}


@dataclass(frozen=True)
class BaselineOrder:
    """How a baseline is checked: where its legs run, and which gates they walk."""

    results: Path
    jobs: int = 1
    time_limit_s: float | None = None
    fresh: bool = False
    gates: Sequence[Gate] = ALL_GATES
    tell: Any = None
    command: tuple[str, ...] = ()

    def launcher(self, model: Model) -> Launcher:
        """What runs the legs."""
        launcher = Launcher(self.results, model, self.jobs, self.time_limit_s, self.fresh)
        return launcher if self.tell is None else replace(launcher, tell=self.tell)


def check_baseline(folder: Path, order: BaselineOrder) -> BaselineResult:
    """Run the legs of the baseline as they are today, and judge each against its reference.

    Raises :class:`UsageError` if there is no such baseline, :class:`RecordingUnreadable` if it is damaged.
    """
    baseline = read_baseline(folder)
    entry = next((one for one in read_history(folder) if one.id == baseline.entry), None)
    if entry is None:
        raise UsageError(f"baseline {baseline.name} refers to entry {baseline.entry}, which is not in its history")
    model = find_model(baseline.model)
    launcher = order.launcher(model)
    plans = [_plan(model, label, one, order.results) for label, one in baseline.legs.items()]
    news = [finished_leg(run) for run in launcher.run(plans)]
    quiet = replace(launcher, fresh=False)
    legs = tuple(_against(folder, baseline, model, new, (quiet, order.gates)) for new in news)
    return BaselineResult(baseline, entry, model, legs, order.command, tuple(launcher.ended))


def _plan(model: Model, label: str, kept: Mapping[str, Any], results: Path) -> LegPlan:
    try:
        request = msgspec.convert(kept["request"], LegRequest)
    except (msgspec.ValidationError, KeyError, UsageError) as error:
        raise UsageError(f"leg {label} of the baseline cannot be run: {error}") from None
    return LegPlan(label, request, leg_arguments(model, request, results))


def _against(
    folder: Path, baseline: Baseline, model: Model, new: FinishedLeg, how: tuple[Launcher, Sequence[Gate]]
) -> LegAgainstBaseline:
    launcher, gates = how
    packed = folder / "legs" / checked_name(str(baseline.legs[new.label]["folder"]))
    if new.recording is None:
        judged = Judgement(Verdict.NOT_RUN, f"{new.label}: {new.outcome.reason}")
        return LegAgainstBaseline(new.label, new, judged, (), ())
    # the name changes with the content: a replay driven by an earlier reference is never taken for one by this
    place = launcher.results / model.name / "baselines" / f"{baseline.name}-{baseline.entry}" / packed.name
    unpack(packed, place)
    before = read_recording(place)
    kept = FinishedLeg("baseline", new.request, LegOutcome(LegStatus.COMPLETED), place, (), True, before)
    judged = judge_pair(Pair(model, kept, new), launcher, gates)
    return LegAgainstBaseline(new.label, new, judged, _moved(before, new.recording), _changes(packed, new.folder))


def _changes(packed: Path, new: Path) -> tuple[Change, ...]:
    try:
        return changes_around(read_record(packed), read_record(new))
    except CrosssimError:
        return ()


def _moved(before: Recording, now: Recording) -> tuple[MovedRate, ...]:
    then = {row.name: row for row in population_rates(before)}
    today = {row.name: row for row in population_rates(now)}
    return tuple(
        MovedRate(
            name,
            then[name].rate_hz if name in then else None,
            today[name].rate_hz if name in today else None,
            then[name].spikes if name in then else None,
            today[name].spikes if name in today else None,
        )
        for name in dict.fromkeys([*then, *today])
    )


def accept_baseline(folder: Path, result: BaselineResult, reason: str) -> Entry:
    """Make the new runs in ``result`` the reference, and say why.

    Raises :class:`UsageError` without a reason, or if a leg did not complete.
    """
    unfinished = [one.label for one in result.legs if one.leg.recording is None]
    if unfinished:
        raise UsageError(f"baseline {folder.name} keeps its reference: {', '.join(unfinished)} did not complete")
    recordings = {one.label: one.leg.recording for one in result.legs if one.leg.recording is not None}
    records = {one.label: _record_of(one.leg.folder) for one in result.legs}
    entry = _entry("accept", reason, result.worst.verdict.value, recordings, records)
    legs = {one.label: one.leg.folder for one in result.legs if (one.leg.folder / CONTENTS).is_file()}
    write_baseline(folder, replace(result.baseline, entry=entry.id), entry, legs)
    return entry


def _record_of(folder: Path) -> Record | None:
    try:
        return read_record(folder)
    except CrosssimError:
        return None
