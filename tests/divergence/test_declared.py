from dataclasses import replace

import numpy as np
import pytest

from crosssim.divergence.declared import compare_declared
from crosssim.divergence.verdict import Gate
from tests.divergence.builders import N_CELLS, held_and_declared, inputs, only, recording, spikes, table, with_cells

OTHER_TAU = held_and_declared("tau_m", np.full(N_CELLS, 25.0))


@pytest.mark.parametrize("backend", ["nest", "neuron"])
def test_equal_recordings_pass(backend):
    result = compare_declared(recording(), recording(backend))
    assert (result.gate, result.passed, result.differences) == (Gate.DECLARED, True, ())
    assert result.reason == "36 values and 12 input spikes are held as declared; 2 cannot be read back"


def test_what_cannot_be_read_back_is_counted_and_named():
    details = compare_declared(recording(), recording("neuron")).details
    assert details.values == 2 * 3 * N_CELLS
    assert details.input_spikes == 12
    assert details.not_asked == ("nest exc.v_spike", "neuron exc.v_spike")


def test_nothing_declared_passes_and_says_so():
    bare = recording(cells={}, inputs={})
    result = compare_declared(bare, bare)
    assert result.passed
    assert result.reason == "0 values and 0 input spikes are held as declared"


def test_a_failing_gate_says_what_first_and_how_much_more():
    wrong = with_cells(held={**table().held, "tau_m": np.full(N_CELLS, 25.0)}, celltype="IF_curr_exp")
    result = compare_declared(recording(), wrong)
    assert not result.passed
    assert result.reason == "cell type of exc: nest has IF_cond_exp, neuron has IF_curr_exp; 1 more difference"


def test_a_lost_input_spike_fails_the_gate():
    lost = inputs(held=spikes([4.4, 9.0], [2.0], [], [3.0, 3.0]))
    result = compare_declared(recording(inputs={"stim": lost}), recording("neuron"))
    assert not result.passed
    assert result.reason == (
        "input spikes of stim: nest holds 5 of 6 spikes declared: 1 missing (first at 1 ms; cell 0)"
    )


def test_the_same_backend_twice_is_told_apart_by_role():
    wrong = recording(cells={"exc": table(held={**table().held, "tau_m": np.full(N_CELLS, 25.0)})})
    assert "the candidate (nest) holds 25 ms" in compare_declared(recording(), wrong).reason
    assert "the reference (nest) holds 25 ms" in compare_declared(wrong, recording()).reason


def test_differences_that_were_asked_for_are_listed_and_pass():
    result = compare_declared(recording(), with_cells(**OTHER_TAU), frozenset({"tau_refrac"}))
    assert result.passed
    assert only(result.differences).asked_for
    assert result.reason.endswith("; 1 difference that the command asked for")


def test_a_fault_among_differences_that_were_asked_for_fails():
    held = {**OTHER_TAU["held"], "cm": np.full(N_CELLS, 9.0)}
    result = compare_declared(recording(), with_cells(declared=OTHER_TAU["declared"], held=held), frozenset({"tau_m"}))
    assert not result.passed
    assert result.reason.startswith("parameter cm of exc: neuron holds 9 nF, declared 0.1 nF")
    assert [one.asked_for for one in result.differences] == [False, True]


@pytest.mark.parametrize(
    ("field", "measure", "value"), [("timestep_ms", "timestep", 0.05), ("duration_ms", "duration", 50.0)]
)
def test_timing_is_part_of_the_declaration(field, measure, value):
    other = replace(recording("neuron"), **{field: value})
    result = compare_declared(recording(), other)
    assert not result.passed
    found = only(result.differences)
    assert (found.measure, found.unit, found.value) == (measure, "ms", abs(getattr(recording(), field) - value))
    assert result.reason == f"{measure}: nest ran with {found.reference}, neuron with {value:g} ms"
    assert not compare_declared(recording(), other, frozenset({"tau_m"})).passed
    assert compare_declared(recording(), other, frozenset({measure})).passed


@pytest.mark.parametrize("asked_for", [frozenset(), frozenset({"tau_m"})])
def test_a_population_that_is_missing_is_named(asked_for):
    result = compare_declared(recording(), recording("neuron", cells={}), asked_for)
    assert result.passed == bool(asked_for)
    assert only(result.differences).detail == "only nest has it"


def test_sides_can_be_swapped():
    wrong = with_cells(held={**table().held, "cm": np.full(N_CELLS, 9.0)})
    there, back = compare_declared(recording(), wrong), compare_declared(wrong, recording())
    assert there.passed == back.passed
    assert [(one.measure, one.count, one.value) for one in there.differences] == [
        (one.measure, one.count, one.value) for one in back.differences
    ]
