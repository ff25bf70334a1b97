"""The probe is a program: its last line is JSON, whatever the simulators print before it (NEURON does)."""

import json
import subprocess
import sys

import pytest

from crosssim.runner.mechanisms import environment_for_legs
from crosssim.runner.probe import EXPECTED_SPIKES


def run_probe(backend: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crosssim.runner.probe", backend]
    return subprocess.run(command, capture_output=True, text=True, env=environment_for_legs(), timeout=120)


@pytest.mark.legs
@pytest.mark.parametrize(
    "backend",
    [pytest.param(name, marks=pytest.mark.requires(name, "compiler")) for name in ("nest", "neuron")],
)
def test_the_two_cells_fire_once_each(backend):
    answer = run_probe(backend)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout.splitlines()[-1]) == {"spikes": EXPECTED_SPIKES, "ranks": 1}


def test_an_unknown_backend_is_an_error():
    answer = run_probe("nset")
    assert answer.returncode != 0
    assert "did you mean 'nest'?" in answer.stderr
    assert answer.stdout == ""
