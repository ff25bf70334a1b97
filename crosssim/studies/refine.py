"""The refinement gate: both backends driven by the same recorded spikes, at ever smaller steps."""

import math
from collections.abc import Sequence
from dataclasses import replace

from crosssim.divergence.refinement import RefinementLevel, compare_refinement
from crosssim.divergence.refinement_gate import refinement_result
from crosssim.divergence.verdict import GateResult
from crosssim.errors import UsageError
from crosssim.model.declaration import Timing, is_multiple
from crosssim.runner.backends import find_backend
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.runner.request import Fault
from crosssim.studies.replay import ReplaySetting, completed, replay_plan
from crosssim.studies.result import FinishedLeg, Pair

DIVISORS = (1, 2, 5, 10)
DURATION_MS = 300.0
"""How much of the run is refined unless asked otherwise: thousands of spikes in the shipped models, and the finest
step costs ten times the run's own."""

_STEPS_PER_SAMPLE = 5
_FEWEST_PER_CELL = 100
_MOST_SAMPLES = 2e6
"""Of v: every fifth step says nearly what every step does. At least 100 samples of each cell, and otherwise no more for
all cells of a leg than 24 MB on disk."""


def ladder_of_steps(reference: FinishedLeg, candidate: FinishedLeg, divisors: Sequence[int] = DIVISORS) -> list[float]:
    """The model's step divided, in ms, as far as both backends can represent it.

    Raises :class:`UsageError` if fewer than three are left.
    """
    coarse = max(leg.request.timing.timestep_ms for leg in (reference, candidate))
    quanta = [find_backend(leg.request.backend).time_quantum_ms for leg in (reference, candidate)]
    steps = [
        coarse / divisor
        for divisor in divisors
        if all(not quantum or is_multiple(coarse / divisor, quantum) for quantum in quanta)
    ]
    if len(steps) < 3:
        raise UsageError(
            f"timestep = {coarse:g} ms divided by {', '.join(map(str, divisors))} leaves {len(steps)} steps that both "
            "backends can represent, and refinement needs three; choose a timestep such as 0.1"
        )
    return steps


def v_every_ms(pair: Pair, step_ms: float, duration_ms: float) -> float:
    """The interval at which v of every cell is sampled, a multiple of ``step_ms``: larger, the more cells there are."""
    recording = pair.reference.recording
    cells = sum(spikes.n_cells for spikes in recording.spikes.values()) if recording is not None else 0
    most = math.floor(duration_ms / _FEWEST_PER_CELL / step_ms + 1e-9)
    wanted = max(_STEPS_PER_SAMPLE, math.ceil(cells * duration_ms / step_ms / _MOST_SAMPLES))
    return step_ms * max(1, min(wanted, most))


def refined_timing(timing: Timing, step_ms: float, duration_ms: float) -> Timing:
    """The same delays at another step; no longer than the leg itself ran."""
    return replace(timing, timestep_ms=step_ms, duration_ms=min(duration_ms, timing.duration_ms))


def refinement_levels(
    pair: Pair,
    launcher: Launcher,
    *,
    duration_ms: float = DURATION_MS,
    faults: tuple[Fault, ...] = (),
    divisors: Sequence[int] = DIVISORS,
) -> list[RefinementLevel]:
    """Both backends at every step, driven by the reference's spikes; ``faults`` are planted in the candidate."""
    steps = ladder_of_steps(pair.reference, pair.candidate, divisors)
    recordings = completed(launcher.run(refinement_plans(pair, launcher, steps, duration_ms, faults)))
    sides = [
        [replace(recording, backend=leg.label) for recording in recordings[k::2]]
        for k, leg in enumerate((pair.reference, pair.candidate))
    ]
    return [RefinementLevel(*level) for level in zip(steps, *sides, strict=True)]


def refinement_plans(
    pair: Pair,
    launcher: Launcher,
    steps_ms: Sequence[float],
    duration_ms: float = DURATION_MS,
    faults: tuple[Fault, ...] = (),
) -> list[LegPlan]:
    """The reference's leg and the candidate's at each step; ``faults`` are planted in the candidate."""
    reference, candidate = pair.reference, pair.candidate
    grid = max(leg.request.input_grid_ms for leg in (reference, candidate))
    v_every = v_every_ms(pair, max(steps_ms), duration_ms)
    plans = []
    for step in steps_ms:
        for cells, planted in ((reference, ()), (candidate, faults)):
            setting = ReplaySetting(refined_timing(cells.request.timing, step, duration_ms), grid, planted, v_every)
            plans.append(replay_plan(pair.model, cells, reference, launcher, setting))
    return plans


def run_refine(pair: Pair, launcher: Launcher, duration_ms: float = DURATION_MS) -> GateResult:
    """The refinement gate on two finished free legs."""
    return refinement_result(compare_refinement(refinement_levels(pair, launcher, duration_ms=duration_ms)))
