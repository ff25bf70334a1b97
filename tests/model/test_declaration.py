import math

import pytest

from crosssim import Model, Network, Recorded, Seeds, Timing, Tolerance, parameter
from crosssim.errors import ModelError, UnknownName, UsageError
from crosssim.model.declaration import common_grid_ms, is_multiple

WHY = "chosen: for the test"
SPIKES = Recorded("cells", "spikes", Tolerance(0.1, "ms", WHY))


def model(**changes):
    fields = {
        "name": "toy",
        "build": lambda sim, p: Network({}),
        "parameters": {
            "tau_m": parameter(20.0, "ms", WHY, minimum=0.1),
            "size": parameter(10, "1", WHY, minimum=1, maximum=100),
            "shape": parameter("alpha", "1", WHY, choices=("alpha", "exp")),
            "drive": parameter(True, "1", WHY),
        },
        "timing": Timing(100.0),
        "seeds": Seeds(1, 2, 3),
        "recorded": (SPIKES,),
    }
    return Model(**(fields | changes))


def test_settings_are_the_declared_values_where_nothing_is_changed():
    p = model().settings()
    assert (p.tau_m, p.size, p.shape, p.drive) == (20.0, 10, "alpha", True)
    assert (p.timing, p.seeds) == (Timing(100.0), Seeds(1, 2, 3))


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("tau_m", "5", 5.0),
        ("tau_m", "5.0 ms", 5.0),
        ("tau_m", "0.005s", 5.0),
        ("tau_m", 5, 5.0),
        ("size", "20", 20),
        ("size", 20.0, 20),
        ("shape", "exp", "exp"),
        ("drive", "false", False),
    ],
)
def test_a_change_takes_the_type_and_the_unit_of_its_parameter(name, given, value):
    changed = getattr(model().settings({name: given}), name)
    assert changed == value
    assert type(changed) is type(value)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"tau_m": "fast"}, "tau_m = 'fast' does not fit: 'fast' is not a number in ms"),
        ({"tau_m": "5 mV"}, "tau_m = '5 mV' does not fit: mV measures potential, ms measures time"),
        ({"tau_m": "5 parsec"}, "unit 'parsec' is not known"),
        ({"tau_m": 0.01}, "tau_m = 0.01 ms must be at least 0.1"),
        ({"tau_m": math.nan}, "tau_m = nan must be a finite number"),
        ({"tau_m": True}, "tau_m = True must be a number in ms"),
        ({"size": "2.5"}, "size = 2.5 must be a whole number"),
        ({"size": 101}, "size = 101 1 must be at most 100"),
        ({"shape": "beta"}, "shape = 'beta' is not allowed; allowed: alpha, exp"),
        ({"drive": "maybe"}, "drive = 'maybe' must be true or false"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_one_sentence(changes, sentence):
    with pytest.raises(UsageError) as caught:
        model().settings(changes)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_misspelt_parameter_is_refused_with_the_nearest_right_one():
    with pytest.raises(UnknownName, match="'tau_n' is not known; did you mean 'tau_m'"):
        model().settings({"tau_n": 5.0})
    with pytest.raises(UnknownName, match="did you mean 'tau_m'"):
        _ = model().settings().tau_n


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((1.0, "furlong", WHY), "parameter unit = 'furlong' is not known; allowed: "),
        ((1.0, "ms", "  "), "has no source; cite it, or write 'chosen: why'"),
        ((math.inf, "ms", WHY), "must be a finite number"),
    ],
)
def test_a_parameter_needs_a_known_unit_a_source_and_a_number(arguments, sentence):
    with pytest.raises(ModelError, match=sentence):
        parameter(*arguments)


def test_a_default_outside_its_own_limits_is_refused():
    with pytest.raises(ModelError, match=r"5\.0 ms must be at most 3"):
        parameter(5.0, "ms", WHY, maximum=3.0)
    with pytest.raises(ModelError, match="'c' is not allowed; allowed: a, b"):
        parameter("c", "1", WHY, choices=("a", "b"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"duration_ms": 0.0}, "duration_ms = 0.0 must be a positive number of ms"),
        ({"duration_ms": math.nan}, "duration_ms = nan must be a positive number of ms"),
        ({"duration_ms": 100.0, "timestep_ms": 0.2}, "min_delay_ms = 0.1 is below timestep_ms = 0.2"),
        ({"duration_ms": 100.0, "min_delay_ms": 20.0}, "max_delay_ms = 10 is below min_delay_ms = 20"),
        ({"duration_ms": 100.05}, "duration_ms = 100.05 is not a whole number of steps of timestep_ms = 0.1"),
        ({"duration_ms": 100.0, "min_delay_ms": 0.15}, "min_delay_ms = 0.15 is not a whole number of steps"),
    ],
)
def test_timing_refuses_what_no_backend_could_run(arguments, sentence):
    with pytest.raises(UsageError) as caught:
        Timing(**arguments)
    assert sentence in str(caught.value)


def test_multiples_are_counted_not_divided():
    assert is_multiple(0.3, 0.1) and is_multiple(5000.0, 0.1) and is_multiple(0.1, 0.0125)
    assert not is_multiple(0.55, 0.1) and not is_multiple(0.1, 0.03)


def test_the_common_grid_is_the_finest_that_every_step_can_follow():
    assert common_grid_ms([0.1, 0.05]) == 0.1
    assert common_grid_ms([0.1, 0.04]) == 0.2
    assert common_grid_ms([0.1]) == 0.1


def test_seeds_from_different_numbers_share_none():
    drawn = [Seeds.from_one(seed) for seed in range(50)]
    assert len({value for one in drawn for value in (one.wiring, one.initial, one.input)}) == 150


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_that_numpy_does_not_take_is_refused(seed):
    with pytest.raises(UsageError, match=f"seed_initial = {seed} must be a whole number from 0"):
        Seeds(1, seed, 3)
    with pytest.raises(UsageError, match=f"seed = {seed} must be"):
        Seeds.from_one(seed)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"recorded": ()}, "model 'toy' records no spikes"),
        ({"recorded": (Recorded("cells", "v", Tolerance(1.0, "mV", WHY)),)}, "model 'toy' records no spikes"),
        ({"recorded": (SPIKES, SPIKES)}, "records spikes of 'cells' twice"),
        ({"parameters": {"seed": parameter(1, "1", WHY)}}, "a parameter may not be called 'seed'"),
        ({"parameters": {"tau m": parameter(1.0, "ms", WHY)}}, "a parameter may not be called 'tau m'"),
    ],
)
def test_a_model_that_could_not_be_judged_is_refused(changes, sentence):
    with pytest.raises(ModelError, match=sentence):
        model(**changes)
