"""Balanced network that keeps itself going, with conductances (COBA) or currents (CUBA): Vogels and Abbott (2005).

Vogels TP, Abbott LF (2005) "Signal propagation and logic gating in networks of integrate-and-fire neurons",
J. Neurosci. 25:10786-10795, in the form of benchmarks 1 (COBA) and 2 (CUBA) of Brette et al. (2007) "Simulation of
networks of spiking neurons: a review of tools and strategies", J. Comput. Neurosci. 23:349-398.

Two different networks go by the name "benchmark 1". This one has weights of 6 and 67 nS and a delay of 0.1 ms, as in
the review's text and NEST's example. PyNN's example has 4 and 51 nS and 0.2 ms: that one is
``weight_exc_coba=4nS weight_inh_coba=51nS delay=0.2``.

No mean rate of these two benchmarks was found in print, so nothing stands under ``published``.
"""

import numpy as np

from crosssim import Model, Network, Recorded, Seeds, Timing, Tolerance, parameter, poisson_spike_times

REVIEW = "Brette et al. 2007, benchmarks 1 and 2"
EXAMPLE = "PyNN's VAbenchmarks example"

PARAMETERS = {
    "benchmark": parameter("COBA", "1", f"{REVIEW}: conductances (1) or currents (2)", choices=("COBA", "CUBA")),
    "N": parameter(4000, "1", f"{REVIEW}; 4/5 excitatory", minimum=200),
    "in_degree": parameter(80, "1", f"{REVIEW}: mean inputs, 2 % of 4000; kept when N changes", minimum=1, maximum=200),
    "cm": parameter(0.2, "nF", f"{REVIEW}: 1 uF/cm2 on 20000 um2", minimum=1e-6),
    "tau_m": parameter(20.0, "ms", REVIEW, minimum=1e-3),
    "v_rest_coba": parameter(-60.0, "mV", REVIEW),
    "v_rest_cuba": parameter(-49.0, "mV", f"{REVIEW}: above threshold"),
    "v_thresh": parameter(-50.0, "mV", REVIEW),
    "v_reset": parameter(-60.0, "mV", REVIEW),
    "tau_refrac": parameter(5.0, "ms", REVIEW, minimum=0.0),
    "tau_syn_E": parameter(5.0, "ms", REVIEW, minimum=1e-3),
    "tau_syn_I": parameter(10.0, "ms", REVIEW, minimum=1e-3),
    "e_rev_E": parameter(0.0, "mV", REVIEW),
    "e_rev_I": parameter(-80.0, "mV", REVIEW),
    "weight_exc_coba": parameter(6.0, "nS", f"{REVIEW}; NEST's example too", minimum=0.0),
    "weight_inh_coba": parameter(67.0, "nS", f"{REVIEW}; NEST's example too", minimum=0.0),
    "weight_exc_cuba": parameter(0.0162, "nA", f"{REVIEW}: 1.62 mV at a leak of 10 nS", minimum=0.0),
    "weight_inh_cuba": parameter(-0.09, "nA", f"{REVIEW}: -9 mV at a leak of 10 nS", maximum=0.0),
    "delay": parameter(0.1, "ms", "NEST's example; PyNN's has 0.2", minimum=0.1),
    "stim_sources": parameter(20, "1", EXAMPLE, minimum=1),
    "stim_rate": parameter(100.0, "Hz", EXAMPLE, minimum=0.0),
    "stim_stop": parameter(50.0, "ms", f"{REVIEW}: random input for the first 50 ms", minimum=0.0),
    "p_stim": parameter(0.01, "1", f"{EXAMPLE}: each source to each cell", minimum=0.0, maximum=1.0),
}


def cell_type(sim, p):
    """The cell of the chosen benchmark, and its two weights in the unit that PyNN wants (uS, or nA)."""
    names = "cm tau_m v_thresh v_reset tau_refrac tau_syn_E tau_syn_I"
    shared = {name: getattr(p, name) for name in names.split()}
    if p.benchmark == "COBA":
        cell = sim.IF_cond_exp(v_rest=p.v_rest_coba, e_rev_E=p.e_rev_E, e_rev_I=p.e_rev_I, **shared)
        return cell, p.weight_exc_coba / 1000.0, p.weight_inh_coba / 1000.0
    return sim.IF_curr_exp(v_rest=p.v_rest_cuba, **shared), p.weight_exc_cuba, p.weight_inh_cuba


def build(sim, p):
    cell, weight_exc, weight_inh = cell_type(sim, p)
    size = {"exc": p.N - p.N // 5, "inh": p.N // 5}
    initial = np.random.default_rng(p.seeds.initial)
    cells = {
        name: sim.Population(n, cell, initial_values={"v": initial.uniform(p.v_reset, p.v_thresh, n)}, label=name)
        for name, n in size.items()
    }
    rng = np.random.default_rng(p.seeds.input)
    trains = [poisson_spike_times(p.stim_rate, 0.0, p.stim_stop, rng) for _ in range(p.stim_sources)]
    stimulus = sim.Population(p.stim_sources, sim.SpikeSourceArray(spike_times=trains), label="stimulus")

    wiring = sim.NumpyRNG(p.seeds.wiring, parallel_safe=True)
    connect = sim.FixedProbabilityConnector(p.in_degree / p.N, allow_self_connections=False, rng=wiring)
    stimulate = sim.FixedProbabilityConnector(p.p_stim, rng=wiring)
    excite = sim.StaticSynapse(weight=weight_exc, delay=p.delay)
    inhibit = sim.StaticSynapse(weight=weight_inh, delay=p.delay)
    projections = {}
    for post, target in cells.items():
        projections[f"exc to {post}"] = sim.Projection(
            cells["exc"], target, connect, excite, receptor_type="excitatory"
        )
        projections[f"inh to {post}"] = sim.Projection(
            cells["inh"], target, connect, inhibit, receptor_type="inhibitory"
        )
        projections[f"stimulus to {post}"] = sim.Projection(
            stimulus, target, stimulate, excite, receptor_type="excitatory"
        )
    return Network({**cells, "stimulus": stimulus}, projections)


SPIKE_TOLERANCE = Tolerance(
    0.1, "ms", "one step: each simulator reports a threshold crossing on the grid, and one near a grid point rounds up"
)
V_TOLERANCE = Tolerance(
    1.0,
    "mV",
    "what the tolerance of spikes already allows: one inhibitory event a step later moves v at threshold by "
    "0.067 uS * 30 mV / 0.2 nF * 0.1 ms = 1.0 mV (COBA; CUBA less)",
)

MODEL = Model(
    name="vogels_abbott2005",
    summary="self-sustained balanced network, COBA or CUBA (Brette et al. 2007, benchmarks 1 and 2)",
    build=build,
    parameters=PARAMETERS,
    timing=Timing(duration_ms=1000.0, timestep_ms=0.1, min_delay_ms=0.1, max_delay_ms=10.0),
    seeds=Seeds.from_one(1),
    recorded=(
        Recorded("exc", "spikes", SPIKE_TOLERANCE),
        Recorded("inh", "spikes", SPIKE_TOLERANCE),
        Recorded("exc", "v", V_TOLERANCE, cells=(0, 1, 2)),
    ),
)
