"""A network of 60 cells with all that replay has to carry: both receptors, input, cells that are not alike."""

import numpy as np

from crosssim import Model, Network, Recorded, Seeds, Timing, Tolerance, parameter, poisson_spike_times

EXC, INH = 45, 15


def build(sim, p):
    draw = np.random.default_rng(p.seeds.initial)
    cell = {"cm": 0.2, "v_rest": -60.0, "v_thresh": -50.0, "v_reset": -60.0, "tau_refrac": p.tau_refrac,
            "tau_syn_E": 5.0, "tau_syn_I": 10.0, "e_rev_E": 0.0, "e_rev_I": -80.0}  # fmt: skip
    exc = sim.Population(EXC, sim.IF_cond_exp(tau_m=draw.uniform(18, 22, EXC), **cell), label="exc")
    inh = sim.Population(INH, sim.IF_cond_exp(tau_m=20.0, **cell), label="inh")
    exc.initialize(v=draw.uniform(-60, -52, EXC))
    inh.initialize(v=draw.uniform(-60, -52, INH))
    rng = np.random.default_rng(p.seeds.input)
    trains = [poisson_spike_times(400.0, 0.0, p.timing.duration_ms, rng) for _ in range(EXC + INH)]
    stimulus = sim.Population(len(trains), sim.SpikeSourceArray(spike_times=trains), label="stimulus")
    wiring = sim.NumpyRNG(p.seeds.wiring, parallel_safe=True)

    def project(pre, post, weight, delay, receptor, name):
        connector = sim.FixedProbabilityConnector(0.2, rng=wiring)
        synapse = sim.StaticSynapse(weight=weight, delay=delay)
        return sim.Projection(pre, post, connector, synapse, receptor_type=receptor, label=name)

    projections = {
        "exc to exc": project(exc, exc, p.w_exc, 0.5, "excitatory", "exc to exc"),
        "exc to inh": project(exc, inh, p.w_exc, 0.3, "excitatory", "exc to inh"),
        "inh to exc": project(inh, exc, 0.02, 0.4, "inhibitory", "inh to exc"),
    }
    one_to_one = sim.FromListConnector([(k, k, 0.012, 0.2) for k in range(EXC)])
    projections["stimulus to exc"] = sim.Projection(
        stimulus, exc, one_to_one, sim.StaticSynapse(), receptor_type="excitatory", label="stimulus to exc"
    )
    one_to_one = sim.FromListConnector([(EXC + k, k, 0.012, 0.2) for k in range(INH)])
    projections["stimulus to inh"] = sim.Projection(
        stimulus, inh, one_to_one, sim.StaticSynapse(), receptor_type="excitatory", label="stimulus to inh"
    )
    return Network({"exc": exc, "inh": inh, "stimulus": stimulus}, projections)


ONE_STEP = Tolerance(0.1, "ms", "one step: a crossing is reported on the grid")
MODEL = Model(
    name="small_network",
    build=build,
    parameters={
        "tau_refrac": parameter(2.0, "ms", "chosen: a usual value"),
        "w_exc": parameter(0.004, "uS", "chosen: so that cells fire at some tens of Hz"),
    },
    timing=Timing(duration_ms=150.0),
    seeds=Seeds(1, 2, 3),
    recorded=(Recorded("exc", "spikes", ONE_STEP), Recorded("inh", "spikes", ONE_STEP)),
)
