from io import StringIO
from pathlib import Path

from rich.console import Console

from crosssim.model.discovery import find_model
from crosssim.recording.rates import population_rates
from crosssim.report.leg_text import leg_text
from crosssim.report.model_text import model_list_text, model_text
from crosssim.runner.request import LegOutcome, LegStatus
from tests.recording.builders import full_recording


def printed(renderable) -> str:
    console = Console(file=StringIO(), width=100)
    console.print(renderable)
    return console.file.getvalue()


def text(reused: bool = False) -> str:
    outcome = LegOutcome(LegStatus.COMPLETED, wall_s=3.21, notes=("1 of 2 input spikes were moved",))
    return printed(leg_text(full_recording(), outcome, Path("/results/tiny/legs/nest-1"), reused))


def test_a_leg_says_cells_spikes_rates_and_where_it_lies():
    said = text()
    assert "tiny on nest, 50 ms (3.2 s)" in said
    for row in population_rates(full_recording()):
        assert any(line.split()[:3] == [row.name, f"{row.cells}", f"{row.spikes}"] for line in said.splitlines())
    assert "note: 1 of 2 input spikes were moved" in said
    assert "recording: /results/tiny/legs/nest-1" in said


def test_a_reused_leg_says_so():
    assert "a finished leg was reused; --fresh runs it again" in text(reused=True)


def test_a_model_shows_every_parameter_with_unit_and_source():
    model = find_model("two_cells")
    said = " ".join(printed(model_text(model)).split())
    for name, one in model.parameters.items():
        assert f"{name} {one.default} {one.unit} chosen:" in said
    assert "seeds: wiring 3, initial 4, input 5" in said
    assert "cells spikes 0.1 ms one step" in said


def test_the_list_has_a_line_for_each_model():
    said = printed(model_list_text([find_model("two_cells"), find_model("brunel2000")])).splitlines()
    assert [line.split()[0] for line in said[:2]] == ["two_cells", "brunel2000"]
