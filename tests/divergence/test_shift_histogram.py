"""Shifts counted by size: no shift is lost, none falls on an edge, zero has a bin of its own."""

import numpy as np
import pytest

from crosssim.divergence.replay import WINDOW_MS, shift_histogram


@pytest.mark.parametrize("step_ms", [0.00625, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0, 2.5])
def test_every_possible_shift_is_counted_once_and_zero_is_in_the_middle(step_ms):
    reach = int(np.ceil(WINDOW_MS / step_ms))
    found = shift_histogram(np.arange(-reach, reach + 1, dtype=np.float64), step_ms)
    assert sum(found.counts) == 2 * reach + 1
    middle = len(found.counts) // 2
    assert found.edges_steps[middle] == -found.edges_steps[middle + 1] < 0
    assert not any(float(edge).is_integer() for edge in found.edges_steps)
    assert len(found.counts) <= 41


def test_at_a_tenth_of_a_millisecond_each_bin_is_one_step():
    found = shift_histogram(np.array([0.0, 0.0, -3.0, 20.0]), 0.1)
    counted = {round(low + 0.5): count for low, count in zip(found.edges_steps, found.counts, strict=False) if count}
    assert counted == {0: 2, -3: 1, 20: 1}
