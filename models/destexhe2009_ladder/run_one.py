"""Builds and runs the network of one rung in this process. No simulator is imported before that."""

from importlib import import_module
from pathlib import Path

from .draws import Draws
from .recording import RungRecording

BUILDERS = (
    "hoc_rungs:UnseededHocProgram",
    "hoc_rungs:HocProgram",
    "pointer_rungs:PythonPort",
    "pointer_rungs:AdExpCells",
    "pointer_rungs:CellClasses",
    "event_rungs:NetConSynapses",
    "event_rungs:EventSources",
    "event_rungs:PyNNCellClass",
    "event_rungs:OneStepDelay",
    "pynn_rungs:OnePopulation",
    "pynn_rungs:PyNNConnect",
    "pynn_rungs:PurePyNN",
    "pynn_rungs:SpikeArrays",
)
"""The network of each rung, by its number: "module:class" in this folder."""

LAST_WITH_OWN_MECHANISMS = 5
FIRST_PURE_PYNN = 11


def run_rung(
    number: int,
    draws: Draws,
    duration_ms: float,
    simulator: str = "neuron",
    mechanisms: Path | None = None,
    seed: int = 1,
) -> RungRecording:
    """Run one rung: once only in a process, because simulators keep state.

    ``mechanisms`` is the folder in which nmodl/destexhe2009 was compiled; rungs 0 to 5 need it, unless it is loaded.
    ``seed`` is for what a rung draws itself. Raises ValueError for a rung that does not exist, a simulator it cannot
    run on, or missing mechanisms.
    """
    if not 0 <= number < len(BUILDERS):
        raise ValueError(f"rung = {number} does not exist; the ladder has rungs 0 to {len(BUILDERS) - 1}")
    simulators = ("neuron", "nest") if number >= FIRST_PURE_PYNN else ("neuron",)
    if simulator not in simulators:
        raise ValueError(f"simulator = {simulator} cannot run rung {number}; it runs on {', '.join(simulators)}")
    if number <= LAST_WITH_OWN_MECHANISMS:
        from .mechanisms import load

        load(mechanisms)
    module, name = BUILDERS[number].split(":")
    build = getattr(import_module(f".{module}", __package__), name)
    network = build(draws, simulator, seed) if number >= FIRST_PURE_PYNN else build(draws)
    return network.run(duration_ms)
