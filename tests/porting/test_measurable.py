"""The copy of a file that is measured: what is put in, and that nothing else changes."""

import pytest

from crosssim.errors import UsageError
from crosssim.porting.experiment import Counted, Experiment
from crosssim.porting.measurable import measurable_source, measured_name

SOURCE = """\
: a comment with NEURON { and x = x + 1
NEURON {
    SUFFIX own : {
}
ASSIGNED { x y }
BREAKPOINT {
    if (x == 1) { x = x + 1 }
    y[2] = x : y = 3
    if (t == 5) { x = 2 }
}
"""


def copied(*counted, exposed=(), tabulated=()):
    return measurable_source(SOURCE, [Experiment("any", {}, exposed, tabulated, counted)])


def test_nothing_asked_is_nothing_changed():
    assert copied() == SOURCE


def test_lines_stay_where_they_were():
    copy = copied(Counted(7, "x"), Counted(8, "y"), Counted(9), exposed=("x",)).split("\n")
    original = SOURCE.split("\n")
    assert len(copy) == len(original)
    assert [k for k, (a, b) in enumerate(zip(copy, original, strict=True), start=1) if a != b] == [4, 7, 8, 9]


def test_variables_are_shown_and_counters_declared():
    copy = copied(Counted(7, "x"), exposed=("x",), tabulated=("y",))
    assert " RANGE x, crosssim_count_7 GLOBAL y } ASSIGNED { crosssim_count_7 }" in copy


def test_an_assignment_is_counted_and_not_a_comparison():
    line = copied(Counted(7, "x")).split("\n")[6]
    assert line == "    if (x == 1) { crosssim_count_7 = crosssim_count_7 + 1 x = x + 1 }"


def test_a_comparison_is_counted_where_it_is_true():
    line = copied(Counted(9)).split("\n")[8]
    assert line == "    if (t == 5) { crosssim_count_9 = crosssim_count_9 + 1  x = 2 }"


@pytest.mark.parametrize("counted", [Counted(1, "x"), Counted(8, "z"), Counted(8)])
def test_what_is_not_there_is_not_counted(counted):
    with pytest.raises(UsageError, match=f"line {counted.line} cannot be counted"):
        copied(counted)


def test_a_name_of_neurons_own_is_replaced():
    assert measured_name("hh") == "Measured_hh" and measured_name("own") == "own"
    assert "SUFFIX Measured_hh" in measurable_source("NEURON {\n SUFFIX hh\n}\n", [])
