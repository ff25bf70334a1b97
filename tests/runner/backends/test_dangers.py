"""What is legal and will go wrong, planted one at a time."""

import numpy as np
import pytest

from crosssim.errors import UnknownName
from crosssim.model.declaration import Timing
from crosssim.recording.data import CellTable, Wiring
from crosssim.runner.backends import BACKENDS, find_backend
from crosssim.runner.backends.base import Plan, Severity
from crosssim.runner.backends.dangers import common_dangers


def plan(timestep_ms: float = 0.1, min_delay_ms: float = 0.1, delays=(1.0, 2.0), **parameters) -> Plan:
    declared = {name: np.atleast_1d(np.asarray(value, dtype=float)) for name, value in parameters.items()}
    edges = (range(len(delays)), range(len(delays)), np.ones(len(delays)), delays)
    wiring = Wiring.from_edges(edges, populations=("cells", "cells"), receptor_type="excitatory")
    timing = Timing(60.0, timestep_ms, min_delay_ms)
    return Plan({"cells": CellTable("IF_cond_exp", declared, {})}, {"loop": wiring}, timing)


def reasons(dangers, severity):
    return [one.reason for one in dangers if one.severity is severity]


def test_a_sound_plan_has_no_dangers():
    sound = plan(tau_refrac=2.0, tau_m=20.0, tau_syn_E=5.0, v_thresh=-50.0, v_spike=-48.0, delta_T=2.0)
    assert [backend.dangers(sound) for backend in BACKENDS.values()] == [[], []]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_delay_below_the_shortest_is_refused(backend):
    dangers = find_backend(backend).dangers(plan(min_delay_ms=0.5, delays=(1.0, 0.4)))
    (reason,) = reasons(dangers, Severity.REFUSE)
    assert reason.startswith("projection loop: delay = 0.4 ms is below min_delay_ms = 0.5")


def test_a_delay_that_is_the_shortest_but_for_dust_is_not():
    assert common_dangers(plan(min_delay_ms=0.3, delays=(0.1 + 0.2, 0.3 - 1e-12))) == []
    assert common_dangers(plan(delays=())) == []


def test_a_refractory_period_off_the_grid_is_told():
    (reason,) = reasons(common_dangers(plan(tau_refrac=[2.0, 2.05])), Severity.WARN)
    assert "tau_refrac = 2.05 ms is not a whole number of steps of 0.1 ms" in reason


@pytest.mark.parametrize("name", ["tau_m", "tau_syn_E", "tau_syn_I", "tau_syn"])
def test_a_time_constant_that_the_step_does_not_resolve_is_told(name):
    assert common_dangers(plan(**{name: [20.0, 0.5]})) == []
    (reason,) = reasons(common_dangers(plan(**{name: [20.0, 0.49]})), Severity.WARN)
    assert f"{name} = 0.49 ms is below 5 steps of 0.1 ms" in reason


def test_neuron_refuses_a_peak_from_which_its_implicit_step_turns_back():
    adex = {"v_thresh": -50.0, "delta_T": 2.0, "tau_m": 20.0}
    limit = -50.0 + 2.0 * np.log(20.0 / 0.1)  # the docstring of the danger: V_T + delta_T ln(tau_m / dt)
    dangers = find_backend("neuron").dangers
    assert dangers(plan(**adex, v_spike=limit - 0.01)) == []
    (reason,) = reasons(dangers(plan(**adex, v_spike=limit + 0.01)), Severity.REFUSE)
    assert "where NEURON loses spikes without a message" in reason
    assert dangers(plan(timestep_ms=0.05, **adex, v_spike=limit + 0.01)) == []
    assert dangers(plan(**(adex | {"delta_T": 0.0}), v_spike=0.0)) == []


def test_nest_refuses_steps_it_has_no_number_for_and_peaks_below_threshold():
    dangers = find_backend("nest").dangers
    (reason,) = reasons(dangers(plan(timestep_ms=0.0125, min_delay_ms=0.1)), Severity.REFUSE)
    assert "timestep = 0.0125 ms: NEST takes whole multiples of 0.001 ms" in reason
    (reason,) = reasons(dangers(plan(v_spike=[-40.0, -60.0], v_thresh=[-50.0, -50.0])), Severity.REFUSE)
    assert "v_spike lies below v_thresh" in reason


def test_an_unknown_backend_is_named_with_the_nearest():
    with pytest.raises(UnknownName, match="backend 'nset' is not known; did you mean 'nest'"):
        find_backend("nset")
