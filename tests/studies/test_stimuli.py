"""The protocols, scaled to a cell."""

from dataclasses import replace

import numpy as np
import pytest

from crosssim.errors import UsageError
from crosssim.studies.stimuli import ONSET_MS, PROTOCOLS, REPLAY, SEPARATIONS_MS, CellScale, stimuli

SYNAPSES = {"tau_syn_E": 5.0, "tau_syn_I": 10.0, "e_rev_E": 0.0, "e_rev_I": -80.0}
CELL = CellScale(-60.0, -50.0, 0.01, 0.2, SYNAPSES, True, 500.0, 0.1)


def named(cell=CELL, **more):
    return {one.name: one for one in stimuli(cell, **more)}


def test_there_is_one_stimulus_for_each_row_of_the_table():
    assert list(named()) == [one.name for one in PROTOCOLS]
    assert all(one.what for one in PROTOCOLS)


def test_steps_are_in_rheobases():
    assert CELL.rheobase_nA == pytest.approx(0.1)
    assert named()["step 10"].amplitudes_nA == (pytest.approx(1.0), 0.0)
    twice = named(replace(CELL, leak_uS=0.02))
    assert twice["step 10"].amplitudes_nA[0] == pytest.approx(2.0)


def test_all_times_are_on_the_grid_and_after_the_onset():
    for one in stimuli(replace(CELL, timestep_ms=0.05)):
        times = np.array([*one.times_ms, *one.excitatory_ms, *one.inhibitory_ms])
        assert times.min() >= ONSET_MS
        assert np.abs(times / 0.05 - np.round(times / 0.05)).max() < 1e-6
        assert (np.diff(one.times_ms) > 0).all()


def test_a_frozen_input_is_the_same_every_time():
    assert named() == named()


def test_the_noise_is_the_process_that_it_says():
    one = named(replace(CELL, duration_ms=50_000.0))["frozen noise"]
    values = np.array(one.amplitudes_nA) / CELL.rheobase_nA
    assert values.mean() == pytest.approx(1.0, abs=0.1)
    assert values.std() == pytest.approx(1.5, abs=0.1)
    kept = np.corrcoef(values[:-1], values[1:])[0, 1]
    assert kept == pytest.approx(np.exp(-1 / 5), abs=0.02)


def test_pairs_come_at_the_separations_of_the_table():
    one = named(replace(CELL, duration_ms=1000.0))["paired pulses"]
    starts = np.array(one.times_ms)[np.array(one.amplitudes_nA) > 0]
    assert tuple(np.round(np.diff(starts)[::2], 9)) == SEPARATIONS_MS
    charge = one.amplitudes_nA[0] * 1.0  # nA ms
    assert charge / CELL.capacitance_nF == pytest.approx(2 * 10.0)  # mV: twice the way to threshold


def test_the_bombardment_drives_to_threshold_on_the_mean():
    one = named(replace(CELL, duration_ms=100_000.0))["bombardment"]
    lasts = 100_000.0 - ONSET_MS
    g_exc = len(one.excitatory_ms) / lasts * one.excitatory_weight * 5.0
    g_inh = len(one.inhibitory_ms) / lasts * one.inhibitory_weight * 10.0
    current = g_exc * 50.0 - g_inh * 30.0
    assert current / CELL.rheobase_nA == pytest.approx(1.2, rel=0.05)


def test_currents_of_a_current_based_cell_are_signed():
    one = named(replace(CELL, conductance_based=False, synapses={"tau_syn_E": 5.0, "tau_syn_I": 10.0}))["bombardment"]
    assert one.excitatory_weight == pytest.approx(0.003 * 50)
    assert one.inhibitory_weight == pytest.approx(-0.006 * 30)


def test_recorded_spikes_are_handed_on_up_to_the_end():
    one = named(recorded=((30.0, 40.04, 900.0), (35.0,)))[REPLAY]
    assert (one.excitatory_ms, one.inhibitory_ms) == ((30.0, 40.0), (35.0,))


def test_a_cell_without_rest_is_refused():
    with pytest.raises(UsageError, match="v_thresh = -60 mV is not above v_rest = -60 mV"):
        replace(CELL, threshold_mV=-60.0)
