"""Asks the simulator what it holds, and puts what every rank holds together on rank 0."""

from typing import Any

import numpy as np
import numpy.typing as npt

from crosssim.model.declaration import Network
from crosssim.recording.data import CellTable, InputSpikes, Recording, Spikes, Trace, Wiring
from crosssim.runner.backends.base import Backend, Events
from crosssim.runner.leg.declared import Declared
from crosssim.runner.leg.ranks import Ranks


def read_cells(network: Network, declared: Declared, backend: Backend, ranks: Ranks) -> dict[str, CellTable]:
    """Parameters and initial values of every population that is not a spike source; complete on rank 0."""
    return {
        name: _cell_table(population, declared, backend, ranks)
        for name, population in network.populations.items()
        if id(population) in declared.parameters
    }


def _cell_table(population: Any, declared: Declared, backend: Backend, ranks: Ranks) -> CellTable:
    said = declared.parameters[id(population)]
    initial = declared.initial[id(population)]
    local = np.flatnonzero(population._mask_local)
    held = {}
    for name in said:
        if population.local_size:
            held[name] = _stretched(population.get(name, gather=False, simplify=False), local.size)
        else:
            held[name] = np.zeros(0)
    initial_held = backend.initial_values(population, tuple(initial)) if population.local_size else {}
    names = ranks.union(initial_held)
    return CellTable(
        celltype=population.celltype.__class__.__name__,
        declared=said,
        held={name: ranks.assemble(local, values, population.size) for name, values in held.items()},
        initial_declared=initial,
        initial_held={
            name: ranks.assemble(local, initial_held.get(name, np.zeros(0)), population.size) for name in names
        },
        units={name: population.celltype.units.get(name, "1") for name in (*said, *initial)},
    )


def _stretched(values: Any, cells: int) -> npt.NDArray[np.float64]:
    return np.broadcast_to(np.asarray(values, dtype=np.float64), (cells,)).copy()


def read_wiring(network: Network, backend: Backend, ranks: Ranks) -> dict[str, Wiring]:
    """Edges, weights and delays of every projection; complete on rank 0."""
    found = {}
    for name, projection in network.projections.items():
        one = backend.wiring(projection)
        edges = (
            ranks.concatenate(one.pre),
            ranks.concatenate(one.post),
            ranks.concatenate(one.weight),
            ranks.concatenate(one.delay_ms),
        )
        pre, post = _named(network, projection.pre), _named(network, projection.post)
        found[name] = Wiring.from_edges(
            edges,
            populations=(pre, post),
            receptor_type=one.receptor_type,
            weight_unit=one.weight_unit,
        )
    return found


def _named(network: Network, population: Any) -> str:
    whole = getattr(population, "grandparent", population)
    return next(name for name, one in network.populations.items() if one is whole)


def collect(recording: Recording, network: Network, declared: Declared, backend: Backend, ranks: Ranks) -> Recording:
    """``recording`` with the spikes, inputs and traces of the finished run; complete on rank 0."""
    stop = recording.duration_ms
    spikes: dict[str, Spikes] = {}
    inputs: dict[str, InputSpikes] = {}
    traces: dict[tuple[str, str], Trace] = {}
    for name, population in network.populations.items():
        if id(population) in declared.inputs:
            held = _spikes(backend.input_spikes(population), population.size, stop, ranks)
            inputs[name] = InputSpikes(declared.input_spikes(population, stop), held)
            continue
        spikes[name] = _spikes(backend.spikes(population), population.size, stop, ranks)
        for variable in sorted(ranks.union(one.name for one in population.recorder.recorded)):
            if variable != "spikes":
                trace = ranks.assemble_trace(backend.trace(population, variable))
                if trace is not None:
                    traces[name, variable] = trace
    return Recording(
        recording.model,
        recording.backend,
        recording.timestep_ms,
        recording.duration_ms,
        spikes=spikes,
        traces=traces,
        wiring=recording.wiring,
        cells=recording.cells,
        inputs=inputs,
        cell_classes=recording.cell_classes,
    )


def _spikes(events: Events, cells: int, stop_ms: float, ranks: Ranks) -> Spikes:
    return Spikes.from_events(ranks.concatenate(events[0]), ranks.concatenate(events[1]), cells, stop_ms)
