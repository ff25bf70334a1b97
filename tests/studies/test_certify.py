"""What counts as an effect of a planted fault."""

import numpy as np
import pytest

from crosssim.studies.certify import _moved
from tests.divergence.test_potentials import TIMES_MS, recording

V = np.full((TIMES_MS.size, 3), -60.0)
SPIKES = ([0, 1], [20.0, 40.0])


@pytest.mark.parametrize(
    ("v", "spikes", "moved"),
    [(V, SPIKES, False), (V + 1e-12, SPIKES, False), (V + 0.1, SPIKES, True), (V, ([0, 1], [20.0, 40.1]), True)],
)
def test_a_spike_or_a_membrane_potential_that_moves_is_an_effect_and_a_rounding_is_none(v, spikes, moved):
    assert _moved("exc", recording(V, 0.1, SPIKES), recording(v, 0.1, spikes)) is moved
