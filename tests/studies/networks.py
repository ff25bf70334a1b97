"""A small network as a recording holds it, for studies that look at what was read back."""

import numpy as np

from crosssim.recording.data import CellTable, InputSpikes, Recording, Spikes, Wiring

CELLS = 20


def spikes(cells=CELLS, stop_ms=100.0):
    return Spikes.from_events(np.arange(cells), np.linspace(10, 50, cells), cells, stop_ms)


def table():
    values = {"tau_m": 20.0, "tau_refrac": 2.6, "tau_syn_E": 5.0, "tau_syn_I": 10.0, "e_rev_E": 0.0, "e_rev_I": -80.0}
    units = {name: "mV" if name.startswith("e_rev") else "ms" for name in values}
    declared = {name: np.full(CELLS, value) for name, value in values.items()} | {"i_offset": np.zeros(CELLS)}
    return CellTable("IF_cond_exp", declared, declared, units=units | {"i_offset": "nA"})


def wiring(pre, post, weight, delay_ms=0.5, receptor_type="excitatory"):
    edges = np.arange(CELLS)
    columns = (edges, np.roll(edges, 1), np.full(CELLS, weight), np.full(CELLS, delay_ms))
    return Wiring.from_edges(columns, populations=(pre, post), receptor_type=receptor_type)


def network(delay_ms=0.5):
    return Recording(
        "small", "nest", 0.1, 100.0,
        spikes={"exc": spikes(), "inh": spikes()},
        wiring={
            "exc to exc": wiring("exc", "exc", 0.006, delay_ms),
            "inh to exc": wiring("inh", "exc", 0.067, delay_ms, "inhibitory"),
            "exc to inh": wiring("exc", "inh", 0.006, delay_ms),
        },
        cells={"exc": table(), "inh": table()},
        inputs={"stimulus": InputSpikes(spikes(), spikes())},
    )  # fmt: skip
