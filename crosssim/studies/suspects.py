"""Names the suspects: tries every hypothesis in the reference, sizes the promising ones, and measures what is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from crosssim.divergence.refinement import FIRST_SHARE, PopulationRefinement, RefinementDetails
from crosssim.divergence.spikes import until
from crosssim.divergence.suspects import Suspect, disagreement, patterns, response, shift_of
from crosssim.divergence.verdict import Gate, Judgement
from crosssim.recording.data import Floats, Recording, Spikes
from crosssim.recording.folder import read_recording
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.runner.request import Fault
from crosssim.studies.hypotheses import Hypothesis, hypotheses, in_few_legs
from crosssim.studies.refine import DURATION_MS as DURATION_OF_REFINEMENT_MS
from crosssim.studies.refine import ladder_of_steps, refined_timing
from crosssim.studies.replay import ReplaySetting, completed, replay_plan
from crosssim.studies.result import FinishedLeg, Pair

DURATION_MS = 150.0
"""How much is replayed for each of some dozens of hypotheses: thousands of spikes in the shipped networks."""

_PLAIN_UNPAIRED = 0.05
_PROMISING = 3
_ROUNDS = 2
SETTLED = 0.9
"""A change that removes this much leaves nothing that another kind of change could explain better."""

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


@dataclass(frozen=True)
class _Focus:
    """Where one population differs: all its spikes, its first ones, or some of its cells."""

    row: PopulationRefinement
    reference: Spikes
    candidate: Spikes
    until_ms: float
    cells: npt.NDArray[np.int64] | None
    step_ms: float

    def trial(self, hypothesis: Hypothesis, fault: Fault, spikes: Spikes) -> _Trial:
        """What the fault leaves of the disagreement."""
        cut = until(spikes, self.until_ms)
        before, left = (disagreement(one, self.candidate, self.step_ms, self.cells) for one in (self.reference, cut))
        return _Trial(hypothesis, fault, cut, 1 - left / before if before else 0.0)

    def chosen(self, values: Floats) -> Floats:
        """Of values per reference spike those in focus."""
        return values if self.cells is None else values[np.isin(self.reference.cell, self.cells)]

    def answer(self, spikes: Spikes) -> Floats:
        """The shifts (ms) in focus that a change made."""
        return self.chosen(shift_of(self.reference, until(spikes, self.until_ms)))


def find_suspects(pair: Pair, judgement: Judgement, launcher: Launcher) -> tuple[Suspect, ...]:
    """The changes that explain what refinement found, best first; empty if none removes half of the disagreement.

    Changes whose size can be fitted come first; lost projections and the like are tried only where these leave a rest.
    """
    result = judgement.result(Gate.REFINEMENT)
    if result is None or not isinstance(result.details, RefinementDetails):
        return ()
    rows = [row for row in result.details.rows if row.differs]
    scene = _scene(pair, launcher, rows)
    focused = {row.population: _focus(scene, row) for row in rows}
    timing = pair.reference.request.timing
    asked = [
        one for one in hypotheses(scene.reference, timing.timestep_ms, timing.min_delay_ms) if one.population in focused
    ]
    small = _run(scene, [(one, one.fault) for one in asked if one.linear])
    trials = {name: _sized_trials(scene, focus, dict(small)) for name, focus in focused.items()}
    unsettled = {name for name, done in trials.items() if max((one.removed_share for one in done), default=0) < SETTLED}
    rest = [(one, one.fault) for one in asked if not one.linear and one.population in unsettled]
    for one, spikes in _run(scene, rest):
        trials[one.population].append(focused[one.population].trial(one, one.fault, spikes))
    found = [suspect for name, focus in focused.items() for suspect in _named(scene, focus, trials[name])]
    return tuple(sorted(found, key=lambda one: -one.removed_share))


def _focus(scene: _Scene, row: PopulationRefinement) -> _Focus:
    stop_ms, cells = scene.reference.duration_ms, None
    if not row.shift_remains and not row.spikes_remain_unpaired:
        if row.odd_cells:
            cells = np.array([odd.cell for odd in row.odd_cells], dtype=np.int64)
        else:
            stop_ms *= FIRST_SHARE * DURATION_OF_REFINEMENT_MS / DURATION_MS
    reference, candidate = (until(one.spikes[row.population], stop_ms) for one in (scene.reference, scene.candidate))
    return _Focus(row, reference, candidate, stop_ms, cells, scene.step_ms)


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


def _sized_trials(scene: _Scene, focus: _Focus, small: dict[Hypothesis, Spikes]) -> list[_Trial]:
    """The linear hypotheses at their own small size, and the most promising at the size that explains most."""
    own = {one: spikes for one, spikes in small.items() if one.population == focus.row.population}
    trials = [focus.trial(one, one.fault, spikes) for one, spikes in own.items()]
    sized = _sized(focus, own)
    for _ in range(_ROUNDS):
        done = [focus.trial(one, dict(sized)[one], spikes) for one, spikes in _run(scene, sized)]
        trials += done
        sized = _resized(focus, done, own)
    return trials


def _sized(focus: _Focus, own: dict[Hypothesis, Spikes]) -> list[tuple[Hypothesis, Fault]]:
    shifts = focus.answer(focus.candidate)
    answers = {one: response(shifts, focus.answer(spikes), focus.step_ms) for one, spikes in own.items()}
    fitted = [(one, found) for one, found in answers.items() if found is not None]
    fitted.sort(key=lambda pair: -pair[1].explained)
    return [(one, one.sized(found.size)) for one, found in fitted[:_PROMISING]]


def _resized(focus: _Focus, done: list[_Trial], own: dict[Hypothesis, Spikes]) -> list[tuple[Hypothesis, Fault]]:
    """The next size of each trial: what is still left, by the same answer to a small change."""
    found = []
    for one in done:
        left = focus.answer(focus.candidate) - focus.answer(one.spikes)
        further = response(left, focus.answer(own[one.hypothesis]), focus.step_ms)
        if further is not None:
            found.append((one.hypothesis, _grown(one.fault, one.hypothesis, further.size)))
    return found


def _grown(fault: Fault, hypothesis: Hypothesis, size: float) -> Fault:
    """The fault with ``size`` units of the hypothesis more."""
    nothing = 1.0 if fault.kind == "parameter times value" else 0.0
    return Fault(fault.kind, fault.target, fault.value + hypothesis.sized(size).value - nothing, fault.parameter)


def _named(scene: _Scene, focus: _Focus, trials: list[_Trial]) -> list[Suspect]:
    best: dict[str, _Trial] = {}
    for one in trials:
        name = one.hypothesis.name
        if name not in best or one.removed_share > best[name].removed_share:
            best[name] = one
    ranked = sorted(best.values(), key=lambda one: -one.removed_share)
    seen = "".join(f"; {words}" for words in _patterns(scene, focus))
    where = "" if focus.cells is None else f" in cell {', '.join(map(str, focus.cells[:3]))}"
    reference, candidate = scene.pair.reference.label, scene.pair.candidate.label
    return [
        Suspect(
            name=one.hypothesis.name,
            population=focus.row.population,
            evidence=f"{reference} with {one.hypothesis.words(one.fault)}{where} does what {candidate} does: "
            f"{one.removed_share:.0%} of the disagreement is gone{seen}",
            removed_share=round(one.removed_share, 4),
        )
        for one in ranked[:3]
        if one.removed_share >= NAMED_ABOVE
    ]


def _patterns(scene: _Scene, focus: _Focus) -> tuple[str, ...]:
    table = scene.reference.cells.get(focus.row.population)
    refractory = table.declared.get("tau_refrac") if table else None
    shortest = float(refractory.min()) if refractory is not None and refractory.size else None
    return patterns(focus.reference, focus.candidate, focus.step_ms, shortest)
