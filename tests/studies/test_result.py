from pathlib import Path

import pytest

from crosssim.divergence.gates import judge
from crosssim.divergence.verdict import Gate
from crosssim.errors import NotComparable
from crosssim.model.discovery import find_model
from crosssim.model.expectation import Recorded, Tolerance
from crosssim.recording.data import Recording
from crosssim.runner.request import LegOutcome, LegStatus
from crosssim.studies.legs import Wishes, plan_legs
from crosssim.studies.result import FinishedLeg, Pair
from tests.divergence.test_replay import spikes

MODEL = find_model("two_cells")


def pair_of(*trains):
    plans = plan_legs(MODEL, "two_cells", ["nest", "nest:timestep=0.05"], Wishes(), Path("results"))
    recordings = [train and Recording("m", "nest", 0.1, 200.0, spikes={"exc": spikes(train)}) for train in trains]
    outcome = LegOutcome(LegStatus.COMPLETED)
    legs = [
        FinishedLeg(plan.label, plan.request, outcome, Path(), (), False, recording)
        for plan, recording in zip(plans, recordings, strict=True)
    ]
    return Pair(MODEL, *legs)


def test_two_legs_of_one_backend_are_told_apart_in_every_sentence():
    recorded = [Recorded("exc", "spikes", Tolerance(0.1, "ms", "one step"))]
    judged = judge(*pair_of([10.0, 20.0], [10.0]).recordings(), recorded, gates=[Gate.TRAJECTORIES])
    assert "nest has it, nest:timestep=0.05 has none" in judged.reason


def test_a_leg_that_did_not_finish_is_not_compared():
    with pytest.raises(NotComparable, match="have not both finished"):
        pair_of([10.0], None).recordings()
