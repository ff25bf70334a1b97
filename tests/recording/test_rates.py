import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssim.recording.data import Recording, Spikes
from crosssim.recording.rates import PopulationRate, population_rates
from tests.recording.builders import i4


def recording(spikes, duration_ms=500.0, classes=None):
    return Recording("tiny", "nest", 0.1, duration_ms, spikes, cell_classes=classes or {})


def test_spikes_cells_and_seconds():
    spikes = Spikes.from_events([0, 0, 0, 3], [1.0, 2.0, 3.0, 4.0], 4, 500.0)
    assert population_rates(recording({"exc": spikes})) == (PopulationRate("exc", "exc", 4, 4, 2.0),)


def test_classes_follow_their_population_and_count_their_own_cells():
    spikes = Spikes.from_events([0, 0, 0, 3], [1.0, 2.0, 3.0, 4.0], 4, 500.0)
    other = Spikes.from_events([1], [1.0], 2, 500.0)
    classes = {"exc": {"RS": i4([0, 1]), "LTS": i4([3]), "none": i4([])}}
    rows = population_rates(recording({"exc": spikes, "inh": other}, classes=classes))
    assert rows == (
        PopulationRate("exc", "exc", 4, 4, 2.0),
        PopulationRate("RS", "exc", 2, 3, 3.0),
        PopulationRate("LTS", "exc", 1, 1, 2.0),
        PopulationRate("none", "exc", 0, 0, 0.0),
        PopulationRate("inh", "inh", 2, 1, 1.0),
    )


@pytest.mark.parametrize("n_cells", [0, 5])
def test_silence_is_zero_and_not_nothing(n_cells):
    (row,) = population_rates(recording({"exc": Spikes.from_events([], [], n_cells, 500.0)}))
    assert (row.cells, row.spikes, row.rate_hz) == (n_cells, 0, 0.0)


@given(st.lists(st.integers(0, 9), max_size=40), st.integers(0, 10))
def test_two_classes_that_share_out_a_population_add_up_to_it(cells, border):
    spikes = Spikes.from_events(cells, np.arange(len(cells), dtype=float), 10, 500.0)
    classes = {"exc": {"low": np.arange(border), "high": np.arange(border, 10)}}
    whole, low, high = population_rates(recording({"exc": spikes}, classes=classes))
    assert whole.spikes == low.spikes + high.spikes == len(cells)
    assert whole.rate_hz * 10 == pytest.approx(low.rate_hz * border + high.rate_hz * (10 - border))
