"""Which backend is less converged, how far, and where rates meet."""

from dataclasses import replace

import pytest

from crosssim.report.convergence_words import (
    convergence_sentence,
    distance_to_limit_ms,
    least_converged,
    rates_sentence,
)
from tests.report.gate_builders import NAMES, own_convergence, refined_row, too_few


def test_distance_counts_from_the_limit_and_not_from_the_finest_step():
    assert distance_to_limit_ms(own_convergence(0.25)) == pytest.approx(0.25, abs=1e-12)


def test_the_less_converged_backend_is_named_with_both_distances():
    words = convergence_sentence(refined_row("exc", own=(0.25, 0.02)), NAMES)
    assert words.startswith("exc at 0.1 ms: nest is the less converged, its spikes +0.250 ms")
    assert "neuron +0.020 ms" in words
    assert "neuron is the less converged, its spikes −0.300 ms" in convergence_sentence(
        refined_row("exc", own=(0.05, -0.3)), NAMES
    )


def test_two_that_are_equally_far_are_not_told_apart():
    assert "about equally far" in convergence_sentence(refined_row("exc", own=(0.25, 0.24)), NAMES)


def test_two_that_have_converged_are_called_so():
    assert "both backends have converged, to 0.004 ms" in convergence_sentence(
        refined_row("exc", own=(0.004, 0.001)), NAMES
    )


def test_too_few_spikes_say_nothing():
    assert convergence_sentence(too_few("exc"), NAMES) == ""
    assert least_converged([too_few("exc")]) is None


def test_the_farthest_population_is_chosen():
    rows = [refined_row("a", own=(0.1, 0.1)), too_few("b"), refined_row("c", own=(0.0, -0.4))]
    assert least_converged(rows) is rows[2]


def test_rates_that_differ_name_whom_to_distrust_and_where_they_meet():
    row = replace(refined_row("E"), rates_hz=((90.0, 39.0), (90.0, 70.0), (90.0, 89.8), (90.0, 90.0)))
    words = rates_sentence(row, NAMES)
    assert "E at 0.1 ms: 90 Hz on nest and 39 Hz on neuron" in words
    assert "they meet from 0.02 ms down, and it is neuron whose rate moves" in words


def test_rates_that_meet_only_by_chance_on_the_way_do_not_count():
    row = replace(refined_row("E"), rates_hz=((90.0, 39.0), (90.0, 90.0), (90.0, 70.0), (90.0, 90.0)))
    assert "they meet from 0.01 ms down" in rates_sentence(row, NAMES)
    never = replace(row, rates_hz=((90.0, 39.0), (90.0, 60.0), (90.0, 70.0), (90.0, 80.0)))
    assert "they do not meet, and are 90 and 80 Hz at 0.01 ms" in rates_sentence(never, NAMES)


def test_rates_that_agree_need_no_sentence():
    assert rates_sentence(refined_row("E"), NAMES) == ""
    silent = replace(refined_row("E"), rates_hz=((0.0, 0.0),) * 4)
    assert rates_sentence(silent, NAMES) == ""
