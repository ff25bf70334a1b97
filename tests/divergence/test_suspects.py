import numpy as np
import pytest

from crosssim.divergence.suspects import patterns, response, shift_of
from tests.divergence.test_replay import spikes

STEP_MS = 0.1


def test_a_response_finds_the_size_that_explains_the_shifts():
    draw = np.random.default_rng(3)
    answer = draw.normal(0.3, 0.2, 400)
    found = response(-2.5 * answer + draw.normal(0, 0.01, 400), answer, STEP_MS)
    assert found.size == pytest.approx(-2.5, rel=0.01)
    assert found.explained > 0.99


def test_an_answer_of_another_shape_explains_little():
    draw = np.random.default_rng(3)
    found = response(draw.normal(0, 0.3, 400), draw.normal(0, 0.3, 400), STEP_MS)
    assert found.explained < 0.05


def test_a_few_wild_spikes_do_not_carry_the_size():
    draw = np.random.default_rng(3)
    answer = draw.normal(0.3, 0.2, 400)
    shifts = 2 * answer
    shifts[:8] = 1.9
    assert response(shifts, answer, STEP_MS).size == pytest.approx(2, rel=0.05)


def test_cells_that_do_not_answer_give_no_response():
    assert response(np.full(50, 0.3), np.zeros(50), STEP_MS) is None
    assert response(np.full(5, 0.3), np.full(5, 0.3), STEP_MS) is None
    assert response(np.full(50, np.nan), np.full(50, 0.3), STEP_MS) is None


def test_shift_of_is_nan_without_partner():
    found = shift_of(spikes([10.0, 50.0]), spikes([10.3]))
    assert found[0] == pytest.approx(0.3) and np.isnan(found[1])


def regular(shift_ms=0.0):
    times = np.arange(5.0, 195.0, 6.0)
    return times + shift_ms


def test_a_constant_shift_is_named_in_steps():
    (words,) = patterns(spikes(regular()), spikes(regular(0.2)), STEP_MS, None)
    assert "a constant shift of +0.20 ms (+2.0 steps)" in words


def test_extra_spikes_inside_the_refractory_period_are_named():
    doubled = np.sort(np.concatenate([regular(), regular(1.0)]))
    found = patterns(spikes(regular()), spikes(doubled), STEP_MS, 2.6)
    assert any("of the extra spikes come within the refractory period of 2.6 ms" in words for words in found)
    far = np.sort(np.concatenate([regular(), regular(3.0)]))
    assert not any("refractory" in words for words in patterns(spikes(regular()), spikes(far), STEP_MS, 2.6))


def test_only_the_first_spikes():
    trains = [np.concatenate([[5.0], np.arange(30, 190, 10.0)]) for _ in range(20)]
    moved = [np.concatenate([[6.0], train[1:]]) for train in trains]
    assert "only the first spikes differ" in patterns(spikes(*trains), spikes(*moved), STEP_MS, None)


def test_nothing_stands_out_in_the_same_spikes():
    assert patterns(spikes(regular()), spikes(regular()), STEP_MS, 2.6) == ()
