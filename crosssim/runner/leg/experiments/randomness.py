"""The same run twice in one process; the parent compares the fingerprints of two processes."""

import hashlib
from collections.abc import Mapping
from typing import Any

from crosssim.runner.experiment import MEASURED, Answer
from crosssim.runner.leg.experiments.bench import STEP_MS, Bench

RUN_MS = 200.0
EVENTS = 20


def same_seed(arguments: Mapping[str, Any]) -> Answer:
    """Whether a second run in one process is like the first, with the mechanism's default parameters."""
    first, second = (_run(Bench(arguments)) for _ in range(2))
    words = "the same numbers" if first == second else "other numbers"
    sentence = f"with its defaults a second run in the same process gave {words}"
    return Answer(MEASURED, sentence, {"second_run_differs": first != second}, digest(first))


def digest(values: object) -> str:
    """The same for the same numbers, in any process."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def _run(bench: Bench) -> list[tuple[float, ...]]:
    """All that the mechanism shows at every step, and the times of the events that it sends."""
    h = bench.h
    bench.expect([RUN_MS * k / EVENTS for k in range(1, EVENTS)])
    sent = h.Vector()
    try:
        listener = h.NetCon(bench.mechanism, None)
        listener.record(sent)
    except (RuntimeError, TypeError):  # it sends no events
        listener = None
    seen: list[tuple[float, ...]] = []
    bench.run(RUN_MS, STEP_MS, lambda: seen.append(bench.state()))
    return [*seen, tuple(sent)]
