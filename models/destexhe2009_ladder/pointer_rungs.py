"""Rungs 2 to 4: the Hoc program in Python, with synapses that read their presynaptic cells through pointers.

A rung is a class; the next one inherits it and overrides what it changes, so that a class body is the change.
"""

from neuron import h

from .constants import (
    AREA_UM2,
    CAPACITANCE_UF_CM2,
    DEAD_TIME_MS,
    DELTA_T_MV,
    E_EXC_MV,
    E_INH_MV,
    FS,
    G_EXC_US,
    G_INH_US,
    LEAK_S_CM2,
    LENGTH_UM,
    LTS,
    REFRACTORY_MS,
    REFRACTORY_NOMINAL_MS,
    RS,
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
from .draws import Draws
from .recording import RungRecording, recorded_cells, recording


def passive_section(name: str):
    """One compartment of 20 000 um2 with the leak of every cell."""
    section = h.Section(name=name)
    section.nseg = 1
    section.L = section.diam = LENGTH_UM
    section.cm = CAPACITANCE_UF_CM2
    section.insert("pas")
    section.g_pas, section.e_pas = LEAK_S_CM2, V_REST_MV
    return section


class PythonPort:
    """Rung 2: the Hoc program line by line in Python. Density mechanism, pointer synapses, generators, no delay."""

    spike_time_offset_ms = -TIMESTEP_MS / 2  # the mechanism stores the middle of the step that draws the peak

    def __init__(self, draws: Draws) -> None:
        self.draws = draws
        self.cells = [self.make_cell(k, self.cell_class(k)) for k in range(draws.n_cells)]
        self.make_synapses()
        self.connect()
        self.stimulate()
        self.record()

    def cell_class(self, k: int) -> CellClass:
        """Excitatory cells come first and are RS or LTS; inhibitory cells are FS."""
        if k >= self.draws.n_exc:
            return FS
        return LTS if self.draws.is_lts[k] else RS

    def make_cell(self, k: int, cell_class: CellClass):
        """A section with the adaptive exponential mechanism of the original."""
        section = passive_section(f"cell[{k}]")
        section.insert("adexp_fake")
        cell = section(0.5).adexp_fake
        cell.v_threshold, cell.delta_t, cell.v_rest, cell.g_leak = V_THRESHOLD_MV, DELTA_T_MV, V_REST_MV, LEAK_S_CM2
        cell.v_reset, cell.v_top, cell.refractory = V_RESET_MV, V_PEAK_MV, REFRACTORY_NOMINAL_MS
        cell.a, cell.b, cell.tau_w, cell.cell_area = cell_class.a_uS, cell_class.b_nA, TAU_W_MS, AREA_UM2
        return section

    def section(self, k: int):
        """The section of cell ``k``."""
        return self.cells[k]

    def make_synapses(self) -> None:
        """One excitatory and one inhibitory synapse per cell."""
        segments = [self.section(k)(0.5) for k in range(self.draws.n_cells)]
        self.exc = [self.pointer_synapse(h.PointerExcSyn, s, TAU_EXC_MS, E_EXC_MV, G_EXC_US) for s in segments]
        self.inh = [self.pointer_synapse(h.PointerInhSyn, s, TAU_INH_MS, E_INH_MV, G_INH_US) for s in segments]

    def pointer_synapse(self, mechanism, segment, tau_ms: float, e_mv: float, quantum_us: float):
        """A synapse that ignores an input for two steps after each of its releases."""
        synapse = mechanism(segment)
        synapse.tau, synapse.e, synapse.quantum = tau_ms, e_mv, quantum_us
        synapse.v_release, synapse.dead_time = V_THRESHOLD_MV, DEAD_TIME_MS
        return synapse

    def connect(self) -> None:
        """Point every synapse at the membrane potentials of its presynaptic cells."""
        for edges, synapses in ((self.draws.exc_edges, self.exc), (self.draws.inh_edges, self.inh)):
            for pre, post in edges.tolist():
                synapses[post].add_input(self.section(pre)(0.5)._ref_v)

    def stimulate(self) -> None:
        """Twenty generators per stimulated cell, through a synapse of their own that has no dead time."""
        self.stimulus, self.generators = [], []
        for k in range(self.draws.n_stimulated):
            segment = self.section(k)(0.5)
            synapse = self.pointer_synapse(h.PointerExcSyn, segment, TAU_EXC_MS, E_EXC_MV, G_EXC_US)
            synapse.dead_time = 0
            for source in range(SOURCES_PER_CELL):
                generator = self.make_generator(segment, k * SOURCES_PER_CELL + source)
                synapse.add_input(generator._ref_x)
            self.stimulus.append(synapse)

    def make_generator(self, segment, source: int):
        """A generator that plays the drawn steps of one source."""
        generator = h.StepGenerator(segment)
        for k in self.draws.stimulus_steps(source).tolist():
            generator.add_step(k)
        self.generators.append(generator)
        return generator

    def record(self) -> None:
        """All spikes, and v of three cells at every step."""
        self.spike_times, self.spike_cells = h.Vector(), h.Vector()
        self.detectors = [self.spike_detector(k) for k in range(self.draws.n_cells)]
        for k, detector in enumerate(self.detectors):
            detector.record(self.spike_times, self.spike_cells, k)
        self.v = [
            h.Vector().record(self.section(k)(0.5)._ref_v, TIMESTEP_MS) for k in recorded_cells(self.draws.n_cells)
        ]

    def spike_detector(self, k: int):
        """The refractory counter becomes positive in the step that draws the peak; seen at the end of that step."""
        section = self.section(k)
        detector = h.NetCon(section(0.5).adexp_fake._ref_refractory_left, None, sec=section)
        detector.threshold = 0
        return detector

    def run(self, duration_ms: float) -> RungRecording:
        """Simulate; one step more than asked, because a spike of the last step is seen at the start of the next."""
        h.dt = TIMESTEP_MS
        h.finitialize(V_REST_MV)
        for _ in range(round(duration_ms / TIMESTEP_MS) + 1):
            h.fadvance()
        times_ms = self.spike_times.as_numpy() + self.spike_time_offset_ms
        v_mv = [v.as_numpy() for v in self.v]
        return recording(self.spike_cells.as_numpy(), times_ms, v_mv, self.draws.n_cells, duration_ms)


class AdExpCells(PythonPort):
    """Rung 3: the density mechanism becomes PyNN's point process ``AdExpIF`` beside the same leak.

    It counts its refractory period correctly, so it is told 2.5 ms, and one step more to return at the same time as
    the original. Its spike, too, is drawn into v, for one step.
    """

    spike_time_offset_ms = 0.0  # the time at which v was found above threshold

    def __init__(self, draws: Draws) -> None:
        load_adexp()
        self.adexp: list = []
        super().__init__(draws)

    def make_cell(self, k: int, cell_class: CellClass):
        """A passive section with an AdExpIF point process."""
        section = passive_section(f"cell[{k}]")
        self.adexp.append(adexp_mechanism(section(0.5), cell_class))
        return section

    def spike_detector(self, k: int):
        """The spike events of AdExpIF."""
        return h.NetCon(self.adexp[k], None)


def load_adexp() -> None:
    """Load PyNN's mechanisms, unless an AdExpIF has been loaded that is to be tried instead."""
    if not hasattr(h, "AdExpIF"):
        import pyNN.neuron  # noqa: F401


def adexp_mechanism(segment, cell_class: CellClass):
    """PyNN's AdExpIF with the parameters of one cell class, its spike drawn to +40 mV for one step."""
    adexp = h.AdExpIF(segment)
    adexp.vthresh, adexp.vspike, adexp.delta = V_THRESHOLD_MV, V_THRESHOLD_MV, DELTA_T_MV
    adexp.vreset, adexp.trefrac = V_RESET_MV, REFRACTORY_MS + TIMESTEP_MS
    adexp.vpeak, adexp.spikewidth = V_PEAK_MV, TIMESTEP_MS
    adexp.EL, adexp.GL = V_REST_MV, LEAK_S_CM2 * AREA_UM2 * 1e-2
    adexp.a, adexp.b, adexp.tauw, adexp.winit = cell_class.a_uS, cell_class.b_nA, TAU_W_MS, 0.0
    return adexp


class AdExpCell:
    """One cell as an object: its section and the mechanism in it. Subclasses say which class of cell."""

    cell_class: CellClass

    def __init__(self, name: str) -> None:
        self.section = passive_section(name)
        self.adexp = adexp_mechanism(self.section(0.5), self.cell_class)

    def spike_detector(self):
        """The spike events of the cell."""
        return h.NetCon(self.adexp, None)


class RSCell(AdExpCell):
    """Regular spiking, excitatory."""

    cell_class = RS


class LTSCell(AdExpCell):
    """Low-threshold spiking, excitatory: strong adaptation below threshold, none per spike."""

    cell_class = LTS


class FSCell(AdExpCell):
    """Fast spiking, inhibitory."""

    cell_class = FS


CELL_TYPES = {cell_type.cell_class: cell_type for cell_type in (RSCell, LTSCell, FSCell)}


class CellClasses(AdExpCells):
    """Rung 4: cells become objects of three classes. Nothing that is simulated changes."""

    def make_cell(self, k: int, cell_class: CellClass):
        """An object of the class of cell ``k``."""
        return CELL_TYPES[cell_class](f"cell[{k}]")

    def section(self, k: int):
        """The section inside the cell object."""
        return self.cells[k].section

    def spike_detector(self, k: int):
        """Asked of the cell object."""
        return self.cells[k].spike_detector()
