"""The faults that a certificate plants: one table, per population, of what a port gets wrong, in several sizes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crosssim.recording.data import CellTable, Recording, Wiring
from crosssim.runner.request import Fault


@dataclass(frozen=True)
class PlantedFault:
    """One fault and where it shows: ``kind`` groups sizes of the same thing, ``size`` orders them, ``words`` say it."""

    kind: str
    population: str
    words: str
    size: float
    fault: Fault


@dataclass(frozen=True)
class Site:
    """What the table needs to know of one population: its cells, the largest projection into it, and the step."""

    population: str
    cells: CellTable
    projection: str
    wiring: Wiring
    step_ms: float
    min_delay_ms: float


def _weights(site: Site) -> list[PlantedFault]:
    name = site.projection
    return [
        PlantedFault("weights", site.population, f"weights of {name} {sign * percent:+g} %", percent,
                     Fault("weights scaled by 1 + value", name, sign * percent / 100))
        for percent in (0.5, 1, 2, 5) for sign in (-1, 1)
    ]  # fmt: skip


def _delays(site: Site) -> list[PlantedFault]:
    steps = [1] + ([-1] if site.wiring.delay_ms.min() - site.step_ms >= site.min_delay_ms - 1e-9 else [])
    return [
        PlantedFault("delay", site.population, f"delays of {site.projection} {sign:+d} step", 1,
                     Fault("delays longer by value ms", site.projection, sign * site.step_ms))
        for sign in steps
    ]  # fmt: skip


def _refractory(site: Site) -> list[PlantedFault]:
    def moved(words: str, kind: str, value: float, size: float) -> PlantedFault:
        fault = Fault(kind, site.population, value, "tau_refrac")
        return PlantedFault(
            "refractory period", site.population, f"tau_refrac of {site.population} {words}", size, fault
        )

    if "tau_refrac" not in site.cells.declared:
        return []
    longer = moved("+1 step", "parameter plus value", site.step_ms, 1)
    halved = moved("× 0.5", "parameter times value", 0.5, 100)
    if site.cells.declared["tau_refrac"].min() <= site.step_ms:
        return [longer]
    return [moved("-1 step", "parameter plus value", -site.step_ms, 1), longer, halved]


def _added(site: Site, kind: str, parameters: tuple[str, ...], value: float, unit: str) -> list[PlantedFault]:
    return [
        PlantedFault(kind, site.population, f"{parameter} of {site.population} {sign * value:+g} {unit}", value,
                     Fault("parameter plus value", site.population, sign * value, parameter))
        for parameter in parameters if parameter in site.cells.declared for sign in (-1, 1)
    ]  # fmt: skip


def _reversal(site: Site) -> list[PlantedFault]:
    return _added(site, "reversal potential", ("e_rev_E", "e_rev_I"), 0.5, "mV")


def _tau_syn(site: Site) -> list[PlantedFault]:
    return [
        PlantedFault("synaptic time constant", site.population, f"{parameter} of {site.population} {sign:+d} %", 1,
                     Fault("parameter times value", site.population, 1 + sign / 100, parameter))
        for parameter in ("tau_syn_E", "tau_syn_I") if parameter in site.cells.declared for sign in (-1, 1)
    ]  # fmt: skip


def _connections(site: Site) -> list[PlantedFault]:
    name = site.projection
    return [
        PlantedFault(kind, site.population, words, 1, Fault(fault, name, value))
        for kind, words, fault, value in (
            ("receptor type", f"receptor type of {name} swapped", "receptor type swapped", 0.0),
            ("projection", f"projection {name} lost", "projection lost", 0.0),
            ("synapses", f"1 % of the synapses of {name} lost", "share of synapses lost", 0.01),
        )
    ]


def _one_cell(site: Site) -> list[PlantedFault]:
    parameter, value = ("e_rev_I", 2.0) if "e_rev_I" in site.cells.declared else ("v_thresh", 0.5)
    if parameter not in site.cells.declared:
        return []
    words = f"{parameter} of one cell of {site.population} {value:+g} mV"
    fault = Fault("parameter of one cell plus value", site.population, value, parameter)
    return [PlantedFault("one cell", site.population, words, value, fault)]


FAULTS: tuple[Callable[[Site], list[PlantedFault]], ...] = (
    _weights, _delays, _refractory, _reversal, _tau_syn, _connections, _one_cell,
)  # fmt: skip
"""Everything that is planted in a population; late input, which all populations share, is added by itself."""


def planted_faults(recording: Recording, step_ms: float, min_delay_ms: float) -> list[PlantedFault]:
    """All faults for the network that was read back."""
    found = []
    for population, cells in recording.cells.items():
        into = {name: one for name, one in recording.wiring.items() if one.post_population == population and len(one)}
        if not into:
            continue
        projection = max(into, key=lambda name: _strength(into[name]))
        site = Site(population, cells, projection, into[projection], step_ms, min_delay_ms)
        found += [fault for plant in FAULTS for fault in plant(site)]
        if recording.inputs:
            found.append(
                PlantedFault(
                    "input",
                    population,
                    f"input spikes +1 step, seen by {population}",
                    1,
                    Fault("inputs late by value ms", value=step_ms),
                )
            )
    return found


def _strength(wiring: Wiring) -> float:
    return float(np.abs(wiring.weight).sum())
