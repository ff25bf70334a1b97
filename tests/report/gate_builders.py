"""Invented checks that went on to replay, refinement, suspects and yardsticks, each with numbers chosen by hand."""

from dataclasses import replace

from crosssim.divergence.potentials import OwnPotential, PotentialConvergence, PotentialGap
from crosssim.divergence.refinement import Convergence, OddCell, PopulationRefinement, RefinementDetails
from crosssim.divergence.replay import CellDisagreement, PopulationReplay, ReplayDetails, ReplayTable, ShiftHistogram
from crosssim.divergence.sensitivity import Yardstick
from crosssim.divergence.suspects import Suspect
from crosssim.divergence.verdict import Gate, GateResult, Judgement, Onset, Verdict
from crosssim.report.tables import refinement_details
from tests.report import builders
from tests.report.builders import ONSET, Side, leg, parted_side

STEPS_MS = (0.1, 0.05, 0.02, 0.01)
NAMES = ("nest", "neuron")


def replay_row(population: str, *, exact=1000, one=0, farther=0, missing=0, extra=0, mean_ms=0.0) -> PopulationReplay:
    spikes = exact + one + farther + missing
    side = farther // 2
    histogram = ShiftHistogram((-2.5, -1.5, -0.5, 0.5, 1.5, 2.5), (side, one - one // 2, exact, one // 2, side))
    worst = (CellDisagreement(17, 8.4, 31, missing, extra, mean_ms),) if one or missing or extra else ()
    first = 5.0 if worst else None
    return PopulationReplay(
        population, 50, spikes, spikes - missing + extra, exact, one, farther, missing, extra, mean_ms, mean_ms, 0.17,
        worst, first, histogram,
    )  # fmt: skip


def replay_details(*rows: PopulationReplay) -> ReplayDetails:
    own = tuple(ReplayTable(name, name, 0.1, 2.0, tuple(replay_row(row.population) for row in rows)) for name in NAMES)
    return ReplayDetails(ReplayTable(*NAMES, 0.1, 2.0, rows), own)


def own_convergence(distance_ms: float, spikes: int = 900) -> Convergence:
    """First order: ``distance_ms`` from its own limit at 0.1 ms."""
    finest = distance_ms * STEPS_MS[-1] / STEPS_MS[0]
    shifts = tuple(distance_ms * step / STEPS_MS[0] - finest for step in STEPS_MS)
    return Convergence(shifts, spikes, 1.0, -finest, None, (0.02, 0.01, 0.002, 0.0))


def refined_row(
    population: str, *, left_ms=0.0, slope=-1.5, half_ms=0.003, own=(0.25, 0.02), odd=(), unpaired=(0.01, 0.0)
) -> PopulationRefinement:
    """A shift of ``left_ms`` + ``slope`` × step; ``own`` are both backends' distances from their limits at 0.1 ms."""
    shifts = tuple(left_ms + slope * step for step in STEPS_MS)
    lost = (unpaired[0], unpaired[0] / 2, unpaired[1], unpaired[1])
    between = Convergence(shifts, 900, 1.0, left_ms, (left_ms - half_ms, left_ms + half_ms), lost, (0.01,) * 4)
    rates = ((39.0, 38.9), (39.2, 39.2), (39.4, 39.4), (39.5, 39.5))
    reference, candidate = map(own_convergence, own)
    return PopulationRefinement(population, STEPS_MS, between, reference, candidate, rates, odd)


def potential(*apart: PotentialGap) -> PotentialConvergence:
    """First order, 0.03 mV at 0.1 ms, all of it the candidate's own; ``apart`` are cells that keep apart."""
    gaps = tuple(0.3 * step for step in STEPS_MS)
    exact = OwnPotential((0.0,) * 4, None)
    own = OwnPotential(tuple(gap - gaps[-1] for gap in gaps), 1.0)
    return PotentialConvergence(gaps, 50, 52, 6.0, 1.0, 0.0001, (-0.0002, 0.0004), 0.002, exact, own, apart)


def late_start(population: str) -> PopulationRefinement:
    """Only the first spikes differ at a step of zero, by 0.05 ms."""
    whole = refined_row(population)
    return replace(whole, first=refined_row(population, left_ms=0.05).between)


def too_few(population: str) -> PopulationRefinement:
    none = Convergence((0.0,) * 4, 3, None, None, None, (0.0,) * 4)
    return PopulationRefinement(population, STEPS_MS, none, none, none, ((1.0, 1.0),) * 4, ())


def refinement(*rows: PopulationRefinement) -> GateResult:
    passed = not any(row.differs for row in rows) and any(row.enough for row in rows)
    reason = "a time-step effect" if passed else "a real difference remains in exc at step zero"
    return GateResult(Gate.REFINEMENT, passed, reason, (), RefinementDetails(*NAMES, STEPS_MS, rows))


def replay(*rows: PopulationReplay) -> GateResult:
    details = replay_details(*rows)
    reason = "neuron cells driven by the spikes of nest: some spikes are off their step"
    return GateResult(Gate.REPLAY, details.between.all_exact, reason, (), details)


def unasked(gate: Gate, why: str) -> GateResult:
    return GateResult(gate, False, f"could not be asked: {why}")


def yardsticks() -> tuple[Yardstick, ...]:
    """The legs beside each other, then twins; the earliest twin parts at 60 ms, before the legs (104.3 ms)."""
    parts = ((60.0, "nest", "nest, all initial v jittered by 1e-06 mV"), (120.0, "neuron", "neuron, at half the step"))
    own = [
        Yardstick(what, of, Onset(time, "exc", 3, "unpaired spike"), builders.shares(time)) for time, of, what in parts
    ]
    return (Yardstick("nest against neuron", "", ONSET, builders.shares(ONSET.time_ms)), *own)


def suspects() -> tuple[Suspect, ...]:
    return (
        Suspect("tau_refrac of exc", "exc", "nest with tau_refrac of exc at 1.3 ms instead of 2.6 ms does what neuron "
                "does: 97% of the disagreement is gone; 80% of the extra spikes come early", 0.9712),
        Suspect("weights of exc→inh", "inh", "nest with weights changed by +2 % does it: 61% is gone", 0.61),
    )  # fmt: skip


CERTIFICATE = ("would have seen: weights of exc→inh +1 %", "would not have seen: weights of exc→inh +0.5 %")


def judged_chaos(**changes) -> Judgement:
    parted = builders.judged_parted()
    rows = replay_row("exc", exact=640, one=250, farther=90, missing=5, extra=6, mean_ms=-0.15), replay_row("inh")
    refined = replace(refined_row("exc"), potential=potential()), refined_row("inh", own=(0.2, 0.19))
    gates = (*parted.gates, replay(*rows), refinement(*refined))
    reason = f"{parted.reason}; a time-step effect"
    judged = replace(parted, verdict=Verdict.SAME_DYNAMICS, gate=None, reason=reason, gates=gates)
    return replace(judged, yardsticks=yardsticks(), smallest_fault=CERTIFICATE, **changes)


def judged_fault(*rows: PopulationRefinement, **changes) -> Judgement:
    parted = builders.judged_parted()
    rows = rows or (refined_row("exc", left_ms=-0.26), refined_row("inh"))
    gates = (*parted.gates, replay(replay_row("exc", exact=80, farther=900, extra=500), replay_row("inh")))
    gates = (*gates, refinement(*rows))
    return replace(parted, gate=Gate.REFINEMENT, reason=gates[-1].reason, gates=gates, **changes)


def judged_replay_unasked() -> Judgement:
    parted = builders.judged_parted()
    return replace(parted, gates=(*parted.gates, unasked(Gate.REPLAY, "the projection exc→inh is plastic")))


def _check(judged: Judgement):
    return builders.check((leg("nest", Side()), leg("neuron", parted_side())), (judged,))


def refinement_of(result) -> RefinementDetails:
    return refinement_details(result.comparisons[0].judgement)


def same_dynamics():
    return _check(judged_chaos())


def fault_with_suspects():
    return _check(judged_fault(suspects=suspects()))


def fault_in_one_cell():
    odd = (OddCell(17, 0.4, 0.03, 31),)
    return _check(judged_fault(refined_row("exc", odd=odd), too_few("inh")))


def fault_in_potentials():
    apart = PotentialGap(17, 1.22, (1.25, 1.23, 1.221, 1.22)), PotentialGap(3, 0.4, (0.43, 0.41, 0.4, 0.4))
    return _check(judged_fault(replace(refined_row("exc"), potential=potential(*apart)), refined_row("inh")))


def fault_in_first_spikes():
    return _check(judged_fault(late_start("exc"), refined_row("inh")))


def replay_unasked():
    return _check(judged_replay_unasked())


def two_candidates():
    legs = (leg("nest", Side()), leg("neuron", parted_side()), leg("brian2", parted_side()))
    return builders.check(legs, (judged_chaos(), judged_fault(suspects=suspects())))


VARIANTS = builders.VARIANTS | {
    one.__name__: one
    for one in (
        same_dynamics,
        fault_with_suspects,
        fault_in_one_cell,
        fault_in_potentials,
        fault_in_first_spikes,
        replay_unasked,
        two_candidates,
    )
}
