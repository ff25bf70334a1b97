"""What the refinement gate orders."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from crosssim.errors import UsageError
from crosssim.model.discovery import find_model
from crosssim.runner.launch import Launcher
from crosssim.runner.request import Fault, LegOutcome, LegStatus
from crosssim.studies.legs import Wishes, plan_legs
from crosssim.studies.refine import ladder_of_steps, refinement_plans, v_every_ms
from crosssim.studies.result import FinishedLeg, Pair

MODEL = find_model("two_cells")
OUT = Path("/tmp/results")


def pair(*legs, cells=2):
    recording = SimpleNamespace(spikes={"cells": SimpleNamespace(n_cells=cells)})
    finished = [
        FinishedLeg(plan.label, plan.request, LegOutcome(LegStatus.COMPLETED), OUT / plan.label, (), False, recording)
        for plan in plan_legs(MODEL, "two_cells", legs, Wishes(duration="400"), OUT)
    ]
    return Pair(MODEL, *finished)


@pytest.mark.parametrize(("cells", "every_ms"), [(2, 0.5), (500, 0.5), (12_500, 1.9), (10**6, 3.0)])
def test_v_is_sampled_at_every_fifth_step_until_the_cells_are_many(cells, every_ms):
    assert v_every_ms(pair("nest", "neuron", cells=cells), 0.1, 300.0) == pytest.approx(every_ms)


def test_every_leg_samples_v_alike_and_only_the_candidate_has_the_faults():
    fault = Fault("inputs late by value ms", value=0.1)
    two = pair("nest", "neuron")
    plans = refinement_plans(two, Launcher(OUT, MODEL, 1), ladder_of_steps(two.reference, two.candidate), 300, (fault,))
    assert [(plan.request.backend, plan.request.timing.timestep_ms) for plan in plans[:3]] == [
        ("nest", 0.1),
        ("neuron", 0.1),
        ("nest", 0.05),
    ]
    assert {plan.request.v_every_ms for plan in plans} == {0.5}
    assert {plan.request.timing.duration_ms for plan in plans} == {300.0}
    assert {plan.request.faults for plan in plans[::2]} == {()}
    assert {plan.request.faults for plan in plans[1::2]} == {(fault,)}


def test_a_step_that_a_backend_cannot_represent_is_left_out():
    two = pair("nest:timestep=0.05", "neuron:timestep=0.05")
    assert ladder_of_steps(two.reference, two.candidate) == pytest.approx([0.05, 0.025, 0.01, 0.005])
    coarse = pair("nest:timestep=0.004", "neuron:timestep=0.004")
    with pytest.raises(UsageError, match="leaves 2 steps that both backends can represent"):
        ladder_of_steps(coarse.reference, coarse.candidate)
