"""Names the suspects: tries every hypothesis in the reference, sizes the promising ones, and measures what is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from crosssim.divergence.refinement import PopulationRefinement, RefinementDetails
from crosssim.divergence.suspects import Suspect, disagreement, patterns, response, shift_of
from crosssim.divergence.verdict import Gate, Judgement
from crosssim.recording.data import Recording, Spikes
from crosssim.recording.folder import read_recording
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.runner.request import Fault
from crosssim.studies.hypotheses import Hypothesis, hypotheses, in_few_legs
from crosssim.studies.refine import ladder_of_steps, refined_timing
from crosssim.studies.replay import ReplaySetting, completed, replay_plan
from crosssim.studies.result import FinishedLeg, Pair

DURATION_MS = 150.0
"""How much is replayed for each of some dozens of hypotheses: thousands of spikes in the shipped networks."""

_PLAIN_UNPAIRED = 0.05
_PROMISING = 3
_ROUNDS = 2
NAMED_ABOVE = 0.5
"""A change that removes less than half of the disagreement is no explanation, and is not named."""


@dataclass(frozen=True)
class _Scene:
    """Both backends at one fine step under the same input, without any change."""

    pair: Pair
    launcher: Launcher
    step_ms: float
    reference: Recording
    candidate: Recording

    def plan(self, cells: FinishedLeg, faults: tuple[Fault, ...]) -> LegPlan:
        timing = refined_timing(cells.request.timing, self.step_ms, DURATION_MS)
        grid = max(leg.request.input_grid_ms for leg in (self.pair.reference, self.pair.candidate))
        setting = ReplaySetting(timing, grid, faults)
        return replay_plan(self.pair.model, cells, self.pair.reference, self.launcher, setting)


@dataclass(frozen=True)
class _Trial:
    """A hypothesis with the fault as it was planted, and the population's spikes under it."""

    hypothesis: Hypothesis
    fault: Fault
    spikes: Spikes
    removed_share: float


def find_suspects(pair: Pair, judgement: Judgement, launcher: Launcher) -> tuple[Suspect, ...]:
    """The changes that explain what refinement found, best first; empty if none removes half of the disagreement."""
    result = judgement.result(Gate.REFINEMENT)
    if result is None or not isinstance(result.details, RefinementDetails):
        return ()
    rows = [row for row in result.details.rows if row.differs]
    scene = _scene(pair, launcher, rows)
    tried = _screen(scene, [row.population for row in rows])
    found = [suspect for row in rows for suspect in _suspects_of(scene, row, tried)]
    return tuple(sorted(found, key=lambda one: -one.removed_share))


def _scene(pair: Pair, launcher: Launcher, rows: Sequence[PopulationRefinement]) -> _Scene:
    steps = ladder_of_steps(pair.reference, pair.candidate)
    step = steps[0] if any(_coarse_enough(row) for row in rows) else steps[-2]
    scene = _Scene(pair, launcher, step, *pair.recordings())
    plans = [scene.plan(leg, ()) for leg in (pair.reference, pair.candidate)]
    return _Scene(pair, launcher, step, *completed(launcher.run(plans)))


def _coarse_enough(row: PopulationRefinement) -> bool:
    """Whether the difference stands out at the model's own step, where a leg costs least: beside the integrators'
    shift there, which is some tenths of a step."""
    return row.between.unpaired[-1] > _PLAIN_UNPAIRED or abs(row.between.intercept_ms or 0.0) > 2 * row.steps_ms[0]


def _screen(scene: _Scene, populations: list[str]) -> dict[Hypothesis, Spikes]:
    """The spikes of the population concerned under every hypothesis at its own small size."""
    timing = scene.pair.reference.request.timing
    asked = [
        one
        for one in hypotheses(scene.reference, timing.timestep_ms, timing.min_delay_ms)
        if one.population in populations
    ]
    return dict(_run(scene, [(one, one.fault) for one in asked]))


def _run(scene: _Scene, wanted: list[tuple[Hypothesis, Fault]]) -> list[tuple[Hypothesis, Spikes]]:
    """Plant each fault in the reference, several populations in one leg; a leg that cannot run is left out."""
    faults = dict(wanted)
    groups = in_few_legs([one for one, _ in wanted])
    plans = [scene.plan(scene.pair.reference, tuple(dict.fromkeys(faults[one] for one in group))) for group in groups]
    numbered = [LegPlan(f"{plan.label} {k}", plan.request, plan.arguments) for k, plan in enumerate(plans)]
    found = []
    for group, run in zip(groups, scene.launcher.run(numbered), strict=True):
        if run.outcome.completed:
            recording = read_recording(Path(run.folder))
            found += [(one, recording.spikes[one.population]) for one in group]
    return found


def _suspects_of(scene: _Scene, row: PopulationRefinement, tried: dict[Hypothesis, Spikes]) -> list[Suspect]:
    name = row.population
    reference, candidate = scene.reference.spikes[name], scene.candidate.spikes[name]
    cells = None
    if not row.shift_remains and not row.spikes_remain_unpaired:
        cells = np.array([odd.cell for odd in row.odd_cells], dtype=np.int64)
    before = disagreement(reference, candidate, scene.step_ms, cells)
    if not before:
        return []
    own = {one: spikes for one, spikes in tried.items() if one.population == name}

    def trial(one: Hypothesis, fault: Fault, spikes: Spikes) -> _Trial:
        left = disagreement(spikes, candidate, scene.step_ms, cells)
        return _Trial(one, fault, spikes, 1 - left / before)

    trials = [trial(one, one.fault, spikes) for one, spikes in own.items()]
    sized = _sized(scene, reference, candidate, own, cells)
    for _ in range(_ROUNDS):
        done = [trial(one, dict(sized)[one], spikes) for one, spikes in _run(scene, sized)]
        trials += done
        sized = _resized(done, reference, candidate, own, scene.step_ms)
    return _named(scene, name, trials, cells)


def _sized(
    scene: _Scene,
    reference: Spikes,
    candidate: Spikes,
    own: dict[Hypothesis, Spikes],
    cells: npt.NDArray[np.int64] | None,
) -> list[tuple[Hypothesis, Fault]]:
    """The most promising linear hypotheses, at the size that explains the shifts best."""
    chosen = np.ones(len(reference), dtype=bool) if cells is None else np.isin(reference.cell, cells)
    shifts = shift_of(reference, candidate)
    answers = {
        one: response(shifts[chosen], shift_of(reference, spikes)[chosen], scene.step_ms)
        for one, spikes in own.items()
        if one.linear
    }
    fitted = [(one, found) for one, found in answers.items() if found is not None]
    fitted.sort(key=lambda pair: -pair[1].explained)
    return [(one, one.sized(found.size)) for one, found in fitted[:_PROMISING]]


def _resized(
    done: list[_Trial], reference: Spikes, candidate: Spikes, own: dict[Hypothesis, Spikes], step_ms: float
) -> list[tuple[Hypothesis, Fault]]:
    """The next size of each trial: what is still left, by the same answer to a small change."""
    found = []
    disagreement_ms = shift_of(reference, candidate)
    for one in done:
        left = disagreement_ms - shift_of(reference, one.spikes)
        further = response(left, shift_of(reference, own[one.hypothesis]), step_ms)
        if further is not None:
            found.append((one.hypothesis, _grown(one.fault, one.hypothesis, further.size)))
    return found


def _grown(fault: Fault, hypothesis: Hypothesis, size: float) -> Fault:
    """The fault with ``size`` units of the hypothesis more."""
    nothing = 1.0 if fault.kind == "parameter times value" else 0.0
    return Fault(fault.kind, fault.target, fault.value + hypothesis.sized(size).value - nothing, fault.parameter)


def _named(scene: _Scene, population: str, trials: list[_Trial], cells: npt.NDArray[np.int64] | None) -> list[Suspect]:
    best: dict[str, _Trial] = {}
    for one in trials:
        name = one.hypothesis.name
        if name not in best or one.removed_share > best[name].removed_share:
            best[name] = one
    ranked = sorted(best.values(), key=lambda one: -one.removed_share)
    table = scene.reference.cells.get(population)
    refractory = table.declared.get("tau_refrac") if table else None
    seen = patterns(
        scene.reference.spikes[population],
        scene.candidate.spikes[population],
        scene.step_ms,
        float(refractory.min()) if refractory is not None and refractory.size else None,
    )
    where = "" if cells is None else f" in cell {', '.join(map(str, cells[:3]))}"
    reference, candidate = scene.pair.reference.label, scene.pair.candidate.label
    return [
        Suspect(
            name=one.hypothesis.name,
            population=population,
            evidence=f"{reference} with {one.hypothesis.words(one.fault)}{where} does what {candidate} does: "
            f"{one.removed_share:.0%} of the disagreement is gone" + "".join(f"; {words}" for words in seen),
            removed_share=round(one.removed_share, 4),
        )
        for one in ranked[:3]
        if one.removed_share >= NAMED_ABOVE
    ]
