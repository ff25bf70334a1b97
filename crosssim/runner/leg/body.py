"""What a leg does between its first and its last line: import, build, read back, record, run, collect."""

import importlib
import io
import math
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crosssim.errors import LegError, ModelError, SimulatorMissing, UsageError
from crosssim.model.declaration import Model, Network, Timing, is_multiple
from crosssim.model.discovery import model_error_from
from crosssim.recording.data import Recording
from crosssim.runner.backends.base import Backend, Plan, Severity
from crosssim.runner.leg.declared import Declared, InputGrid
from crosssim.runner.leg.faults import input_lateness_ms, loses_input, plant_in_cells, plant_jitter, refuse_unplantable
from crosssim.runner.leg.guard import GuardedSimulator
from crosssim.runner.leg.ranks import Ranks
from crosssim.runner.leg.readback import collect, read_cells, read_wiring
from crosssim.runner.leg.replay import couple_to_recorded
from crosssim.runner.progress import Progress
from crosssim.runner.request import LegRequest

_SANE_V_MV = 1000.0
"""No membrane potential of a neuron comes near a volt; a lost spike on NEURON jumps to -20 000 mV and beyond."""

_CHUNKS = 100


class WrongRanks(LegError):
    """MPI shows another number of processes than the launcher started."""


@dataclass(frozen=True)
class LegContext:
    """What every step of a leg needs to know."""

    model: Model
    request: LegRequest
    backend: Backend
    ranks: Ranks
    progress: Progress
    notes: list[str]
    results: Path


def simulate(leg: LegContext) -> Recording:
    """The whole leg, from import to arrays (complete on rank 0).

    Raises :class:`SimulatorMissing`, :class:`ModelError`, :class:`UsageError`, :class:`WrongRanks` or
    :class:`LegError`.
    """
    leg.progress.phase("starting")
    sim = _import(leg.backend)
    _set_up(sim, leg)
    leg.progress.phase("building")
    network, declared = _build(sim, leg)
    leg.progress.phase("reading back")
    start = _read_back(sim, network, declared, leg)
    leg.progress.phase("running")
    _run(sim, network, declared, leg)
    leg.progress.phase("collecting")
    recording = collect(start, network, declared, leg.backend, leg.ranks)
    _check_traces(recording)
    return recording


def _import(backend: Backend) -> Any:
    backend.prepare()
    said = io.StringIO()  # PyNN prints while it imports
    try:
        with redirect_stdout(said):
            return importlib.import_module(backend.module)
    except Exception as error:
        raise SimulatorMissing(
            f"{backend.label} cannot be used: {error.__class__.__name__}: {error}; run `crosssim doctor`"
        ) from error


def _set_up(sim: Any, leg: LegContext) -> None:
    timing = leg.request.timing
    arguments = dict(leg.backend.setup_arguments)
    if leg.backend.takes_threads and leg.request.threads > 1:
        arguments["threads"] = leg.request.threads
    if leg.backend.time_quantum_ms and not is_multiple(timing.timestep_ms, leg.backend.time_quantum_ms):
        raise UsageError(
            f"timestep_ms = {timing.timestep_ms:g}: {leg.backend.label} takes whole multiples of "
            f"{leg.backend.time_quantum_ms:g} ms"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sim.setup(
            timestep=timing.timestep_ms, min_delay=timing.min_delay_ms, max_delay=timing.max_delay_ms, **arguments
        )
    leg.backend.after_setup(sim)
    seen = {"MPI": leg.ranks.size, leg.backend.label: int(sim.num_processes())}
    if set(seen.values()) != {leg.ranks.launched}:
        counts = ", ".join(f"{who} sees {count}" for who, count in seen.items())
        raise WrongRanks(
            f"the launcher started {leg.ranks.launched} ranks, but {counts}; "
            f"this build of {leg.backend.label} does not run under this MPI (see `crosssim doctor`)"
        )


def _build(sim: Any, leg: LegContext) -> tuple[Network, Declared]:
    request = leg.request
    grid = InputGrid(
        request.input_grid_ms,
        earliest_input_ms(request.timing, request.input_grid_ms),
        late_by_ms=input_lateness_ms(request.faults),
        loses_one=loses_input(request.faults),
    )
    refuse_unplantable(request.faults, request.replay is not None)
    guarded = GuardedSimulator(sim, grid, deferred=request.replay is not None)
    settings = leg.model.settings(request.changes, request.timing, request.seeds)
    try:
        network = leg.model.build(guarded, settings)
    except ModelError:
        raise
    except Exception as error:
        raise model_error_from(error, leg.model) from error
    _check_network(network, guarded.declared, leg.model)
    if request.replay is not None:
        network = couple_to_recorded(guarded, network, request.replay.inside(leg.results), request.faults)
    plant_in_cells(network, request.faults)
    plant_jitter(network, guarded.declared, request.faults)
    leg.notes.extend(_words_on_odd_delays(network, guarded.declared, request.timing.timestep_ms))
    if guarded.declared.moved_inputs:
        leg.notes.append(_words_on_moved_inputs(guarded.declared, grid))
    return network, guarded.declared


def _words_on_odd_delays(network: Network, declared: Declared, step_ms: float) -> list[str]:
    """As declared: what NEST holds has been rounded already."""
    return [
        f"projection {name}: delay {declared.odd_delays_ms[id(one)]:g} ms is not a whole number of steps of "
        f"{step_ms:g} ms; simulators round it differently"
        for name, one in network.projections.items()
        if id(one) in declared.odd_delays_ms
    ]


def _words_on_moved_inputs(declared: Declared, grid: InputGrid) -> str:
    return (
        f"{declared.moved_inputs} of {declared.total_inputs} input spikes were moved, by at most "
        f"{declared.farthest_move_ms:.3g} ms, to the {grid.step_ms:g} ms grid from {grid.earliest_ms:g} ms on, so that "
        "every backend delivers them alike"
    )


def earliest_input_ms(timing: Timing, grid_ms: float) -> float:
    """The first time that every backend delivers: two minimum delays after the start, on the grid."""
    return math.ceil(2 * timing.min_delay_ms / grid_ms - 1e-9) * grid_ms


def _check_network(network: Any, declared: Declared, model: Model) -> None:
    if not isinstance(network, Network):
        raise ModelError(f"build of {model.name} returned {type(network).__name__}; it must return a crosssim.Network")
    for kind, built, named in (
        ("population", declared.populations, network.populations),
        ("projection", declared.projections, network.projections),
    ):
        for one in built:
            if not any(one is other for other in named.values()):
                raise ModelError(
                    f"{kind} {one.label!r} is built but not in the Network that build of {model.name} returns; "
                    "nobody would compare it"
                )
    for recorded in model.recorded:
        if recorded.population not in network.populations:
            raise ModelError(
                f"model {model.name} records {recorded.population!r}, which is not in its Network; "
                f"there are: {', '.join(network.populations)}"
            )


def _read_back(sim: Any, network: Network, declared: Declared, leg: LegContext) -> Recording:
    wiring = read_wiring(network, leg.backend, leg.ranks)
    _record(network, declared, leg)
    leg.backend.begin(sim)
    cells = read_cells(network, declared, leg.backend, leg.ranks)
    timing = leg.request.timing
    if leg.ranks.rank == 0:
        _judge_dangers(Plan(cells, wiring, timing, leg.ranks.size), leg)
    return Recording(
        leg.model.name,
        leg.backend.name,
        timing.timestep_ms,
        timing.duration_ms,
        spikes={},
        wiring=wiring,
        cells=cells,
        cell_classes={
            name: {label: np.asarray(which, dtype=np.int32) for label, which in classes.items()}
            for name, classes in network.cell_classes.items()
        },
    )


def _judge_dangers(plan: Plan, leg: LegContext) -> None:
    for danger in leg.backend.dangers(plan):
        if danger.severity is Severity.REFUSE:
            raise UsageError(f"{leg.backend.label}: {danger.reason}")
        leg.notes.append(danger.reason)


def _record(network: Network, declared: Declared, leg: LegContext) -> None:
    for population in network.populations.values():
        if id(population) in declared.inputs:
            leg.backend.watch_inputs(population)
        else:
            population.record("spikes")
            if leg.request.v_every_ms and "v" in population.celltype.recordable:
                population.record("v", sampling_interval=leg.request.v_every_ms)
    if leg.request.v_every_ms:
        return
    for one in leg.model.recorded:
        if one.variable == "spikes":
            continue
        population = network.populations[one.population]
        beyond = [cell for cell in one.cells or () if not 0 <= cell < population.size]
        if beyond:
            raise ModelError(
                f"model {leg.model.name} records {one.variable} of cell {beyond[0]} of {one.population}, "
                f"which has cells 0 to {population.size - 1}"
            )
        chosen = population if one.cells is None else population[sorted(one.cells)]
        chosen.record(one.variable, sampling_interval=one.interval_ms)


def _run(sim: Any, network: Network, declared: Declared, leg: LegContext) -> None:
    timing = leg.request.timing
    stride = math.ceil(timing.duration_ms / _CHUNKS / timing.min_delay_ms) * timing.min_delay_ms
    watched = [one for one in network.populations.values() if "v" in declared.initial.get(id(one), ())]
    done = 0.0
    k = 0
    while done < timing.duration_ms:
        k += 1
        done = min(round(k * stride, 9), timing.duration_ms)
        try:
            sim.run_until(done)
        except Exception as error:
            raise LegError(f"{leg.backend.label} stopped before {done:g} ms: {_first_line(error)}") from error
        _check_v(watched, done, leg)
        leg.progress.running(done, timing.duration_ms)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{error.__class__.__name__}: {lines[0] if lines else 'no message'}"


def _check_v(populations: list[Any], t_ms: float, leg: LegContext) -> None:
    for population in populations:
        v = leg.ranks.largest(leg.backend.extreme_v(population) if population.local_size else 0.0)
        if not abs(v) < _SANE_V_MV:
            raise LegError(_insane(population.label, v, t_ms))


def _check_traces(recording: Recording) -> None:
    for (population, variable), trace in recording.traces.items():
        if variable != "v" or not trace.values.size:
            continue
        beyond = ~(np.abs(trace.values) < _SANE_V_MV)
        if beyond.any():
            sample, column = np.argwhere(beyond)[0]
            raise LegError(_insane(population, trace.values[sample, column], float(trace.times_ms[sample])))


def _insane(population: str, v: float, t_ms: float) -> str:
    return (
        f"v = {v:g} mV in population {population} at {t_ms:g} ms is outside ±{_SANE_V_MV:g} mV: "
        "the integration has broken down; try a smaller timestep or a lower v_spike"
    )
