from dataclasses import replace

import numpy as np
import pytest

from crosssim.divergence.trajectories import compare_trajectories
from crosssim.divergence.verdict import Gate
from crosssim.errors import NotComparable
from crosssim.model.expectation import Recorded, Tolerance
from crosssim.recording.data import Recording, Trace
from tests.divergence.builders import (
    INHIBITORY,
    RECORDED,
    SPIKES,
    VOLTAGE,
    added,
    changed_at,
    moved,
    only,
    recording,
    regular_spikes,
    removed,
    spikes,
    swapped,
    voltage,
    with_spikes,
    with_voltage,
)


def compared(candidate: Recording, reference: Recording | None = None, recorded=RECORDED):
    return compare_trajectories(reference or recording(), candidate, recorded)


def test_equal_recordings_pass_bit_for_bit():
    result = compared(recording("neuron"))
    assert (result.gate, result.passed, result.differences) == (Gate.TRAJECTORIES, True, ())
    assert result.details.onset is None
    assert result.details.windows == ()
    assert all(one.identical for one in result.details.until_onset)
    spikes_in_all = len(regular_spikes()) + len(regular_spikes(3))
    assert result.reason.startswith(f"{spikes_in_all} spikes pair one to one and ")
    assert {share.share for share in result.details.shares} == {1.0}


@pytest.mark.parametrize("by_ms", [0.04, -0.04, 0.1, -0.1])
def test_a_spike_moved_within_the_tolerance_passes(by_ms):
    result = compared(with_spikes(moved(2, 47.0, by_ms)))
    assert result.passed
    of_exc, of_inh, _ = result.details.until_onset
    assert (of_exc.largest_gap, of_exc.identical) == (pytest.approx(abs(by_ms)), False)
    assert (of_inh.largest_gap, of_inh.identical) == (0.0, True)


@pytest.mark.parametrize("by_ms", [0.11, -0.11, 0.2, -3.0])
def test_a_spike_moved_further_is_the_onset(by_ms):
    result = compared(with_spikes(moved(2, 47.0, by_ms)))
    assert not result.passed
    found = only(result.differences)
    assert (found.measure, found.population, found.cell, found.count) == ("spike time", "exc", 2, 2)
    assert found.value == pytest.approx(abs(by_ms))
    onset = result.details.onset
    assert onset.time_ms == pytest.approx(47.0 + min(by_ms, 0.0))
    assert (onset.population, onset.cell, onset.what) == ("exc", 2, "unpaired spike")


def test_a_removed_spike_is_named_with_who_has_it():
    result = compared(with_spikes(removed(2, 47.0)))
    assert result.reason == (
        "first unpaired spike at 47 ms in exc (cell 2): nest has it, neuron has none within 0.1 ms"
    )
    found = only(result.differences)
    assert (found.reference, found.candidate) == ("spike at 47 ms", "none within 0.1 ms")
    assert (found.count, found.onset_ms, found.tolerance) == (1, 47.0, 0.1)


def test_an_added_spike_is_named_with_who_has_it():
    result = compared(with_spikes(added(1, 33.3)))
    assert result.reason == (
        "first unpaired spike at 33.3 ms in exc (cell 1): neuron has it, nest has none within 0.1 ms"
    )
    assert only(result.differences).candidate == "spike at 33.3 ms"
    assert result.details.shares[3].share == pytest.approx(9 / 10)


def test_swapped_cells_are_found():
    result = compared(with_spikes(swapped(1, 2)))
    assert (result.details.onset.time_ms, result.details.onset.cell) == (6.0, 1)
    assert only(result.differences).count == len(regular_spikes().of(1)) * 2 + len(regular_spikes().of(2)) * 2


def test_a_second_spike_at_the_same_place_is_not_hidden_by_the_first():
    result = compared(with_spikes(added(2, 47.0)))
    assert not result.passed
    assert only(result.differences).count == 1


def test_the_onset_is_the_earliest_over_populations():
    plain = with_spikes(removed(2, 47.0))
    both = replace(plain, spikes={**plain.spikes, "inh": removed(0, 25.0)(plain.spikes["inh"])})
    result = compared(both)
    assert (result.details.onset.population, result.details.onset.time_ms) == ("inh", 25.0)
    assert result.reason.startswith("first unpaired spike at 25 ms in inh (cell 0)")
    assert [one.population for one in result.differences] == ["exc", "inh"]


def test_the_share_of_paired_spikes_is_told_per_bin_over_the_whole_run():
    result = compared(with_spikes(removed(2, 47.0)))
    shares = result.details.shares
    assert [(one.start_ms, one.stop_ms) for one in shares] == [(10.0 * k, 10.0 * k + 10.0) for k in range(10)]
    assert [one.share == 1.0 for one in shares] == [k != 4 for k in range(10)]
    assert shares[4].share == pytest.approx(8 / 9)
    assert (shares[4].reference_spikes, shares[4].candidate_spikes, shares[4].paired) == (9, 8, 8)


def test_agreement_ends_at_the_onset():
    later = moved(3, 88.0, 0.05)
    result = compared(with_spikes(lambda train: later(removed(2, 47.0)(train))))
    of_exc = result.details.until_onset[0]
    assert of_exc.identical
    assert of_exc.compared == int((regular_spikes().time_ms < 47.0).sum())
    assert (of_exc.tolerance, of_exc.unit, of_exc.why) == (0.1, "ms", "one step")


def test_a_trace_that_parts_before_any_spike_is_the_onset():
    values = changed_at(voltage().values, (30, 1), -64.0)
    values[700:, 0] += 5.0
    result = compared(with_voltage(replace(voltage(), values=values)))
    onset = result.details.onset
    assert (onset.time_ms, onset.cell, onset.what) == (pytest.approx(3.0), 3, "v beyond tolerance")
    found = only(result.differences)
    assert (found.measure, found.unit, found.tolerance) == ("v", "mV", 0.01)
    assert found.value == pytest.approx(abs(-64.0 - voltage().values[30, 1]))
    assert result.reason.startswith("v parts at 3 ms in exc (cell 3): ")


@pytest.mark.parametrize(("by_mv", "passes"), [(0.009, True), (-0.009, True), (0.011, False), (-0.011, False)])
def test_a_trace_has_its_own_tolerance(by_mv, passes):
    values = voltage().values + by_mv
    assert compared(with_voltage(replace(voltage(), values=values))).passed == passes


def test_nan_in_both_traces_fails():
    broken = replace(voltage(), values=changed_at(voltage().values, (500, 0), np.nan))
    both = [recording(name, traces={("exc", "v"): broken}) for name in ("nest", "neuron")]
    result = compared(both[1], both[0])
    assert result.details.onset.time_ms == pytest.approx(50.0)
    assert only(result.differences).value is None


def test_traces_are_not_judged_from_the_first_unpaired_spike_on():
    values = voltage().values.copy()
    values[470:] += 30.0
    parted = with_spikes(removed(2, 47.0))
    result = compared(replace(parted, traces={("exc", "v"): replace(voltage(), values=values)}))
    assert only(result.differences).measure == "spike time"
    assert result.details.until_onset[2].identical


def test_an_unpaired_spike_with_dust_does_not_blame_the_trace_at_its_step():
    values = voltage().values.copy()
    values[333:] += 30.0
    parted = with_spikes(added(1, 33.300000009))
    result = compared(replace(parted, traces={("exc", "v"): replace(voltage(), values=values)}))
    assert (result.details.onset.what, result.details.onset.time_ms) == ("unpaired spike", 33.3)


def test_the_reset_of_a_shifted_spike_is_no_difference_of_the_trace():
    values = voltage().values.copy()
    values[80:, 1] += 15.0
    shifted = with_spikes(moved(3, 8.0, 0.1))
    assert compared(replace(shifted, traces={("exc", "v"): replace(voltage(), values=values)})).passed
    plain = with_voltage(replace(voltage(), values=values))
    assert compared(plain).details.onset.time_ms == pytest.approx(8.2)


def test_v_at_the_spike_may_be_reset_or_not():
    values = changed_at(voltage().values, (80, 1), 40.0)
    result = compared(with_voltage(replace(voltage(), values=values)))
    assert result.passed
    assert not result.details.until_onset[2].identical


def test_the_window_shows_the_cell_of_the_onset():
    result = compared(with_spikes(removed(3, 48.0)))
    (window,) = result.details.windows
    assert (window.population, window.variable, window.cell, window.unit) == ("exc", "v", 3, "mV")
    np.testing.assert_allclose(window.times_ms, 48.0 + np.arange(-6, 7) * 0.1)
    assert window.reference == tuple(voltage().values[474:487, 1])
    assert window.candidate == window.reference


def test_the_window_shows_the_recorded_cells_if_that_of_the_onset_was_not():
    result = compared(with_spikes(removed(2, 47.0)))
    assert [window.cell for window in result.details.windows] == [0, 3]


def test_the_window_ends_where_the_recording_does():
    begin = compared(with_spikes(added(3, 0.2))).details.windows[0]
    assert (len(begin.times_ms), begin.times_ms[0]) == (9, 0.0)
    end = compared(with_spikes(removed(3, 98.0))).details.windows[0]
    assert len(end.times_ms) == 13


def test_recordings_of_different_length_are_compared_over_the_common_time():
    short = recording("neuron", spikes={"exc": regular_spikes(stop_ms=50.0), "inh": regular_spikes(3, stop_ms=50.0)})
    result = compared(short, recorded=(SPIKES, INHIBITORY))
    assert result.passed
    assert result.reason.endswith("; the recordings differ in length, and only the common 50 ms were compared")
    assert not any(one.identical for one in result.details.until_onset)
    assert len(result.details.shares) == 5


def test_a_spike_at_the_end_that_only_one_side_returns_passes():
    assert compared(with_spikes(added(1, 100.0))).passed
    assert compared(recording(), with_spikes(added(1, 100.0))).passed


@pytest.mark.parametrize("nobody", [spikes([], [], []), spikes()])
def test_silence_passes_and_is_said(nobody):
    sides = [recording(name, spikes={"exc": nobody}, traces={}) for name in ("nest", "neuron")]
    result = compared(sides[1], sides[0], recorded=(SPIKES,))
    assert result.passed
    assert result.reason == "no spikes at all on either side"
    assert all(one.share is None for one in result.details.shares)


def test_silence_on_one_side_only_is_a_difference():
    sides = [recording(name, spikes={"exc": train}) for name, train in (("a", spikes([5.0])), ("b", spikes([])))]
    assert compared(sides[1], sides[0], recorded=(SPIKES,)).details.onset.time_ms == 5.0


def test_what_was_recorded_on_neither_side_is_said():
    result = compared(recording("neuron", traces={}), recording(traces={}))
    assert result.passed
    assert result.reason.endswith("; recorded on neither side: v of exc")


@pytest.mark.parametrize(
    ("candidate", "words"),
    [
        (recording("neuron", traces={}), "v of exc was recorded in nest only"),
        (recording("neuron", spikes={"exc": regular_spikes()}), "spikes of inh was recorded in nest only"),
        (with_spikes(lambda _: regular_spikes(4)), "exc has 6 cells in nest and 4 in neuron"),
        (with_voltage(voltage(cells=(1, 2))), "v of exc: no cell was recorded on both sides"),
        (with_voltage(replace(voltage(), unit="V")), "v of exc: one trace is in mV, the other in V"),
    ],
)
def test_what_cannot_be_set_side_by_side_is_refused(candidate, words):
    with pytest.raises(NotComparable, match=words):
        compared(candidate)


def test_what_only_the_candidate_recorded_is_refused_too():
    with pytest.raises(NotComparable, match="v of exc was recorded in neuron only"):
        compared(recording("neuron"), recording(traces={}))


def test_nothing_recorded_is_refused():
    with pytest.raises(NotComparable, match="nothing that the model says to compare was recorded"):
        compared(recording("neuron"), recorded=(Recorded("glia", "spikes", Tolerance(0.1, "ms", "chosen")),))


def test_more_traces_than_a_person_reads_are_cut():
    many = voltage(cells=tuple(range(6)))
    sides = [recording(name, traces={("exc", "v"): many}) for name in ("nest", "neuron")]
    plain = replace(sides[1], spikes={**sides[1].spikes, "inh": removed(0, 25.0)(regular_spikes(3))})
    assert [window.cell for window in compared(plain, sides[0]).details.windows] == [0, 1, 2, 3]


def test_a_trace_of_a_population_without_recorded_spikes_is_judged_throughout():
    trace = Trace(np.zeros((1000, 1)), "mV", 0.0, 0.1, np.array([0], dtype=np.int32))
    sides = [recording(name, traces={("exc", "v"): trace}) for name in ("nest", "neuron")]
    result = compared(sides[1], sides[0], recorded=(INHIBITORY, VOLTAGE))
    assert result.details.until_onset[1].compared == 1000
