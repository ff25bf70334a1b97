from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosssim.divergence.traces import ComparedTrace, align, compare_traces, trace_gap
from crosssim.errors import NotComparable, UsageError
from crosssim.model.expectation import Recorded, Tolerance
from crosssim.recording.data import Trace
from tests.divergence.builders import changed_at, voltage


def constant(value: float, samples: int = 5, cells: tuple[int, ...] = (0,), **changes) -> Trace:
    plain = Trace(np.full((samples, len(cells)), value), "mV", 0.0, 0.1, np.array(cells, dtype=np.int32))
    return replace(plain, **changes)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-100, 50), min_size=1, max_size=20), st.floats(0, 1))
def test_a_trace_agrees_with_itself(values, limit):
    trace = constant(0.0, values=np.array(values)[:, np.newaxis])
    gap = compare_traces(trace, trace, limit)
    assert (gap.compared, gap.largest_gap, gap.beyond, gap.identical) == (len(values), 0.0, 0, True)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-100, 50), st.floats(-100, 50)), min_size=1, max_size=20), st.floats(0, 50))
def test_sides_can_be_swapped(values, limit):
    here, there = (constant(0.0, values=np.array(values)[:, [k]]) for k in (0, 1))
    forth, back = compare_traces(here, there, limit), compare_traces(there, here, limit)
    assert (forth.largest_gap, forth.beyond, forth.first_ms) == (back.largest_gap, back.beyond, back.first_ms)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_gap_does_not_hide_behind_the_sign(sign):
    gap = compare_traces(constant(-65.0), constant(-65.0 + sign * 0.2), 0.1)
    assert gap.beyond == 5
    assert gap.largest_gap == pytest.approx(0.2)


@pytest.mark.parametrize("base", [-65.0, -0.3, 0.0, 40.0])
@pytest.mark.parametrize("limit", [0.1, 0.01, 1.0])
def test_the_limit_is_inclusive_whatever_the_rounding(base, limit):
    assert compare_traces(constant(base), constant(base + limit), limit).beyond == 0
    assert compare_traces(constant(base), constant(base - limit), limit).beyond == 0
    assert compare_traces(constant(base), constant(base + limit * 1.0001), limit).beyond == 5


def test_a_limit_of_zero_allows_no_rounding():
    assert compare_traces(constant(-65.0), constant(np.nextafter(-65.0, 0)), 0.0).beyond == 5


def test_the_first_sample_beyond_is_named_by_time_and_cell():
    trace = voltage(cells=(7, 3))
    wrong = replace(trace, values=changed_at(changed_at(trace.values, (400, 0), -60), (123, 1), -40))
    gap = compare_traces(trace, wrong, 0.5)
    assert (gap.beyond, gap.first_ms, gap.first_cell) == (2, pytest.approx(12.3), 3)
    assert gap.first_values == (trace.values[123, 1], -40.0)
    assert gap.identical is False


@pytest.mark.parametrize("sides", [(True, False), (False, True), (True, True)])
def test_nan_is_outside_every_limit_also_on_both_sides(sides):
    broken = constant(-65.0, values=changed_at(np.full((5, 1), -65.0), (3, 0), np.nan))
    here, there = (broken if side else constant(-65.0) for side in sides)
    gap = compare_traces(here, there, 1e9)
    assert (gap.beyond, gap.first_ms) == (1, pytest.approx(0.3))
    assert np.isnan(gap.largest_gap)
    assert not gap.identical


def test_infinity_is_beyond_every_limit():
    assert compare_traces(constant(np.inf), constant(-65.0), 1e9).beyond == 5
    assert compare_traces(constant(np.inf), constant(np.inf), 1e9).beyond == 5


def test_columns_are_matched_by_cell():
    trace = voltage(cells=(0, 3, 5))
    mixed = replace(trace, values=trace.values[:, [2, 0, 1]], cells=trace.cells[[2, 0, 1]])
    gap = compare_traces(trace, mixed, 0.0)
    assert (gap.beyond, gap.compared, gap.identical) == (0, 3000, True)


def test_swapped_cells_are_found():
    trace = voltage(cells=(0, 3))
    assert compare_traces(trace, replace(trace, cells=trace.cells[::-1]), 0.1).beyond > 1000


def test_only_common_cells_are_compared():
    traces = align(voltage(cells=(0, 3)), voltage(cells=(3, 4)))
    assert traces.cells.tolist() == [3]
    assert not traces.whole
    assert compare_traces(voltage(cells=(0, 3)), voltage(cells=(3, 4)), 0.0).identical


def test_only_common_times_are_compared():
    coarse, fine = voltage(samples=50, step_ms=0.1), voltage(samples=400, step_ms=0.025)
    traces = align(coarse, fine)
    np.testing.assert_allclose(traces.times_ms, np.arange(50) * 0.1)
    assert trace_gap(traces, 1e-9, traces.all_samples).beyond == 0
    assert not traces.whole


def test_a_later_start_is_aligned_by_time():
    whole = voltage()
    late = replace(whole, values=whole.values[3:], start_ms=0.1 + 0.2)
    gap = compare_traces(whole, late, 0.0)
    assert (gap.compared, gap.beyond) == (2 * 997, 0)


def test_different_lengths_are_compared_over_the_common_time():
    gap = compare_traces(voltage(samples=100), voltage(samples=60), 0.0)
    assert (gap.compared, gap.beyond) == (120, 0)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (constant(0.0, cells=(1,)), r"no cell was recorded on both sides: \[0\] and \[1\]"),
        (constant(0.0, start_ms=0.05), "no time was sampled on both sides: every 0.1 ms from 0 ms and every 0.1 ms"),
        (constant(0.0, unit="nA"), "one trace is in mV, the other in nA"),
    ],
)
def test_traces_that_share_nothing_are_refused(other, words):
    with pytest.raises(NotComparable, match=words):
        compare_traces(constant(0.0), other, 0.1)


def test_no_samples_judged_is_no_gap():
    traces = align(constant(0.0), constant(9.0))
    gap = trace_gap(traces, 0.1, ~traces.all_samples)
    assert (gap.compared, gap.largest_gap, gap.beyond, gap.first_ms) == (0, 0.0, 0, None)


def compared(here: Trace, there: Trace, tolerance: Tolerance | None = None) -> ComparedTrace:
    traces = align(here, there)
    judged = traces.all_samples
    judged[2] = False
    return ComparedTrace(Recorded("exc", "v", tolerance or Tolerance(0.1, "mV", "chosen")), traces, judged)


def test_samples_that_are_not_judged_do_not_count_unless_they_are_no_number():
    assert compared(constant(0.0), constant(0.0)).gap(np.inf).compared == 4
    spike = changed_at(np.zeros((5, 1)), (2, 0), 40.0)
    assert compared(constant(0.0), constant(0.0, values=spike)).gap(np.inf).beyond == 0
    assert not compared(constant(0.0), constant(0.0, values=spike)).identical(np.inf)
    broken = changed_at(np.zeros((5, 1)), (2, 0), np.nan)
    assert compared(constant(0.0), constant(0.0, values=broken)).gap(np.inf).first_ms == pytest.approx(0.2)


def test_only_samples_before_the_given_time_are_judged():
    one = compared(constant(0.0), constant(0.0, values=changed_at(np.zeros((5, 1)), (4, 0), 1.0)))
    assert (one.gap(0.4).beyond, one.identical(0.4)) == (0, True)
    assert (one.gap(0.5).beyond, one.identical(0.5)) == (1, False)


def test_a_tolerance_in_another_unit_is_converted():
    assert compared(constant(0.0), constant(0.0), Tolerance(50.0, "uV", "chosen")).limit == pytest.approx(0.05)
    with pytest.raises(UsageError, match="nA measures current, mV measures potential"):
        compared(constant(0.0), constant(0.0), Tolerance(1.0, "nA", "chosen")).gap(1.0)
