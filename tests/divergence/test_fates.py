"""Fates are told apart on planted activity, at their borders, and rates only within one fate."""

import math

import numpy as np
import pytest

from crosssim.divergence.fates import Fate, PairedChange, activity, dispersion, fates, locked_from, paired_change
from crosssim.errors import NotComparable
from crosssim.recording.data import Spikes

STOP_MS = 5000.0
CELLS = 500


def spikes(times_ms, stop_ms=STOP_MS, cells=None):
    times_ms = np.asarray(times_ms, dtype=float)
    return Spikes.from_events(np.arange(times_ms.size) % CELLS if cells is None else cells, times_ms, CELLS, stop_ms)


def poisson(rate_per_ms, start_ms, stop_ms, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(start_ms, stop_ms, rng.poisson(rate_per_ms * (stop_ms - start_ms)))


def up_and_down(stop_ms=STOP_MS):
    return np.concatenate([poisson(20, start + 100, start + 250, int(start)) for start in np.arange(0, stop_ms, 250)])


def clockwork(start_ms, stop_ms, per_ms=20):
    return np.arange(start_ms, stop_ms, 1 / per_ms)


def test_the_three_fates():
    assert activity(spikes(poisson(20, 0, 457))).fate is Fate.DEAD
    assert activity(spikes(up_and_down())).fate is Fate.UP_DOWN
    assert activity(spikes(clockwork(0, STOP_MS))).fate is Fate.LOCKED


def test_a_dead_run_survived_until_its_last_spike_and_the_others_until_the_end():
    assert activity(spikes([3.0, 457.2])).survival_ms == 457.2
    assert activity(spikes(up_and_down())).survival_ms == STOP_MS
    assert activity(spikes([])).survival_ms == 0.0


def test_silence_is_dead_and_has_no_dispersion():
    silent = activity(spikes([]))
    assert silent.fate is Fate.DEAD
    assert math.isnan(silent.dispersion)


@pytest.mark.parametrize(("last_ms", "fate"), [(4750.0, Fate.DEAD), (4750.1, Fate.UP_DOWN)])
def test_dead_is_silent_for_the_last_250_ms(last_ms, fate):
    times_ms = np.concatenate([poisson(20, 4000, 4500), [last_ms]])
    assert activity(spikes(times_ms)).fate is fate


def test_independent_poisson_cells_are_at_the_border_and_clockwork_and_bursts_far_from_it():
    seeds = [dispersion(np.sort(poisson(20, 0, 1000, seed)), 0, 1000) for seed in range(20)]
    assert np.mean(seeds) == pytest.approx(1.0, abs=3 * 0.1 / math.sqrt(20))  # of 200 bins: standard deviation 0.1
    assert dispersion(clockwork(0, 1000), 0, 1000) == 0
    assert dispersion(np.sort(up_and_down(1000)), 0, 1000) > 10


def test_dispersion_by_hand():
    # counts 2, 0, 1, 1: mean 1, variance 0.5
    assert dispersion(np.array([0.0, 4.9, 10.0, 15.0]), 0, 20) == 0.5


def test_a_time_a_rounding_below_its_bin_counts_into_it():
    assert dispersion(np.array([0.0, 5.0 - 1e-12, 10.0, 15.0 - 1e-12]), 0, 20) == 0


def test_what_was_before_the_last_second_does_not_matter():
    times_ms = np.concatenate([up_and_down(4000), clockwork(4000, STOP_MS)])
    late = activity(spikes(times_ms))
    assert late.fate is Fate.LOCKED
    assert late.locked_from_ms is not None and 3900 <= late.locked_from_ms <= 4000


def test_locked_from_the_start():
    always = activity(spikes(clockwork(0, STOP_MS)))
    assert (always.locked_from_ms, always.locked_share) == (0.0, 1.0)
    assert locked_from(np.array([True, True, False, True]), STOP_MS) == 3900.0
    assert activity(spikes(up_and_down())).locked_from_ms is None


def test_a_run_that_was_locked_and_left_is_up_and_down_with_a_share():
    left = np.concatenate([clockwork(0, 2500), up_and_down()[up_and_down() > 2500]])
    found = activity(spikes(left))
    assert found.fate is Fate.UP_DOWN
    assert found.locked_share == pytest.approx(16 / 41, abs=0.03)  # seconds that start at 0, 100, ... 1500 of 4000
    assert activity(spikes(up_and_down())).locked_share == 0


def test_a_few_last_spikes_are_not_locked():
    dying = activity(spikes(np.concatenate([up_and_down(2000), [3000.0, 4000.0, 4900.0]])))
    assert dying.dispersion < 1
    assert (dying.fate, dying.locked_share) == (Fate.UP_DOWN, 0)


def test_populations_of_one_run_are_pooled():
    # each alone beats, together they are even
    even, odd = clockwork(0, STOP_MS, 1)[0::2], clockwork(0, STOP_MS, 1)[1::2]
    together = activity(spikes(even), spikes(odd))
    assert together.fate is Fate.LOCKED
    assert together.dispersion == 0
    assert activity(spikes(poisson(20, 0, 457)), spikes([4999.0])).fate is Fate.UP_DOWN


def test_what_cannot_be_judged_is_refused_in_a_sentence():
    with pytest.raises(NotComparable, match="duration = 300 ms is too short"):
        activity(spikes([1.0], stop_ms=300.0))
    with pytest.raises(NotComparable, match="populations of one run"):
        activity(spikes([1.0]), spikes([1.0], stop_ms=4000.0))


def test_fates_are_counted_and_the_absent_named():
    runs = [activity(spikes([1.0])), activity(spikes([2.0])), activity(spikes(clockwork(0, STOP_MS)))]
    assert fates(runs) == {Fate.DEAD: 2, Fate.UP_DOWN: 0, Fate.LOCKED: 1}


def test_a_change_is_taken_over_seeds_of_one_fate():
    up, locked = Fate.UP_DOWN, Fate.LOCKED
    found = paired_change([29.0, 30.0, 30.0], [28.0, 27.0, 60.0], [up, up, up], [up, up, locked])
    assert found == PairedChange(-2.0, pytest.approx(1.0), 2)


def test_one_pair_has_no_error_and_none_no_mean():
    up, dead = Fate.UP_DOWN, Fate.DEAD
    assert math.isnan(paired_change([1.0], [2.0], [up], [up]).standard_error)
    assert math.isnan(paired_change([1.0], [2.0], [up], [dead]).mean)
    with pytest.raises(NotComparable, match="same seeds"):
        paired_change([1.0], [2.0, 3.0], [up], [up])
