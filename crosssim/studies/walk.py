"""Walks the gates for two finished legs, orders the further legs that a gate needs, and stops where it is settled."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from crosssim.divergence.gates import GATES, judge
from crosssim.divergence.replay import ReplayDetails
from crosssim.divergence.verdict import Gate, GateResult, Judgement, Verdict
from crosssim.errors import CrosssimError, NotComparable, UnknownName
from crosssim.runner.launch import Launcher
from crosssim.studies.alike import alike
from crosssim.studies.certify import known_certificate
from crosssim.studies.legs import asked_differences
from crosssim.studies.refine import run_refine
from crosssim.studies.replay import run_replay
from crosssim.studies.result import Pair
from crosssim.studies.sensitivity import run_yardsticks
from crosssim.studies.suspects import find_suspects

ALL_GATES = (Gate.DECLARED, Gate.WIRING, Gate.TRAJECTORIES, Gate.REPLAY, Gate.REFINEMENT)
"""What a check walks unless told otherwise."""

_TELLING_SPIKES = 20
"""As many as refinement needs to measure a shift; fewer may all lie on their step whatever the cells do."""

_SETTLED_AT = (Gate.DECLARED, Gate.WIRING)
"""A network that is built differently explains whatever its runs do: no further leg is ordered."""


def parse_gates(text: str) -> tuple[Gate, ...]:
    """``"replay,refinement"`` as gates, in their own order. Raises :class:`UnknownName`."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in {str(gate) for gate in ALL_GATES}:
            raise UnknownName("--gates: gate", name, map(str, ALL_GATES))
    return tuple(gate for gate in ALL_GATES if gate in names)


def judge_pair(pair: Pair, launcher: Launcher, gates: Sequence[Gate] = ALL_GATES) -> Judgement:
    """The verdict on two finished legs.

    The gates that need nothing but the two recordings come first. If the free runs part although the networks are the
    same, replay removes the chaos, and if it shifts, refinement tells the time step from a fault; a fault that remains
    is given its suspects.
    """
    judgement = _unasked(_first_gates(pair, gates), pair, launcher, gates)
    if not _goes_on(judgement, gates):
        return _certified(judgement, pair, launcher)
    if Gate.REPLAY in gates:
        judgement = _with(judgement, _asked(Gate.REPLAY, lambda: run_replay(pair, launcher)))
    if Gate.REFINEMENT in gates and not _all_exact(judgement):
        judgement = _with(judgement, _asked(Gate.REFINEMENT, lambda: run_refine(pair, launcher)))
    judgement = _conclude(judgement)
    if Gate.TRAJECTORIES in gates:
        judgement = replace(judgement, yardsticks=run_yardsticks(pair, launcher))
    if judgement.gate is Gate.REFINEMENT:
        judgement = replace(judgement, suspects=find_suspects(pair, judgement, launcher))
    return _certified(judgement, pair, launcher)


def _certified(judgement: Judgement, pair: Pair, launcher: Launcher) -> Judgement:
    """What an agreement would have seen, if ``crosssim certify`` has planted faults in exactly this pair before."""
    if judgement.verdict is Verdict.DIFFERENT:
        return judgement
    certificate = known_certificate(launcher.results, pair)
    answered = [one.gate for one in judgement.gates if one.details is not None or one.gate in _SETTLED_AT]
    return judgement if certificate is None else replace(judgement, smallest_fault=certificate.sentences(answered))


def _first_gates(pair: Pair, gates: Sequence[Gate]) -> Judgement:
    asked = asked_differences(pair.reference.request, pair.candidate.request, pair.model)
    first = [gate for gate in gates if gate in GATES]
    try:
        return judge(*pair.recordings(), pair.model.recorded, gates=first, asked_for=asked)
    except NotComparable as error:
        return Judgement(Verdict.NOT_COMPARABLE, str(error))


def _unasked(judgement: Judgement, pair: Pair, launcher: Launcher, gates: Sequence[Gate]) -> Judgement:
    """The judgement, with what the command did not ask for told from what it did.

    A change of a model's parameter may reach anything. Where the other backend is changed alike, what is still not the
    same was not asked for: the reference's backend is built once more with the candidate's changes, and runs a moment.
    """
    names = asked_differences(pair.reference.request, pair.candidate.request, pair.model)
    asked = [gate for gate in gates if gate in _SETTLED_AT]
    if not (names & set(pair.model.parameters) and asked) or judgement.gate in _SETTLED_AT:
        return judgement
    candidate = pair.candidate.request
    if candidate.backend == pair.reference.request.backend:
        return judgement
    twin = alike(pair, launcher)
    if twin is None:
        return judgement
    first = judge(*twin, pair.model.recorded, gates=asked)
    if first.gate not in _SETTLED_AT:
        return judgement
    failed = {result.gate: result for result in first.gates if not result.passed}
    return replace(
        judgement,
        verdict=Verdict.DIFFERENT,
        reason=f"{first.reason}, with the candidate's changes on both",
        gate=first.gate,
        gates=tuple(failed.get(result.gate, result) for result in judgement.gates),
    )


def _goes_on(judgement: Judgement, gates: Sequence[Gate]) -> bool:
    if judgement.verdict in (Verdict.NOT_COMPARABLE, Verdict.NOT_ENOUGH_DATA) or judgement.gate in _SETTLED_AT:
        return False
    if not {Gate.REPLAY, Gate.REFINEMENT} & set(gates):
        return False
    return judgement.gate is Gate.TRAJECTORIES or Gate.TRAJECTORIES not in gates


def _asked(gate: Gate, run: Callable[[], GateResult]) -> GateResult:
    try:
        return run()
    except CrosssimError as error:
        return GateResult(gate, False, f"could not be asked: {error}")


def _with(judgement: Judgement, result: GateResult) -> Judgement:
    return replace(judgement, gates=(*judgement.gates, result))


def _all_exact(judgement: Judgement) -> bool:
    """Whether the replay settles it: every spike on its step, and spikes enough for that to mean something."""
    result = judgement.result(Gate.REPLAY)
    if result is None or not isinstance(result.details, ReplayDetails):
        return False
    table = result.details.between
    return table.all_exact and sum(row.reference_spikes for row in table.rows) >= _TELLING_SPIKES


def _nothing_answered(judgement: Judgement) -> Judgement:
    """No gate before has failed, and none that was asked could answer: that is no agreement."""
    unanswered = [one for one in judgement.gates if one.gate in (Gate.REPLAY, Gate.REFINEMENT)]
    reason = "; ".join(f"{one.gate} {one.reason}" for one in unanswered)
    return replace(judgement, verdict=Verdict.NOT_ENOUGH_DATA, reason=reason, gate=unanswered[0].gate)


def _conclude(judgement: Judgement) -> Judgement:
    """The last gate that was answered decides: it has seen through what the ones before could not."""
    answered = [one for one in judgement.gates if one.gate in (Gate.REPLAY, Gate.REFINEMENT) and one.details]
    if not answered:
        return judgement if judgement.gate is not None else _nothing_answered(judgement)
    last = answered[-1]
    unanswered = judgement.result(Gate.REFINEMENT)
    if last.gate is Gate.REPLAY and not last.passed and unanswered is not None:
        reason = f"{last.reason}; whether that is the time step's is not known: refinement {unanswered.reason}"
        return replace(judgement, verdict=Verdict.NOT_ENOUGH_DATA, reason=reason, gate=Gate.REFINEMENT)
    parted = judgement.reason if judgement.gate is Gate.TRAJECTORIES else ""
    if last.passed:
        reason = f"{parted}; {last.reason}" if parted else last.reason
        return replace(judgement, verdict=Verdict.SAME_DYNAMICS, reason=reason, gate=None)
    if last.gate is Gate.REFINEMENT and not any(row.answered for row in last.details.rows) and not last.differences:
        return replace(judgement, verdict=Verdict.NOT_ENOUGH_DATA, reason=last.reason, gate=last.gate)
    return replace(judgement, verdict=Verdict.DIFFERENT, reason=last.reason, gate=last.gate)
