"""What a backend has to hold and deliver exactly: every way to give a value, every kind of edge, awkward inputs."""

import numpy as np

from crosssim import Model, Network, Recorded, Seeds, Timing, Tolerance, parameter

TAU_M = [8.0, 10.0, 12.0, 14.0, 16.0]
INPUT_TIMES = [[0.2, 10.0, 20.0], [5.0, 5.0, 7.3, 19.9], []]
"""The earliest that is deliverable, two at once, a silent source."""
TWICE = [(0, 1, 0.002, 0.3), (0, 1, 0.004, 0.3), (0, 1, 0.002, 1.7), (3, 0, 0.003, 10.0)]
"""Three edges from one cell to one other, and the longest delay."""
NEGATIVE = [(0, 0, -0.1, 0.5), (4, 3, -0.25, 0.1)]
FIRST_INPUT_CELL, INPUT_DELAY = 0, 0.4


def uniform(sim, seed, low, high):
    return sim.RandomDistribution("uniform", (low, high), rng=sim.NumpyRNG(seed, parallel_safe=True))


def build(sim, p):
    seeds = p.seeds
    source = sim.Population(3, sim.SpikeSourceArray(spike_times=INPUT_TIMES), label="source")
    cond = sim.Population(
        5,
        sim.IF_cond_exp(tau_m=TAU_M, v_thresh=uniform(sim, seeds.initial, -55.0, -50.0), i_offset=0.0),
        initial_values={"v": uniform(sim, seeds.initial + 1, -70.0, -60.0)},
        label="cond",
    )
    cond.set(cm=0.5)
    cond[1:3].set(tau_refrac=3.0, i_offset=[1.0, 1.5])
    cond[2:5][1:].initialize(v=-61.5)
    curr = sim.Population(4, sim.IF_curr_exp(i_offset=lambda i: 0.9 + 0.1 * i), label="curr")
    adex = sim.Population(
        2, sim.EIF_cond_exp_isfa_ista(v_spike=-45.0), initial_values={"v": -70.0, "w": [0.0, 0.02]}, label="adex"
    )

    def project(pre, post, connector, receptor_type, **values):
        synapse = sim.StaticSynapse(**values)
        return sim.Projection(pre, post, connector, synapse, receptor_type=receptor_type)

    def rows(edges):
        return sim.FromListConnector(edges, column_names=["weight", "delay"])

    random = sim.FixedProbabilityConnector(0.5, rng=sim.NumpyRNG(seeds.wiring, parallel_safe=True))
    projections = {
        "input": project(source, cond, rows([(0, 0, 0.05, INPUT_DELAY), (1, 1, 0.03, 1.0)]), "excitatory"),
        "inhibitory conductance": project(curr, cond, rows(TWICE), "inhibitory"),
        "negative weights": project(cond, curr, rows(NEGATIVE), "inhibitory"),
        "views": project(cond[3:5], curr[1:3], sim.AllToAllConnector(), "excitatory", weight=0.2, delay=0.7),
        "random": project(
            cond, adex, random, "excitatory", weight=uniform(sim, seeds.wiring + 1, 0.001, 0.003), delay=1.5
        ),
        "nothing": project(curr, adex, rows([]), "excitatory"),
    }
    return Network(
        {"source": source, "cond": cond, "curr": curr, "adex": adex},
        projections,
        cell_classes={"curr": {"weak": np.array([0, 1]), "strong": np.array([2, 3])}},
    )


STEP = Tolerance(0.1, "ms", "one step: a crossing near a grid point may be reported on either side")
MILLIVOLT = Tolerance(1.0, "mV", "not judged here: the contract compares a backend with itself")

MODEL = Model(
    name="contract",
    build=build,
    parameters={"unused": parameter(1.0, "ms", "chosen: something that a leg may change")},
    timing=Timing(40.0),
    seeds=Seeds(wiring=11, initial=12, input=13),
    recorded=[
        Recorded("cond", "spikes", STEP),
        Recorded("curr", "spikes", STEP),
        Recorded("adex", "spikes", STEP),
        Recorded("cond", "v", MILLIVOLT),
        Recorded("curr", "v", MILLIVOLT, cells=(3, 1), interval_ms=0.5),
        Recorded("adex", "w", Tolerance(0.01, "nA", "not judged here"), cells=(1,)),
    ],
)
