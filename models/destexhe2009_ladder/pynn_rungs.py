"""Rungs 9 to 12: Population, connect(), and pure PyNN on the simulator of your choice."""

from importlib import import_module

import numpy as np

from .constants import (
    AREA_UM2,
    CAPACITANCE_UF_CM2,
    DELAY_MS,
    DELTA_T_MV,
    E_EXC_MV,
    E_INH_MV,
    FS,
    G_EXC_US,
    G_INH_US,
    LEAK_S_CM2,
    LTS,
    REFRACTORY_MS,
    RS,
    SOURCES_PER_CELL,
    STIMULATION_INTERVAL_MS,
    STIMULATION_MS,
    TAU_EXC_MS,
    TAU_INH_MS,
    TAU_W_MS,
    TIMESTEP_MS,
    V_RESET_MV,
    V_REST_MV,
    V_THRESHOLD_MV,
)
from .draws import Draws
from .recording import RungRecording, recorded_cells, recording

MAX_DELAY_MS = 10.0
NS_PER_US = 1e3


def cell_parameters(draws: Draws) -> dict:
    """Parameters of EIF_cond_exp_isfa_ista, one value or one per cell (nF, ms, mV, nS, nA)."""
    classes = [FS if k >= draws.n_exc else LTS if draws.is_lts[k] else RS for k in range(draws.n_cells)]
    return {
        "cm": CAPACITANCE_UF_CM2 * AREA_UM2 * 1e-5,
        "tau_m": CAPACITANCE_UF_CM2 / LEAK_S_CM2 * 1e-3,
        "v_rest": V_REST_MV,
        "v_thresh": V_THRESHOLD_MV,
        "v_spike": V_THRESHOLD_MV,
        "v_reset": V_RESET_MV,
        "tau_refrac": REFRACTORY_MS + TIMESTEP_MS,
        "delta_T": DELTA_T_MV,
        "tau_w": TAU_W_MS,
        "a": np.array([c.a_uS for c in classes]) * NS_PER_US,
        "b": np.array([c.b_nA for c in classes]),
        "tau_syn_E": TAU_EXC_MS,
        "tau_syn_I": TAU_INH_MS,
        "e_rev_E": E_EXC_MV,
        "e_rev_I": E_INH_MV,
    }


class OnePopulation:
    """Rung 9: the list of cells becomes a PyNN Population; connections and stimulation stay NEURON's own objects."""

    simulator = "neuron"

    def __init__(self, draws: Draws) -> None:
        self.draws = draws
        self.sim = import_module(f"pyNN.{self.simulator}")
        self.setup()
        cell_type = self.sim.EIF_cond_exp_isfa_ista(**cell_parameters(draws))
        initial = {"v": V_REST_MV, "w": 0.0}
        self.cells = self.sim.Population(draws.n_cells, cell_type, initial_values=initial, label="cells")
        self.prepare_cells()
        self.connect()
        self.stimulate()
        self.record()

    def setup(self) -> None:
        """Start the simulator on the common grid."""
        self.sim.setup(timestep=TIMESTEP_MS, min_delay=DELAY_MS, max_delay=MAX_DELAY_MS)

    def prepare_cells(self) -> None:
        """Let every cell draw its spikes, and start, as before.

        PyNN sets the initial v of a compartment but not of its two ends, which NEURON leaves at -65 mV: worth 4e-13 mV
        in the first step.
        """
        from .event_rungs import draw_spike

        for cell in self.cells:
            draw_spike(cell._cell)
            cell._cell(0).v = cell._cell(1).v = V_REST_MV

    def connect(self) -> None:
        """One NetCon per edge, as in the rungs before."""
        from neuron import h

        self.connections = []
        cells = [cell._cell for cell in self.cells]
        for pre, post in self.draws.exc_edges.tolist():
            self.add_connection(h.NetCon(cells[pre].source, cells[post].esyn), G_EXC_US)
        for pre, post in self.draws.inh_edges.tolist():
            self.add_connection(h.NetCon(cells[pre].source, cells[post].isyn), G_INH_US)

    def add_connection(self, connection, weight_us: float) -> None:
        """Give a new NetCon its weight and delay, and keep it."""
        connection.weight[0], connection.delay = weight_us, DELAY_MS
        self.connections.append(connection)

    def stimulate(self) -> None:
        """One event source per drawn source."""
        from neuron import h

        self.stimuli = []
        for k in range(self.draws.n_stimulated):
            for source in range(k * SOURCES_PER_CELL, (k + 1) * SOURCES_PER_CELL):
                times = h.Vector(self.draws.stimulus_steps(source) * TIMESTEP_MS)
                stimulus = h.VecStim()
                stimulus.play(times)
                self.stimuli += [stimulus, times]
                self.add_connection(h.NetCon(stimulus, self.cells[k]._cell.esyn), G_EXC_US)

    def record(self) -> None:
        """Spikes through PyNN, v as before: PyNN's own sampling sees the other side of a spike's events."""
        from neuron import h

        self.cells.record("spikes")
        self.v = [
            h.Vector().record(self.cells[k]._cell(0.5)._ref_v, TIMESTEP_MS) for k in recorded_cells(self.draws.n_cells)
        ]

    def recorded_v(self, segment) -> list[np.ndarray]:
        """v (mV) of the recorded cells."""
        return [v.as_numpy() for v in self.v]

    def run(self, duration_ms: float) -> RungRecording:
        """Simulate one step more than asked, as the rungs before, and read the spikes through PyNN."""
        self.sim.run(duration_ms + TIMESTEP_MS)
        segment = self.cells.get_data().segments[0]
        cell_ids, times_ms = segment.spiketrains.multiplexed  # ids count from 0 on NEURON and from elsewhere on NEST
        cells = np.asarray(cell_ids) - int(self.cells.all_cells[0])
        return recording(cells, times_ms, self.recorded_v(segment), self.draws.n_cells, duration_ms)


class PyNNConnect(OnePopulation):
    """Rung 10: NetCon becomes pyNN.connect(), one call for all excitatory or inhibitory inputs of a cell."""

    def connect(self) -> None:
        """All sources of a cell at once; 18 000 calls, one per edge, would take a minute and do the same."""
        kinds = (self.draws.exc_edges, G_EXC_US, "excitatory"), (self.draws.inh_edges, G_INH_US, "inhibitory")
        self.connections = []
        for edges, weight_us, receptor in kinds:
            for post in np.unique(edges[:, 1]).tolist():
                sources = self.cells[edges[edges[:, 1] == post, 0]]
                self.sim.connect(
                    sources, self.cells[post : post + 1], weight=weight_us, delay=DELAY_MS, receptor_type=receptor
                )


class PurePyNN(OnePopulation):
    """Rung 11: nothing but PyNN. The stimulation is SpikeSourcePoisson: it draws its own numbers.

    Spikes are no longer drawn into v, and the simulator is a choice.
    """

    def __init__(self, draws: Draws, simulator: str = "neuron", seed: int = 1) -> None:
        self.simulator, self.seed = simulator, seed
        super().__init__(draws)

    def setup(self) -> None:
        """Seeds are arguments of setup() on both simulators, under different names."""
        seeds = {"rng_seed": self.seed} if self.simulator == "nest" else {"native_rng_baseseed": self.seed}
        grid = {"spike_precision": "on_grid"} if self.simulator == "nest" else {}
        self.sim.setup(timestep=TIMESTEP_MS, min_delay=DELAY_MS, max_delay=MAX_DELAY_MS, **seeds, **grid)

    def prepare_cells(self) -> None:
        """PyNN's cells as they are."""

    def record(self) -> None:
        """Everything through PyNN."""
        self.cells.record("spikes")
        self.cells[sorted(recorded_cells(self.draws.n_cells))].record("v")

    def recorded_v(self, segment) -> list[np.ndarray]:
        """v (mV), by cell index: the order of the columns differs between simulators."""
        signal = segment.filter(name="v")[0]
        column = {int(index): c for c, index in enumerate(signal.array_annotations["channel_index"])}
        values = np.asarray(signal.rescale("mV").magnitude)
        return [values[:, column[k]] for k in recorded_cells(self.draws.n_cells)]

    def connect(self) -> None:
        """The drawn edges through FromListConnector."""
        kinds = (self.draws.exc_edges, G_EXC_US, "excitatory"), (self.draws.inh_edges, G_INH_US, "inhibitory")
        for edges, weight_us, receptor in kinds:
            self.project(self.cells, edges, weight_us, receptor)

    def project(self, source, edges: np.ndarray, weight_us: float, receptor: str) -> None:
        """One projection onto the cells from a list of (pre, post); PyNN has no projection without connections."""
        if not len(edges):
            return
        synapse = self.sim.StaticSynapse(weight=weight_us, delay=DELAY_MS)
        connector = self.sim.FromListConnector(edges)
        self.sim.Projection(source, self.cells, connector, synapse, receptor_type=receptor)

    def stimulate(self) -> None:
        """Twenty Poisson sources per stimulated cell."""
        n_sources = self.draws.n_stimulated * SOURCES_PER_CELL
        source_type = self.sim.SpikeSourcePoisson(rate=1e3 / STIMULATION_INTERVAL_MS, duration=STIMULATION_MS)
        sources = self.sim.Population(n_sources, source_type, label="stimulus")
        edges = np.column_stack([np.arange(n_sources), np.arange(n_sources) // SOURCES_PER_CELL])
        self.project(sources, edges, G_EXC_US, "excitatory")


class SpikeArrays(PurePyNN):
    """Rung 12: SpikeSourcePoisson becomes SpikeSourceArray: the drawn stimulation again, equal on every simulator."""

    def stimulate(self) -> None:
        """One source per stimulated cell, with the times of its twenty sources merged."""
        n_sources = self.draws.n_stimulated
        trains = [deliverable_times_ms(self.draws.merged_stimulus_steps(k)) for k in range(n_sources)]
        sources = self.sim.Population(n_sources, self.sim.SpikeSourceArray(spike_times=trains), label="stimulus")
        edges = np.column_stack([np.arange(n_sources), np.arange(n_sources)])
        self.project(sources, edges, G_EXC_US, "excitatory")


def deliverable_times_ms(steps: np.ndarray) -> np.ndarray:
    """Times (ms, ascending) of drawn steps that NEURON and NEST deliver on the same step, none lost.

    NEST drops what comes before 2 min_delay, so the first step is 2; it rounds times up, so that a time that float
    dust puts above its grid point would come a step late: 1e-6 ms are taken off, and 1e-6 ms more for each later
    event of the same step, because PyNN's VecStim may fall silent for good at two equal times.
    """
    steps = np.sort(np.maximum(steps, 2))
    later_equals = np.searchsorted(steps, steps, side="right") - np.arange(len(steps))
    return steps * TIMESTEP_MS - 1e-6 * later_equals
