import math

import numpy as np
import pytest

from crosssim.divergence.event_located import FAMILIES, arrivals_of, solve_cells
from crosssim.errors import NotComparable
from crosssim.recording.data import CellTable, Spikes, Wiring

IF = {
    "cm": 0.25, "tau_m": 10.0, "v_rest": -65.0, "v_reset": -70.0, "v_thresh": -50.0, "tau_refrac": 2.5,
    "tau_syn_E": 3.0, "tau_syn_I": 7.0, "e_rev_E": 0.0, "e_rev_I": -80.0, "i_offset": 0.0,
}  # fmt: skip
ADEXP = IF | {"v_spike": -40.0, "delta_T": 2.0, "a": 4.0, "b": 0.08, "tau_w": 144.0}
CLOSE_MS = 1e-6  # what ACCURACY promises, and a digit to spare


def table(celltype, cells=1, initial=None, **parameters):
    declared = {name: np.full(cells, value, dtype=float) for name, value in parameters.items()}
    first = {name: np.full(cells, value) for name, value in (initial or {"v": -65.0}).items()}
    return CellTable(celltype, declared, declared, first, first, {"a": "nS"})


def spikes(*trains, stop_ms=1000.0):
    cells = np.repeat(np.arange(len(trains)), [len(train) for train in trains])
    return Spikes.from_events(cells, [t for train in trains for t in train], len(trains), stop_ms)


def one_to_one(weight, delay_ms=1.0, receptor="excitatory"):
    return Wiring.from_edges(([0], [0], [weight], [delay_ms]), populations=("input", "cells"), receptor_type=receptor)


def solved(celltype, parameters, trains=(), wirings=(), stop_ms=200.0, **more):
    return solve_cells(
        table(celltype, **parameters), wirings, {"input": spikes(*trains)} if trains else {}, [0], stop_ms, **more
    ).of(0)


def test_constant_current_fires_at_the_textbook_interval():
    current = 0.6
    times = solved("IF_cond_exp", IF | {"i_offset": current})
    rise = current * IF["tau_m"] / IF["cm"]

    def climb(start):
        return IF["tau_m"] * math.log((IF["v_rest"] + rise - start) / (IF["v_rest"] + rise - IF["v_thresh"]))

    first, interval = climb(IF["v_rest"]), IF["tau_refrac"] + climb(IF["v_reset"])
    expected = first + interval * np.arange(len(times))
    assert len(times) > 10
    np.testing.assert_allclose(times, expected, atol=CLOSE_MS)
    assert 200.0 - times[-1] <= interval


def test_rheobase_divides_silence_from_firing():
    rheobase = (IF["v_thresh"] - IF["v_rest"]) * IF["cm"] / IF["tau_m"]
    assert solved("IF_curr_exp", IF | {"i_offset": rheobase * 0.999}).size == 0
    assert solved("IF_curr_exp", IF | {"i_offset": rheobase * 1.01}).size > 0


@pytest.mark.parametrize("celltype", ["IF_curr_exp", "IF_curr_alpha"])
def test_a_current_pulse_fires_when_its_closed_form_passes_the_threshold(celltype):
    weight, arrival = 3.0, 6.0
    (first, *_) = solved(celltype, IF, [[5.0]], [one_to_one(weight)])
    fine = np.linspace(0, 30, 3_000_001)
    tau, syn, gain = IF["tau_m"], IF["tau_syn_E"], weight / IF["cm"]
    rate = 1 / syn - 1 / tau
    if celltype == "IF_curr_exp":
        v = gain * (np.exp(-fine / tau) - np.exp(-fine / syn)) / rate
    else:
        v = gain * math.e / syn * (np.exp(-fine / tau) - np.exp(-fine / syn) * (1 + rate * fine)) / rate**2
    passed = fine[np.argmax(v >= IF["v_thresh"] - IF["v_rest"])]
    assert first == pytest.approx(arrival + passed, abs=2e-5)  # the spacing of ``fine``


def test_a_maximum_that_only_just_passes_inside_one_step_is_not_overlooked():
    def peak(weight):
        syn, tau = IF["tau_syn_E"], IF["tau_m"]
        rate = 1 / syn - 1 / tau
        top = math.log(tau / syn) / rate
        return weight / IF["cm"] * (math.exp(-top / tau) - math.exp(-top / syn)) / rate

    just = (IF["v_thresh"] - IF["v_rest"]) / peak(1.0)
    assert solved("IF_curr_exp", IF, [[5.0]], [one_to_one(just * (1 + 1e-6))]).size == 1
    assert solved("IF_curr_exp", IF, [[5.0]], [one_to_one(just * (1 - 1e-6))]).size == 0


def runge_kutta(celltype, p, arrivals, stop_ms, step_ms=0.002):
    """Spike times by a plain fixed-step scheme that shares nothing with the solver; crossings interpolated."""
    adapts, alpha = celltype.startswith("EIF"), "alpha" in celltype
    leak, threshold = p["cm"] / p["tau_m"], p["v_spike"] if adapts else p["v_thresh"]

    def slope(y):
        v, w, ge, he, gi, hi = y
        current = leak * (p["v_rest"] - v) + p["i_offset"] + ge * (p["e_rev_E"] - v) + gi * (p["e_rev_I"] - v) - w
        if adapts:
            current += leak * p["delta_T"] * math.exp((min(v, 0.0) - p["v_thresh"]) / p["delta_T"])
        dv = 0.0 if refractory > 1e-9 else current / p["cm"]
        dw = (p["a"] * 1e-3 * (v - p["v_rest"]) - w) / p["tau_w"] if adapts else 0.0
        te, ti = p["tau_syn_E"], p["tau_syn_I"]
        return np.array([dv, dw, -ge / te + he, -he / te, -gi / ti + hi, -hi / ti])

    y, refractory, found = np.array([-65.0, 0.0, 0.0, 0.0, 0.0, 0.0]), 0.0, []
    due = {round(time / step_ms): (e, i) for time, e, i in arrivals}
    for k in range(round(stop_ms / step_ms)):
        e, i = due.get(k, (0.0, 0.0))
        y += np.array([0, 0, 0, e * math.e / p["tau_syn_E"], 0, i * math.e / p["tau_syn_I"]] if alpha else
                      [0, 0, e, 0, i, 0])  # fmt: skip
        h, before = step_ms, y[0]
        a = slope(y)
        b = slope(y + h / 2 * a)
        c = slope(y + h / 2 * b)
        y = y + h / 6 * (a + 2 * b + 2 * c + slope(y + h * c))
        refractory = max(refractory - h, 0.0)
        if y[0] >= threshold:
            found.append((k + (threshold - before) / (y[0] - before)) * h)
            y[0], y[1], refractory = p["v_reset"], y[1] + (p["b"] if adapts else 0.0), p["tau_refrac"]
    return np.array(found)


@pytest.mark.parametrize("celltype", [name for name, family in FAMILIES.items() if family.conductances])
def test_driven_cells_agree_with_a_scheme_that_shares_nothing(celltype):
    rng = np.random.default_rng(5)
    excites, inhibits = np.unique(rng.integers(1, 78, 40)) * 1.0, np.unique(rng.integers(1, 78, 10)) * 1.0
    p = ADEXP if celltype.startswith("EIF") else IF
    arrivals = {t + 1.0: [0.0, 0.0] for t in (*excites, *inhibits)}
    for times, receptor, weight in ((excites, 0, 0.02), (inhibits, 1, 0.01)):
        for t in times:
            arrivals[t + 1.0][receptor] += weight
    expected = runge_kutta(celltype, p, [(t, *both) for t, both in arrivals.items()], 80.0)
    wirings = [
        Wiring.from_edges(([pre], [0], [weight], [1.0]), populations=("input", "cells"), receptor_type=receptor)
        for pre, weight, receptor in ((0, 0.02, "excitatory"), (1, 0.01, "inhibitory"))
    ]
    found = solved(celltype, p, [excites, inhibits], wirings, 80.0)
    assert len(found) >= 4
    # its refractory periods end on its grid: less than a step a spike
    np.testing.assert_allclose(found, expected, atol=0.002 * len(found))


def test_spike_times_converge_with_the_tolerance():
    driven = {"celltype": "EIF_cond_exp_isfa_ista", "parameters": ADEXP | {"i_offset": 0.8}, "stop_ms": 150.0}
    exact = solved(**driven, accuracy=1e-13)
    errors = [np.abs(solved(**driven, accuracy=accuracy) - exact).max() for accuracy in (1e-4, 1e-7, 1e-10)]
    assert len(exact) > 5
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < CLOSE_MS


def test_adaptation_goes_on_while_v_is_held():
    """With all of the cell's life refractory but for an instant, w is what its own equation makes of v_reset."""
    p = ADEXP | {"i_offset": 2.0, "tau_refrac": 50.0}
    first, second = solved("EIF_cond_exp_isfa_ista", p, stop_ms=90.0)
    without = solved("EIF_cond_exp_isfa_ista", p | {"a": 0.0, "b": 0.0}, stop_ms=90.0)
    slow = solved("EIF_cond_exp_isfa_ista", p | {"tau_w": 1e9}, stop_ms=90.0)
    assert first == pytest.approx(without[0], abs=0.1)
    # more adaptation means a later spike: none, then some that has decayed, then some that has not
    assert without[1] < second < slow[1]


def test_zero_sharpness_makes_v_thresh_the_threshold():
    p = ADEXP | {"delta_T": 0.0, "a": 0.0, "b": 0.0, "i_offset": 0.6}
    np.testing.assert_allclose(
        solved("EIF_cond_exp_isfa_ista", p), solved("IF_cond_exp", IF | {"i_offset": 0.6}), atol=CLOSE_MS
    )


def test_inputs_of_one_step_arrive_as_one():
    arrivals = arrivals_of(0, [one_to_one(0.5, 1.5)], {"input": spikes([9.999999, 10.0, 30.0])}, 31.0)
    assert arrivals.time_ms.tolist() == pytest.approx([11.5])
    assert arrivals.excitatory.tolist() == [1.0]
    assert arrivals.inhibitory.tolist() == [0.0]


def test_held_values_go_before_declared_ones():
    declared = table("IF_curr_exp", **IF | {"i_offset": 0.6})
    held = CellTable(
        declared.celltype, declared.declared, declared.held | {"i_offset": np.zeros(1)}, declared.initial_declared
    )
    assert len(solve_cells(declared, [], {}, [0], 100.0)) > 0
    assert len(solve_cells(held, [], {}, [0], 100.0)) == 0


@pytest.mark.parametrize(
    ("celltype", "changes", "wirings", "said"),
    [
        ("HH_cond_exp", {}, (), "HH_cond_exp has no independent solution"),
        ("IF_curr_exp", {"v_reset": -50.0}, (), "v_reset = -50 mV is not below the threshold"),
        ("IF_curr_exp", {"v_thresh": -66.0, "v_reset": -70.0}, (), "the initial v = -65 mV"),
        ("IF_curr_exp", {}, (one_to_one(1.0),), "the spikes of input"),
    ],
)
def test_what_cannot_be_solved_is_said(celltype, changes, wirings, said):
    with pytest.raises(NotComparable, match=said):
        solved(celltype, IF | changes, wirings=wirings)
