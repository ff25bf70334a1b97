"""One-cell and two-cell experiments: each shows one trait of the original that a port must meet or lose knowingly.

Run one with ``python -m models.destexhe2009_ladder.experiments NAME MECHANISMS``, the folder in
which nmodl/destexhe2009 is compiled; it prints JSON. Each needs a process of its own.
"""

import json
import sys
from pathlib import Path

import numpy as np

from .constants import G_EXC_US, REFRACTORY_NOMINAL_MS, RS, TIMESTEP_MS, V_REST_MV
from .draws import Draws

STRONG_CURRENT_NA = 100.0
DRIVEN_CELL, FOLLOWING_CELL = 1, 0


def refractory(folder: Path) -> dict[str, list[float]]:
    """Intervals (ms) of one cell under a current that fires it on its first free step, at three time steps.

    The nominal period is 5 ms. The original's counter is decremented twice per step; AdExpIF counts right.
    """
    from .mechanisms import load
    from .pointer_rungs import load_adexp

    load(folder)
    load_adexp()
    steps_ms = (0.1, 0.05, 0.025)
    return {name: [strong_current_interval_ms(name, dt) for dt in steps_ms] for name in ("adexp_fake", "AdExpIF")}


def strong_current_interval_ms(mechanism: str, timestep_ms: float) -> float:
    """The median interval of one cell with a nominal refractory period of 5 ms."""
    from neuron import h

    from .pointer_rungs import adexp_mechanism, passive_section

    section = passive_section("cell")
    if mechanism == "adexp_fake":
        section.insert("adexp_fake")
        section(0.5).adexp_fake.refractory = REFRACTORY_NOMINAL_MS
        detector = h.NetCon(section(0.5).adexp_fake._ref_refractory_left, None, sec=section)
        detector.threshold = 0
    else:
        adexp = adexp_mechanism(section(0.5), RS)
        adexp.trefrac = REFRACTORY_NOMINAL_MS
        detector = h.NetCon(adexp, None)
    clamp = h.IClamp(section(0.5))
    clamp.delay, clamp.dur, clamp.amp = 0, 1e9, STRONG_CURRENT_NA
    times = h.Vector()
    detector.record(times)
    h.dt = timestep_ms
    h.finitialize(V_REST_MV)
    while h.t < 50:
        h.fadvance()
    return float(np.round(np.median(np.diff(times.as_numpy())), 6))


def dead_time(folder: Path) -> dict[str, list[float]]:
    """Quanta released by a pair of inputs 1 to 4 steps apart.

    At the dead time itself, 2 steps, the rounding of t decides.
    """
    from .mechanisms import load

    load(folder)
    gaps = (1, 2, 3, 4)
    return {
        "between cells (2 steps)": [quanta_of_pair(gap, 2 * TIMESTEP_MS) for gap in gaps],
        "stimulation (none)": [quanta_of_pair(gap, 0.0) for gap in gaps],
        "ExpSyn and NetCon": [quanta_of_event_pair(gap) for gap in gaps],
    }


def quanta_of_pair(gap_steps: int, dead_time_ms: float) -> float:
    """Quanta through a pointer synapse, decay taken out."""
    from neuron import h

    from .pointer_rungs import passive_section

    section = passive_section("cell")
    synapse, generator = h.PointerExcSyn(section(0.5)), h.StepGenerator(section(0.5))
    synapse.dead_time, synapse.tau = dead_time_ms, 1e12
    for step in (5, 5 + gap_steps):
        generator.add_step(step)
    synapse.add_input(generator._ref_x)
    advance(20)
    return round(synapse.open, 6)


def quanta_of_event_pair(gap_steps: int) -> float:
    """Quanta through ExpSyn, decay taken out."""
    from neuron import h

    from .event_rungs import exponential_synapse
    from .pointer_rungs import passive_section

    section = passive_section("cell")
    synapse = exponential_synapse(section(0.5), 1e12, 0.0)
    connection = h.NetCon(None, synapse)
    connection.weight[0], connection.delay = G_EXC_US, 0
    advance(0)
    for step in (5, 5 + gap_steps):
        connection.event(step * TIMESTEP_MS)
    for _ in range(20):
        h.fadvance()
    return round(synapse.g / G_EXC_US, 6)


def advance(n_steps: int) -> None:
    """Start at rest and take ``n_steps``."""
    from neuron import h

    h.dt = TIMESTEP_MS
    h.finitialize(V_REST_MV)
    for _ in range(n_steps):
        h.fadvance()


def two_cells(n_cells: int = 10) -> Draws:
    """Draws by hand: cell 1 gets twenty inputs on step 10 and drives cell 0; cell 0 is recorded. No other wiring."""
    source = np.arange(DRIVEN_CELL * 20, (DRIVEN_CELL + 1) * 20, dtype=np.int32)
    edges = np.array([[DRIVEN_CELL, FOLLOWING_CELL]], dtype=np.int32)
    return Draws(
        n_cells,
        np.zeros(n_cells * 4 // 5, dtype=bool),
        edges,
        np.zeros((0, 2), dtype=np.int32),
        source,
        np.full(20, 10, dtype=np.int32),
    )


def driven_cell(n_cells: int = 10) -> Draws:
    """Draws by hand: cell 0 gets twenty inputs on step 10, nothing else happens."""
    source = np.arange(20, dtype=np.int32)
    no_edges = np.zeros((0, 2), dtype=np.int32)
    is_lts = np.zeros(n_cells * 4 // 5, dtype=bool)
    return Draws(n_cells, is_lts, no_edges, no_edges, source, np.full(20, 10, dtype=np.int32))


def onset_step(v_mv: np.ndarray) -> int:
    """The first step on which a cell's v rises by more than 0.01 mV: no cell's own current does that at rest."""
    return int(np.flatnonzero(np.diff(v_mv) > 0.01)[0]) + 1


EXPERIMENTS = {"refractory": refractory, "dead_time": dead_time}

if __name__ == "__main__":
    print(json.dumps(EXPERIMENTS[sys.argv[1]](Path(sys.argv[2]))))
