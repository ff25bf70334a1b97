"""The gates in order, and what they say together."""

from collections.abc import Callable, Sequence

from crosssim.divergence.declared import compare_declared
from crosssim.divergence.trajectories import TrajectoryDetails, compare_trajectories, was_recorded
from crosssim.divergence.verdict import Gate, GateResult, Judgement, Verdict
from crosssim.divergence.wiring import compare_wiring
from crosssim.divergence.wording import asked_for_note, side_names
from crosssim.errors import NotComparable, UnknownName
from crosssim.model.expectation import Recorded
from crosssim.recording.data import Recording

GateFunction = Callable[[Recording, Recording, Sequence[Recorded], frozenset[str]], GateResult]


def _trajectories(reference: Recording, candidate: Recording, recorded: Sequence[Recorded]) -> GateResult:
    """The gate's answer; one without details if the recordings cannot be set side by side."""
    try:
        return compare_trajectories(reference, candidate, recorded)
    except NotComparable as error:
        return GateResult(Gate.TRAJECTORIES, False, str(error))


GATES: dict[Gate, GateFunction] = {
    Gate.DECLARED: lambda reference, candidate, recorded, asked_for: compare_declared(reference, candidate, asked_for),
    Gate.WIRING: lambda reference, candidate, recorded, asked_for: compare_wiring(reference, candidate, asked_for),
    Gate.TRAJECTORIES: lambda reference, candidate, recorded, asked_for: _trajectories(reference, candidate, recorded),
}
"""Every gate that needs nothing but two recordings, cheapest first."""


def judge(
    reference: Recording,
    candidate: Recording,
    recorded: Sequence[Recorded],
    *,
    gates: Sequence[Gate] = (Gate.DECLARED, Gate.WIRING, Gate.TRAJECTORIES),
    asked_for: frozenset[str] = frozenset(),
) -> Judgement:
    """Set two recordings side by side, gate by gate, and say what that means.

    All ``gates`` are evaluated, so that a report can show them; the first that fails is the judgement's ``gate`` and
    its reason the judgement's reason. ``asked_for`` names what the command itself changed between the legs.
    Recordings that cannot be set side by side are a verdict, not an error, and so is having nothing to compare.
    Raises :class:`UnknownName` for a gate that two recordings do not suffice for.
    """
    for gate in gates:
        if gate not in GATES:
            raise UnknownName("gate", str(gate), GATES)
    unfit = _nothing_to_compare(reference, candidate, recorded)
    if unfit is not None:
        return unfit
    results = tuple(GATES[gate](reference, candidate, recorded, asked_for) for gate in GATES if gate in gates)
    details = next((one.details for one in results if isinstance(one.details, TrajectoryDetails)), None)
    onset = None if details is None else details.onset
    failed = next((one for one in results if not one.passed), None)
    if failed is None:
        verdict, reason = _agreement(results, details)
        return Judgement(verdict, reason, gates=results)
    compared = failed.gate is not Gate.TRAJECTORIES or failed.details is not None
    verdict = Verdict.DIFFERENT if compared else Verdict.NOT_COMPARABLE
    return Judgement(verdict, failed.reason, failed.gate, onset, results)


def _nothing_to_compare(reference: Recording, candidate: Recording, recorded: Sequence[Recorded]) -> Judgement | None:
    here, there = ([one for one in recorded if was_recorded(one, side)] for side in (reference, candidate))
    if not here and not there:
        return Judgement(Verdict.NOT_ENOUGH_DATA, "nothing that the model says to compare was recorded on either side")
    if any(one in there for one in here):
        return None
    names = side_names(reference, candidate)
    held = [", ".join(f"{one.variable} of {one.population}" for one in side) or "nothing" for side in (here, there)]
    reason = f"the recordings have nothing in common: {names[0]} holds {held[0]}, {names[1]} {held[1]}"
    return Judgement(Verdict.NOT_COMPARABLE, reason)


def _agreement(results: Sequence[GateResult], details: TrajectoryDetails | None) -> tuple[Verdict, str]:
    """The verdict and reason when every gate asked for has passed."""
    if details is None:
        asked = ", ".join(one.gate for one in results)
        return Verdict.SAME_TO_THE_GRID, f"trajectories were not compared; no difference in: {asked or 'no gate'}"
    reason = results[-1].reason
    if not any(one.compared for one in details.until_onset):
        return Verdict.NOT_ENOUGH_DATA, reason
    identical = all(one.identical for one in details.until_onset)
    reason += ", all equal to the last bit" if identical else ""
    reason += asked_for_note([one for result in results for one in result.differences])
    return Verdict.IDENTICAL if identical else Verdict.SAME_TO_THE_GRID, reason
