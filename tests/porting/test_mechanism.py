import pytest

from tests.porting.own_files import mechanism


@pytest.mark.parametrize(
    ("name", "times"),
    [("density_adex.mod", 2), ("hinted_counter.mod", 1), ("poisson_generator.mod", 1), ("warm_channel.mod", 2)],
)
def test_evaluations_per_step_as_counted_on_neuron(name, times):
    assert mechanism(name).evaluations_per_step == times


def test_declarations_of_a_channel():
    channel = mechanism("warm_channel.mod")
    assert (channel.kind, channel.name, channel.line) == ("SUFFIX", "WarmChannel", 3)
    assert channel.currents == {"ik"}
    assert channel.states == {"n"}
    assert channel.unit("ek") == "millivolt"
    assert channel.defaults == {"gbar": 0.036}


def test_solved_procedure_is_found_by_its_name():
    assert [one.text for one in mechanism("density_adex.mod").solved] == ["adapt"]
