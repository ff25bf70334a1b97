"""The rungs, what each changes, and what it must keep. No simulator is imported here."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from .draws import Draws
from .recording import RungRecording


@dataclass(frozen=True)
class Rung:
    """One rung: ``builder`` is "module:class"; ``keeps`` is identical, within or qualitative, against ``against``.

    ``draws_own`` marks a rung that makes random numbers of its own beside the draws it is given.
    """

    number: int
    builder: str
    change: str
    against: int | None
    keeps: str
    why: str
    draws_own: bool = False
    simulators: tuple[str, ...] = ("neuron",)


RUNGS = (
    Rung(0, "hoc_rungs:UnseededHocProgram", "the Hoc program", None, "", "first rung", draws_own=True),
    Rung(1, "hoc_rungs:HocProgram", "random numbers handed in", 0, "qualitative", "other random numbers"),
    Rung(2, "pointer_rungs:PythonPort", "Hoc to Python", 1, "identical", "the same calls in the same order"),
    Rung(
        3,
        "pointer_rungs:AdExpCells",
        "density mechanism to PyNN's AdExpIF",
        2,
        "within",
        "v up to the first threshold crossing: the same equation, w by implicit instead of explicit Euler",
    ),
    Rung(4, "pointer_rungs:CellClasses", "cells become objects", 3, "identical", "only the code moved"),
    Rung(
        5, "event_rungs:NetConSynapses", "pointer synapses to ExpSyn and NetCon", 4, "qualitative", "decay starts later"
    ),
    Rung(6, "event_rungs:EventSources", "generators to event sources", 5, "identical", "the same steps, replayed"),
    Rung(
        7,
        "event_rungs:PyNNCellClass",
        "own cells to pyNN.neuron's BretteGerstnerIF",
        6,
        "within",
        "every spike; v to rounding, because PyNN's compartment has five times the area and densities to match",
    ),
    Rung(8, "event_rungs:OneStepDelay", "delay 0 to 0.1 ms", 7, "qualitative", "the model changes"),
    Rung(9, "pynn_rungs:OnePopulation", "list of cells to Population", 8, "identical", "only the code moved"),
    Rung(10, "pynn_rungs:PyNNConnect", "NetCon to pyNN.connect()", 9, "identical", "only the code moved"),
    Rung(
        11,
        "pynn_rungs:PurePyNN",
        "pure PyNN: SpikeSourcePoisson, no drawn spike, any simulator",
        10,
        "qualitative",
        "another stimulation",
        draws_own=True,
        simulators=("neuron", "nest"),
    ),
    Rung(
        12,
        "pynn_rungs:SpikeArrays",
        "SpikeSourcePoisson to SpikeSourceArray",
        11,
        "qualitative",
        "the drawn stimulation again",
        simulators=("neuron", "nest"),
    ),
)

LAST_WITH_OWN_MECHANISMS = 5


def run_rung(
    number: int, draws: Draws, duration_ms: float, simulator: str = "neuron", mechanisms: Path | None = None
) -> RungRecording:
    """Run one rung in this process: once only, because simulators keep state.

    ``mechanisms`` is the folder in which nmodl/destexhe2009 was compiled; rungs 0 to 5 need it. Raises ValueError for
    a rung that does not exist, a simulator it cannot run on, or missing mechanisms.
    """
    if not 0 <= number < len(RUNGS):
        raise ValueError(f"rung = {number} does not exist; the ladder has rungs 0 to {len(RUNGS) - 1}")
    rung = RUNGS[number]
    if simulator not in rung.simulators:
        raise ValueError(f"simulator = {simulator} cannot run rung {number}; it runs on {', '.join(rung.simulators)}")
    if number <= LAST_WITH_OWN_MECHANISMS:
        from .mechanisms import load

        load(mechanisms)
    module, name = rung.builder.split(":")
    build = getattr(import_module(f".{module}", __package__), name)
    network = build(draws, simulator) if len(rung.simulators) > 1 else build(draws)
    return network.run(duration_ms)
