"""Sparse random network under strong external drive, scaled down: Brunel (2000).

Brunel N (2000) "Dynamics of sparsely connected networks of excitatory and inhibitory spiking neurons",
J. Comput. Neurosci. 8:183-208, model A. The paper has 12500 cells with 1000 excitatory inputs of 0.1 mV each; this
file keeps the share of connections (0.1) and scales the weight by 1/sqrt(inputs), which keeps the variance of the
input at a given rate.

``synapse=alpha`` (all simulators) gives every input the form of an alpha function whose potential peaks at the paper's
J. ``synapse=delta`` is the paper's own jump of v; it needs IF_curr_delta, which PyNN has for NEST and not for NEURON:
compare NEST with itself (``nest nest:timestep=0.05``).

The alpha function must be resolved by the time step. With ``tau_syn=0.1`` at a step of 0.1 ms NEURON fires about a
fifth more than NEST, and that is the integrator's doing, not the model's: the example to show it with.

The paper's rates belong to its size; at this one they are higher, so nothing stands under ``published``.
"""

import numpy as np

from crosssim import Model, Network, Recorded, Seeds, Timing, Tolerance, parameter, poisson_spike_times

PAPER = "Brunel 2000, model A"

PARAMETERS = {
    "synapse": parameter(
        "alpha", "1", f"chosen: NEURON has no delta synapse; {PAPER} is delta", choices=("alpha", "delta")
    ),
    "N": parameter(500, "1", f"chosen: a check ends within a minute; {PAPER}: 12500; 4/5 excitatory", minimum=100),
    "p_connect": parameter(0.1, "1", PAPER, minimum=0.01, maximum=1.0),
    "J": parameter(0.1, "mV", f"{PAPER}: of 1000 excitatory inputs", minimum=0.0),
    "g": parameter(
        4.5, "1", f"{PAPER}, Fig. 8D: inhibitory over excitatory weight, asynchronous irregular", minimum=0.0
    ),
    "eta": parameter(0.9, "1", f"{PAPER}, Fig. 8D: external drive over the drive that reaches threshold", minimum=0.0),
    "delay": parameter(1.5, "ms", PAPER, minimum=0.1),
    "tau_m": parameter(20.0, "ms", PAPER, minimum=1e-3),
    "cm": parameter(0.25, "nF", "chosen: a common cell; only scales the currents", minimum=1e-6),
    "tau_syn": parameter(0.5, "ms", "chosen: short beside tau_m, five steps long", minimum=1e-3),
    "tau_refrac": parameter(2.0, "ms", PAPER, minimum=0.0),
    "theta": parameter(20.0, "mV", f"{PAPER}: threshold above rest", minimum=0.0),
    "v_reset": parameter(10.0, "mV", f"{PAPER}: above rest"),
}


def alpha_psp_peak(tau_syn, tau_m, cm):
    """Peak (mV) of the potential that an alpha current of 1 nA peak evokes.

    I(t) = (t / tau_syn) exp(1 - t / tau_syn) in cm dv/dt = -cm v / tau_m + I(t), solved by variation of constants.
    """
    t = np.linspace(0.0, 20.0 * max(tau_syn, tau_m), 400_001)
    if np.isclose(tau_syn, tau_m):
        return float(np.max(np.e / (tau_m * cm) * np.exp(-t / tau_m) * t**2 / 2))
    rate = 1.0 / tau_syn - 1.0 / tau_m
    return float(np.max(np.e / (tau_syn * cm) * (np.exp(-t / tau_m) - np.exp(-t / tau_syn) * (1 + rate * t)) / rate**2))


def cell_type(sim, p, psp_peak):
    """The cell, and the weight (nA for alpha, mV for delta) of an input that lifts v by ``psp_peak`` (mV)."""
    shared = {
        "cm": p.cm, "tau_m": p.tau_m, "tau_refrac": p.tau_refrac, "v_rest": 0.0, "v_reset": p.v_reset,
        "v_thresh": p.theta,
    }  # fmt: skip
    if p.synapse == "alpha":
        cell = sim.IF_curr_alpha(tau_syn_E=p.tau_syn, tau_syn_I=p.tau_syn, **shared)
        return cell, psp_peak / alpha_psp_peak(p.tau_syn, p.tau_m, p.cm)
    try:
        return sim.IF_curr_delta(**shared), psp_peak
    except NotImplementedError:
        raise ValueError(
            "synapse = delta: PyNN has no IF_curr_delta for this simulator; run it on NEST alone or use synapse = alpha"
        ) from None


def build(sim, p):
    size = {"exc": p.N - p.N // 5, "inh": p.N // 5}
    inputs = {name: round(p.p_connect * n) for name, n in size.items()}
    psp_peak = p.J * np.sqrt(1000.0 / inputs["exc"])
    cell, weight = cell_type(sim, p, psp_peak)
    drive_hz = 1000.0 * p.eta * p.theta / (psp_peak * p.tau_m)  # of all external inputs of a cell together

    initial = np.random.default_rng(p.seeds.initial)
    rng = np.random.default_rng(p.seeds.input)
    wiring = sim.NumpyRNG(p.seeds.wiring, parallel_safe=True)
    excite = sim.StaticSynapse(weight=weight, delay=p.delay)
    inhibit = sim.StaticSynapse(weight=-p.g * weight, delay=p.delay)
    populations, projections = {}, {}
    for name, n in size.items():
        populations[name] = sim.Population(n, cell, initial_values={"v": initial.uniform(0.0, p.theta, n)}, label=name)
        trains = [poisson_spike_times(drive_hz, 0.0, p.timing.duration_ms, rng) for _ in range(n)]
        drive = sim.Population(n, sim.SpikeSourceArray(spike_times=trains), label=f"drive {name}")
        populations[f"drive {name}"] = drive
        projections[f"drive to {name}"] = sim.Projection(
            drive, populations[name], sim.OneToOneConnector(), excite, receptor_type="excitatory"
        )
    for pre, synapse, receptor in (("exc", excite, "excitatory"), ("inh", inhibit, "inhibitory")):
        for post in size:
            connector = sim.FixedNumberPreConnector(inputs[pre], allow_self_connections=False, rng=wiring)
            projections[f"{pre} to {post}"] = sim.Projection(
                populations[pre], populations[post], connector, synapse, receptor_type=receptor
            )
    return Network(populations, projections)


SPIKE_TOLERANCE = Tolerance(
    0.1, "ms", "one step: each simulator reports a threshold crossing on the grid, and one near a grid point rounds up"
)
V_TOLERANCE = Tolerance(
    0.19,
    "mV",
    "what the tolerance of spikes already allows: one inhibitory event (0.465 nA at its peak) a step later moves v by "
    "up to 0.465 nA / 0.25 nF * 0.1 ms",
)

MODEL = Model(
    name="brunel2000",
    summary="sparse random network under Poisson drive, alpha or delta synapses (Brunel 2000, scaled)",
    build=build,
    parameters=PARAMETERS,
    timing=Timing(duration_ms=500.0, timestep_ms=0.1, min_delay_ms=0.1, max_delay_ms=10.0),
    seeds=Seeds.from_one(1),
    recorded=(
        Recorded("exc", "spikes", SPIKE_TOLERANCE),
        Recorded("inh", "spikes", SPIKE_TOLERANCE),
        Recorded("exc", "v", V_TOLERANCE, cells=(0, 1, 2)),
    ),
)
