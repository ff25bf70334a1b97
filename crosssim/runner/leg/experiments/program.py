"""What a user's own Hoc program shows once it is loaded: its delays, its random numbers, its areas."""

import time
from collections.abc import Mapping
from typing import Any

from crosssim.errors import ModelError
from crosssim.runner.experiment import MEASURED, Answer
from crosssim.runner.leg.experiments.bench import NothingShown, numbers
from crosssim.runner.leg.experiments.randomness import digest

DRAWS = 5
RUN_MS = 5.0


def run(file: str) -> None:
    """Load the program, as NEURON would on a machine without a screen. Raises :class:`ModelError` if it stops."""
    from neuron import h

    if not h.load_file(1, file):
        raise ModelError("the program stops with an error")


def gui(arguments: Mapping[str, Any]) -> Answer:
    """It came to its end: nothing waited for a window."""
    spent_s = time.process_time()
    sentence = f"without a screen the program came to its end ({spent_s:.1f} s of CPU, NEURON's start included)"
    return Answer(MEASURED, sentence, {"ended": True, "cpu_s": spent_s})


def zero_delay(arguments: Mapping[str, Any]) -> Answer:
    """How many of the program's connections have less than one step of delay."""
    from neuron import h

    delays_ms = [connection.delay for connection in h.List("NetCon") if connection.syn() is not None]
    if not delays_ms:
        raise NothingShown(
            "the program makes its connections when it is told to, and none was there after it was loaded"
        )
    short = sum(delay_ms < h.dt for delay_ms in delays_ms)
    sentence = f"{short} of {len(delays_ms)} connections have a delay below one step ({h.dt:g} ms)"
    return Answer(MEASURED, sentence, {"connections": len(delays_ms), "below_one_step": short, "step_ms": h.dt})


def random_numbers(arguments: Mapping[str, Any]) -> Answer:
    """The next numbers of every Random of the program."""
    from neuron import h

    generators = list(h.List("Random"))
    if not generators:
        raise NothingShown("no Random was there after the program was loaded")
    draws = [tuple(one.repick() for _ in range(DRAWS)) for one in generators]
    distinct = len(set(draws))
    if len(draws) == 1:
        sentence = f"its Random drew {draws[0][0]:.6g} next"
    elif distinct == 1:
        sentence = f"all its {len(draws)} Randoms drew the same numbers"
    else:
        sentence = f"its {len(draws)} Randoms drew {distinct} different sequences"
    return Answer(
        MEASURED, sentence, {"randoms": len(draws), "different": distinct, "first_draws": draws[0]}, digest(draws)
    )


def areas(arguments: Mapping[str, Any]) -> Answer:
    """The membrane areas of the program's sections."""
    from neuron import h

    found_um2 = [segment.area() for section in h.allsec() for segment in section]
    if not found_um2:
        raise NothingShown("no section was there after the program was loaded")
    low, high = min(found_um2), max(found_um2)
    span = f"{low:.6g}" if low == high else f"{low:.6g} to {high:.6g}"
    sentence = f"{len(found_um2)} compartments of {span} um2: 1 S/cm2 is {0.01 * low:.6g} uS in the smallest"
    return Answer(MEASURED, sentence, {"compartments": len(found_um2), "smallest_um2": low, "largest_um2": high})


def celsius(arguments: Mapping[str, Any]) -> Answer:
    """v of all compartments some ms after a new start, at the program's temperature and 10 degrees below."""
    from neuron import h

    if not list(h.allsec()):
        raise NothingShown("no section was there after the program was loaded")
    warm = h.celsius
    states = [_v_after_start(one) for one in (warm, warm - 10.0)]
    gap_mv = max(abs(one - other) for one, other in zip(*states, strict=True))
    sentence = (
        f"{RUN_MS:g} ms after a start v differs by up to {gap_mv:.3g} mV between {numbers((warm, warm - 10.0))} degC"
    )
    return Answer(MEASURED, sentence, {"celsius": (warm, warm - 10.0), "largest_difference_mV": gap_mv})


def _v_after_start(degrees: float) -> list[float]:
    from neuron import h

    h.celsius = degrees
    h.finitialize(-65.0)
    while h.t < RUN_MS:
        h.fadvance()
    return [segment.v for section in h.allsec() for segment in section]
