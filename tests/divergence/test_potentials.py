"""Membrane potentials down the ladder: what shrinks with the step passes, what stays is found and named."""

from dataclasses import replace

import numpy as np
import pytest

from crosssim.divergence.potentials import compare_potentials, trajectories
from crosssim.divergence.refinement import RefinementLevel, compare_refinement
from crosssim.divergence.refinement_gate import refinement_result
from crosssim.recording.data import Recording, Spikes, Trace, Wiring

STEPS_MS = (0.1, 0.05, 0.02, 0.01)
EVERY_MS = 0.1
DURATION_MS = 100.0
TIMES_MS = np.arange(0, DURATION_MS + EVERY_MS / 2, EVERY_MS)
NOTHING = np.zeros(0)


def recording(v, step_ms, spikes=((), ()), backend="nest"):
    cell, time_ms = spikes
    cells = v.shape[1]
    trains = Spikes.from_events(np.asarray(cell, dtype=int), np.asarray(time_ms, dtype=float), cells, DURATION_MS)
    trace = Trace(v, "mV", 0.0, EVERY_MS, np.arange(cells, dtype=np.int32))
    return Recording("m", backend, step_ms, DURATION_MS, {"exc": trains}, {("exc", "v"): trace})


def levels(*, cells=40, per_step_mv=0.3, left_mv=0.0, where=slice(0, 0), late_ms=0.0, seed=1):
    """v of both sides: the candidate is off by ``per_step_mv`` per ms of step and v's slope, and ``left_mv`` stays in
    some cells, whose v comes ``late_ms`` late."""
    draw = np.random.default_rng(seed)
    phase = draw.uniform(0, 20, cells)
    late = np.zeros(cells)
    late[where] = late_ms
    stays = np.zeros(cells)
    stays[where] = left_mv
    own = draw.normal(1, 0.3, cells)
    found = []
    for step in STEPS_MS:
        v = -60 + 6 * np.sin((TIMES_MS[:, None] - phase) / 3)
        other = -60 + 6 * np.sin((TIMES_MS[:, None] - phase - late) / 3) + per_step_mv * own * step + stays
        found.append((recording(v, step), recording(other, step, backend="neuron")))
    return found


def row(**planted):
    return compare_potentials(levels(**planted), STEPS_MS, "exc")


def test_a_gap_in_proportion_to_the_step_is_the_time_steps():
    found = row()
    assert not found.remains and found.apart == ()
    assert found.cells == 40
    assert found.order == pytest.approx(1.0, abs=0.05)
    assert found.gap_mv[0] == pytest.approx(0.03, rel=0.2)
    assert abs(found.intercept_mv) < 1e-6


def test_a_gap_that_falls_faster_than_the_step_is_not_led_below_zero():
    pairs = []
    for one, other in levels(per_step_mv=0.0):
        v = other.traces["exc", "v"].values + 30 * one.timestep_ms**2
        pairs.append((one, recording(v, one.timestep_ms)))
    found = compare_potentials(pairs, STEPS_MS, "exc")
    assert found.order == pytest.approx(2.0, abs=0.1) and not found.remains
    assert abs(found.intercept_mv) < 1e-9 and found.largest_mv < 1e-9


def test_the_same_run_on_both_sides_has_no_gap():
    same = [(one, one) for one, _ in levels()]
    found = compare_potentials(same, STEPS_MS, "exc")
    assert found.gap_mv == (0.0,) * 4 and found.order is None and not found.remains


@pytest.mark.parametrize("left_mv", [-1.5, 0.2])
def test_one_cell_that_keeps_apart_is_found_with_its_size(left_mv):
    found = row(left_mv=left_mv, where=slice(7, 8))
    assert [one.cell for one in found.counting] == [7]
    assert found.counting[0].gap_mv == pytest.approx(abs(left_mv), rel=0.1)
    assert abs(found.intercept_mv) < 0.01  # the trimmed mean over cells does not move


def test_a_slight_gap_counts_only_where_many_cells_have_it():
    assert not row(left_mv=0.02, where=slice(7, 8)).remains
    found = row(left_mv=0.02, where=slice(0, 10))
    assert found.remains and found.plain == () and len(found.counting) == 10


def test_v_that_comes_a_step_late_in_some_cells_is_found():
    found = row(late_ms=0.1, where=slice(0, 8))
    assert {one.cell for one in found.counting} == set(range(8))


def test_a_gap_that_shrinks_from_step_to_step_is_no_difference():
    """A cell whose spike hung on a hair keeps more than the others, in proportion to the step all the same."""
    assert not row(per_step_mv=5.0).remains


@pytest.mark.parametrize("seed", range(10))
def test_no_false_alarm_in_noise_that_the_step_carries(seed):
    draw = np.random.default_rng(seed)
    noisy = []
    for one, other in levels(seed=seed):
        trace = other.traces["exc", "v"]
        noise = draw.normal(0, 0.5 * one.timestep_ms, trace.values.shape)
        noisy.append((one, replace(other, traces={("exc", "v"): replace(trace, values=trace.values + noise)})))
    assert not compare_potentials(noisy, STEPS_MS, "exc").remains


@pytest.mark.parametrize("left_mv", [1.4e-14, 1e-9, 0.004])
def test_quiet_cells_that_differ_by_a_rounding_are_no_difference(left_mv):
    still = np.full((TIMES_MS.size, 40), -65.0)
    pairs = [(recording(still, step), recording(still + left_mv, step)) for step in STEPS_MS]
    assert not compare_potentials(pairs, STEPS_MS, "exc").remains


def test_cells_that_rest_at_different_potentials_do_not_hide_a_quiet_cell():
    rest = np.linspace(-80, -50, 40)
    v = rest + 0.35 * np.sin(TIMES_MS[:, None])
    pairs = [(recording(v, step), recording(v + 0.08 * (np.arange(40) == 7), step)) for step in STEPS_MS]
    assert [one.cell for one in compare_potentials(pairs, STEPS_MS, "exc").counting] == [7]


@pytest.mark.parametrize(("per_step_mv", "left_mv"), [(5.0, 0.15), (3.0, 0.09)])
def test_a_gap_beside_a_large_error_of_the_integrators_is_found(per_step_mv, left_mv):
    found = row(per_step_mv=per_step_mv, left_mv=left_mv, where=slice(7, 8))
    assert [one.cell for one in found.counting] == [7]


def test_a_gap_at_one_step_and_not_at_the_next_hangs_on_a_hair():
    pairs = levels()
    for at, gap_mv in ((1, 0.4), (2, 0.1), (3, 0.1)):
        here, there = pairs[at]
        v = there.traces["exc", "v"].values + gap_mv * (np.arange(40) == 7)
        pairs[at] = (here, recording(v, there.timestep_ms))
    assert not compare_potentials(pairs, STEPS_MS, "exc").remains


def test_delta_synapses_are_not_followed_for_v_jumps_where_a_spike_arrives():
    edge = (np.zeros(1), np.zeros(1), np.ones(1), np.ones(1))
    jumping = {"in": Wiring.from_edges(edge, populations=("x", "exc"), receptor_type="excitatory", weight_unit="mV")}
    pairs = [(replace(one, wiring=jumping), replace(other, wiring=jumping)) for one, other in levels()]
    assert compare_potentials(pairs, STEPS_MS, "exc") is None


def test_each_backend_is_told_how_far_it_is_from_its_own_finest_run():
    found = row()
    assert found.reference_own.gap_mv == (0.0,) * 4 and found.reference_own.order is None
    assert found.candidate_own.order == pytest.approx(1.0, abs=0.05)
    assert found.candidate_own.gap_mv[-1] == 0.0


def test_samples_around_a_spike_and_after_a_lost_one_say_nothing():
    v = np.full((TIMES_MS.size, 2), -60.0)
    here = recording(v, 0.1, ([0, 1], [50.0, 30.0]))
    there = recording(v + 1, 0.1, ([0], [50.1]))
    found = trajectories(here, there, "exc")
    compared = [TIMES_MS[found.comparable[:, cell]] for cell in (0, 1)]
    assert not ((compared[0] > 49.05) & (compared[0] < 53.05)).any() and compared[0].max() == DURATION_MS
    assert compared[1].max() == pytest.approx(28.9)
    assert (found.gap_mv == 1.0).all()


def test_a_spike_within_five_of_the_larger_steps_is_not_lost():
    v = np.full((TIMES_MS.size, 1), -60.0)
    coarse, fine = recording(v, 0.1, ([0], [50.4])), recording(v, 0.01, ([0], [50.0]))
    for pair in ((coarse, fine), (fine, coarse)):
        assert trajectories(*pair, "exc").comparable[-1].all()
    assert not trajectories(fine, replace(coarse, timestep_ms=0.05), "exc").comparable[-1].any()


def test_cells_with_too_few_samples_are_not_followed():
    early = [(replace_spikes(one, ([3], [1.5])), other) for one, other in levels()]
    assert compare_potentials(early, STEPS_MS, "exc").cells == 39


def replace_spikes(one, spikes):
    return recording(one.traces["exc", "v"].values, one.timestep_ms, spikes)


def test_without_v_on_one_side_there_is_nothing_to_follow():
    without = [(one, replace(other, traces={})) for one, other in levels()]
    assert compare_potentials(without, STEPS_MS, "exc") is None


def gate(**planted):
    ladder = [RefinementLevel(step, *level) for step, level in zip(STEPS_MS, levels(**planted), strict=True)]
    return refinement_result(compare_refinement(ladder))


def test_a_network_without_spikes_is_judged_by_its_membrane_potentials():
    passed = gate()
    assert passed.passed and "the gap between the membrane potentials of nest and neuron vanishes" in passed.reason
    assert "the spikes are too few to measure their shift" in passed.reason
    failed = gate(left_mv=1.2, where=slice(7, 8))
    assert not failed.passed
    assert "1.2 mV remain between the membrane potentials of 1 cell of exc" in failed.reason
    assert failed.differences[0].tolerance < 0.1
    slight = gate(left_mv=0.02, where=slice(0, 10)).differences[0]
    assert slight.count == 10 and slight.value > slight.tolerance
    (difference,) = failed.differences
    assert (difference.measure, difference.cell, difference.count) == ("membrane potential at step zero", 7, 1)
    assert difference.value == pytest.approx(1.2, rel=0.1) and difference.unit == "mV"
