"""A change that the command asked for must not hide a difference that it did not ask for."""

import pytest

from tests.legs.running import TWO_CELLS, crosssim

pytestmark = [pytest.mark.legs, pytest.mark.requires("nest", "neuron")]

FIRST = ("--duration", "50", "--gates", "declared,wiring")


def test_what_was_asked_for_agrees(tmp_path):
    finished = crosssim("check", TWO_CELLS, "nest", "neuron:tau_refrac=21", *FIRST, "--out", tmp_path)
    assert finished.returncode == 0, finished.stdout
    assert "asked for" in finished.stdout


def test_a_delay_that_the_simulators_round_differently_is_found_beside_it(tmp_path):
    finished = crosssim(
        "check", TWO_CELLS, "nest", "neuron:tau_refrac=21", "--set", "delay=0.55", *FIRST, "--out", tmp_path
    )
    assert finished.returncode == 1, finished.stdout
    assert "with the candidate's changes on both" in " ".join(finished.stdout.split())
