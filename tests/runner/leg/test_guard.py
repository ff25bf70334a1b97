"""What a build may not do, on PyNN's own mock simulator: no leg runs here (tests/legs has the same on real ones)."""

import numpy as np
import pytest

from crosssim.errors import ModelError
from crosssim.runner.leg.body import _check_network
from crosssim.runner.leg.declared import InputGrid
from crosssim.runner.leg.guard import GuardedSimulator
from tests.legs.models.guarded import MODEL, OFFENCES

RNG = r"write rng=sim\.NumpyRNG\(p\.seeds\.wiring, parallel_safe=True\)"
SENTENCES = {
    "unseeded connector": f"projection cells to cells: FixedProbabilityConnector has no seed of its own; {RNG}",
    "seedless generator": f"projection cells to cells: FixedProbabilityConnector has no seed of its own; {RNG}",
    "unsafe connector": f"FixedProbabilityConnector draws other numbers for every number of MPI ranks; {RNG}",
    "unseeded weight": f"projection cells to cells: weight has no seed of its own; {RNG}",
    "unseeded parameter": f"population cells: a random value has no seed of its own; {RNG}",
    "unseeded initial value": f"population cells: a random value has no seed of its own; {RNG}",
    "unseeded set": f"population cells: a random value has no seed of its own; {RNG}",
    "unseeded set of a projection": f"weight has no seed of its own; {RNG}",
    "unsafe parameter": f"population cells: a random value draws other numbers for every number of MPI ranks; {RNG}",
    "native generator": r"sim\.NativeRNG .*another generator on every simulator; write sim\.NumpyRNG",
    "poisson": r"sim\.SpikeSourcePoisson .*draw the times once with crosssim\.poisson_spike_times",
    "noise": r"sim\.NoisyCurrentSource .*StepCurrentSource",
    "fixed total": "FixedTotalNumberConnector makes another network for every number of MPI ranks",
    "assembly": "write one projection per population instead of an Assembly",
    "unnamed population": "population 'forgotten' is built but not in the Network that build of guarded returns",
    "unnamed projection": "projection 'forgotten' is built but not in the Network that build of guarded returns",
    "late spike times": r"give spike_times to sim\.SpikeSourceArray\(\.\.\.\) when it is built",
    "returns a list": r"build of guarded returned list; it must return a crosssim\.Network",
    "returns nothing": r"build of guarded returned NoneType; it must return a crosssim\.Network",
    "runs": r"sim\.run .*crosssim sets up and runs the simulation; build only returns the Network",
    "sets up": r"sim\.setup .*crosssim sets up and runs",
    "old style": r"sim\.create .*write sim\.Population",
    "short constant delay": r"delay = 0\.1 ms is below min_delay_ms = 0\.2",
    "short delay set later": r"delay = 0\.1 ms is below min_delay_ms = 0\.2",
}


@pytest.fixture
def guarded():
    import pyNN.mock as sim

    sim.setup(timestep=0.1, min_delay=0.2, max_delay=10.0)
    return GuardedSimulator(sim, InputGrid(0.1, 0.4))


@pytest.mark.parametrize("what", SENTENCES)
def test_an_offence_is_refused_with_what_to_write_instead(guarded, what):
    with pytest.raises(ModelError, match=SENTENCES[what]) as refused:
        _check_network(OFFENCES[what](guarded), guarded.declared, MODEL)
    assert "\n" not in str(refused.value)


def test_every_offence_has_its_sentence():
    told_by_pynn = {"raises", "unknown parameter", "unknown cell type"}
    not_in_the_mock = {"short delay"}  # its list connector connects nothing; tests/legs has it
    assert set(OFFENCES) - {"none"} - told_by_pynn - not_in_the_mock == set(SENTENCES)


def test_what_is_allowed_passes(guarded):
    network = OFFENCES["none"](guarded)
    _check_network(network, guarded.declared, MODEL)
    assert guarded.declared.populations == [network.populations["cells"]]


def seeded(sim, low=1.0, high=2.0):
    return sim.RandomDistribution("uniform", (low, high), rng=sim.NumpyRNG(3, parallel_safe=True))


def test_a_distribution_is_drawn_once_for_the_simulator_and_the_declaration(guarded):
    cells = guarded.Population(50, guarded.IF_cond_exp(cm=seeded(guarded)), initial_values={"v": seeded(guarded, -70)})
    declared = guarded.declared.parameters[id(cells)]["cm"]
    assert np.unique(declared).size == 50
    assert ((declared >= 1) & (declared < 2)).all()
    assert cells.celltype.parameter_space["cm"].evaluate().tolist() == declared.tolist()
    assert cells.initial_values["v"].evaluate().tolist() == guarded.declared.initial[id(cells)]["v"].tolist()


def test_one_cell_type_serves_two_populations_of_different_sizes(guarded):
    celltype = guarded.IF_cond_exp(cm=seeded(guarded))
    three, five = (guarded.Population(n, celltype) for n in (3, 5))
    first, second = (guarded.declared.parameters[id(one)]["cm"] for one in (three, five))
    assert (first.size, second.size) == (3, 5)
    assert not set(first) & set(second)  # the generator went on, as in PyNN


def test_set_and_initialize_of_views_are_remembered_where_they_belong(guarded):
    cells = guarded.Population(6, guarded.IF_cond_exp(), initial_values={"v": -65.0})
    cells[3:5].set(tau_m=[7.0, 8.0])
    cells.set(cm=0.5)
    cells[[0, 2]].initialize(v=[-1.0, -2.0])
    declared = guarded.declared.parameters[id(cells)]
    assert declared["tau_m"].tolist() == [20, 20, 20, 7, 8, 20]
    assert declared["cm"].tolist() == [0.5] * 6
    assert guarded.declared.initial[id(cells)]["v"].tolist() == [-1, -65, -2, -65, -65, -65]


def test_a_parameter_that_pynn_refuses_is_not_remembered(guarded):
    cells = guarded.Population(2, guarded.IF_cond_exp())
    with pytest.raises(Exception, match="tau_mm"):
        cells.set(tau_mm=3.0)
    assert "tau_mm" not in guarded.declared.parameters[id(cells)]


def test_inputs_are_snapped_counted_and_kept(guarded):
    times = [[0.05, 3.14159, 5.0], [], [7.0]]
    source = guarded.Population(3, guarded.SpikeSourceArray(spike_times=times), label="source")
    declared = guarded.declared.input_spikes(source, 6.0)
    np.testing.assert_allclose(declared.of(0), [0.4, 3.1, 5.0], atol=1e-12)  # the earliest is 0.4 ms
    assert [declared.of(1).size, declared.of(2).size] == [0, 0]  # 7 ms lies after the end
    assert (guarded.declared.moved_inputs, guarded.declared.total_inputs) == (2, 4)
    assert guarded.declared.farthest_move_ms == pytest.approx(0.35)


def test_what_a_simulator_is_given_comes_a_hair_early(guarded):
    source = guarded.Population(2, guarded.SpikeSourceArray(spike_times=[[5.0], [7.0, 9.0]]))
    given = source.celltype.parameter_space["spike_times"].evaluate(simplify=False)
    assert [one.value.tolist() for one in given] == [[5.0 - 1e-6], [7.0 - 1e-6, 9.0 - 1e-6]]


def test_deferred_projections_connect_nothing_and_hold_weights_fixed():
    import pyNN.mock as sim

    sim.setup(timestep=0.1)
    guarded = GuardedSimulator(sim, InputGrid(0.1, 0.4), deferred=True)
    cells = guarded.Population(2, guarded.IF_cond_exp(), label="cells")
    one = guarded.Projection(cells, cells, guarded.AllToAllConnector(), guarded.StaticSynapse(), label="loop")
    one.set(weight=3.0)
    assert guarded.declared.projections == [one]
    assert (one.pre, one.post, one.label) == (cells, cells, "loop")
    assert not hasattr(one, "connections")
    with pytest.raises(ModelError, match="uses TsodyksMarkramSynapse; replay holds the weights fixed"):
        guarded.Projection(cells, cells, guarded.AllToAllConnector(), guarded.TsodyksMarkramSynapse())
