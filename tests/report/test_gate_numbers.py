"""The names that report.json promises for replay, refinement, suspects, yardsticks and certificate."""

import pytest

from crosssim.report.numbers import check_numbers
from tests.report import builders, gate_builders


def test_replay_has_the_promised_names_per_population():
    replay = check_numbers(gate_builders.same_dynamics())["replay"]
    assert list(replay) == ["exc", "inh"]
    promised = {
        "cells": 50, "reference_spikes": 985, "candidate_spikes": 986, "exact": 640, "within_one_step": 250,
        "shifted": 90, "missing": 5, "extra": 6, "mean_shift_ms": -0.15, "median_shift_ms": -0.15, "shift_sd_ms": 0.17,
    }  # fmt: skip
    assert {name: replay["exc"][name] for name in promised} == promised
    assert sum(replay["exc"]["shift_histogram"]["counts"]) == 980


def test_self_replays_are_keyed_by_leg():
    own = check_numbers(gate_builders.same_dynamics())["self_replays"]
    assert list(own) == ["nest", "neuron"]
    assert own["neuron"]["inh"]["exact"] == own["neuron"]["inh"]["reference_spikes"] == 1000


def test_refinement_has_order_intercept_interval_and_both_backends_own():
    exc = check_numbers(gate_builders.fault_with_suspects())["refinement"]["exc"]
    assert (exc["order"], exc["intercept_ms"]) == (1.0, -0.26)
    assert exc["intercept_ci_ms"] == pytest.approx([-0.263, -0.257])
    assert exc["steps_ms"] == [0.1, 0.05, 0.02, 0.01]
    assert exc["shift_ms"] == pytest.approx([-0.41, -0.335, -0.29, -0.275])
    assert exc["reference_own"]["distance_to_limit_ms"] == pytest.approx(0.25)
    assert exc["candidate_own"]["order"] == 1.0
    assert (exc["odd_cells"], exc["differs"]) == ([], True)


def test_membrane_potentials_have_gaps_order_interval_and_the_cells_that_keep_apart():
    exc = check_numbers(gate_builders.fault_in_potentials())["refinement"]["exc"]["potential"]
    assert exc["gap_mv"] == pytest.approx([0.03, 0.015, 0.006, 0.003])
    assert (exc["order"], exc["intercept_mv"], exc["differs"]) == (1.0, 0.0001, True)
    assert [(one["cell"], one["gap_mv"]) for one in exc["apart"]] == [(17, 1.22), (3, 0.4)]
    assert exc["candidate_own"]["order"] == 1.0
    same = check_numbers(gate_builders.same_dynamics())["refinement"]
    assert same["exc"]["potential"]["differs"] is False and same["inh"]["potential"] is None


def test_suspects_yardsticks_and_certificate():
    suspects = check_numbers(gate_builders.fault_with_suspects())["suspects"]
    assert [set(one) for one in suspects] == [{"name", "population", "evidence", "removed_share"}] * 2
    assert (suspects[0]["name"], suspects[0]["removed_share"]) == ("tau_refrac of exc", 0.9712)
    numbers = check_numbers(gate_builders.same_dynamics())
    assert [(one["leg"], one["onset"]["time_ms"]) for one in numbers["yardsticks"]] == [
        ("", 104.3), ("nest", 60.0), ("neuron", 120.0),
    ]  # fmt: skip
    assert numbers["certificate"] == list(gate_builders.CERTIFICATE)


def test_what_was_not_asked_is_null_or_empty():
    expected = {
        "replay": None,
        "self_replays": None,
        "refinement": None,
        "suspects": [],
        "yardsticks": [],
        "certificate": [],
    }
    for result in (builders.identical(), builders.crashed(), gate_builders.replay_unasked()):
        numbers = check_numbers(result)
        assert {name: numbers[name] for name in expected} == expected


def test_the_comparison_that_decides_is_told():
    numbers = check_numbers(gate_builders.two_candidates())
    assert numbers["refinement"]["exc"]["intercept_ms"] == -0.26
    assert list(numbers["self_replays"]) == ["nest", "brian2"]


def test_plain_words_are_in_the_numbers_too():
    words = check_numbers(gate_builders.fault_with_suspects())["plain_words"]
    assert set(words) == {"what", "why", "do"}
    assert "tau_refrac of exc" in words["why"]
