import numpy as np
import pytest

from crosssim.model.inputs import deliverable, poisson_spike_times


def test_poisson_times_are_sorted_inside_the_window_and_of_the_asked_rate():
    times = poisson_spike_times(50.0, 100.0, 100_100.0, np.random.default_rng(1))
    assert np.all(np.diff(times) >= 0)
    assert times[0] >= 100.0 and times[-1] < 100_100.0
    assert abs(times.size - 5000) < 5 * np.sqrt(5000)  # five standard deviations of a Poisson count


def test_poisson_times_follow_the_generator_alone():
    first, again, other = (poisson_spike_times(80.0, 0.0, 500.0, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(("rate_hz", "stop_ms"), [(0.0, 100.0), (50.0, 0.0), (50.0, -5.0)])
def test_no_rate_or_no_window_gives_no_spikes(rate_hz, stop_ms):
    assert poisson_spike_times(rate_hz, 0.0, stop_ms, np.random.default_rng(1)).size == 0


GIVEN_EARLY_MS = 1e-6  # what a leg takes off each time, so that dust does not push it past its step


def nest_steps(times_ms):
    return np.ceil((times_ms - GIVEN_EARLY_MS) / 0.1)


def neuron_steps(times_ms):
    return np.rint((times_ms - GIVEN_EARLY_MS) / 0.1)


@pytest.mark.parametrize(
    ("time_ms", "step"), [(0.34, 3), (0.36, 4), (0.3, 3), (0.1 + 0.2, 3), (4999.9 + 1e-9, 49999), (4.4 - 0.1, 43)]
)
def test_a_time_moves_to_the_nearest_grid_point_on_every_backend(time_ms, step):
    delivered = deliverable(np.array([time_ms]), 0.1, 0.2)
    assert delivered == pytest.approx(step * 0.1, abs=1e-11)
    assert nest_steps(delivered) == neuron_steps(delivered) == step


@pytest.mark.parametrize("time_ms", [-1.0, 0.0, 0.05, 0.1, 0.19])
def test_no_time_is_earlier_than_allowed(time_ms):
    assert deliverable(np.array([time_ms]), 0.1, 0.2) == pytest.approx(0.2)


def test_the_first_allowed_step_is_the_first_at_or_after_earliest():
    assert deliverable(np.array([0.0]), 0.1, 0.25) == pytest.approx(0.3)


def test_times_that_fall_together_stay_separate_events_on_one_step():
    delivered = deliverable(np.array([1.0, 1.01, 0.99, 2.0]), 0.1, 0.2)
    assert np.all(np.diff(delivered) > 0)
    assert nest_steps(delivered).tolist() == neuron_steps(delivered).tolist() == [10, 10, 10, 20]


def test_delivering_twice_changes_nothing_and_no_train_is_fine():
    once = deliverable(np.array([0.3, 0.3, 7.7]), 0.1, 0.2)
    assert deliverable(once, 0.1, 0.2) == pytest.approx(once, abs=1e-12)
    assert deliverable(np.array([]), 0.1, 0.2).size == 0
