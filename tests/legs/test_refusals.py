"""Bad input on real simulators: one sentence, the right exit status, and nothing that looks like a result."""

import pytest

from tests.legs.running import MODELS, crosssim, finished, said

pytestmark = [pytest.mark.legs]
GUARDED, AWKWARD = MODELS / "guarded.py", MODELS / "awkward.py"
NEST, NEURON = (pytest.mark.requires(name) for name in ("nest", "neuron"))


def refused(tmp_path, status, backend, model, *words):
    """The sentence of a leg that must end with ``status`` and leave nothing but the folder of a failed one."""
    done = crosssim("run", model, backend, *words, "--out", tmp_path)
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    assert finished(tmp_path) == []
    assert len(list(tmp_path.glob("*/legs/*.failed/outcome.json"))) == 1
    return said(done)


@pytest.mark.parametrize(
    ("backend", "what", "words"),
    [
        pytest.param("nest", "unseeded connector", "has no seed of its own; write rng=sim.NumpyRNG", marks=NEST),
        pytest.param("neuron", "unseeded parameter", "has no seed of its own; write rng=sim.NumpyRNG", marks=NEURON),
        pytest.param("neuron", "poisson", "crosssim.poisson_spike_times(", marks=NEURON),
        pytest.param("nest", "unnamed population", "population 'forgotten' is built but not in the", marks=NEST),
        pytest.param("nest", "returns nothing", "returned NoneType; it must return a crosssim.Network", marks=NEST),
        pytest.param("nest", "runs", "build only returns the Network", marks=NEST),
        pytest.param("nest", "short delay", "delay = 0.1 ms is below min_delay_ms = 0.2", marks=NEST),
        pytest.param("neuron", "short delay", "delay = 0.1 ms is below min_delay_ms = 0.2", marks=NEURON),
        pytest.param("nest", "short constant delay", "delay = 0.1 ms is below min_delay_ms = 0.2", marks=NEST),
        pytest.param("nest", "raises", '`"raises": lambda sim: cells(sim, cm=1.0 / 0.0),`: ZeroDivision', marks=NEST),
        pytest.param("neuron", "unknown parameter", "tau_mm", marks=NEURON),
        pytest.param("nest", "unknown cell type", "IF_cond_expp", marks=NEST),
    ],
)
def test_a_build_that_no_two_simulators_would_do_alike(tmp_path, backend, what, words):
    assert words in refused(tmp_path, 2, backend, GUARDED, "--set", f"what={what}")


@NEURON
def test_spikes_that_neuron_would_lose_are_refused(tmp_path):
    sentence = refused(tmp_path, 2, "neuron", AWKWARD, "--set", "v_spike=-40")
    assert "v_spike = -40 mV is above v_thresh + delta_T * ln(tau_m / timestep) = -41.32 mV" in sentence
    assert "lower v_spike or the timestep" in sentence


@NEST
def test_a_peak_below_threshold_is_refused(tmp_path):
    assert "V_peak >= V_th required" in refused(tmp_path, 2, "nest", AWKWARD, "--set", "v_spike=-60")


@NEST
def test_a_step_that_nest_cannot_represent_is_refused(tmp_path):
    sentence = refused(tmp_path, 2, "nest", AWKWARD, "--timestep", "0.0125")
    assert sentence == "timestep_ms = 0.0125: NEST takes whole multiples of 0.001 ms"


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        pytest.param("nest", "NEST stopped before 0.2 ms: NumericalInstability", marks=NEST),
        pytest.param("neuron", "outside ±1000 mV: the integration has broken down", marks=NEURON),
    ],
)
def test_v_that_blows_up_ends_the_leg(tmp_path, backend, words):
    assert words in refused(tmp_path, 3, backend, AWKWARD, "--set", "i_offset=-1000")


@pytest.mark.parametrize("backend", [pytest.param("nest", marks=NEST), pytest.param("neuron", marks=NEURON)])
def test_a_delay_off_the_grid_is_told_and_run(tmp_path, backend):
    done = crosssim("run", AWKWARD, backend, "--set", "delay=0.55", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert "note: projection loop: delay 0.55 ms is not a whole number of steps of 0.1 ms; simulators round" in told
    assert len(finished(tmp_path)) == 1


@NEST
def test_moved_inputs_are_told(tmp_path):
    done = crosssim("nest", "--model", "two_cells", "--duration", "50", "--out", tmp_path)
    assert done.returncode == 0
    assert "input spikes were moved, by at most 0.0" in " ".join(done.stdout.split())
