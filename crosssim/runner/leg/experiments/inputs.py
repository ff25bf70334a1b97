"""Experiments on inputs: what follows a POINTER, and what a second input soon after the first does."""

from collections.abc import Mapping, Sequence
from typing import Any

from crosssim.runner.experiment import MEASURED, Answer
from crosssim.runner.leg.experiments.bench import REST_MV, STEP_MS, Bench, NothingShown

FIRST_MS, RUN_MS = 2.0, 80.0
HIGH_MV = 40.0


def pointer(arguments: Mapping[str, Any]) -> Answer:
    """How many steps after its target jumps the mechanism follows, or whether it writes to its target."""
    bench = Bench(arguments)
    bench.expect((FIRST_MS, FIRST_MS + 1.0))
    quiet, _ = _states(bench, high_steps=())
    written = bench.source.v - REST_MV
    jump_step = round(FIRST_MS / STEP_MS)
    driven, _ = _states(bench, high_steps=range(jump_step, jump_step + 3))
    followed = next((k for k, (one, other) in enumerate(zip(quiet, driven, strict=True)) if one != other), None)
    if followed is not None:
        lag = followed - jump_step
        sentence = (
            f"its variables followed a jump of {arguments['pointer']} after {lag} steps: there is no delay to set"
        )
        return Answer(MEASURED, sentence, {"lag_steps": lag})
    if written:
        sentence = f"on an event it wrote to its target ({written:+.3g}): the target must live in the same process"
        return Answer(MEASURED, sentence, {"written": written})
    raise NothingShown(f"nothing that Hoc can see followed a jump of {arguments['pointer']}")


def pointer_without_target(arguments: Mapping[str, Any]) -> Answer:
    """Run with no POINTER set, as on a process where the target does not live; NEURON may end here."""
    bench = Bench(arguments, tied=False)
    bench.expect((FIRST_MS,))
    bench.run(FIRST_MS + 2.0)
    return Answer(MEASURED, "without a target it runs all the same", {"runs_without_target": True})


def dead_time(arguments: Mapping[str, Any]) -> Answer:
    """The charge that a pair of inputs lets through, in units of that of one, at gaps around the dead time."""
    bench = Bench(arguments)
    bench.hold(REST_MV)
    dead_ms = arguments["dead_time_ms"]
    gaps_ms = _gaps_ms(dead_ms)
    quiet = _response(bench, ())
    single = _response(bench, (FIRST_MS,)) - quiet
    if not single:
        raise NothingShown("one input left no trace in its current")
    ratios = [(_response(bench, (FIRST_MS, FIRST_MS + gap)) - quiet) / single for gap in gaps_ms]
    pairs = [f"{ratio:.2f} at {gap:g} ms" for gap, ratio in zip(gaps_ms, ratios, strict=True)]
    written = "" if dead_ms is None else f" (dead time {dead_ms:g} ms)"
    sentence = f"two inputs made this many times the response of one: {', '.join(pairs)} apart{written}"
    return Answer(MEASURED, sentence, {"gaps_ms": gaps_ms, "responses": ratios, "dead_time_ms": dead_ms})


def _gaps_ms(dead_ms: float | None) -> list[float]:
    """One gap inside the dead time, as near its middle as the grid allows, and two outside."""
    if dead_ms is None:
        return [STEP_MS, 1.0, 10.0]
    inside = max(1, round(dead_ms / 2 / STEP_MS))
    return [round(inside * STEP_MS, 6), round(dead_ms + 2 * STEP_MS, 6), round(2 * dead_ms + 1.0, 6)]


def _response(bench: Bench, times_ms: Sequence[float]) -> float:
    """The charge (pC) through the membrane, or the events sent, after inputs at these times."""
    bench.expect(times_ms)
    steps = [round(time_ms / STEP_MS) for time_ms in times_ms] if not bench.facts["takes_events"] else []
    charges = _states(bench, steps)[1]
    return sum(charges) * STEP_MS


def _states(bench: Bench, high_steps: Sequence[int]) -> tuple[list[tuple[float, ...]], list[float]]:
    """The mechanism's variables and its current (nA) after every step; its POINTERs are high on ``high_steps``."""
    bench.start()
    states, currents_na = [], []
    for k in range(round(RUN_MS / STEP_MS)):
        if high_steps:
            bench.source.v = HIGH_MV if k in high_steps else REST_MV
        bench.h.fadvance()
        states.append(bench.state())
        currents_na.append(bench.current_na())
    return states, currents_na
