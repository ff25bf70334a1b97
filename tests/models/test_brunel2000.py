import sys

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from crosssim.model.discovery import find_model

MODEL = find_model("brunel2000")

brunel2000 = sys.modules[MODEL.build.__module__]


@pytest.mark.parametrize("tau_syn", [0.1, 0.5, 5.0, 20.0])
def test_the_psp_peak_is_that_of_the_integrated_equation(tau_syn):
    tau_m, cm = 20.0, 0.25

    def dv_dt(t, v):
        return -v / tau_m + t / tau_syn * np.exp(1 - t / tau_syn) / cm

    solved = solve_ivp(dv_dt, (0.0, 100.0), [0.0], rtol=1e-9, atol=1e-12, max_step=tau_syn / 4)
    assert brunel2000.alpha_psp_peak(tau_syn, tau_m, cm) == pytest.approx(solved.y.max(), rel=1e-3)


def test_the_alpha_weight_lifts_v_by_the_jump_of_the_delta_synapse():
    class Cells:
        def __getattr__(self, name):
            return lambda **parameters: name

    alpha, delta = (MODEL.settings({"synapse": synapse}) for synapse in ("alpha", "delta"))
    cell, weight = brunel2000.cell_type(Cells(), alpha, 0.5)
    assert cell == "IF_curr_alpha"
    assert weight * brunel2000.alpha_psp_peak(alpha.tau_syn, alpha.tau_m, alpha.cm) == pytest.approx(0.5)
    assert brunel2000.cell_type(Cells(), delta, 0.5) == ("IF_curr_delta", 0.5)


def test_the_delta_synapse_is_refused_where_pynn_has_none():
    class WithoutDelta:
        def IF_curr_delta(self, **parameters):  # noqa: N802
            raise NotImplementedError("The IF_curr_delta model is not available for this simulator.")

    with pytest.raises(ValueError, match="run it on NEST alone or use synapse = alpha"):
        brunel2000.cell_type(WithoutDelta(), MODEL.settings({"synapse": "delta"}), 0.5)
