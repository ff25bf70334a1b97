from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosssim.divergence.edges import compare_projection
from crosssim.recording.data import Wiring
from tests.divergence.builders import EDGES, wiring


def compared(here: Wiring, there: Wiring):
    return compare_projection("p", here, there)


def counts(one) -> tuple[int, int, int, int]:
    return one.missing, one.extra, one.weight_changed, one.delay_changed


def without(edge: int) -> Wiring:
    return wiring(*[[value for k, value in enumerate(column) if k != edge] for column in EDGES])


def with_value(column: int, edge: int, value: float) -> Wiring:
    columns = [list(one) for one in EDGES]
    columns[column][edge] = value
    return wiring(*columns)


def edges(cells: int = 3, most: int = 7):
    edge = st.tuples(st.integers(0, cells - 1), st.integers(0, cells - 1), st.integers(1, 3), st.integers(1, 2))
    return st.lists(edge, max_size=most)


def of(rows: list[tuple[int, int, int, int]]) -> Wiring:
    pre, post, weight, delay = ([row[k] for row in rows] for k in range(4))
    return wiring(pre, post, [0.1 * value for value in weight], [0.1 * value for value in delay])


@settings(max_examples=200, deadline=None)
@given(edges(), edges())
def test_counts_are_those_of_multisets(here, there):
    one = compared(of(here), of(there))
    cells_here, cells_there = (Counter(row[:2] for row in rows) for rows in (here, there))
    left_here = Counter(here) - Counter(there)
    left_there = Counter(there) - Counter(here)
    assert one.missing == (cells_here - cells_there).total()
    assert one.extra == (cells_there - cells_here).total()
    changed = left_here.total() - one.missing
    assert changed == left_there.total() - one.extra
    assert max(one.weight_changed, one.delay_changed) <= changed <= one.weight_changed + one.delay_changed
    assert (not one.first) == (Counter(here) == Counter(there))


@settings(max_examples=100, deadline=None)
@given(edges(), edges())
def test_sides_can_be_swapped(here, there):
    forth, back = compared(of(here), of(there)), compared(of(there), of(here))
    assert counts(forth) == (back.extra, back.missing, back.weight_changed, back.delay_changed)


@settings(max_examples=100, deadline=None)
@given(edges(), st.randoms(use_true_random=False))
def test_the_order_of_the_edges_does_not_matter(rows, random):
    mixed = list(rows)
    random.shuffle(mixed)
    assert counts(compared(of(rows), of(mixed))) == (0, 0, 0, 0)


@settings(max_examples=60, deadline=None)
@given(edges())
def test_the_last_bits_of_a_weight_do_not_matter(rows):
    plain = of(rows)
    dusty = Wiring.from_edges(
        (plain.pre, plain.post, plain.weight * 1e3 / 1e3 * (1 + 1e-13), plain.delay_ms + 1e-12),
        populations=("exc", "exc"), receptor_type="excitatory",
    )  # fmt: skip
    assert counts(compared(plain, dusty)) == (0, 0, 0, 0)


@pytest.mark.parametrize("edge", range(6))
def test_a_lost_edge_is_one_missing_edge_also_of_a_double_one(edge):
    one = compared(wiring(), without(edge))
    assert counts(one) == (1, 0, 0, 0)
    (lost,) = one.first
    assert (lost.pre, lost.post, lost.measure) == (EDGES[0][edge], EDGES[1][edge], "missing")
    assert (lost.reference, lost.candidate) == (EDGES[2][edge], None)


@pytest.mark.parametrize("edge", range(6))
def test_an_added_edge_is_one_extra_edge(edge):
    one = compared(without(edge), wiring())
    assert counts(one) == (0, 1, 0, 0)
    assert (one.first[0].measure, one.first[0].candidate) == ("extra", EDGES[2][edge])


@pytest.mark.parametrize("edge", range(6))
@pytest.mark.parametrize("factor", [1.001, 0.5, 100.0, -1.0])
def test_one_weight_is_named_with_both_values(edge, factor):
    weight = EDGES[2][edge]
    one = compared(wiring(), with_value(2, edge, weight * factor))
    assert counts(one) == (0, 0, 1, 0)
    (changed,) = one.first
    assert (changed.pre, changed.post, changed.measure, changed.unit) == (
        EDGES[0][edge],
        EDGES[1][edge],
        "weight",
        "uS",
    )
    assert (changed.reference, changed.candidate) == (weight, weight * factor)
    assert one.largest_weight_gap == pytest.approx(abs(weight * factor - weight))
    assert one.largest_delay_gap_ms is None


@pytest.mark.parametrize("edge", range(6))
def test_one_delay_is_named_with_both_values(edge):
    one = compared(wiring(), with_value(3, edge, 0.6))
    assert counts(one) == (0, 0, 0, 1)
    assert (one.first[0].reference, one.first[0].candidate, one.first[0].unit) == (EDGES[3][edge], 0.6, "ms")
    assert one.largest_delay_gap_ms == pytest.approx(abs(EDGES[3][edge] - 0.6))


@pytest.mark.parametrize(("relative", "changed"), [(0.5e-9, 0), (2e-9, 6)])
def test_weights_have_a_relative_tolerance(relative, changed):
    for scale in (1e-9, 1.0, 1e9):
        here = wiring(*EDGES[:2], [weight * scale for weight in EDGES[2]], EDGES[3])
        there = wiring(*EDGES[:2], [weight * scale * (1 + relative) for weight in EDGES[2]], EDGES[3])
        assert counts(compared(here, there)) == (0, 0, changed, 0)


@pytest.mark.parametrize(("by_ms", "changed"), [(0.5e-9, 0), (2e-9, 6)])
def test_delays_have_an_absolute_tolerance(by_ms, changed):
    there = wiring(*EDGES[:3], [delay + by_ms for delay in EDGES[3]])
    assert counts(compared(wiring(), there)) == (0, 0, 0, changed)


@pytest.mark.parametrize(("column", "where"), [(2, 2), (3, 3)])
def test_nan_is_a_change_also_on_both_sides(column, where):
    broken = with_value(column, 1, np.nan)
    assert counts(compared(wiring(), broken))[where] == 1
    assert counts(compared(broken, broken))[where] == 1


def test_nan_beside_a_lost_edge_is_a_change_still():
    columns = [list(one)[1:] for one in EDGES]
    columns[2][0] = np.nan
    assert counts(compared(wiring(), wiring(*columns))) == (1, 0, 1, 0)


def test_two_edges_that_swap_their_targets_are_found():
    one = compared(wiring([0, 1], [2, 3], [0.1, 0.2], [1.0, 1.0]), wiring([0, 1], [3, 2], [0.1, 0.2], [1.0, 1.0]))
    assert counts(one) == (2, 2, 0, 0)


def test_the_first_three_of_each_kind_are_named():
    there = wiring(*EDGES[:2], [2 * weight for weight in EDGES[2]], EDGES[3])
    one = compared(wiring(), there)
    assert one.weight_changed == 6
    assert len(one.examples("weight")) == 3
    assert len(one.first) == 3


@pytest.mark.parametrize("size", [0, 1])
def test_empty_projections(size):
    empty = wiring([], [], [], [])
    other = wiring(*[column[:size] for column in EDGES])
    assert counts(compared(empty, other)) == (0, size, 0, 0)
    assert counts(compared(other, empty)) == (size, 0, 0, 0)
