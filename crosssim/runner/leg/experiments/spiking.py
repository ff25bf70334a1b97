"""Experiments on a driven cell: evaluations per step, the shape of a spike, the clamp after it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from statistics import median
from typing import Any

from crosssim.runner.experiment import MEASURED, Answer
from crosssim.runner.leg.experiments.bench import STEP_MS, Bench, NothingShown, numbers

CURRENTS_NA = (0.0, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0, 50.0)
STRONG_CURRENT_NA = 100.0
"""Takes the cell of the bench (200 pF) from reset to threshold within one step of 0.1 ms."""
RUN_MS = 60.0
NEAR_TOP_MV = 20.0
"""A conductance that draws a spike takes v near its top within a step, and not onto it."""
JUMP_MV = 5.0
"""No current of the bench moves the cell so far in one step, below the strong one; a spike or a reset does."""
ARRIVALS_MS = (10.0, 30.0)
STEPS_MS = (0.1, 0.05, 0.025)


def evaluations(arguments: Mapping[str, Any]) -> Answer:
    """How often the counted assignment runs per step; of a countdown, the interval under a strong current too."""
    bench = Bench(arguments)
    bench.expect(ARRIVALS_MS)
    for current_na in (*CURRENTS_NA, STRONG_CURRENT_NA):
        counts, falls = _counted(bench, current_na)
        if counts:
            break
    else:
        raise NothingShown(
            f"it did not run in {RUN_MS:g} ms under currents up to {STRONG_CURRENT_NA:g} nA; the one cell of the "
            "experiment does not reach it"
        )
    times, steps = counts.most_common(1)[0]
    found: dict[str, Any] = {"runs_per_step": times, "steps": steps, "current_nA": current_na}
    others = f"{', else ' + numbers(sorted(set(counts) - {times})) if len(counts) > 1 else ''}"
    sentence = (
        f"ran {_times(times)} in each of {steps} steps{others}" if steps > 1 else f"ran {_times(times)} in one step"
    )
    if times == 1:
        sentence += ": there the other evaluation took another branch"
    if falls:
        fall_ms = median(falls)
        found |= {"fall_per_step_ms": fall_ms, "step_ms": STEP_MS, "times_per_step": fall_ms / STEP_MS}
        name = arguments["variable"]
        sentence = f"{name} fell by {fall_ms:.3g} ms per {STEP_MS:g} ms step: {fall_ms / STEP_MS:.1f} times per step"
    if arguments["variable"] and arguments["nominal_ms"] is not None:
        intervals_ms = [_interval_ms(bench, arguments["variable"], step_ms) for step_ms in STEPS_MS]
        if all(intervals_ms):
            found |= {"steps_ms": STEPS_MS, "intervals_ms": intervals_ms, "nominal_ms": arguments["nominal_ms"]}
            sentence += (
                f"; under {STRONG_CURRENT_NA:g} nA the interval between spikes is {numbers(intervals_ms)} ms at steps "
                f"of {numbers(STEPS_MS)} ms, where {arguments['nominal_ms']:g} ms is written"
            )
    return Answer(MEASURED, sentence, found)


def _times(count: float) -> str:
    return {1: "once", 2: "twice"}.get(int(count), f"{count:g} times")


def _counted(bench: Bench, current_na: float) -> tuple[Counter[int], list[float]]:
    """How many steps saw how many executions, and by how much the counted variable fell on those (ms)."""
    bench.current.amp = current_na
    counter, variable = bench.facts["counter"], bench.facts["variable"]
    bench.start()
    before = bench.read(counter), bench.read(variable) if variable else 0.0
    counts: Counter[int] = Counter()
    falls = []
    for _ in range(round(RUN_MS / STEP_MS)):
        bench.h.fadvance()
        after = bench.read(counter), bench.read(variable) if variable else 0.0
        executed = round(after[0] - before[0])
        if executed:
            counts[executed] += 1
            if before[1] - after[1] > 0:
                falls.append(before[1] - after[1])
        before = after
    return counts, falls


def _interval_ms(bench: Bench, variable: str, step_ms: float) -> float:
    """The median time between rises of a countdown under a strong current; 0 if it does not rise twice."""
    bench.current.amp = STRONG_CURRENT_NA
    rises: list[float] = []
    last = [0.0]

    def look() -> None:
        now = bench.read(variable)
        if now > last[0]:
            rises.append(bench.h.t)
        last[0] = now

    bench.run(RUN_MS, step_ms, look)
    gaps = [after - before for before, after in pairwise(rises)]
    return round(median(gaps), 6) if gaps else 0.0


def first_spike(arguments: Mapping[str, Any]) -> Answer:
    """v on four steps around the first passage of threshold."""
    threshold_mv = arguments["threshold_mv"]
    current_na, v_mv = _first_spiking(Bench(arguments), threshold_mv)
    passed = next(k for k, v in enumerate(v_mv) if v > threshold_mv)
    answered = _first_jump(v_mv, passed)
    lag = answered - passed
    around = v_mv[max(0, passed - 1) : passed + 3]
    after = "on that step" if lag == 0 else f"{lag} step{'s' if lag > 1 else ''} later"
    sentence = (
        f"under {current_na:g} nA v was {numbers(around, 5)} mV on the steps around the threshold of {threshold_mv:g} "
        f"mV: it passed at {passed * STEP_MS:.4g} ms, and the spike was seen in v {after}"
    )
    return Answer(
        MEASURED, sentence, {"v_mV": around, "passed_ms": passed * STEP_MS, "lag_steps": lag, "current_nA": current_na}
    )


def _first_jump(v_mv: list[float], passed: int) -> int:
    """The step, from the passage on, on which v jumps. Raises :class:`NothingShown`."""
    for k in range(passed, len(v_mv)):
        if abs(v_mv[k] - v_mv[k - 1]) > JUMP_MV:
            return k
    raise NothingShown("v passed the threshold, and no spike or reset followed")


def drawn_spike(arguments: Mapping[str, Any]) -> Answer:
    """The largest v of the driven cell, and whether the drawn spike is seen in it."""
    largest_mv = -float("inf")
    for current_na, v_mv in _runs(Bench(arguments)):
        largest_mv = max(largest_mv, *v_mv)
        if largest_mv > arguments["top_mv"] - NEAR_TOP_MV:
            found = {"largest_v_mV": largest_mv, "current_nA": current_na}
            return Answer(MEASURED, f"v reached {largest_mv:.4g} mV under {current_na:g} nA", found)
    sentence = (
        f"v, recorded at every step, did not reach {arguments['top_mv']:g} mV: the largest was {largest_mv:.4g} mV"
    )
    return Answer(MEASURED, sentence, {"largest_v_mV": largest_mv})


def clamp(arguments: Mapping[str, Any]) -> Answer:
    """v minus the reset on the steps after a spike, while the current goes on."""
    reset_mv = arguments["reset_mv"]
    for current_na, v_mv in _runs(Bench(arguments)):
        falls = [k for k in range(1, len(v_mv) - 4) if v_mv[k - 1] - v_mv[k] > JUMP_MV]
        if falls and current_na and abs(v_mv[falls[0] + 2] - reset_mv) < 1:
            held = [v - reset_mv for v in v_mv[falls[0] : falls[0] + 4]]
            sentence = f"under {current_na:g} nA v minus the reset was {numbers(held, 3)} mV on the steps after a spike"
            return Answer(MEASURED, sentence, {"v_minus_reset_mV": held, "current_nA": current_na})
    raise NothingShown(f"v was not clamped at {reset_mv:g} mV under currents up to {CURRENTS_NA[-1]:g} nA")


def _runs(bench: Bench) -> Iterator[tuple[float, list[float]]]:
    """v (mV) at every step from t = 0 under ever stronger currents: first by themselves, then with two events too."""
    for arrivals_ms in ((), ARRIVALS_MS) if bench.facts["takes_events"] else ((),):
        bench.expect(arrivals_ms)
        for current_na in CURRENTS_NA:
            bench.current.amp = current_na
            yield current_na, bench.recorded_v(RUN_MS)


def _first_spiking(bench: Bench, threshold_mv: float) -> tuple[float, list[float]]:
    for current_na, v_mv in _runs(bench):
        if max(v_mv) > threshold_mv:
            return current_na, v_mv
    raise NothingShown(f"v did not pass {threshold_mv:g} mV under currents up to {CURRENTS_NA[-1]:g} nA")
