"""NEURON through PyNN."""

import sys
from typing import Any

import numpy as np
import numpy.typing as npt

from crosssim.recording.data import Trace, Wiring
from crosssim.runner.backends.base import (
    Backend,
    Danger,
    Events,
    Plan,
    Severity,
    positions,
    weight_unit,
    whole,
)
from crosssim.runner.backends.dangers import common_dangers
from crosssim.runner.mechanisms import ensure_pynn_mechanisms, pynn_mechanisms_folder

_END_SLACK_MS = 1e-9  # NEURON's clock is a running sum: 5000 ms may read 4999.900000009424
_HAIR_MS = 1e-9  # above the 1e-10 ms within which NEURON takes a delay for too short, far below a step
_input_records: dict[int, list[tuple[int, Any, Any]]] = {}


def _prepare() -> None:
    """PyNN compiles its mechanisms when it is imported, two at once race: ours are compiled once, under a lock."""
    compiled = ensure_pynn_mechanisms(lambda step: print(f"  {step}", file=sys.stderr, flush=True))
    if compiled != pynn_mechanisms_folder():
        import neuron

        neuron.load_mechanisms(str(compiled))
        neuron.nrn_dll_loaded.append(str(pynn_mechanisms_folder()))  # PyNN asks this list, and else compiles there


def _after_setup(sim: Any) -> None:
    """Nothing to do."""


def _watch_inputs(population: Any) -> None:
    from neuron import h

    records = []
    for cell in population:
        times = h.Vector()
        connection = h.NetCon(cell._cell.source, None)
        connection.record(times)
        records.append((int(positions(population, [int(cell)])[0]), times, connection))
    _input_records[id(population)] = records


def _events(trains: list[tuple[int, npt.NDArray[np.float64]]], stop_ms: float) -> Events:
    kept = [(cell, times[times <= stop_ms + _END_SLACK_MS]) for cell, times in trains]
    cells = np.repeat([cell for cell, _ in kept], [len(times) for _, times in kept]).astype(np.int32)
    times = np.concatenate([times for _, times in kept]) if kept else np.zeros(0)
    return cells, times


def _input_spikes(population: Any) -> Events:
    from neuron import h

    return _events([(cell, times.as_numpy().copy()) for cell, times, _ in _input_records[id(population)]], h.t)


def _spikes(population: Any) -> Events:
    from neuron import h

    trains = [
        (int(positions(population, [int(cell)])[0]), cell._cell.spike_times.as_numpy().copy()) for cell in population
    ]
    return _events(trains, h.t)


def _trace(population: Any, variable: str) -> Trace | None:
    from pyNN.recording import Variable

    recorder = population.recorder
    key = Variable(name=variable, location=None, label=None)
    cells = sorted(recorder.recorded.get(key, ()))
    if not cells:
        return None
    values, _ = recorder._get_all_signals(key, cells)
    unit = population.celltype.units[variable]
    step = float(recorder.sampling_interval)
    return Trace(np.asarray(values, dtype=np.float64), unit, 0.0, step, positions(population, cells))


_STATES = {"v": lambda cell: cell.seg.v, "w": lambda cell: cell.adexp.w, "u": lambda cell: cell.izh.u}


def _initial_values(population: Any, names: tuple[str, ...]) -> dict[str, npt.NDArray[np.float64]]:
    found = {}
    for name in names:
        read = _STATES.get(name)
        if read is not None:
            found[name] = np.array([read(cell._cell) for cell in population], dtype=np.float64)
    return found


def _wiring(projection: Any) -> Wiring:
    pre, post = whole(projection.pre), whole(projection.post)
    rows = [
        (one.presynaptic_index, one.postsynaptic_index, one.nc.weight[0], one.nc.delay)
        for one in projection.connections
    ]
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    pre_ids = np.asarray(projection.pre.all_cells, dtype=np.int64)
    post_ids = np.asarray(projection.post.all_cells, dtype=np.int64)
    return Wiring.from_edges(
        (
            positions(pre, pre_ids[table[:, 0].astype(int)]),
            positions(post, post_ids[table[:, 1].astype(int)]),
            table[:, 2],
            table[:, 3],
        ),
        populations=(pre.label, post.label),
        receptor_type=projection.receptor_type,
        weight_unit=weight_unit(projection),
    )


def _begin(sim: Any) -> None:
    if sim.num_processes() > 1:
        _lengthen_one_step_delays(sim.get_time_step())
    sim.simulator.state._pre_run()  # NEURON sets the initial values when it initialises, not when it builds


def _lengthen_one_step_delays(step_ms: float) -> None:
    """Across ranks NEURON refuses a delay of exactly one step ("mindelay is 0 (or less than dt …)")."""
    from neuron import h

    for connection in h.List("NetCon"):
        if step_ms <= connection.delay < step_ms + _HAIR_MS:
            connection.delay = step_ms + _HAIR_MS


def _extreme_v(population: Any) -> float:
    values = np.array([cell._cell.seg.v for cell in population])
    return float(values[np.argmax(np.abs(values))]) if values.size else 0.0


def _dangers(plan: Plan) -> list[Danger]:
    return common_dangers(plan) + _lost_adexp_spikes(plan)


def _lost_adexp_spikes(plan: Plan) -> list[Danger]:
    """NEURON's implicit step changes sign above V_T + delta_T * ln(tau_m / dt): v jumps and the spike is lost."""
    found = []
    for name, table in plan.cells.items():
        one = table.declared
        if not {"v_spike", "v_thresh", "delta_T", "tau_m"} <= set(one):
            continue
        limit = one["v_thresh"] + one["delta_T"] * np.log(one["tau_m"] / plan.timing.timestep_ms)
        beyond = (one["v_spike"] > limit) & (one["delta_T"] > 0)
        if beyond.any():
            k = int(np.argmax(beyond))
            found.append(
                Danger(
                    Severity.REFUSE,
                    f"population {name}: v_spike = {one['v_spike'][k]:g} mV is above "
                    f"v_thresh + delta_T * ln(tau_m / timestep) = {limit[k]:.2f} mV, where NEURON loses spikes "
                    "without a message; lower v_spike or the timestep",
                )
            )
    return found


def _build_information() -> dict[str, str]:
    from neuron import h

    return {"version": str(h.nrnversion(1)), "build options": str(h.nrnversion(6)), "host": str(h.nrnversion(8))}


BACKEND = Backend(
    name="neuron",
    label="NEURON",
    module="pyNN.neuron",
    distributions=("NEURON", "PyNN", "numpy"),
    prepare=_prepare,
    after_setup=_after_setup,
    watch_inputs=_watch_inputs,
    spikes=_spikes,
    input_spikes=_input_spikes,
    trace=_trace,
    initial_values=_initial_values,
    wiring=_wiring,
    begin=_begin,
    extreme_v=_extreme_v,
    dangers=_dangers,
    takes_ranks=True,
    build_information=_build_information,
)
