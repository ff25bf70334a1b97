import pytest

from crosssim.divergence.verdict import Difference, Gate
from crosssim.divergence.wording import (
    asked_for_note,
    counted,
    failing_reason,
    named_cells,
    quantity,
    side_names,
)
from tests.divergence.builders import recording


def difference(measure: str, population: str = "exc", asked_for: bool = False) -> Difference:
    return Difference(Gate.DECLARED, measure, population, "1", "2", asked_for=asked_for, detail="one is not two")


def test_sides_are_called_by_their_backends_unless_these_are_the_same():
    assert side_names(recording("nest"), recording("neuron")) == ("nest", "neuron")
    assert side_names(recording("nest"), recording("nest")) == ("the reference (nest)", "the candidate (nest)")


@pytest.mark.parametrize(
    ("cells", "words"), [([4], "cell 4"), ([1, 4, 7], "cells 1, 4, 7"), ([1, 4, 7, 9], "cells 1, 4, 7, ...")]
)
def test_the_first_three_cells_are_named(cells, words):
    assert named_cells(cells) == words


def test_quantities_that_a_tolerance_tells_apart_look_different():
    assert quantity(20.0, "ms") == "20 ms"
    assert quantity(0.5, "1") == "0.5"
    assert quantity(1.0, "nF") != quantity(1.0 + 2e-9, "nF")


def test_counts_have_a_plural():
    assert [counted(n, "edge") for n in (0, 1, 2)] == ["0 edges", "1 edge", "2 edges"]


def test_the_reason_is_the_first_difference_that_nobody_asked_for():
    rows = [difference("tau_m", asked_for=True), difference("cm"), difference("v", asked_for=True), difference("w")]
    assert failing_reason(rows) == "cm of exc: one is not two; 1 more difference"
    assert failing_reason([difference("timestep", population="")]) == "timestep: one is not two"
    assert asked_for_note(rows) == "; 2 differences that the command asked for"
    assert asked_for_note([difference("cm")]) == ""
