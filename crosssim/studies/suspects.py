"""Names the suspects: tries every hypothesis in the reference, sizes the promising ones, and measures what is left."""

from dataclasses import dataclass, replace

import numpy as np

from crosssim.divergence.refinement import RefinementDetails
from crosssim.divergence.spikes import until
from crosssim.divergence.suspects import NAMED_ABOVE, Suspect, disagreement, patterns, response, shift_of
from crosssim.divergence.verdict import Gate, Judgement
from crosssim.recording.data import Floats, Spikes
from crosssim.runner.launch import Launcher
from crosssim.runner.request import Fault
from crosssim.studies.hypotheses import Hypothesis, hypotheses, in_few_legs
from crosssim.studies.lost_synapses import suspect_lost_synapses
from crosssim.studies.result import Pair
from crosssim.studies.scene import Focus, Scene, focus_on, set_scene

_PROMISING = 5
_ROUNDS = 3
_HINT = 0.2
_STRETCHED = 2
_STRETCH = 1.4
_MOST_STRETCHES = 4
SETTLED = 0.9
"""A change that removes this much leaves nothing that another kind of change could explain better."""


@dataclass(frozen=True)
class _Trial:
    """A hypothesis with the fault as it was planted, and the population's spikes under it."""

    hypothesis: Hypothesis
    fault: Fault
    spikes: Spikes
    removed_share: float


def _trial(focus: Focus, hypothesis: Hypothesis, fault: Fault, spikes: Spikes) -> _Trial:
    """What the fault leaves of the disagreement in focus."""
    cut = until(spikes, focus.until_ms)
    before, left = (disagreement(one, focus.candidate, focus.step_ms, focus.cells) for one in (focus.reference, cut))
    return _Trial(hypothesis, fault, cut, 1 - left / before if before else 0.0)


def _answer(focus: Focus, spikes: Spikes) -> Floats:
    """The shifts (ms) in focus that a change made."""
    shifts = shift_of(focus.reference, until(spikes, focus.until_ms))
    return shifts if focus.cells is None else shifts[np.isin(focus.reference.cell, focus.cells)]


def find_suspects(pair: Pair, judgement: Judgement, launcher: Launcher) -> tuple[Suspect, ...]:
    """The changes that explain what refinement found, best first; empty if none removes half of the disagreement.

    Changes whose size can be fitted come first; lost projections and the like are tried only where these leave a rest,
    and single lost synapses where that rest is that of a few cells.
    """
    result = judgement.result(Gate.REFINEMENT)
    if result is None or not isinstance(result.details, RefinementDetails):
        return ()
    rows = [row for row in result.details.rows if row.differs]
    scene = set_scene(pair, launcher, rows)
    focused = {row.population: focus_on(scene, row) for row in rows}
    timing = pair.reference.request.timing
    asked = [
        one for one in hypotheses(scene.reference, timing.timestep_ms, timing.min_delay_ms) if one.population in focused
    ]
    small = _run(scene, [(one, one.fault) for one in asked if one.linear])
    trials = {name: _sized_trials(scene, focus, dict(small)) for name, focus in focused.items()}
    unsettled = {name for name, done in trials.items() if max((one.removed_share for one in done), default=0) < SETTLED}
    rest = [(one, one.fault) for one in asked if not one.linear and one.population in unsettled]
    for one, spikes in _run(scene, rest):
        trials[one.population].append(_trial(focused[one.population], one, one.fault, spikes))
    found = [suspect for name, focus in focused.items() for suspect in _named(scene, focus, trials[name])]
    explained = {one.population for one in found if one.removed_share >= SETTLED}
    for name in focused.keys() - explained:
        found += suspect_lost_synapses(scene, focused[name])
    return tuple(sorted(found, key=lambda one: -one.removed_share))


def _run(scene: Scene, wanted: list[tuple[Hypothesis, Fault]]) -> list[tuple[Hypothesis, Spikes]]:
    """Plant each fault in the reference, several populations in one leg; a leg that cannot run is left out."""
    faults = dict(wanted)
    groups = in_few_legs([one for one, _ in wanted])
    recordings = scene.planted([tuple(dict.fromkeys(faults[one] for one in group)) for group in groups])
    return [
        (one, recording.spikes[one.population])
        for group, recording in zip(groups, recordings, strict=True)
        if recording is not None
        for one in group
    ]


def _sized_trials(scene: Scene, focus: Focus, small: dict[Hypothesis, Spikes]) -> list[_Trial]:
    """The linear hypotheses at their own small size, and the most promising at the size that explains most."""
    own = {one: spikes for one, spikes in small.items() if one.population == focus.row.population}
    trials = [_trial(focus, one, one.fault, spikes) for one, spikes in own.items()]
    sized = _sized(focus, own)
    for _ in range(_ROUNDS):
        done = [_trial(focus, one, dict(sized)[one], spikes) for one, spikes in _run(scene, sized)]
        trials += done
        sized = _resized(focus, done, own)
    if max((one.removed_share for one in trials), default=1.0) < SETTLED:
        trials += _stretched(scene, focus, trials)
    return trials


def _stretched(scene: Scene, focus: Focus, trials: list[_Trial]) -> list[_Trial]:
    """The most promising, larger and larger for as long as that removes more.

    Where few spikes differ, and jump rather than shift, the fit falls short of the size.
    """
    by_hypothesis: dict[Hypothesis, _Trial] = {}
    for one in sorted(trials, key=lambda one: -one.removed_share):
        by_hypothesis.setdefault(one.hypothesis, one)
    best = [one for one in by_hypothesis.values() if one.removed_share > _HINT][:_STRETCHED]
    found: list[_Trial] = []
    for _ in range(_MOST_STRETCHES):
        wanted = [(one.hypothesis, _times(one.fault, _STRETCH)) for one in best]
        done = [_trial(focus, one, dict(wanted)[one], spikes) for one, spikes in _run(scene, wanted)]
        found += done
        before = {one.hypothesis: one.removed_share for one in best}
        best = [one for one in done if one.removed_share > before[one.hypothesis]]
    return found


def _times(fault: Fault, factor: float) -> Fault:
    """The fault ``factor`` times as large."""
    nothing = _nothing(fault)
    return replace(fault, value=nothing + (fault.value - nothing) * factor)


def _nothing(fault: Fault) -> float:
    """The value at which the fault changes nothing."""
    return 1.0 if fault.kind == "parameter times value" else 0.0


def _sized(focus: Focus, own: dict[Hypothesis, Spikes]) -> list[tuple[Hypothesis, Fault]]:
    shifts = _answer(focus, focus.candidate)
    answers = {one: response(shifts, _answer(focus, spikes), focus.step_ms) for one, spikes in own.items()}
    fitted = [(one, found) for one, found in answers.items() if found is not None]
    fitted.sort(key=lambda pair: -pair[1].explained)
    return [(one, one.sized(found.size)) for one, found in fitted[:_PROMISING]]


def _resized(focus: Focus, done: list[_Trial], own: dict[Hypothesis, Spikes]) -> list[tuple[Hypothesis, Fault]]:
    """The next size of each trial: what is still left, by the same answer to a small change."""
    found = []
    for one in done:
        left = _answer(focus, focus.candidate) - _answer(focus, one.spikes)
        further = response(left, _answer(focus, own[one.hypothesis]), focus.step_ms)
        if further is not None:
            found.append((one.hypothesis, _grown(one.fault, one.hypothesis, further.size)))
    return found


def _grown(fault: Fault, hypothesis: Hypothesis, size: float) -> Fault:
    """The fault with ``size`` units of the hypothesis more."""
    return replace(fault, value=fault.value + hypothesis.sized(size).value - _nothing(fault))


def _named(scene: Scene, focus: Focus, trials: list[_Trial]) -> list[Suspect]:
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


def _patterns(scene: Scene, focus: Focus) -> tuple[str, ...]:
    table = scene.reference.cells.get(focus.row.population)
    refractory = table.declared.get("tau_refrac") if table else None
    shortest = float(refractory.min()) if refractory is not None and refractory.size else None
    return patterns(focus.reference, focus.candidate, focus.step_ms, shortest)
