"""Where suspects are looked for: both backends under the same input at one step, faults planted in the reference."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosssim.divergence.refinement import PopulationRefinement
from crosssim.recording.data import Recording
from crosssim.recording.folder import read_recording
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.runner.request import Fault
from crosssim.studies.refine import ladder_of_steps, refined_timing, v_every_ms
from crosssim.studies.replay import ReplaySetting, completed, replay_plan
from crosssim.studies.result import FinishedLeg, Pair

DURATION_MS = 150.0
"""How much is replayed for each of some dozens of hypotheses: thousands of spikes in the shipped networks."""

_PLAIN_UNPAIRED = 0.05


@dataclass(frozen=True)
class Scene:
    """Both backends at one step under the same input, without any change; and at two ``finer`` steps, if asked for."""

    pair: Pair
    launcher: Launcher
    step_ms: float
    reference: Recording
    candidate: Recording
    finer: tuple[tuple[Recording, Recording], ...] = ()

    def planted(self, groups: Sequence[tuple[Fault, ...]]) -> Iterator[Recording | None]:
        """The reference's replay with each group of faults planted, one by one; ``None`` for a leg that cannot run."""
        plans = [_plan(self.pair, self.launcher, self.step_ms, self.pair.reference, group) for group in groups]
        numbered = [LegPlan(f"{plan.label} {k}", plan.request, plan.arguments) for k, plan in enumerate(plans)]
        runs = self.launcher.run(numbered)
        return (read_recording(Path(run.folder)) if run.outcome.completed else None for run in runs)


def set_scene(pair: Pair, launcher: Launcher, rows: Sequence[PopulationRefinement]) -> Scene:
    """At the model's own step if the difference in ``rows`` stands out there, else at a fine one.

    Membrane potentials are explained at the model's own step, with finer ones beside it.
    Raises :class:`LegError` if a replay without any change does not run.
    """
    steps = ladder_of_steps(pair.reference, pair.candidate)
    step_ms = steps[0] if any(row.potential_remains or spikes_stand_out(row) for row in rows) else steps[-2]
    finer = steps[-2:] if any(row.potential_remains for row in rows) else []
    sides = (pair.reference, pair.candidate)
    plans = [_plan(pair, launcher, step, leg, ()) for step in (step_ms, *finer) for leg in sides]
    reference, candidate, *finer_runs = completed(launcher.run(plans))
    levels = tuple(zip(finer_runs[::2], finer_runs[1::2], strict=True))
    return Scene(pair, launcher, step_ms, reference, candidate, levels)


def _plan(pair: Pair, launcher: Launcher, step_ms: float, cells: FinishedLeg, faults: tuple[Fault, ...]) -> LegPlan:
    timing = refined_timing(cells.request.timing, step_ms, DURATION_MS)
    grid_ms = max(leg.request.input_grid_ms for leg in (pair.reference, pair.candidate))
    v_every = v_every_ms(pair, ladder_of_steps(pair.reference, pair.candidate)[0], timing.duration_ms)
    return replay_plan(pair.model, cells, pair.reference, launcher, ReplaySetting(timing, grid_ms, faults, v_every))


def spikes_stand_out(row: PopulationRefinement) -> bool:
    """Whether the spikes' difference stands out at the model's own step, where a leg costs least: beside what the
    integrators differ by there, some tenths of a step."""
    return row.between.unpaired[-1] > _PLAIN_UNPAIRED or abs(row.between.intercept_ms or 0.0) > 2 * row.steps_ms[0]
