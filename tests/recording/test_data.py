import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssim.errors import NotComparable
from crosssim.recording.data import Spikes, Trace, Wiring, digest
from tests.recording.builders import i4

EVENTS = st.lists(st.tuples(st.integers(0, 4), st.floats(0, 100)), max_size=30)


def spikes(events, n_cells=5):
    return Spikes.from_events([cell for cell, _ in events], [time for _, time in events], n_cells, 100.0)


@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_events_does_not_matter(events, random):
    shuffled = list(events)
    random.shuffle(shuffled)
    assert spikes(events).content_digest == spikes(shuffled).content_digest


@given(EVENTS)
def test_every_cell_has_its_own_spikes_in_order_of_time(events):
    found = spikes(events)
    assert len(found) == len(events) == found.offsets[-1]
    for cell in range(5):
        assert found.of(cell).tolist() == sorted(time for own, time in events if own == cell)


@pytest.mark.parametrize(
    ("cells", "times", "told"),
    [
        ([5], [1.0], "cell 5 lies outside a population of 5"),
        ([-1], [1.0], "lies outside"),
        ([0], [np.nan], "not a finite number"),
        ([0, 1], [1.0], "one of each per spike"),
        ([[0]], [[1.0]], "one of each per spike"),
    ],
)
def test_events_that_are_none(cells, times, told):
    with pytest.raises(NotComparable, match=told):
        Spikes.from_events(cells, times, 5, 100.0)


def test_a_digest_sees_one_bit_one_cell_and_one_silent_cell():
    base = spikes([(0, 1.0), (1, 2.0)])
    digests = {
        base.content_digest,
        spikes([(0, np.nextafter(1.0, 2.0)), (1, 2.0)]).content_digest,
        spikes([(1, 1.0), (0, 2.0)]).content_digest,
        spikes([(0, 1.0), (1, 2.0)], n_cells=6).content_digest,
    }
    assert len(digests) == 4
    assert spikes([(0, 1.0), (1, 2.0)]).content_digest == base.content_digest


def test_a_digest_is_of_values_and_not_of_their_storage():
    values = np.arange(6.0).reshape(2, 3)
    assert digest(values) == digest(values.astype(">f8")) == digest(np.asfortranarray(values))
    assert digest(values) != digest(values.reshape(3, 2))


def test_a_trace_by_cell_and_its_times():
    trace = Trace(np.array([[1.0, 2.0], [3.0, 4.0]]), "mV", 0.5, 0.25, i4([7, 3]))
    assert trace.of(3).tolist() == [2.0, 4.0]
    assert trace.times_ms.tolist() == [0.5, 0.75]
    with pytest.raises(NotComparable, match=r"cell 4 was not recorded; recorded: \[7, 3\]"):
        trace.of(4)


def edges(weight=(0.006, 0.004), delay=(0.5, 1.0)):
    return Wiring.from_edges(([1, 0], [2, 2], weight, delay), populations=("exc", "inh"), receptor_type="excitatory")


def test_edges_are_sorted_by_post_pre_weight_delay():
    wiring = Wiring.from_edges(
        ([1, 0, 0, 0], [2, 3, 2, 2], [4, 3, 2, 1], [1, 1, 1, 1]), populations=("a", "b"), receptor_type="excitatory"
    )
    assert list(zip(wiring.post.tolist(), wiring.pre.tolist(), wiring.weight.tolist(), strict=True)) == [
        (2, 0, 1.0),
        (2, 0, 2.0),
        (2, 1, 4.0),
        (3, 0, 3.0),
    ]


@pytest.mark.parametrize(
    "changed", [edges(weight=(0.006001, 0.004)), edges(delay=(0.55, 1.0)), edges(weight=(0.004, 0.006))]
)
def test_a_fingerprint_sees_a_weight_a_delay_and_a_swap(changed):
    assert changed.fingerprint != edges().fingerprint


def test_a_fingerprint_passes_over_the_last_bit_that_a_change_of_unit_costs():
    through_ns = tuple(weight * 1e3 / 1e3 * (1 + 2e-16) for weight in (0.006, 0.004))
    assert edges(weight=through_ns).fingerprint == edges().fingerprint


@pytest.mark.parametrize("weight", [0.0, -0.0, 5e-324, 1e-300, 1e300, 1.7e308, -1.7e308])
def test_a_fingerprint_of_extreme_weights(weight):
    assert edges(weight=(weight, 1.0)).fingerprint == edges(weight=(weight, 1.0)).fingerprint
    assert edges(weight=(weight, 1.0)).fingerprint != edges(weight=(0.006, 1.0)).fingerprint
