"""One offence by name: what a build may not do, because no two simulators would do it alike."""

from crosssim import Model, Network, Recorded, Seeds, Timing, Tolerance, parameter


def cells(sim, **given):
    return sim.Population(3, sim.IF_cond_exp(**given), label="cells")


def project(sim, connector, weight=0.01):
    a = cells(sim)
    synapse = sim.StaticSynapse(weight=weight, delay=0.5)
    return Network({"cells": a}, {"loop": sim.Projection(a, a, connector, synapse, receptor_type="excitatory")})


def from_assembly(sim):
    a = cells(sim)
    sim.Projection(sim.Assembly(a), a, sim.AllToAllConnector(), sim.StaticSynapse(delay=0.5))


def unnamed_population(sim):
    a = cells(sim)
    sim.Population(2, sim.IF_cond_exp(), label="forgotten")
    return Network({"cells": a})


def unnamed_projection(sim):
    a = cells(sim)
    sim.Projection(a, a, sim.AllToAllConnector(), sim.StaticSynapse(delay=0.5), label="forgotten")
    return Network({"cells": a})


def late_spike_times(sim):
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]), label="source")
    source.set(spike_times=[2.0])


def uniform(sim, rng):
    return sim.RandomDistribution("uniform", (0.01, 0.02), rng=rng)


OFFENCES = {
    "none": lambda sim: Network({"cells": cells(sim, i_offset=0.5)}),
    "unseeded connector": lambda sim: project(sim, sim.FixedProbabilityConnector(0.5)),
    "seedless generator": lambda sim: project(sim, sim.FixedProbabilityConnector(0.5, rng=sim.NumpyRNG())),
    "unsafe connector": lambda sim: project(
        sim, sim.FixedProbabilityConnector(0.5, rng=sim.NumpyRNG(1, parallel_safe=False))
    ),
    "unseeded weight": lambda sim: project(sim, sim.AllToAllConnector(), uniform(sim, None)),
    "unseeded parameter": lambda sim: cells(sim, cm=uniform(sim, None)),
    "unseeded initial value": lambda sim: cells(sim).initialize(v=uniform(sim, None)),
    "unseeded set": lambda sim: cells(sim).set(cm=uniform(sim, None)),
    "unseeded set of a projection": lambda sim: (
        project(sim, sim.AllToAllConnector()).projections["loop"].set(weight=uniform(sim, None))
    ),
    "unsafe parameter": lambda sim: cells(sim, cm=uniform(sim, sim.NumpyRNG(1, parallel_safe=False))),
    "native generator": lambda sim: sim.NativeRNG(seed=1),
    "poisson": lambda sim: sim.Population(1, sim.SpikeSourcePoisson(rate=10.0)),
    "noise": lambda sim: sim.NoisyCurrentSource(mean=0.1, stdev=0.1),
    "fixed total": lambda sim: project(sim, sim.FixedTotalNumberConnector(4, rng=sim.NumpyRNG(1))),
    "assembly": from_assembly,
    "unnamed population": unnamed_population,
    "unnamed projection": unnamed_projection,
    "late spike times": late_spike_times,
    "returns a list": lambda sim: [cells(sim)],
    "returns nothing": lambda sim: None,
    "runs": lambda sim: sim.run(10.0),
    "sets up": lambda sim: sim.setup(timestep=0.05),
    "old style": lambda sim: sim.create(sim.IF_cond_exp, {}, 3),
    "raises": lambda sim: cells(sim, cm=1.0 / 0.0),
    "unknown parameter": lambda sim: cells(sim, tau_mm=20.0),
    "unknown cell type": lambda sim: sim.IF_cond_expp(),
    "short delay": lambda sim: Network(
        {"cells": (a := cells(sim))},
        {
            "loop": sim.Projection(
                a, a, sim.FromListConnector([(0, 1, 0.01, 0.1), (1, 2, 0.01, 0.9)]), sim.StaticSynapse()
            )
        },
    ),
    "short constant delay": lambda sim: Network(
        {"cells": (a := cells(sim))},
        {"loop": sim.Projection(a, a, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.01, delay=0.1))},
    ),
    "short delay set later": lambda sim: project(sim, sim.AllToAllConnector()).projections["loop"].set(delay=0.1),
}


def build(sim, p):
    return OFFENCES[p.what](sim)


MODEL = Model(
    name="guarded",
    build=build,
    parameters={"what": parameter("none", "1", "chosen: the offence to commit", choices=tuple(OFFENCES))},
    timing=Timing(20.0, 0.1, min_delay_ms=0.2),
    seeds=Seeds.from_one(1),
    recorded=[Recorded("cells", "spikes", Tolerance(0.1, "ms", "one step"))],
)
