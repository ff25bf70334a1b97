"""What could be wrong: every change of one thing that a port may have got wrong, as faults planted in the reference."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from crosssim.recording.data import CellTable, Recording, Wiring
from crosssim.runner.request import Fault

_SMALL = {"mV": 0.2, "ms": 0.0, "nA": 0.002}
"""Small changes that are added; what is not here, and time constants, are scaled by one per cent."""

_SCALE = 0.01
_PREFIXES = (1000.0, 0.001)
"""A unit mistaken for its neighbour (nS for uS, pA for nA) is a factor of a thousand, one way or the other."""

_PREFIXED = ("uS", "nS", "nA", "pA", "nF")
_NOT_ASKED = ("v_spike",)  # of AdExp: where the spike is cut off, which moves the spike by less than a step


@dataclass(frozen=True)
class Hypothesis:
    """One change in one population's cells or input: ``fault`` makes it, ``linear`` says that its size may be fitted.

    ``population`` is where it shows; ``name`` what a person calls it; ``was`` the declared value, ``unit`` its unit.
    """

    name: str
    population: str
    fault: Fault
    linear: bool
    was: float | None = None
    unit: str = "1"

    def sized(self, size: float) -> Fault:
        """The fault ``size`` times as large; a scaling by 1 + x grows in x."""
        value = self.fault.value
        scaled = 1 + (value - 1) * size if self.fault.kind == "parameter times value" else value * size
        return Fault(self.fault.kind, self.fault.target, float(scaled), self.fault.parameter)

    def words(self, fault: Fault) -> str:
        """What the change is, with both values where there is one value for all cells."""
        if self.fault.kind == "weights scaled by 1 + value":
            large = abs(fault.value) > 0.9
            return f"{self.name} " + (f"× {1 + fault.value:g}" if large else f"changed by {100 * fault.value:+.2g} %")
        if self.was is None or self.fault.kind not in ("parameter plus value", "parameter times value"):
            return f"{self.name}: {fault.kind.replace('value', f'{fault.value:+.4g}')}"
        now = self.was * fault.value if "times" in fault.kind else self.was + fault.value
        return f"{self.name} at {now:.4g} {self.unit} instead of {self.was:.4g} {self.unit}"


def hypotheses(recording: Recording, step_ms: float, min_delay_ms: float) -> list[Hypothesis]:
    """All changes worth trying on the network that was read back."""
    found = []
    for name, table in recording.cells.items():
        found += _of_cells(name, table, step_ms)
    for name, wiring in recording.wiring.items():
        found += _of_projection(name, wiring, step_ms, min_delay_ms)
    if recording.inputs:
        found += [
            Hypothesis("input spikes", population, Fault("inputs late by value ms", value=late), linear=False)
            for population in recording.cells
            for late in (step_ms, -step_ms)
        ]
    return found


def _of_cells(population: str, table: CellTable, step_ms: float) -> list[Hypothesis]:
    found = []
    for parameter, values in table.declared.items():
        if parameter in _NOT_ASKED or not values.size:
            continue
        was = float(values[0]) if np.ptp(values) == 0 else None
        unit = table.units.get(parameter, "1")
        name = f"{parameter} of {population}"
        fault = _small_change(population, parameter, unit, values)
        if fault is not None:
            found.append(Hypothesis(name, population, fault, True, was, unit))
        if unit in _PREFIXED and np.any(values):
            for factor in _PREFIXES:
                prefixed = Fault("parameter times value", population, factor, parameter)
                found.append(Hypothesis(name, population, prefixed, False, was, unit))
        if parameter == "tau_refrac":
            for factor in (0.5, 2.0):
                halved = Fault("parameter times value", population, factor, parameter)
                found.append(Hypothesis(name, population, halved, False, was, unit))
            for steps in (-1, 1):
                moved = Fault("parameter plus value", population, steps * step_ms, parameter)
                found.append(Hypothesis(name, population, moved, False, was, unit))
    return found


def _small_change(population: str, parameter: str, unit: str, values: "np.typing.NDArray[np.float64]") -> Fault | None:
    if parameter == "tau_refrac":
        return Fault("parameter plus value", population, 0.1, parameter)
    added = _SMALL.get(unit, 0.0)
    if added:
        return Fault("parameter plus value", population, added, parameter)
    if not np.any(values):
        return None  # a scaling of nothing changes nothing
    return Fault("parameter times value", population, 1 + _SCALE, parameter)


def _of_projection(name: str, wiring: Wiring, step_ms: float, min_delay_ms: float) -> list[Hypothesis]:
    if not len(wiring):
        return []
    post = wiring.post_population
    delays = [step_ms] + ([-step_ms] if wiring.delay_ms.min() - step_ms >= min_delay_ms - 1e-9 else [])
    return [
        Hypothesis(f"weights of {name}", post, Fault("weights scaled by 1 + value", name, _SCALE), True),
        *(
            Hypothesis(f"weights of {name}", post, Fault("weights scaled by 1 + value", name, factor - 1), False)
            for factor in _PREFIXES
        ),
        Hypothesis(f"projection {name} lost", post, Fault("projection lost", name), False),
        Hypothesis(f"receptor type of {name}", post, Fault("receptor type swapped", name), False),
        *(
            Hypothesis(f"delays of {name}", post, Fault("delays longer by value ms", name, delay), False)
            for delay in delays
        ),
    ]


def in_few_legs(asked: list[Hypothesis]) -> list[list[Hypothesis]]:
    """Hypotheses that can share a leg: uncoupled cells do not see what is changed in another population.

    A change of the input concerns all populations and is one leg for all.
    """
    legs: list[dict[str, Hypothesis]] = []
    by_population: dict[str, list[Hypothesis]] = {}
    for one in asked:
        by_population.setdefault(one.population, []).append(one)
    whole: Mapping[Fault, list[Hypothesis]] = _shared(asked)
    for queue in by_population.values():
        alone = [one for one in queue if one.fault.target]
        for k, one in enumerate(alone):
            if k == len(legs):
                legs.append({})
            legs[k][one.population] = one
    return [list(leg.values()) for leg in legs] + list(whole.values())


def _shared(asked: list[Hypothesis]) -> dict[Fault, list[Hypothesis]]:
    found: dict[Fault, list[Hypothesis]] = {}
    for one in asked:
        if not one.fault.target:
            found.setdefault(one.fault, []).append(one)
    return found
