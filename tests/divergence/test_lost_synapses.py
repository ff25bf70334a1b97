import numpy as np
import pytest

from crosssim.divergence.lost_synapses import (
    Synapse,
    best_of,
    deviating_cells,
    events,
    likely_lost,
    likely_lost_by_potential,
)
from crosssim.recording.data import Spikes, Wiring

CELLS, STOP_MS, STEP_MS = 30, 200.0, 0.1


def trains(per_cell=8, seed=1):
    draw = np.random.default_rng(seed)
    times = np.sort(draw.uniform(5, STOP_MS - 5, (CELLS, per_cell)), axis=1)
    return Spikes.from_events(np.repeat(np.arange(CELLS), per_cell), times.ravel(), CELLS, STOP_MS)


def without(spikes, cell, count):
    """The spikes without the last ``count`` of one cell."""
    kept = np.ones(len(spikes), dtype=bool)
    kept[spikes.offsets[cell + 1] - count : spikes.offsets[cell + 1]] = False
    return Spikes.from_events(spikes.cell[kept], spikes.time_ms[kept], CELLS, STOP_MS)


def test_cells_that_hold_the_disagreement_are_found_the_worst_first():
    spikes = trains()
    candidate = without(without(spikes, 4, 2), 9, 5)
    assert deviating_cells(spikes, candidate, STEP_MS).tolist() == [9, 4]


def test_equal_runs_have_no_deviating_cell():
    assert deviating_cells(trains(), trains(), STEP_MS).size == 0


def test_a_disagreement_of_all_cells_is_not_that_of_a_few():
    spikes = trains()
    shifted = Spikes.from_events(spikes.cell, spikes.time_ms + 0.5, CELLS, STOP_MS)
    assert deviating_cells(spikes, shifted, STEP_MS).size == 0


def test_events_tell_by_how_much_they_deviate_and_which_way():
    reference = Spikes.from_events([0, 0, 0], [10.0, 50.0, 90.0], 1, STOP_MS)
    candidate = Spikes.from_events([0, 0, 0, 0], [10.0, 49.0, 70.0, 90.0], 1, STOP_MS)
    found = events(0, reference, candidate, STEP_MS)
    assert found.time_ms.tolist() == [10.0, 49.0, 70.0, 90.0]
    assert found.size_ms.tolist() == [0.0, 1.0, 2.0, 0.0]
    assert found.drift_ms == 3.0
    assert events(0, candidate, reference, STEP_MS).drift_ms == -3.0


@pytest.mark.parametrize(("lost", "receptor_type"), [(7, "excitatory"), (21, "inhibitory")])
def test_the_synapse_whose_spikes_come_before_the_deviations_is_the_likeliest(lost, receptor_type):
    sources = trains(seed=2)
    arrivals = sources.of(lost) + 0.5
    quiet = np.array([one for one in np.arange(4.0, STOP_MS, 9.0) if (np.abs(one - arrivals) > 12).all()])
    reference = Spikes.from_events(np.zeros(quiet.size), quiet, 1, STOP_MS)
    with_more = np.sort(np.concatenate([quiet, arrivals[arrivals < STOP_MS - 3] + 2.5]))
    more = Spikes.from_events(np.zeros(with_more.size), with_more, 1, STOP_MS)
    outputs = (reference, more) if receptor_type == "inhibitory" else (more, reference)
    edges = (np.arange(CELLS), np.zeros(CELLS), np.full(CELLS, 0.01), np.full(CELLS, 0.5))
    wirings = {
        name: Wiring.from_edges(edges, populations=("exc", "exc"), receptor_type=name)
        for name in ("excitatory", "inhibitory")
    }
    found = likely_lost(0, outputs, wirings, {"exc": sources}, STEP_MS)
    assert found[0] == Synapse(receptor_type, lost, 0)
    assert len(found) == 2 * CELLS


def test_a_source_that_was_not_recorded_is_no_suspect():
    edges = (np.arange(CELLS), np.zeros(CELLS), np.full(CELLS, 0.01), np.full(CELLS, 0.5))
    wirings = {"from afar": Wiring.from_edges(edges, populations=("afar", "exc"), receptor_type="excitatory")}
    assert likely_lost(0, (trains(), without(trains(), 0, 2)), wirings, {"exc": trains()}, STEP_MS) == []


def test_each_cell_takes_the_trial_that_removes_most():
    best, gain = best_of([np.array([1.0, 5.0]), np.array([3.0, -2.0])])
    assert best.tolist() == [1, 0] and gain.tolist() == [3.0, 5.0]


@pytest.mark.parametrize("receptor_type", ["excitatory", "inhibitory"])
def test_the_synapse_whose_arrivals_move_v_is_the_likeliest(receptor_type):
    sources = trains(seed=2)
    arrivals = sources.of(7) + 0.5
    times = np.arange(0.0, STOP_MS, 0.1)
    since = times[:, None] - arrivals
    lost = np.where(since > 0, since * np.exp(-since / 5.0), 0.0).sum(axis=1)  # an alpha function, in mV
    moved = lost if receptor_type == "inhibitory" else -lost
    edges = (np.arange(CELLS), np.zeros(CELLS), np.full(CELLS, 0.01), np.full(CELLS, 0.5))
    wirings = {
        name: Wiring.from_edges(edges, populations=("exc", "exc"), receptor_type=name)
        for name in ("excitatory", "inhibitory")
    }
    ranked = likely_lost_by_potential(0, (times, moved), wirings, {"exc": sources})
    assert ranked[0] == Synapse(receptor_type, 7, 0)
    assert len(ranked) == 2 * CELLS
    assert likely_lost_by_potential(0, (times, moved), wirings, {}) == []
