import json

import numpy as np
import pytest

from crosssim.errors import UsageError
from crosssim.model.discovery import find_model
from crosssim.model.expectation import Recorded, Tolerance
from crosssim.provenance.record import RunStatus, read_record
from crosssim.recording.data import Recording, Spikes
from crosssim.runner.launch import Launcher
from crosssim.studies.divergence_time import (
    MEASURES,
    DivergenceLadder,
    NetworkDivergence,
    divergence_times,
    growth,
    run_divergence_times,
)
from crosssim.studies.legs import Wishes
from crosssim.studies.recorded_divergence_time import recorded_divergence_times

STEPS_MS = (0.1, 0.05, 0.025, 0.01)
STOP_MS = 100.0
RECORDED = (Recorded("exc", "spikes", Tolerance(0.1, "ms", "one step")),)


def recording(cell, time_ms):
    spikes = Spikes.from_events(cell, time_ms, 30, STOP_MS)
    return Recording("planted", "any", 0.1, STOP_MS, spikes={"exc": spikes})


def regular():
    """Thirty cells, each firing every 5 ms: thirty spikes in every window."""
    times = np.arange(2.0, STOP_MS - 1, 5.0)
    return np.repeat(np.arange(30), times.size), np.tile(times, 30)


def test_equal_runs_never_part():
    one = recording(*regular())
    assert divergence_times(one, one, RECORDED) == dict.fromkeys(MEASURES)


def test_a_shift_that_grows_passes_the_measures_in_their_order():
    cell, time_ms = regular()
    shift = 0.01 * np.exp(time_ms / 10.0)  # 0.1 ms at 23 ms, 0.5 ms at 39 ms
    found = divergence_times(recording(cell, time_ms), recording(cell, time_ms + np.minimum(shift, 2.4)), RECORDED)
    assert found == {"onset": 27.0, "first lost": 42.0, "half unpaired": 28.0, "half lost": 43.0}


def test_one_lost_spike_is_an_onset_and_nothing_more():
    cell, time_ms = regular()
    found = divergence_times(recording(cell, time_ms), recording(cell[1:], time_ms[1:]), RECORDED)
    assert found == {"onset": 2.0, "first lost": 2.0, "half unpaired": None, "half lost": None}


def test_a_window_with_few_spikes_decides_nothing():
    few = recording([0, 1, 2], [10.0, 10.0, 10.0])
    other = recording([0, 1, 2], [14.0, 14.0, 14.0])
    assert divergence_times(few, other, RECORDED)["half lost"] is None


def networks(time_of, seeds=(1, 2, 3, 4, 5)):
    return [
        NetworkDivergence(seed, step, dict.fromkeys(MEASURES, time_of(seed, step)), (1.0, 1.0))
        for seed in seeds
        for step in STEPS_MS
    ]


def test_a_planted_growth_per_efold_is_found():
    found = growth("onset", networks(lambda seed, step: 10.0 + seed - 6.0 * np.log(step / 0.1)), STEPS_MS, STOP_MS)
    assert found.per_efold_ms.value == pytest.approx(6.0)
    assert found.per_efold_ms.low <= 6.0 <= found.per_efold_ms.high
    assert found.median_ms[0] == pytest.approx(13.0)
    assert found.censored == (0, 0, 0, 0)


def test_no_growth_is_found_to_be_none():
    rng = np.random.default_rng(2)
    found = growth("onset", networks(lambda seed, step: 15.0 + rng.normal()), STEPS_MS, STOP_MS).per_efold_ms
    assert found.low < 0 < found.high


def test_networks_that_do_not_part_count_as_parting_at_the_end_and_no_slope_rests_on_them():
    def time_of(seed, step):
        return None if step < 0.02 or seed == 5 else 20.0 - 5.0 * np.log(step / 0.1)

    found = growth("onset", networks(time_of), STEPS_MS, STOP_MS)
    assert found.censored == (1, 1, 1, 5)
    assert found.median_ms[-1] == STOP_MS
    assert found.per_efold_ms.value == pytest.approx(5.0)


def test_too_little_to_run_is_refused(tmp_path):
    model = find_model("two_cells")
    for ladder in (DivergenceLadder(("nest", "neuron"), (1,), (0.1,)), DivergenceLadder(("nest", "neuron"), ())):
        with pytest.raises(UsageError, match="at least two different steps and one seed"):
            run_divergence_times(model, "two_cells", ladder, Launcher(tmp_path, model, 1))


@pytest.mark.legs
def test_a_backend_does_not_part_from_itself(tmp_path):
    model = find_model("two_cells")
    ladder = DivergenceLadder(("nest", "nest"), (1,), (0.1, 0.05), Wishes(duration="50"))
    found = run_divergence_times(model, "two_cells", ladder, Launcher(tmp_path, model, 2))
    assert [one.times_ms for one in found.networks] == [dict.fromkeys(MEASURES)] * 2
    assert all(one.rates_hz[0] == one.rates_hz[1] > 0 for one in found.networks)


@pytest.mark.legs
@pytest.mark.requires("nest", "neuron")
def test_the_exercise_leaves_its_numbers_and_a_record_of_all_its_legs(tmp_path):
    model = find_model("two_cells")
    ladder = DivergenceLadder(("nest", "neuron"), (1,), (0.1, 0.05), Wishes(duration="30"))
    launcher = Launcher(tmp_path, model, jobs=2)
    times, folder = recorded_divergence_times(model, "two_cells", ladder, launcher, ["divergence-time"])
    record = read_record(folder)
    assert record.status is RunStatus.COMPLETED and record.kind == "divergence-time"
    assert len(record.inputs) == 4
    assert json.loads((folder / "times.json").read_text())["seeds"] == list(times.seeds) == [1]
