"""Names the suspects: tries every hypothesis in the reference, sizes the promising ones, and measures what is left."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from crosssim.divergence.refinement import RefinementDetails
from crosssim.divergence.suspects import NAMED_ABOVE, Suspect, response, whole_percent
from crosssim.divergence.verdict import Gate, Judgement
from crosssim.recording.data import Floats, Recording
from crosssim.runner.launch import Launcher
from crosssim.runner.request import Fault
from crosssim.studies.focus import Focus, focuses
from crosssim.studies.hypotheses import Hypothesis, hypotheses, in_few_legs
from crosssim.studies.lost_synapses import suspect_lost_synapses
from crosssim.studies.result import Pair
from crosssim.studies.scene import Scene, set_scene

_PROMISING = 5
_ROUNDS = 3
_SIZED = 0.995
"""Nothing is gained by sizing further a change that leaves half a per cent."""

_HINT = 0.2
_STRETCHED = 2
_STRETCH = 1.4
_MOST_STRETCHES = 4
SETTLED = 0.9
"""A change that removes this much leaves nothing that another kind of change could explain better."""


@dataclass(frozen=True)
class _Trial:
    """A hypothesis with the fault as it was planted, and what the cells in focus answered."""

    hypothesis: Hypothesis
    fault: Fault
    answer: Floats
    removed_share: float


def _trial(scene: Scene, focus: Focus, hypothesis: Hypothesis, fault: Fault, recording: Recording) -> _Trial:
    """What the fault leaves of the disagreement in focus."""
    before, left = (focus.total(focus.by_cell(one)) for one in (scene.reference, recording))
    return _Trial(hypothesis, fault, focus.answer(recording), 1 - left / before if before else 0.0)


def find_suspects(pair: Pair, judgement: Judgement, launcher: Launcher) -> tuple[Suspect, ...]:
    """The changes that explain what refinement found, best first; empty if none removes half of the disagreement.

    Membrane potentials or spikes, whichever tell more, are asked first, and the others where that leaves a rest.
    """
    result = judgement.result(Gate.REFINEMENT)
    if result is None or not isinstance(result.details, RefinementDetails):
        return ()
    rows = [row for row in result.details.rows if row.differs]
    if not rows:
        return ()
    scene = set_scene(pair, launcher, rows)
    queues = [focuses(scene, row) for row in rows]
    found: dict[tuple[str, str], Suspect] = {}
    while any(queues):
        named = _suspects_in(scene, [queue.pop(0) for queue in queues if queue])
        for one in named:
            found.setdefault((one.population, one.name), one)
        done = {one.population for one in named if one.removed_share >= SETTLED}
        queues = [queue for queue in queues if queue and queue[0].row.population not in done]
    return tuple(sorted(found.values(), key=lambda one: -one.removed_share))


def _suspects_in(scene: Scene, looked_at: list[Focus]) -> list[Suspect]:
    """At most one focus per population.

    Changes whose size can be fitted come first; lost projections and the like are tried only where these leave a rest,
    and single lost synapses where that rest is that of a few cells.
    """
    focused = {focus.row.population: focus for focus in looked_at}
    timing = scene.pair.reference.request.timing
    asked = [
        one for one in hypotheses(scene.reference, timing.timestep_ms, timing.min_delay_ms) if one.population in focused
    ]
    small = _tried(scene, focused, [(one, one.fault) for one in asked if one.linear])
    trials = {name: _sized_trials(scene, focus, small) for name, focus in focused.items()}
    unsettled = {name for name, done in trials.items() if max((one.removed_share for one in done), default=0) < SETTLED}
    rest = [(one, one.fault) for one in asked if not one.linear and one.population in unsettled]
    for one in _tried(scene, focused, rest):
        trials[one.hypothesis.population].append(one)
    found = [suspect for name, focus in focused.items() for suspect in _named(scene, focus, trials[name])]
    explained = {one.population for one in found if one.removed_share >= SETTLED}
    for name in focused.keys() - explained:
        found += suspect_lost_synapses(scene, focused[name])
    return found


def _tried(scene: Scene, focused: Mapping[str, Focus], wanted: list[tuple[Hypothesis, Fault]]) -> list[_Trial]:
    """Plant each fault in the reference, several populations in one leg; a leg that cannot run is left out."""
    faults = dict(wanted)
    groups = in_few_legs([one for one, _ in wanted])
    recordings = scene.planted([tuple(dict.fromkeys(faults[one] for one in group)) for group in groups])
    return [
        _trial(scene, focused[one.population], one, faults[one], recording)
        for group, recording in zip(groups, recordings, strict=True)
        if recording is not None
        for one in group
    ]


def _sized_trials(scene: Scene, focus: Focus, small: list[_Trial]) -> list[_Trial]:
    """The linear hypotheses at their own small size, and the most promising at the size that explains most."""
    trials = [one for one in small if one.hypothesis.population == focus.row.population]
    own = {one.hypothesis: one.answer for one in trials}
    focused = {focus.row.population: focus}
    sized = _sized(focus, own)
    for _ in range(_ROUNDS):
        done = _tried(scene, focused, sized)
        trials += done
        if max((one.removed_share for one in done), default=0.0) > _SIZED:
            break
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
        done = _tried(scene, {focus.row.population: focus}, wanted)
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


def _sized(focus: Focus, own: dict[Hypothesis, Floats]) -> list[tuple[Hypothesis, Fault]]:
    answers = {one: response(focus.disagreement, answer, focus.grain) for one, answer in own.items()}
    fitted = [(one, found) for one, found in answers.items() if found is not None]
    fitted.sort(key=lambda pair: -pair[1].explained)
    return [(one, one.sized(found.size)) for one, found in fitted[:_PROMISING]]


def _resized(focus: Focus, done: list[_Trial], own: dict[Hypothesis, Floats]) -> list[tuple[Hypothesis, Fault]]:
    """The next size of each trial: what is still left, by the same answer to a small change."""
    found = []
    for one in done:
        left = focus.disagreement - one.answer
        further = response(left, own[one.hypothesis], focus.grain)
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
    seen = "".join(f"; {words}" for words in focus.seen)
    reference, candidate = scene.pair.reference.label, scene.pair.candidate.label
    return [
        Suspect(
            name=one.hypothesis.name,
            population=focus.row.population,
            evidence=f"{reference} with {one.hypothesis.words(one.fault)} does what {candidate} does: "
            f"{whole_percent(one.removed_share)} of {focus.words} is gone{seen}",
            removed_share=round(one.removed_share, 4),
        )
        for one in ranked[:3]
        if one.removed_share >= NAMED_ABOVE
    ]
