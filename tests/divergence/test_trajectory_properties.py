"""What holds for the third gate whatever the trains: swapped sides, identity, one spike more."""

from hypothesis import given, settings
from hypothesis import strategies as st

from crosssim.divergence.trajectories import compare_trajectories
from crosssim.divergence.verdict import GateResult
from crosssim.recording.data import Recording
from tests.divergence.builders import SPIKES, only, recording, spikes


def compared(candidate: Recording, reference: Recording) -> GateResult:
    return compare_trajectories(reference, candidate, (SPIKES,))


def of_steps(trains: list[list[int]], backend: str) -> Recording:
    train = spikes(*[[0.1 * k for k in cell] for cell in trains])
    return recording(backend, spikes={"exc": train}, traces={})


SMALL_TRAINS = st.lists(st.lists(st.integers(0, 900), max_size=5), min_size=3, max_size=3)


@settings(max_examples=80, deadline=None)
@given(SMALL_TRAINS, SMALL_TRAINS)
def test_sides_can_be_swapped(here, there):
    forth = compared(of_steps(there, "b"), of_steps(here, "a"))
    back = compared(of_steps(here, "a"), of_steps(there, "b"))
    assert forth.passed == back.passed
    assert [one.count for one in forth.differences] == [one.count for one in back.differences]
    assert sum(one.paired for one in forth.details.shares) == sum(one.paired for one in back.details.shares)
    assert all(one.share is None or 0 <= one.share <= 1 for one in forth.details.shares)


@settings(max_examples=60, deadline=None)
@given(SMALL_TRAINS)
def test_identity(trains):
    result = compared(of_steps(trains, "b"), of_steps(trains, "a"))
    assert result.passed
    assert result.details.until_onset[0].identical


@settings(max_examples=60, deadline=None)
@given(SMALL_TRAINS, st.integers(0, 2), st.integers(0, 900))
def test_one_spike_more_is_always_seen(trains, cell, step):
    more = [[*train, step] if k == cell else train for k, train in enumerate(trains)]
    result = compared(of_steps(more, "b"), of_steps(trains, "a"))
    assert not result.passed
    assert only(result.differences).count == 1
    assert result.details.onset.cell == cell
