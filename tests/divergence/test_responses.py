"""How far two cells are apart: nothing for equal ones, and each planted difference in its own measure."""

import numpy as np
import pytest

from crosssim.divergence.responses import (
    KERNEL_MS,
    MARGIN,
    SMALLEST,
    Disagreement,
    JudgedProtocol,
    coincidence_factor,
    disagreement,
    spike_distance,
    total_disagreement,
    v_distance,
)
from crosssim.recording.response import Response

REST = -60.0
RNG = np.random.default_rng(1)


def response(spikes=(), v=None, samples=2000):
    trace = REST + 5 * np.sin(np.arange(samples) / 100) if v is None else v
    return Response(trace, np.asarray(spikes, dtype=float), 0.1)


def test_equal_responses_do_not_disagree():
    one = response([20.0, 50.0, 90.0])
    found = disagreement("step", one, one, REST)
    assert (found.spikes, found.pairs, found.shift_ms, found.total) == ((3, 3), 3, 0.0, 0.0)
    assert found.coincidence == pytest.approx(1.0)
    assert total_disagreement([one, one], [one, one], REST) == 0.0


def test_a_single_shifted_spike_gives_the_closed_form():
    shift = 0.7
    assert spike_distance(np.array([10.0]), np.array([10.0 + shift])) == pytest.approx(1 - np.exp(-shift / KERNEL_MS))


@pytest.mark.parametrize(("here", "there", "expected"), [([], [], 0.0), ([5.0], [], 1.0), ([5.0], [500.0], 1.0)])
def test_the_ends_of_the_spike_distance(here, there, expected):
    assert spike_distance(np.array(here), np.array(there)) == pytest.approx(expected, abs=1e-12)


def test_the_spike_distance_is_that_of_the_filtered_trains():
    """Against the integral itself, on a fine grid."""
    here, there = np.sort(RNG.uniform(0, 100, 8)), np.sort(RNG.uniform(0, 100, 11))
    times = np.arange(0, 250, 1e-3)

    def filtered(train):
        return sum(np.where(times >= one, np.exp(-np.clip(times - one, 0, None) / KERNEL_MS), 0.0) for one in train)

    f, g = filtered(here), filtered(there)
    by_integral = ((f - g) ** 2).sum() / ((f**2).sum() + (g**2).sum())
    assert spike_distance(here, there) == pytest.approx(by_integral, rel=2e-3)


def test_every_lost_spike_counts_the_same_where_spikes_are_far_apart():
    train = np.arange(10) * 100.0
    distances = [spike_distance(train, train[lost:]) for lost in range(4)]
    assert distances == pytest.approx([lost / (20 - lost) for lost in range(4)], abs=1e-6)


def test_v_is_compared_away_from_spikes_only():
    v = REST + 5 * np.ones(2000)
    drawn = v.copy()
    drawn[500:502] = 40.0
    spiking = response([50.0], drawn)
    assert v_distance(spiking, response([50.0], v), REST) == 0.0
    assert v_distance(response((), drawn), response((), v), REST) > 0.1


def test_a_v_that_is_scaled_from_rest_gives_the_closed_form():
    one = response(v=REST + np.full(2000, 5.0))
    other = response(v=REST + np.full(2000, 4.0))
    assert v_distance(one, other, REST) == pytest.approx(1 / np.sqrt(25 + 16))
    assert disagreement("step", one, other, REST).v_rms_mV == pytest.approx(1.0)


def test_where_nobody_fires_v_alone_decides():
    one, other = response(), response(v=REST + 6 * np.sin(np.arange(2000) / 100))
    assert disagreement("step", one, other, REST).total == v_distance(one, other, REST) > 0.1
    assert total_disagreement([one], [other], REST) == v_distance(one, other, REST)


def test_the_sums_of_the_search_are_those_of_the_table():
    here, there = [response([20.0]), response([40.0, 60.0])], [response([22.5]), response([40.0])]
    rows = [disagreement("x", *pair, REST).total for pair in zip(here, there, strict=True)]
    assert total_disagreement(here, there, REST) == pytest.approx(np.mean(rows))


def test_chance_is_no_coincidence():
    rate_per_ms, lasts = 0.05, 1e5
    here, there = (np.sort(RNG.uniform(0, lasts, int(rate_per_ms * lasts))) for _ in range(2))
    found = disagreement("noise", response(here, np.zeros(1_000_000)), response(there, np.zeros(1_000_000)), REST)
    assert found.pairs > 100
    assert abs(found.coincidence) < 0.05
    assert coincidence_factor(0, (0, 0), 100.0) is None
    assert coincidence_factor(3, (3, 300), 100.0) is None  # faster than the window can tell


def judged(total, original, candidate, spikes=(10, 10), halved=(10, 10)):
    def one(value, counts):
        return Disagreement("step", counts, 0, None, None, 0.0, value, value)

    return JudgedProtocol(one(total, spikes), one(original, (spikes[0], halved[0])), one(candidate, (10, halved[1])))


def test_what_integration_explains_is_allowed_and_no_more():
    assert judged(MARGIN * 0.03 - 1e-9, 0.02, 0.01).agrees
    assert not judged(MARGIN * 0.03 + 1e-9, 0.02, 0.01).agrees
    assert judged(0.05, 0.02, 0.01).in_spreads == pytest.approx(2.5)


def test_two_without_a_spread_may_differ_by_dust_only():
    assert judged(SMALLEST / 2, 0.0, 0.0).agrees
    assert not judged(2 * SMALLEST, 0.0, 0.0).agrees


def test_a_different_number_of_spikes_is_seen_whatever_the_distance():
    assert judged(0.0, 0.1, 0.1, spikes=(10, 11)).agrees
    assert not judged(0.0, 0.1, 0.1, spikes=(10, 12)).agrees
    assert judged(0.0, 0.1, 0.1, spikes=(10, 12), halved=(11, 10)).agrees
