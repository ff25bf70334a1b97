"""Two cells and a synapse that depresses: what replay has to refuse."""

from crosssim import Model, Network, Recorded, Seeds, Timing, Tolerance


def build(sim, p):
    cells = sim.Population(2, sim.IF_cond_exp(i_offset=1.0), label="cells")
    synapse = sim.TsodyksMarkramSynapse(weight=0.001, delay=0.5, U=0.5, tau_rec=100.0, tau_facil=0.0)
    projection = sim.Projection(cells, cells, sim.FromListConnector([(0, 1)]), synapse, label="depressing")
    return Network({"cells": cells}, {"depressing": projection})


MODEL = Model(
    name="plastic",
    build=build,
    parameters={},
    timing=Timing(duration_ms=50.0),
    seeds=Seeds(1, 2, 3),
    recorded=(Recorded("cells", "spikes", Tolerance(0.1, "ms", "one step")),),
)
