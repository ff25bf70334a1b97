from io import StringIO

from rich.console import Console

from crosssim.report.live import LiveLegs
from crosssim.runner.progress import Phase


def shown(terminal: bool) -> str:
    console = Console(file=StringIO(), force_terminal=terminal, width=80)
    with LiveLegs(console, ["nest", "neuron"]) as live:
        for phase in (Phase("building"), Phase("running", 1.0, 20.0), Phase("running", 20.0, 20.0)):
            live.tell("nest", phase)
        live.tell("neuron", Phase("reused"))
    return console.file.getvalue()


def test_without_a_terminal_every_phase_is_one_line():
    told = [line for line in shown(terminal=False).splitlines() if line]  # some versions of rich end with an empty one
    assert told == ["nest: building", "nest: running", "neuron: reused"]


def test_a_terminal_shows_how_far_each_leg_is():
    assert "running 20 of 20 ms" in shown(terminal=True)
