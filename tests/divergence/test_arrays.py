import numpy as np
import pytest

from crosssim.divergence.arrays import largest, outside

INF, NAN = np.inf, np.nan


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        (1.0, 1.0, False),
        (1.0, 1.0 + 0.9e-6, False),
        (1.0, 1.0 + 1.1e-6, True),
        (-65.0, 65.0, True),
        (-65.0, -65.0 * (1 + 0.9e-6), False),
        (0.0, -0.0, False),
        (0.0, 1e-300, True),
        (INF, INF, False),
        (INF, -INF, True),
        (INF, 1.0, True),
        (NAN, NAN, True),
        (NAN, 1.0, True),
    ],
)
def test_outside_is_relative_and_symmetric(here, there, expected):
    assert outside(np.array([here]), np.array([there]), 1e-6).tolist() == [expected]
    assert outside(np.array([there]), np.array([here]), 1e-6).tolist() == [expected]


@pytest.mark.parametrize(("gaps", "expected"), [([], None), ([NAN, INF], None), ([-3.0, 2.0, NAN], 3.0)])
def test_the_largest_gap_is_a_finite_size(gaps, expected):
    assert largest(np.array(gaps)) == expected
