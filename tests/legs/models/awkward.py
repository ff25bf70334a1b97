"""One cell that goes wrong in the way that is asked for."""

from crosssim import Model, Network, Recorded, Seeds, Timing, Tolerance, parameter


def build(sim, p):
    given = {"v_spike": p.v_spike, "v_thresh": p.v_thresh, "i_offset": p.i_offset, "tau_refrac": 0.5}
    cells = sim.Population(2, sim.EIF_cond_exp_isfa_ista(**given), label="cells")
    synapse = sim.StaticSynapse(weight=0.001, delay=p.delay)
    loop = sim.Projection(cells, cells, sim.FromListConnector([(0, 1)]), synapse, receptor_type="excitatory")
    return Network({"cells": cells}, {"loop": loop})


MODEL = Model(
    name="awkward",
    build=build,
    parameters={
        "v_spike": parameter(-45.0, "mV", "chosen: below NEURON's limit at 0.1 ms"),
        "v_thresh": parameter(-50.4, "mV", "chosen: PyNN's own"),
        "i_offset": parameter(0.0, "nA", "chosen: silent"),
        "delay": parameter(1.0, "ms", "chosen: ten steps"),
    },
    timing=Timing(20.0),
    seeds=Seeds.from_one(1),
    recorded=[Recorded("cells", "spikes", Tolerance(0.1, "ms", "one step"))],
)
