import io

from rich.console import Console

from crosssim.divergence.truth import Estimate, TruthConvergence
from crosssim.report.truth_text import sentence, truth_text
from crosssim.studies.truth import TruthDetails, TruthRow

STEPS_MS = (0.1, 0.05, 0.01)


def convergence(steps_late, **changes):
    fields = {
        "cells": (1, 2), "of_spikes": 90, "spikes": 88, "steps_ms": STEPS_MS,
        "shift_ms": tuple(steps_late * step for step in STEPS_MS),
        "size_ms": tuple(abs(steps_late) * step for step in STEPS_MS),
        "size_error_ms": (0.02, 0.01, 0.002),
        "interval_ms": tuple(0.5 * step for step in STEPS_MS), "unpaired": (0.0, 0.0, 0.0),
        "order": Estimate(1.0, 0.9, 1.1), "constant": Estimate(steps_late, steps_late - 0.2, steps_late + 0.2),
        "intercept_ms": Estimate(0.001, -0.002, 0.004),
    }  # fmt: skip
    return TruthConvergence(**fields | changes)


def details(*constants, **changes):
    rows = tuple(
        TruthRow("exc", "IF_cond_exp", leg, convergence(constant, **changes))
        for leg, constant in zip(("nest", "neuron"), constants, strict=True)
    )
    return TruthDetails("planted", ("nest", "neuron"), STEPS_MS, 300.0, rows, {"odd": "no cell fires"})


def printed(one, width=160):
    console = Console(file=io.StringIO(), width=width)
    console.print(truth_text(one))
    return console.file.getvalue()


def test_the_table_says_shift_order_constant_and_interval_in_steps():
    text = printed(details(2.0, -4.0))
    assert "+2.00" in text
    assert "-4.0±0.2 dt" in text
    assert "1.00±0.10" in text
    assert "+0.50 dt" in text
    assert "88/90" in text
    assert "odd: left out: no cell fires" in text


def test_the_sentence_names_direction_order_and_the_nearer_leg():
    said = sentence(details(2.0, -4.0), "exc")
    assert "nest is 2.0 dt late, order 1.0; neuron is 4.0 dt early, order 1.0" in said
    assert "At 0.1 ms nest is nearer the solution: its spikes lie 0.200 ms off" in said
    assert "those of neuron 0.400 ms" in said


def test_equal_distance_is_no_preference_and_scatter_no_shift():
    said = sentence(details(2.0, -2.0), "exc")
    assert "neither is clearly nearer the solution (0.200 and 0.200 ms off on average)" in said
    assert "neither is clearly nearer" in sentence(details(2.0, -2.5), "exc")  # half a step, beside an error of 0.3
    assert "neuron has no shift beyond its scatter (+0.1 dt)" in sentence(details(2.0, 0.1), "exc")


def test_too_few_spikes_are_said():
    few = details(2.0, 2.0, order=None, constant=None, intercept_ms=None, spikes=3)
    assert "nest fires too few spikes to tell (3)" in sentence(few, "exc")
    assert "–" in printed(few)
