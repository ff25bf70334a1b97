from dataclasses import replace

import numpy as np
import pytest

from crosssim.divergence.trains import compare_trains
from crosssim.model.expectation import Recorded, Tolerance
from crosssim.recording.data import CellTable, Recording, Spikes, Wiring
from crosssim.studies.first_lost import first_lost

STOP_MS = 40.0
CELL = {
    "cm": 0.2, "tau_m": 20.0, "v_rest": -60.0, "v_reset": -60.0, "v_thresh": -50.0, "tau_refrac": 2.0, "i_offset": 0.0,
    "tau_syn_E": 5.0, "tau_syn_I": 10.0, "e_rev_E": 0.0, "e_rev_I": -80.0,
}  # fmt: skip
TIME = Recorded("cells", "spikes", Tolerance(0.5, "ms", "lost"))


def spikes(*trains):
    cells = np.repeat(np.arange(len(trains)), [len(train) for train in trains])
    return Spikes.from_events(cells, [time for train in trains for time in train], len(trains), STOP_MS)


def run(first_cell, second_cell, celltype="IF_cond_exp"):
    """The first cell excites the second enough to make it fire; both are told what to have fired."""
    values = {name: np.full(2, value) for name, value in CELL.items()}
    wiring = Wiring.from_edges(([0], [1], [0.04], [1.0]), populations=("cells", "cells"), receptor_type="excitatory")
    return Recording(
        "planted", "any", 0.1, STOP_MS, spikes={"cells": spikes(first_cell, second_cell)}, wiring={"one": wiring},
        cells={"cells": CellTable(celltype, values, values, {"v": np.full(2, -60.0)})},
    )  # fmt: skip


def found(one, other):
    return first_lost([compare_trains(TIME, one, other)], (one, other))


def fires_at():
    """When the second cell fires that hears a spike of 10 ms: solved once, by asking who was right."""
    for time in np.arange(11.0, 20.0, 0.25):
        here = found(run([10.0], [time]), run([10.0], []))
        if here.solution_fires[0]:
            return float(time)
    raise AssertionError("the second cell never fires")


def test_equal_runs_lose_nothing():
    assert found(run([10.0], [12.0]), run([10.0], [12.0])) is None


def test_a_spike_without_cause_is_an_error_of_the_run_that_fired():
    lost = found(run([10.0], [30.0]), run([10.2], []))
    assert (lost.population, lost.cell, lost.time_ms, lost.fired_on) == ("cells", 1, 30.0, 0)
    assert (lost.spikes_before, lost.largest_shift_ms) == (1, pytest.approx(0.2))
    assert lost.solution_fires == (False, False)
    assert lost.both_right is False


def test_a_spike_that_only_one_run_had_reason_for_is_nobodys_error():
    time = fires_at()
    without_cause = replace(run([10.0], []), wiring={})
    lost = found(without_cause, run([10.0], [time]))
    assert lost.fired_on == 1
    assert lost.solution_fires == (False, True)
    assert lost.both_right is True
    assert found(run([10.0], []), run([10.0], [time])).both_right is False  # it heard the same and stayed silent


def test_a_cell_without_solution_is_not_judged():
    one, other = run([10.0], [30.0], "HH_cond_exp"), run([10.0], [], "HH_cond_exp")
    assert found(one, other).both_right is None
