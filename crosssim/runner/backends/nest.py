"""NEST through PyNN."""

import re
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from crosssim.model.declaration import is_multiple
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
from crosssim.units import conversion_factor

_QUANTUM_MS = 0.001


def _prepare() -> None:
    for said in (
        "Problem running cmake",  # PyNN builds its stochastic synapses at every import; no model here uses them
        "Provided for backward compatibility only",
        "is deprecated and will be removed in a future version of NEST",
    ):
        warnings.filterwarnings("ignore", message=f"(?s).*{re.escape(said)}")


def _after_setup(sim: Any) -> None:
    import nest

    # With compressed spikes NEST 3.10 can deliver to the wrong targets under MPI, and setup resets the kernel.
    nest.use_compressed_spikes = False
    # PyNN 0.13 leaves out how the delta cell's v is called in NEST, and so cannot record it
    sim.IF_curr_delta.variable_map, sim.IF_curr_delta.scale_factors = {"v": "V_m"}, {"v": 1}


def _watch_inputs(population: Any) -> None:
    population.record("spikes")  # of the parrots: what leaves the source, not what it was told


def _spikes(population: Any) -> Events:
    ids, times = population.recorder._spike_detector._get_data_arrays("times", "times", 1)
    return positions(population, ids), np.asarray(times, dtype=np.float64)


def _trace(population: Any, variable: str) -> Trace | None:
    import nest

    recorder = population.recorder
    native = population.celltype.variable_map[variable]
    scale = population.celltype.scale_factors[variable]
    # PyNN's own selection drops the overrun of one min_delay that it simulates past the end
    _, times = recorder._multimeter._get_data_arrays("times", "times", 1)
    ids, values = recorder._multimeter._get_data_arrays(variable, native, scale)
    if not len(ids):
        return None
    order = np.lexsort((times, ids))
    cells = np.unique(ids)
    columns = np.asarray(values)[order].reshape(cells.size, -1).T
    step = float(nest.GetStatus(recorder._multimeter.device, "interval")[0])
    # NEST does not sample at t = 0
    first = [float(population[int(k)].get_initial_value(variable)) for k in positions(population, cells)]
    unit = population.celltype.units[variable]
    return Trace(np.vstack([first, columns]), unit, 0.0, step, positions(population, cells))


def _initial_values(population: Any, names: tuple[str, ...]) -> dict[str, npt.NDArray[np.float64]]:
    import nest

    celltype = population.celltype
    nodes = population.node_collection[population._mask_local]
    available = set(nest.GetDefaults(celltype.nest_name["on_grid"]))
    return {
        name: np.asarray(nest.GetStatus(nodes, celltype.variable_map[name]), dtype=np.float64)
        * celltype.scale_factors[name]
        for name in names
        if celltype.variable_map.get(name) in available
    }


def _wiring(projection: Any) -> Wiring:
    pre, post = whole(projection.pre), whole(projection.post)
    connections = projection.nest_connections
    if not len(connections):
        table: dict[str, Any] = {"source": [], "target": [], "weight": [], "delay": []}
        sources: npt.ArrayLike = []
        targets: npt.ArrayLike = []
    else:
        table = connections.get(["source", "target", "weight", "delay"])
        sources, targets = positions(pre, table["source"]), positions(post, table["target"])
    unit = weight_unit(projection)
    native = {"uS": "nS", "nA": "pA"}.get(unit, unit)
    weight = np.atleast_1d(np.asarray(table["weight"], dtype=np.float64)) * conversion_factor(native, unit)
    if projection.receptor_type == "inhibitory" and projection.post.conductance_based:
        weight = -weight  # NEST marks an inhibitory conductance by its sign
    return Wiring.from_edges(
        (np.atleast_1d(sources), np.atleast_1d(targets), weight, np.atleast_1d(table["delay"])),
        populations=(pre.label, post.label),
        receptor_type=projection.receptor_type,
        weight_unit=unit,
    )


def _begin(sim: Any) -> None:
    """Nothing to do: the state set while building is the state at t = 0."""


def _extreme_v(population: Any) -> float:
    import nest

    values = np.asarray(nest.GetStatus(population.node_collection[population._mask_local], "V_m"), dtype=np.float64)
    return float(values[np.argmax(np.abs(values))]) if values.size else 0.0


def _dangers(plan: Plan) -> list[Danger]:
    found = common_dangers(plan)
    step = plan.timing.timestep_ms
    if not is_multiple(step, _QUANTUM_MS):
        found.append(
            Danger(Severity.REFUSE, f"timestep = {step:g} ms: NEST takes whole multiples of {_QUANTUM_MS:g} ms")
        )
    for name, table in plan.cells.items():
        peak, threshold = table.declared.get("v_spike"), table.declared.get("v_thresh")
        if peak is not None and threshold is not None and (peak < threshold).any():
            found.append(
                Danger(Severity.REFUSE, f"population {name}: v_spike lies below v_thresh, which NEST does not accept")
            )
    return found


def _build_information() -> dict[str, str]:
    import nest

    told = nest.build_info
    names = [name for name in told if name.startswith("have_") or name in ("version", "built", "host", "threads_model")]
    return {name: str(told[name]) for name in names}


BACKEND = Backend(
    name="nest",
    label="NEST",
    module="pyNN.nest",
    distributions=("nest-simulator", "PyNN", "numpy"),
    prepare=_prepare,
    after_setup=_after_setup,
    watch_inputs=_watch_inputs,
    spikes=_spikes,
    input_spikes=_spikes,
    trace=_trace,
    initial_values=_initial_values,
    wiring=_wiring,
    begin=_begin,
    extreme_v=_extreme_v,
    dangers=_dangers,
    # off_grid, PyNN's default, swaps precise models in for IF_curr_exp and IF_curr_delta: other models than NEURON's
    setup_arguments={"spike_precision": "on_grid", "verbosity": "error"},
    takes_ranks=True,
    takes_threads=True,
    time_quantum_ms=_QUANTUM_MS,
    build_information=_build_information,
)
