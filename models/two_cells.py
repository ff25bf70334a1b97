"""The smallest model worth a cross-check: a cell driven by random input, and a cell driven by the first.

Read this file to see what a declaration needs; docs/add-a-model walks through it.
"""

import numpy as np

from crosssim import Model, Network, Recorded, Seeds, Timing, Tolerance, parameter, poisson_spike_times

PARAMETERS = {
    "input_rate": parameter(40.0, "Hz", "chosen: a handful of spikes in 200 ms", minimum=0.0),
    "input_weight": parameter(0.3, "uS", "chosen: one input makes the first cell fire", minimum=0.0),
    "weight": parameter(0.3, "uS", "chosen: one spike of the first cell makes the second fire", minimum=0.0),
    "delay": parameter(1.0, "ms", "chosen: ten steps", minimum=0.1),
    "tau_refrac": parameter(20.0, "ms", "chosen: four times tau_syn, so that one input makes one spike", minimum=0.0),
}


def build(sim, p):
    rng = np.random.default_rng(p.seeds.input)
    times = poisson_spike_times(p.input_rate, 0.0, p.timing.duration_ms, rng)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[times]), label="input")
    cells = sim.Population(2, sim.IF_cond_exp(tau_refrac=p.tau_refrac), initial_values={"v": -65.0}, label="cells")
    from_input = sim.Projection(
        source,
        cells,
        sim.FromListConnector([(0, 0)]),
        sim.StaticSynapse(weight=p.input_weight, delay=p.delay),
        receptor_type="excitatory",
    )
    first_to_second = sim.Projection(
        cells,
        cells,
        sim.FromListConnector([(0, 1)]),
        sim.StaticSynapse(weight=p.weight, delay=p.delay),
        receptor_type="excitatory",
    )
    return Network(
        populations={"input": source, "cells": cells},
        projections={"input to first": from_input, "first to second": first_to_second},
    )


ONE_STEP = Tolerance(0.1, "ms", "one step: a threshold crossing near a grid point may be reported on either side")
ONE_STEP_OF_V = Tolerance(
    1.95, "mV", "an input spike one step later, as allowed, moves v at rest by 0.3 uS * 65 mV / 1 nF * 0.1 ms"
)

MODEL = Model(
    name="two_cells",
    summary="two integrate-and-fire cells in a row, driven by one random train",
    build=build,
    parameters=PARAMETERS,
    timing=Timing(duration_ms=200.0),
    seeds=Seeds.from_one(1),
    recorded=[
        Recorded("cells", "spikes", ONE_STEP),
        Recorded("cells", "v", ONE_STEP_OF_V),
    ],
)
