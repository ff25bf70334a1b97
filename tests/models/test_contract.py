"""What every shipped model must be, and that it builds on both simulators."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from crosssim.model.discovery import find_model, model_names

CHECKOUT = Path(__file__).parents[2]
NAMES = model_names()
SMALL = {
    "destexhe2009": {"N": 250},
    "vogels_abbott2005": {"N": 250},
    "brunel2000": {"N": 100},
    "two_cells": {},
}
VARIANTS = [*((name, {}) for name in NAMES), ("vogels_abbott2005", {"benchmark": "CUBA"})]


def check(name, changes, folder):
    """The numbers of a check of 20 ms on both simulators, in a child process."""
    options = [f"--set={key}={value}" for key, value in (SMALL[name] | changes).items()]
    command = [sys.executable, "-m", "crosssim", "check", name, "nest", "neuron", "--duration=20", f"--out={folder}"]
    done = subprocess.run([*command, *options], cwd=CHECKOUT, capture_output=True, text=True, timeout=300)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    (report,) = folder.rglob("report.json")
    return json.loads(report.read_text())


@pytest.mark.legs
@pytest.mark.requires("nest", "neuron")
@pytest.mark.parametrize(("name", "changes"), VARIANTS)
def test_both_simulators_hold_what_was_declared_and_the_same_wiring(name, changes, tmp_path):
    report = check(name, changes, tmp_path)
    assert report["gate"] in (None, "trajectories")
    for leg in report["legs"].values():
        assert leg["status"] == "completed"
        assert sum(one["spikes"] for one in leg["populations"].values()) > 0


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_called_as_its_file_and_says_what_it_is(name):
    model = find_model(name)
    assert model.name == name
    assert 10 < len(model.summary) < 120


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_cites_its_source_or_says_why_it_was_chosen(name):
    for parameter in find_model(name).parameters.values():
        cited = any(character.isdigit() for character in parameter.source)
        assert parameter.source.startswith("chosen: ") or cited or "example" in parameter.source


@pytest.mark.parametrize("name", NAMES)
def test_every_tolerance_gives_a_reason_that_is_not_what_was_seen(name):
    for recorded in find_model(name).recorded:
        assert len(recorded.tolerance.why) > 20
        assert not {"observed", "measured", "todo"} & set(recorded.tolerance.why.lower().split())


@pytest.mark.parametrize("name", NAMES)
def test_a_model_accepts_its_own_defaults_and_another_seed(name):
    model = find_model(name)
    p = model.settings(seeds=replace(model.seeds, input=model.seeds.input + 1))
    assert p.seeds.wiring == model.seeds.wiring
    assert p.seeds.input != model.seeds.input
