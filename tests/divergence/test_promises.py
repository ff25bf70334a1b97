"""Promises against planted differences of known size, and against the identity."""

from dataclasses import replace

import numpy as np
import pytest

from crosssim import Identical, Margin, Qualitative, Tolerance, Within
from crosssim.divergence.promises import Standing, judge_promise
from crosssim.recording.data import Recording, Spikes, Trace

WHY = "chosen: for this test"
STEP, STOP, CELLS = 0.1, 50.0, 20
IDENTICAL = Identical(WHY)


def recorded(shift_ms=0.0, seed=0, cells=CELLS, v_mv=0.0, from_ms=0.0):
    """Regular spikes of every cell, whose last ones move by ``shift_ms``; v of cells 0 and 3 moves from ``from_ms``."""
    rng = np.random.default_rng(seed)
    cell = np.repeat(np.arange(cells), 4)
    steps = (rng.integers(20, 60, cells)[:, None] + np.array([0, 100, 200, 300])[None, :]).ravel()
    times = steps * STEP
    times[times > 30] += shift_ms
    samples = np.arange(round(STOP / STEP) + 1) * STEP
    v = -60 + np.sin(samples)[:, None] + np.zeros((1, 2))
    v[samples >= from_ms] += v_mv
    return Recording(
        "small", "rung x", STEP, STOP,
        spikes={"cells": Spikes.from_events(cell, times, cells, STOP)},
        traces={("cells", "v"): Trace(v, "mV", 0.0, STEP, np.array([0, 3], dtype=np.int32))},
        cell_classes={"cells": {"first": np.array([0, 1], dtype=np.int32)}},
    )  # fmt: skip


def judge(promise, *candidates):
    pairs = [(recorded(seed=k), one) for k, one in enumerate(candidates)]
    return judge_promise(promise, pairs)


@pytest.mark.parametrize(
    "promise",
    [
        IDENTICAL,
        Within(v=Tolerance(0.0, "mV", WHY), spikes=Tolerance(0.0, "ms", WHY)),
        Within(v=Tolerance(0.0, "mV", WHY), until="first spike"),
    ],
)
def test_the_same_keeps_every_promise_of_sameness(promise):
    found = judge(promise, recorded())
    assert found.standing is Standing.KEPT
    assert found.onset is None and found.windows == ()


def test_one_bit_of_v_breaks_identity_and_is_shown():
    other = recorded()
    values = other.traces["cells", "v"].values
    values[200, 1] = np.nextafter(values[200, 1], 0)
    found = judge(IDENTICAL, other)
    assert found.standing is Standing.BROKEN
    assert found.onset.time_ms == pytest.approx(20.0) and found.onset.cell == 3
    (window,) = found.windows
    assert len(window.times_ms) == 13 and window.times_ms[6] == pytest.approx(20.0)


def test_one_moved_spike_breaks_identity_where_it_is():
    found = judge(IDENTICAL, recorded(shift_ms=1e-9))
    first = min(time for time in recorded().spikes["cells"].time_ms if time > 30)
    assert found.standing is Standing.BROKEN
    assert found.onset.time_ms == pytest.approx(first)
    assert "unequal spike" in found.reason


def test_a_nan_on_both_sides_is_not_the_same():
    sides = recorded(), recorded()
    for side in sides:
        side.traces["cells", "v"].values[100, 0] = np.nan
    assert judge_promise(IDENTICAL, [sides]).standing is Standing.BROKEN
    assert judge_promise(Within(v=Tolerance(1.0, "mV", WHY)), [sides]).standing is Standing.BROKEN


@pytest.mark.parametrize(("shift_ms", "standing"), [(0.1, Standing.KEPT), (0.3, Standing.BROKEN)])
def test_spikes_within_a_tolerance(shift_ms, standing):
    found = judge(Within(spikes=Tolerance(0.2, "ms", WHY)), recorded(shift_ms=shift_ms))
    assert found.standing is standing


@pytest.mark.parametrize(("v_mv", "standing"), [(1e-3, Standing.KEPT), (3e-3, Standing.BROKEN)])
def test_v_within_a_tolerance(v_mv, standing):
    found = judge(Within(v=Tolerance(2e-3, "mV", WHY)), recorded(v_mv=v_mv))
    assert found.standing is standing


def test_what_comes_after_the_promised_end_is_not_judged():
    promise = Within(v=Tolerance(1e-9, "mV", WHY), spikes=Tolerance(0.0, "ms", WHY), until=25.0)
    assert judge(promise, recorded(shift_ms=1.0, v_mv=5.0, from_ms=25.0)).standing is Standing.KEPT
    assert judge(promise, recorded(v_mv=5.0, from_ms=24.9)).standing is Standing.BROKEN


def test_until_its_first_spike_each_cell_is_judged_on_its_own():
    promise = Within(v=Tolerance(1e-9, "mV", WHY), until="first spike")
    firsts = [recorded().spikes["cells"].of(cell)[0] for cell in (0, 3)]
    last = max(firsts)
    assert judge(promise, recorded(v_mv=5.0, from_ms=last)).standing is Standing.KEPT
    found = judge(promise, recorded(v_mv=5.0, from_ms=last - 0.15))
    assert found.standing is Standing.BROKEN and found.onset.time_ms == pytest.approx(last - 0.1)


def test_later_than_the_latest_time_no_cell_is_judged():
    promise = Within(v=Tolerance(1e-9, "mV", WHY), until="first spike", latest_ms=2.0)
    assert judge(promise, recorded(v_mv=5.0, from_ms=2.0)).standing is Standing.KEPT
    assert judge(promise, recorded(v_mv=5.0, from_ms=1.9)).standing is Standing.BROKEN


def test_other_cells_break_any_promise_in_a_sentence():
    found = judge(IDENTICAL, recorded(cells=19))
    assert found.standing is Standing.BROKEN
    assert "19 cells in 'cells' where rung x has 20" in found.reason
    without = replace(recorded(), traces={})
    assert "recorded v of cells []" in judge(IDENTICAL, without).reason
    assert "0 cells in 'cells'" in judge(IDENTICAL, replace(recorded(), spikes={})).reason


def qualitative(limit, change=0.0, **more):
    return Qualitative((Margin("rate_hz", limit, WHY, change=change, **more),), seeds=3)


def thinned(seed, keep_until_ms):
    one = recorded(seed=seed)
    spikes = one.spikes["cells"]
    kept = spikes.time_ms < keep_until_ms
    return replace(one, spikes={"cells": Spikes(spikes.cell[kept], spikes.time_ms[kept], CELLS, STOP)})


def test_a_margin_is_on_the_paired_change():
    lost = [thinned(seed, 30.0) for seed in range(3)]  # one spike of four: 80 Hz to 60 Hz
    for limit, change, standing in ((25, 0, Standing.KEPT), (15, 0, Standing.BROKEN), (5, -20, Standing.KEPT)):
        found = judge(qualitative(limit, change), *lost)
        assert found.standing is standing
        (measure,) = found.measures
        assert measure.seeds == 3
        assert measure.change == pytest.approx(measure.candidate - measure.reference)
        assert -30 < measure.change < -15


def test_a_margin_of_a_class_or_a_window_looks_there_only():
    lost = [thinned(seed, 30.0) for seed in range(3)]
    assert judge(qualitative(0.0, window_ms=30.0), *lost).measures[0].change == 0
    (measure,) = judge(qualitative(30.0, of="first"), *lost).measures
    assert measure.reference == pytest.approx(80.0)
    assert "recorded: ['cells', 'first']" in judge(qualitative(1.0, of="last"), *lost).reason


def test_a_change_that_changes_nothing_breaks_a_qualitative_promise():
    found = judge(qualitative(5.0), *(recorded(seed=k) for k in range(3)))
    assert found.standing is Standing.BROKEN
    assert "has not changed" in found.reason


def test_one_seed_is_not_judged():
    assert judge(qualitative(100.0), thinned(0, 30.0)).standing is Standing.NOT_JUDGED


def test_the_shortest_interval_is_found():
    promise = Qualitative((Margin("shortest_interval_ms", 0.5, WHY),), seeds=3)
    assert judge(promise, *(thinned(k, 30.0) for k in range(3))).standing is Standing.KEPT
    closer = [recorded(seed=k, shift_ms=-2.0) for k in range(3)]
    found = judge(promise, *closer)
    assert found.standing is Standing.BROKEN
    assert found.measures[0].change == pytest.approx(-2.0)


def test_survival_needs_a_second():
    promise = Qualitative((Margin("survival", 0.5, WHY),), seeds=3)
    found = judge(promise, *(thinned(k, 30.0) for k in range(3)))
    assert found.standing is Standing.NOT_JUDGED and "1000 ms" in found.reason
