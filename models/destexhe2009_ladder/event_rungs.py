"""Rungs 5 to 8: events instead of pointers. ExpSyn and NetCon, event sources, PyNN's cell class, and a delay."""

from neuron import h

from .constants import (
    AREA_UM2,
    CAPACITANCE_UF_CM2,
    DELAY_MS,
    DELTA_T_MV,
    E_EXC_MV,
    E_INH_MV,
    G_EXC_US,
    G_INH_US,
    LEAK_S_CM2,
    REFRACTORY_MS,
    SOURCES_PER_CELL,
    TAU_EXC_MS,
    TAU_INH_MS,
    TAU_W_MS,
    TIMESTEP_MS,
    V_PEAK_MV,
    V_RESET_MV,
    V_REST_MV,
    V_THRESHOLD_MV,
    CellClass,
)
from .pointer_rungs import CellClasses

UM2_PER_CM2 = 1e8


class NetConSynapses(CellClasses):
    """Rung 5: pointer synapses become ExpSyn fed by NetCon, one per connection. No dead time; the delay stays 0."""

    delay_ms = 0.0

    def make_synapses(self) -> None:
        """One ExpSyn of each kind per cell; the stimulation joins the excitatory one."""
        segments = [self.section(k)(0.5) for k in range(self.draws.n_cells)]
        self.exc = [exponential_synapse(s, TAU_EXC_MS, E_EXC_MV) for s in segments]
        self.inh = [exponential_synapse(s, TAU_INH_MS, E_INH_MV) for s in segments]
        self.connections: list = []

    def spike_source(self, k: int):
        """What sends the events of cell ``k``."""
        return self.cells[k].adexp

    def connect(self) -> None:
        """One NetCon per edge."""
        edges_of = (self.draws.exc_edges, self.exc, G_EXC_US), (self.draws.inh_edges, self.inh, G_INH_US)
        for edges, synapses, weight_us in edges_of:
            for pre, post in edges.tolist():
                self.add_connection(h.NetCon(self.spike_source(pre), synapses[post]), weight_us)

    def add_connection(self, connection, weight_us: float) -> None:
        """Give a new NetCon its weight and delay, and keep it."""
        connection.weight[0], connection.delay = weight_us, self.delay_ms
        self.connections.append(connection)

    def stimulate(self) -> None:
        """The generators of the original; a NetCon sees their variable pass the threshold."""
        self.generators = []
        for k in range(self.draws.n_stimulated):
            for source in range(SOURCES_PER_CELL):
                self.stimulate_from(k, k * SOURCES_PER_CELL + source)

    def stimulate_from(self, k: int, source: int) -> None:
        """Connect one source to cell ``k``."""
        generator = self.make_generator(self.section(k)(0.5), source)
        connection = h.NetCon(generator._ref_x, self.exc[k], sec=self.section(k))
        connection.threshold = V_THRESHOLD_MV
        self.add_connection(connection, G_EXC_US)


def exponential_synapse(segment, tau_ms: float, e_mv: float):
    """NEURON's ExpSyn."""
    synapse = h.ExpSyn(segment)
    synapse.tau, synapse.e = tau_ms, e_mv
    return synapse


class EventSources(NetConSynapses):
    """Rung 6: generators become event sources (VecStim: the drawn times; the article's NetStimFD draws its own).

    Identical to rung 5 as long as no generator is high on two steps in a row: that is one threshold crossing there,
    and two events here. :func:`draw` makes no such pair; the article's own draws hold two.
    """

    def stimulate_from(self, k: int, source: int) -> None:
        """Connect one event source to cell ``k``."""
        times = h.Vector(self.draws.stimulus_steps(source) * TIMESTEP_MS)
        stimulus = h.VecStim()
        stimulus.play(times)
        self.generators += [stimulus, times]
        self.add_connection(h.NetCon(stimulus, self.exc[k]), G_EXC_US)


class PyNNCellClass(EventSources):
    """Rung 7: own cell classes become pyNN.neuron's BretteGerstnerIF, its synapses included.

    PyNN's compartment has another shape: 1e5 um2 instead of 20 000, with densities to match, so that v may differ in
    its last digits. Its spike is again drawn to +40 mV for one step.
    """

    def make_cell(self, k: int, cell_class: CellClass):
        """PyNN's cell with conductance synapses."""
        from pyNN.neuron.cells import BretteGerstnerIFStandardReceptors

        cell = BretteGerstnerIFStandardReceptors(**pynn_cell_parameters(cell_class))
        draw_spike(cell)
        return cell

    def section(self, k: int):
        """PyNN's cell is a section."""
        return self.cells[k]

    def make_synapses(self) -> None:
        """They come with the cell."""
        self.exc = [cell.esyn for cell in self.cells]
        self.inh = [cell.isyn for cell in self.cells]
        self.connections = []

    def spike_detector(self, k: int):
        """The spike events of the cell's AdExpIF."""
        return h.NetCon(self.cells[k].adexp, None)


def pynn_cell_parameters(cell_class: CellClass) -> dict:
    """Arguments of BretteGerstnerIFStandardReceptors (nF, ms, mV, uS, nA)."""
    c_m_nf = CAPACITANCE_UF_CM2 * AREA_UM2 / UM2_PER_CM2 * 1e3
    return {
        "syn_type": "conductance",
        "syn_shape": "exp",
        "c_m": c_m_nf,
        "tau_m": CAPACITANCE_UF_CM2 / LEAK_S_CM2 * 1e-3,
        "v_rest": V_REST_MV,
        "v_thresh": V_THRESHOLD_MV,
        "v_spike": V_THRESHOLD_MV,
        "v_reset": V_RESET_MV,
        "t_refrac": REFRACTORY_MS + TIMESTEP_MS,
        "delta": DELTA_T_MV,
        "tau_w": TAU_W_MS,
        "A": cell_class.a_uS,
        "B": cell_class.b_nA,
        "tau_e": TAU_EXC_MS,
        "tau_i": TAU_INH_MS,
        "e_e": E_EXC_MV,
        "e_i": E_INH_MV,
    }


def draw_spike(cell) -> None:
    """Let PyNN's AdExpIF draw its spike as the rungs before: +40 mV for one step."""
    cell.adexp.vpeak, cell.adexp.spikewidth, cell.adexp.winit = V_PEAK_MV, TIMESTEP_MS, 0.0


class OneStepDelay(PyNNCellClass):
    """Rung 8: synaptic delay 0 becomes one step, which a parallel run needs. The stimulation is delayed too."""

    delay_ms = DELAY_MS
