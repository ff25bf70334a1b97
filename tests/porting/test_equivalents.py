import pytest

from tests.porting.own_files import scanned


def proposal(name):
    return scanned(name).proposal


def values(name):
    return {row.name: (row.value, row.unit) for row in proposal(name).parameters}


@pytest.mark.parametrize(
    ("name", "equivalent"),
    [
        ("density_adex.mod", "EIF_cond_exp_isfa_ista"),
        ("point_adex.mod", "EIF_cond_exp_isfa_ista"),
        ("leaky_point.mod", "IF_cond_exp"),
        ("event_synapse.mod", "IF_cond_exp"),
        ("pointer_synapse.mod", "IF_cond_exp"),
        ("alpha_point.mod", "IF_cond_alpha"),
        ("resource_synapse.mod", "TsodyksMarkramSynapse"),
        ("poisson_generator.mod", "SpikeSourceArray"),
        ("warm_channel.mod", None),
        ("pulse_between.mod", None),
        ("careful_verbatim.mod", None),
    ],
)
def test_nearest_equivalent(name, equivalent):
    assert proposal(name).equivalent == equivalent


def test_hoc_has_no_proposal():
    assert proposal("batch_program.hoc") is None


def test_density_cell_is_converted_to_the_whole_cell_and_to_the_times_that_act():
    """tau_m = 1 uF/cm2 / 5e-5 S/cm2 = 20 ms; a = 0.001 uS = 1 nS; 5 ms counted down twice per step = 2.5 ms."""
    assert values("density_adex.mod") == {
        "cm": (None, "nF"),
        "tau_m": (pytest.approx(20.0), "ms"),
        "v_rest": (-60.0, "mV"),
        "v_thresh": (-50.0, "mV"),
        "delta_T": (2.5, "mV"),
        "tau_w": (600.0, "ms"),
        "a": (pytest.approx(1.0), "nS"),
        "b": (0.005, "nA"),
        "v_reset": (-60.0, "mV"),
        "tau_refrac": (2.5, "ms"),
        "v_spike": (-50.0, "mV"),
    }


def test_refractory_period_by_an_event_is_not_halved():
    assert values("point_adex.mod")["tau_refrac"] == (5.0, "ms")


def test_reversal_below_threshold_names_the_inhibitory_receptor():
    assert values("event_synapse.mod") == {
        "tau_syn_I": (10.0, "ms"),
        "e_rev_I": (-80.0, "mV"),
        "weight": (None, "uS"),
    }


def test_pointer_synapse_has_its_quantum_as_weight_and_loses_its_dead_time():
    assert values("pointer_synapse.mod")["weight"] == (0.067, "uS")
    assert any("dead time" in one for one in proposal("pointer_synapse.mod").differences)


def test_resources_and_use_are_told_apart():
    assert values("resource_synapse.mod") == {
        "U": (0.5, "1"),
        "tau_rec": (800.0, "ms"),
        "tau_facil": (50.0, "ms"),
        "tau_syn": (3.0, "ms"),
    }


def test_generator_names_the_interval_that_it_draws():
    assert values("poisson_generator.mod")["mean interval"] == (70.0, "ms")
