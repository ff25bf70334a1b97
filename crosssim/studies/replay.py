"""Legs that replay: cells of one backend driven by spikes that another leg recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crosssim.divergence.replay import ReplayDetails, ReplayTable, compare_replay, replay_result
from crosssim.divergence.verdict import GateResult
from crosssim.errors import LegError
from crosssim.model.declaration import Model, Timing
from crosssim.recording.data import Recording
from crosssim.recording.folder import read_recording
from crosssim.runner.launch import Launcher, LegPlan, LegRun
from crosssim.runner.place import path_in_results
from crosssim.runner.request import Fault, LegRequest, Replay
from crosssim.studies.legs import leg_arguments
from crosssim.studies.result import FinishedLeg, Pair


@dataclass(frozen=True)
class ReplaySetting:
    """How a replay differs from the free leg whose cells it runs; ``None`` keeps the free leg's own."""

    timing: Timing | None = None
    input_grid_ms: float | None = None
    faults: tuple[Fault, ...] = ()
    """Planted beside those that the free leg has of its own."""

    v_every_ms: float = 0.0
    """See :class:`LegRequest`."""


def replay_plan(
    model: Model, cells: FinishedLeg, spikes: FinishedLeg, launcher: Launcher, setting: ReplaySetting | None = None
) -> LegPlan:
    """The leg in which the cells and the wiring of one free leg receive the spikes of another."""
    setting = setting or ReplaySetting()
    request: LegRequest = replace(
        cells.request,
        timing=setting.timing or cells.request.timing,
        input_grid_ms=setting.input_grid_ms or cells.request.input_grid_ms,
        replay=Replay(*(path_in_results(str(leg.folder), launcher.results) for leg in (spikes, cells))),
        faults=(*cells.request.faults, *setting.faults),
        v_every_ms=setting.v_every_ms,
    )
    label = f"{cells.label} ← {spikes.label}"
    if setting.timing is not None:
        label += f" at {setting.timing.timestep_ms:g} ms"
    if setting.faults:
        label += f" + {len(setting.faults)} changes"
    return LegPlan(label, request, leg_arguments(model, request, launcher.results))


def completed(runs: Sequence[LegRun]) -> list[Recording]:
    """The recordings of legs that a gate cannot do without. Raises :class:`LegError` for the first that failed."""
    for run in runs:
        if not run.outcome.completed:
            raise LegError(f"{run.plan.label}: {run.outcome.reason}")
    return [read_recording(Path(run.folder)) for run in runs]


def run_replay(pair: Pair, launcher: Launcher) -> GateResult:
    """The replay gate: candidate driven by the reference's spikes, and each backend driven by its own beside it."""
    reference, candidate = pair.reference, pair.candidate
    sides = ((candidate, reference), (reference, reference), (candidate, candidate))
    plans = [replay_plan(pair.model, cells, spikes, launcher) for cells, spikes in sides]
    recordings = completed(launcher.run(plans))
    tables = [_table(recording, *pair) for recording, pair in zip(recordings, sides, strict=True)]
    return replay_result(ReplayDetails(tables[0], tuple(tables[1:])))


def _table(recording: Recording, cells: FinishedLeg, spikes: FinishedLeg) -> ReplayTable:
    assert spikes.recording is not None
    step = max(cells.request.timing.timestep_ms, spikes.request.timing.timestep_ms)
    return compare_replay(spikes.recording.spikes, recording, step_ms=step, labels=(spikes.label, cells.label))
