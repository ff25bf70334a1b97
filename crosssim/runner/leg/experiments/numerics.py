"""Experiments on numbers: time steps, tables, comparisons with t, areas, temperature."""

from collections.abc import Callable, Mapping
from typing import Any

from crosssim.runner.experiment import MEASURED, Answer
from crosssim.runner.leg.experiments.bench import AREA_UM2, REST_MV, STEP_MS, Bench, NothingShown, numbers

STEPS_MS = (0.1, 0.05, 0.025)
FINE = 16
HELD_MV = -40.0
"""Channels of all kinds are between closed and open here."""
RELAXING_MS = 5.0


def event_time(arguments: Mapping[str, Any]) -> Answer:
    """In how many evaluations a comparison of t was true, at several time steps."""
    at_ms = arguments["at_ms"] if arguments["at_ms"] is not None else 20.0
    bench = Bench(arguments)
    counter = arguments["counter"]
    hits = []
    for step_ms in STEPS_MS:
        bench.start(step_ms)
        before = bench.read(counter)
        for _ in range(round((at_ms + 1.0) / step_ms)):
            bench.h.fadvance()
        hits.append(round(bench.read(counter) - before))
    sentence = f"it was true in {numbers(hits)} evaluations at steps of {numbers(STEPS_MS)} ms"
    return Answer(MEASURED, sentence, {"steps_ms": STEPS_MS, "hits": hits})


def hit_times(arguments: Mapping[str, Any]) -> Answer:
    """After how many steps NEURON's t equals a number, at several time steps."""
    from neuron import h

    at_ms = arguments["at_ms"]
    cell = h.Section(name="cell")
    hits = []
    for step_ms in STEPS_MS:
        h.dt = step_ms
        h.finitialize(REST_MV)
        count = 0
        for _ in range(round(at_ms / step_ms) + 5):
            h.fadvance()
            count += at_ms == h.t
        hits.append(count)
    del cell
    sentence = f"t was equal to {at_ms:g} on {numbers(hits)} steps at steps of {numbers(STEPS_MS)} ms"
    return Answer(MEASURED, sentence, {"steps_ms": STEPS_MS, "hits": hits, "at_ms": at_ms})


def half_step(arguments: Mapping[str, Any]) -> Answer:
    """A state that relaxes under a clamped v: its error at the step and at half of it, against a sixteenth."""
    name = arguments["state"]
    bench = Bench(arguments)
    bench.hold(HELD_MV)
    values = [_relaxed(bench, name, step_ms) for step_ms in (STEP_MS, STEP_MS / 2, STEP_MS / FINE)]
    errors = [abs(value - values[-1]) for value in values[:2]]
    found = {
        "errors": errors,
        "steps_ms": (STEP_MS, STEP_MS / 2),
        "value": values[-1],
        "reference_step_ms": STEP_MS / FINE,
    }
    after = f"{RELAXING_MS:g} ms after a displacement by 1"
    if not errors[0]:
        return Answer(MEASURED, f"{name}, {after}, was the same at dt = {STEP_MS:g} ms and dt / {FINE}", found)
    ratio = errors[0] / errors[1] if errors[1] else float("inf")
    sentence = (
        f"{name}, {after}, was off by {errors[0]:.2g} at dt = {STEP_MS:g} ms and by {errors[1]:.2g} at dt / 2, against "
        f"dt / {FINE}: {ratio:.1f} times less"
    )
    return Answer(MEASURED, sentence, found | {"ratio": ratio})


def _relaxed(bench: Bench, name: str, step_ms: float) -> float:
    bench.start(step_ms, HELD_MV)
    bench.write(name, bench.read(name) + 1.0)
    for _ in range(round(RELAXING_MS / step_ms)):
        bench.h.fadvance()
    return bench.read(name)


def table(arguments: Mapping[str, Any]) -> Answer:
    """The largest difference between a TABLE and its formula, between its points and beyond its ends."""
    bench = Bench(arguments)
    low, high, steps = arguments["range"]
    width = (high - low) / steps
    middles = [low + (k + 0.5) * width for k in range(round(steps))]
    beyond = [low - 0.2 * (high - low), high + 0.2 * (high - low)]
    by_table = [_tabulated(bench, place, use=1) for place in (*middles, *beyond)]
    by_formula = [_tabulated(bench, place, use=0) for place in (*middles, *beyond)]
    names = arguments["values"] or [arguments["routine"]]
    worst: dict[str, dict[str, float]] = {}
    for at, name in enumerate(names):
        gaps = [abs(one[at] - other[at]) for one, other in zip(by_table, by_formula, strict=True)]
        size = max(abs(one[at]) for one in by_formula[: len(middles)]) or 1.0
        worst[name] = {"inside": max(gaps[: len(middles)]) / size, "outside": max(gaps[len(middles) :]) / size}
    said = [f"{name} {100 * gap['inside']:.2g} % and {100 * gap['outside']:.2g} %" for name, gap in worst.items()]
    sentence = (
        f"table against formula, of the largest value, between two points and at {numbers(beyond)} (outside): "
        + ", ".join(said)
    )
    return Answer(MEASURED, sentence, {"relative_errors": worst, "outside_at": beyond})


def _tabulated(bench: Bench, place: float, use: int) -> list[float]:
    setattr(bench.h, f"usetable_{bench.name}", use)
    returned = _routine(bench)(place)
    return [bench.read(name) for name in bench.facts["values"]] or [float(returned)]


def _routine(bench: Bench) -> Callable[[float], Any]:
    name = bench.facts["routine"]
    if hasattr(bench.mechanism, name):
        found: Callable[[float], Any] = getattr(bench.mechanism, name)
        return found
    raise NothingShown(f"{name}() cannot be called from Hoc")


def two_areas(arguments: Mapping[str, Any]) -> Answer:
    """Density and whole-cell current at a fixed v, of two membrane areas."""
    areas_um2 = (AREA_UM2 / 2, AREA_UM2)
    threshold_mv = arguments["threshold_mv"]
    held_mv = HELD_MV if threshold_mv is None else min(HELD_MV, threshold_mv - 1.0)
    found = [_current(arguments, area_um2, held_mv) for area_um2 in areas_um2]
    if not any(found):
        raise NothingShown(f"it carries no current at {held_mv:g} mV")
    density = arguments["kind"] == "SUFFIX"
    per_area = [current / area / 0.01 for current, area in zip(found, areas_um2, strict=True)]
    words = f", which is {numbers(per_area, 3)} mA/cm2" if density else ""
    sentence = f"at {held_mv:g} mV a membrane of {numbers(areas_um2, 6)} um2 carries {numbers(found, 3)} nA{words}"
    values = {"areas_um2": areas_um2, "currents_nA": found, "densities_mA_per_cm2": per_area}
    return Answer(MEASURED, sentence, values)


def _current(arguments: Mapping[str, Any], area_um2: float, held_mv: float) -> float:
    bench = Bench(arguments, area_um2)
    bench.expect((1.0,))
    bench.hold(held_mv)
    bench.run(RELAXING_MS)
    return bench.current_na()


def temperature(arguments: Mapping[str, Any]) -> Answer:
    """What the mechanism holds after the same step of v, at 6.3 degC (NEURON's own) and 10 degrees more."""
    celsius = (6.3, 16.3)
    bench = Bench(arguments)
    bench.hold(HELD_MV)
    bench.expect((1.0,))
    states = []
    for one in celsius:
        bench.h.celsius = one
        bench.run(1.0)
        states.append(bench.state())
    names = ["v", *arguments["observed"]]
    pairs = list(zip(names, *states, strict=False))
    moved = [(name, a, b) for name, a, b in pairs[1:] if a != b]
    if not moved:
        sentence = f"1 ms after a step to {HELD_MV:g} mV nothing differs between {numbers(celsius)} degC"
        return Answer(MEASURED, sentence, {"celsius": celsius, "differs": {}})
    said = [f"{name} is {numbers((a, b))}" for name, a, b in moved[:3]]
    sentence = f"1 ms after a step to {HELD_MV:g} mV, at {numbers(celsius)} degC: {'; '.join(said)}"
    return Answer(MEASURED, sentence, {"celsius": celsius, "differs": {name: (a, b) for name, a, b in moved}})
