"""The report in the terminal: complete, in 80 columns, and readable without colour."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from crosssim.divergence.verdict import Difference, Gate
from crosssim.report.text import check_text
from tests.report import builders
from tests.report.gate_builders import VARIANTS

PAGE = Path("/results/report.html")


def printed(result, width=80, **console) -> str:
    out = io.StringIO()
    Console(file=out, width=width, **console).print(check_text(result, PAGE))
    return out.getvalue()


@pytest.mark.parametrize("name", VARIANTS)
def test_every_kind_of_result_starts_with_verdict_and_reason(name):
    result = VARIANTS[name]()
    title, blank, verdict, reason, *_ = printed(result, width=200).splitlines()
    assert result.model.name in title
    assert not blank.strip()
    assert result.worst.verdict.value.upper() in verdict
    assert reason.strip() == result.worst.reason


@pytest.mark.parametrize("name", VARIANTS)
def test_fits_eighty_columns_and_has_no_colour_when_piped(name):
    text = printed(VARIANTS[name]())
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text


def test_colour_on_a_terminal():
    assert "\x1b[1;31m" in printed(builders.different_trajectories(), force_terminal=True, color_system="standard")


def test_verdict_carries_a_mark_beside_its_colour():
    assert "✗ DIFFERENT" in printed(builders.different_trajectories())
    assert "✓ IDENTICAL" in printed(builders.identical())
    assert "? NOT RUN" in printed(builders.crashed())


def test_gates_are_marked_passed_failed_and_not_asked():
    lines = printed(builders.different_wiring()).splitlines()
    marks = {line.split()[1]: line.split()[0] for line in lines if line.strip()[:1] in "✓✗–" and line.startswith("  ")}
    assert marks == {"declared": "✓", "wiring": "✗", "trajectories": "–"}


def test_onset_says_when_and_where():
    assert "onset 104.3 ms, exc cell 17: unpaired spike" in printed(builders.different_trajectories())


def test_rates_of_both_legs_and_published_value_stand_in_one_row():
    result = builders.different_trajectories()
    (row,) = [line for line in printed(result).splitlines() if line.strip().startswith("RS")]
    assert row.split() == ["RS", "195", "1", "771", "30.274", "1", "726", "29.504", "29", "Hz"]


def test_a_leg_without_recording_has_dashes_and_its_status():
    text = printed(builders.missing())
    (row,) = [line for line in text.splitlines() if line.startswith("inh")]
    assert row.split()[2] == "–"
    assert "✗ missing simulator" in text


def test_places_and_reuse_are_said():
    text = printed(builders.identical())
    assert str(PAGE) in text
    assert "/results/toy network/nest (reused" in text
    assert "/results/toy network/neuron (reused" not in text


def test_differences_that_were_asked_for_are_called_so():
    lines = printed(builders.asked_for_difference()).splitlines()
    assert [line for line in lines if "asked for exc parameter tau_refrac: 2.5 against 5.0" in line]
    assert not [line for line in lines if "differs" in line and "tau_refrac" in line]


def test_a_long_list_of_differences_is_cut_and_counted():
    many = tuple(Difference(Gate.WIRING, f"weight {k}", "a→b", "1", "2") for k in range(12))
    judged = builders.judged_wiring()
    gates = (*judged.gates[:1], replace(judged.gates[1], differences=many))
    text = printed(builders.check((builders.leg("nest", builders.Side()), builders.leg("neuron", builders.Side())),
                                  (replace(judged, gates=gates),)))  # fmt: skip
    assert "weight 4" in text
    assert "weight 5" not in text
    assert "and 7 more in the report" in text


def test_with_three_legs_each_pair_has_its_verdict():
    text = printed(builders.three_legs())
    assert "neuron against nest: ✓ same to the grid" in text
    assert "brian2 against nest: ✗ different" in text


def test_markup_in_a_name_is_text():
    result = replace(builders.identical(), model=builders.model("[red]net[/red]"))
    assert "[red]net[/red]" in printed(result)
