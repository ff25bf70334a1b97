"""Finished checks made of a few hundred invented cells: every kind of result that a report has to say."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from crosssim.divergence.trajectories import AgreementUntilOnset, PairedShare, TraceWindow, TrajectoryDetails
from crosssim.divergence.verdict import Difference, Gate, GateResult, Judgement, Onset, Verdict
from crosssim.model.declaration import Model, Seeds, Timing, parameter
from crosssim.model.expectation import Published, Recorded, Tolerance
from crosssim.recording.data import Recording, Spikes, Trace
from crosssim.runner.request import LegOutcome, LegRequest, LegStatus
from crosssim.studies.result import CheckResult, Comparison, FinishedLeg

SPIKES_WHY = "both simulators put spikes on the grid of 0.1 ms"
V_WHY = "rounding of the integrators, far below the distance to threshold"
DURATION_MS = 300.0
ONSET = Onset(104.3, "exc", 17, "unpaired spike")


def model(name: str = "toy network", **changes) -> Model:
    base = Model(
        name=name,
        build=lambda sim, p: None,
        parameters={"tau_refrac": parameter(2.5, "ms", "chosen: a test")},
        timing=Timing(DURATION_MS),
        seeds=Seeds(1, 2, 3),
        recorded=(
            Recorded("exc", "spikes", Tolerance(0.1, "ms", SPIKES_WHY)),
            Recorded("inh", "spikes", Tolerance(0.1, "ms", SPIKES_WHY)),
            Recorded("exc", "v", Tolerance(1e-3, "mV", V_WHY), cells=(17, 3)),
        ),
        published=(Published("RS", "rate_hz", 29.0, "Hz", "Destexhe 2009, Figure 7", "one seed"),),
        summary="Two populations of invented cells.",
    )
    return replace(base, **changes)


def spikes(n_cells: int, rate_hz: float, seed: int) -> Spikes:
    rng = np.random.default_rng(seed)
    n = rng.poisson(n_cells * rate_hz * DURATION_MS / 1000)
    times = np.rint(rng.uniform(0, DURATION_MS - 1, n) * 10) / 10
    return Spikes.from_events(rng.integers(0, n_cells, n), times, n_cells, DURATION_MS)


def parted(one: Spikes, after_ms: float, seed: int) -> Spikes:
    """The same spikes up to ``after_ms``, then each moved by up to 15 ms."""
    rng = np.random.default_rng(seed)
    moved = np.where(one.time_ms < after_ms, one.time_ms, one.time_ms + rng.uniform(0.5, 15, len(one)))
    keep = moved < DURATION_MS
    return Spikes.from_events(one.cell[keep], moved[keep], one.n_cells, DURATION_MS)


def trace(cells: tuple[int, ...], seed: int, parts_after_ms: float | None = None) -> Trace:
    rng = np.random.default_rng(seed)
    steps = int(DURATION_MS * 10) + 1
    v = -60 + np.cumsum(rng.normal(0, 0.2, (steps, len(cells))), axis=0) % 12
    if parts_after_ms is not None:
        at = int(parts_after_ms * 10)
        v[at:] += np.linspace(0, 6, steps - at)[:, None]
    return Trace(v, "mV", 0.0, 0.1, np.array(cells, dtype=np.int32))


@dataclass(frozen=True)
class Side:
    """What one invented leg recorded."""

    exc: Spikes = field(default_factory=lambda: spikes(200, 30.0, 1))
    inh: Spikes = field(default_factory=lambda: spikes(50, 45.0, 2))
    v: Trace | None = field(default_factory=lambda: trace((3, 17), 3))

    def recording(self, backend: str) -> Recording:
        classes = {"exc": {"RS": np.arange(5, 200, dtype=np.int32), "LTS": np.arange(5, dtype=np.int32)}}
        traces = {("exc", "v"): self.v} if self.v is not None else {}
        return Recording(
            "toy network", backend, 0.1, DURATION_MS, {"exc": self.exc, "inh": self.inh}, traces, cell_classes=classes
        )


def parted_side() -> Side:
    same = Side()
    after = ONSET.time_ms
    return Side(parted(same.exc, after, 5), parted(same.inh, after, 6), trace((3, 17), 3, after))


def leg(label: str, side: Side | None, *, reused: bool = False, outcome: LegOutcome | None = None) -> FinishedLeg:
    backend, _, change = label.partition(":")
    name, _, value = change.partition("=")
    request = LegRequest(
        "toy network", backend, Timing(DURATION_MS), Seeds(1, 2, 3), 0.1, {name: float(value)} if name else {}
    )
    done = LegOutcome(
        LegStatus.COMPLETED,
        wall_s=12.3,
        cpu_s=11.9,
        peak_memory_mb=210.0,
        phases_s={"build": 1.2, "run": 10.0, "write": 0.4},
        surroundings={
            "python": "3.11.2",
            "packages": {"PyNN": "0.13.0", "NEURON": "9.0.2", "nest-simulator": "3.10.0", "rich": "14.0"},
            "processor": "a test",
            "cores": 2,
        },
        notes=("2 input times were moved to the grid",),
    )
    command = ("python", "run.py", backend, "--model", "toy network")
    folder = Path("/results/toy network") / label
    recording = side.recording(backend) if side else None
    return FinishedLeg(label, request, outcome or done, folder, command, reused, recording)


def failed(label: str, status: LegStatus, reason: str) -> FinishedLeg:
    return leg(label, None, outcome=LegOutcome(status, reason, wall_s=0.7))


def shares(onset_ms: float | None) -> tuple[PairedShare, ...]:
    rows = []
    for start in np.arange(0, DURATION_MS, 10.0):
        share = 1.0 if onset_ms is None or start + 10 <= onset_ms else max(0.05, 1 - (start + 10 - onset_ms) / 60)
        rows.append(PairedShare(start, start + 10, 80, 80, round(80 * share), round(80 * share) / 80))
    return tuple(rows)


def agreements(gap_mv: float, identical: bool) -> tuple[AgreementUntilOnset, ...]:
    return (
        AgreementUntilOnset("exc", "spikes", 812, 0.0 if identical else 0.1, "ms", 0.1, SPIKES_WHY, identical),
        AgreementUntilOnset("exc", "v", 2086, gap_mv, "mV", 1e-3, V_WHY, identical),
    )


def window() -> TraceWindow:
    times = tuple(float(t) for t in np.round(np.arange(103.8, 104.9, 0.1), 1))
    reference = tuple(-52.0 + 0.4 * k for k in range(len(times)))
    candidate = tuple(v + (3.2 if t >= 104.3 else 1e-5) for v, t in zip(reference, times, strict=True))
    return TraceWindow("exc", "v", 17, "mV", times, reference, (*candidate[:-1], float("nan")))


def passed(gate: Gate, *differences: Difference) -> GateResult:
    return GateResult(gate, True, f"{gate.value}: all the same", differences)


def judged_same(verdict: Verdict = Verdict.IDENTICAL) -> Judgement:
    exact = verdict is Verdict.IDENTICAL
    details = TrajectoryDetails(None, agreements(0.0 if exact else 2e-4, exact), shares(None), ())
    gate = GateResult(Gate.TRAJECTORIES, True, "every spike has its partner", (), details)
    reason = "all 3 000 spikes and 6 002 samples agree"
    return Judgement(verdict, reason, gates=(passed(Gate.DECLARED), passed(Gate.WIRING), gate))


def judged_parted() -> Judgement:
    details = TrajectoryDetails(ONSET, agreements(4e-4, False), shares(ONSET.time_ms), (window(),))
    spike = Difference(
        Gate.TRAJECTORIES, "spike time", "exc", "no spike", "104.3 ms", None, "ms", 0.1, ONSET.time_ms, ONSET.cell
    )
    reason = "exc cell 17 spikes at 104.3 ms on neuron, and not on nest"
    gate = GateResult(Gate.TRAJECTORIES, False, reason, (spike,), details)
    return Judgement(
        Verdict.DIFFERENT, reason, Gate.TRAJECTORIES, ONSET, (passed(Gate.DECLARED), passed(Gate.WIRING), gate)
    )


def judged_wiring() -> Judgement:
    found = Difference(
        Gate.WIRING, "delay_ms", "exc→inh", "0.60", "0.55", 0.05, "ms", 0.0, count=12, total=400,
        detail="(0, 3): 0.60 against 0.55; (0, 9): 0.60 against 0.55",
    )  # fmt: skip
    reason = "12 of 400 delays of exc→inh differ, by up to 0.05 ms"
    gate = GateResult(Gate.WIRING, False, reason, (found,))
    return Judgement(Verdict.DIFFERENT, reason, Gate.WIRING, None, (passed(Gate.DECLARED), gate))


def asked_for() -> Difference:
    return Difference(
        Gate.DECLARED, "parameter tau_refrac", "exc", "2.5", "5.0", 2.5, "ms", 0.0, count=200, total=200, asked_for=True
    )


def check(legs: tuple[FinishedLeg, ...], judgements: tuple[Judgement, ...], of: Model | None = None) -> CheckResult:
    compared = [one for one in legs[1:] if one.recording and legs[0].recording]
    pairs = tuple(Comparison(legs[0].label, one.label, j) for one, j in zip(compared, judgements, strict=True))
    command = ("crosssim", "check", "toy network", *(one.label for one in legs))
    return CheckResult(of or model(), legs, pairs, command, "2026-11-20T10:00:00+00:00", 14.2)


def identical() -> CheckResult:
    return check((leg("nest", Side(), reused=True), leg("neuron", Side())), (judged_same(),))


def same_to_the_grid() -> CheckResult:
    return check((leg("nest", Side()), leg("neuron", Side())), (judged_same(Verdict.SAME_TO_THE_GRID),))


def different_trajectories() -> CheckResult:
    return check((leg("nest", Side()), leg("neuron", parted_side())), (judged_parted(),))


def different_wiring() -> CheckResult:
    return check((leg("nest", Side()), leg("neuron", parted_side())), (judged_wiring(),))


def asked_for_difference() -> CheckResult:
    judged = judged_parted()
    gates = (passed(Gate.DECLARED, asked_for()), *judged.gates[1:])
    return check((leg("nest", Side()), leg("nest:tau_refrac=5.0", parted_side())), (replace(judged, gates=gates),))


def crashed() -> CheckResult:
    reason = "the process ended with signal 11 while running 120 of 300 ms; see log.txt"
    return check((leg("nest", Side()), failed("neuron", LegStatus.CRASHED, reason)), ())


def missing() -> CheckResult:
    reason = "NEST is not installed; pip install nest-simulator"
    return check((failed("nest", LegStatus.MISSING, reason), leg("neuron", Side())), ())


def three_legs() -> CheckResult:
    legs = (leg("nest", Side()), leg("neuron", Side()), leg("brian2", parted_side()))
    return check(legs, (judged_same(Verdict.SAME_TO_THE_GRID), judged_parted()))


def without_traces() -> CheckResult:
    side = Side(v=None)
    judged = judged_same()
    return check((leg("nest", side), leg("neuron", side)), (judged,), model(recorded=model().recorded[:2]))


def silent() -> CheckResult:
    none = Side(spikes(200, 0.0, 1), spikes(50, 0.0, 1))
    empty = tuple(PairedShare(t, t + 10, 0, 0, 0, None) for t in np.arange(0, DURATION_MS, 10.0))
    details = TrajectoryDetails(None, agreements(0.0, True)[1:], empty, ())
    gate = GateResult(Gate.TRAJECTORIES, True, "no cell spiked on either side", (), details)
    judged = Judgement(Verdict.NOT_ENOUGH_DATA, "no cell spiked on either side", gates=(gate,))
    return check((leg("nest", none), leg("neuron", none)), (judged,))


VARIANTS = {
    one.__name__: one
    for one in (
        identical, same_to_the_grid, different_trajectories, different_wiring, asked_for_difference, crashed, missing,
        three_legs, without_traces, silent,
    )
}  # fmt: skip
