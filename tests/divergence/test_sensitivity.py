import numpy as np
import pytest

from crosssim.divergence.sensitivity import Yardstick, no_earlier_than_own, yardstick
from crosssim.divergence.verdict import Onset
from crosssim.model.expectation import Recorded, Tolerance
from crosssim.recording.data import Recording
from tests.divergence.test_replay import spikes

RECORDED = (Recorded("exc", "spikes", Tolerance(0.1, "ms", "one step")),)


def run(*trains):
    return Recording("m", "nest", 0.1, 200.0, spikes={"exc": spikes(*trains)})


def at(time_ms):
    return None if time_ms is None else Onset(time_ms, "exc", 0, "unpaired spike")


def test_a_twin_parts_where_its_first_spike_has_no_partner():
    found = yardstick("nest, jittered", "nest", run([10.0, 50.0]), run([10.0, 52.0]), RECORDED)
    assert found.onset.time_ms == 50.0
    assert found.what == "nest, jittered"
    assert len(found.shares) == 20


def test_the_same_run_never_parts():
    assert yardstick("nest", "nest", run([10.0]), run([10.0]), RECORDED).onset is None


@pytest.mark.parametrize(
    ("onset", "own", "expected"),
    [(15.0, (12.0, 30.0), True), (10.0, (12.0, 30.0), False), (None, (12.0,), True), (15.0, (None,), False)],
)
def test_two_backends_against_the_earlier_of_their_own(onset, own, expected):
    sticks = [Yardstick("own", "nest", at(time_ms), ()) for time_ms in own]
    assert no_earlier_than_own(at(onset), sticks) is expected


def test_numbers_are_not_shared_between_shares():
    shares = yardstick("nest", "nest", run([10.0]), run([10.0]), RECORDED).shares
    assert np.sum([share.paired for share in shares]) == 1
