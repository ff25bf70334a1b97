"""Where suspects are looked for: both backends under the same input at one step, faults planted in the reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from crosssim.divergence.refinement import FIRST_SHARE, PopulationRefinement
from crosssim.divergence.spikes import until
from crosssim.recording.data import Recording, Spikes
from crosssim.recording.folder import read_recording
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.runner.request import Fault
from crosssim.studies.refine import DURATION_MS as DURATION_OF_REFINEMENT_MS
from crosssim.studies.refine import ladder_of_steps, refined_timing
from crosssim.studies.replay import ReplaySetting, completed, replay_plan
from crosssim.studies.result import FinishedLeg, Pair

DURATION_MS = 150.0
"""How much is replayed for each of some dozens of hypotheses: thousands of spikes in the shipped networks."""

_PLAIN_UNPAIRED = 0.05


@dataclass(frozen=True)
class Scene:
    """Both backends at one step under the same input, without any change."""

    pair: Pair
    launcher: Launcher
    step_ms: float
    reference: Recording
    candidate: Recording

    def planted(self, groups: Sequence[tuple[Fault, ...]]) -> list[Recording | None]:
        """The reference's replay with each group of faults planted; ``None`` for a leg that cannot run."""
        plans = [_plan(self.pair, self.launcher, self.step_ms, self.pair.reference, group) for group in groups]
        numbered = [LegPlan(f"{plan.label} {k}", plan.request, plan.arguments) for k, plan in enumerate(plans)]
        runs = self.launcher.run(numbered)
        return [read_recording(Path(run.folder)) if run.outcome.completed else None for run in runs]


@dataclass(frozen=True)
class Focus:
    """Where one population differs: all its spikes, its first ones, or some of its cells."""

    row: PopulationRefinement
    reference: Spikes
    candidate: Spikes
    until_ms: float
    cells: npt.NDArray[np.int64] | None
    step_ms: float


def set_scene(pair: Pair, launcher: Launcher, rows: Sequence[PopulationRefinement]) -> Scene:
    """At the model's own step if the difference in ``rows`` stands out there, else at a fine one.

    Raises :class:`LegError` if a replay without any change does not run.
    """
    steps = ladder_of_steps(pair.reference, pair.candidate)
    step_ms = steps[0] if any(_coarse_enough(row) for row in rows) else steps[-2]
    plans = [_plan(pair, launcher, step_ms, leg, ()) for leg in (pair.reference, pair.candidate)]
    return Scene(pair, launcher, step_ms, *completed(launcher.run(plans)))


def focus_on(scene: Scene, row: PopulationRefinement) -> Focus:
    """Odd cells, if only they keep apart; the first spikes, if only they do; else the whole population."""
    stop_ms, cells = scene.reference.duration_ms, None
    if not row.shift_remains and not row.spikes_remain_unpaired:
        if row.odd_cells:
            cells = np.array([odd.cell for odd in row.odd_cells], dtype=np.int64)
        else:
            stop_ms *= FIRST_SHARE * DURATION_OF_REFINEMENT_MS / DURATION_MS
    reference, candidate = (until(one.spikes[row.population], stop_ms) for one in (scene.reference, scene.candidate))
    return Focus(row, reference, candidate, stop_ms, cells, scene.step_ms)


def _plan(pair: Pair, launcher: Launcher, step_ms: float, cells: FinishedLeg, faults: tuple[Fault, ...]) -> LegPlan:
    timing = refined_timing(cells.request.timing, step_ms, DURATION_MS)
    grid_ms = max(leg.request.input_grid_ms for leg in (pair.reference, pair.candidate))
    return replay_plan(pair.model, cells, pair.reference, launcher, ReplaySetting(timing, grid_ms, faults))


def _coarse_enough(row: PopulationRefinement) -> bool:
    """Whether the difference stands out at the model's own step, where a leg costs least: beside the integrators'
    shift there, which is some tenths of a step."""
    return row.between.unpaired[-1] > _PLAIN_UNPAIRED or abs(row.between.intercept_ms or 0.0) > 2 * row.steps_ms[0]
