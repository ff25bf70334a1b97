"""What one leg says on the terminal at its end."""

from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crosssim.recording.data import Recording
from crosssim.recording.rates import population_rates
from crosssim.runner.request import LegOutcome


def leg_text(recording: Recording, outcome: LegOutcome, folder: Path, reused: bool) -> RenderableType:
    """Cells, spikes and mean rate of every population and cell class; the notes; where the recording lies."""
    table = Table(box=None, pad_edge=False)
    table.add_column("population")
    for name in ("cells", "spikes", "mean rate"):
        table.add_column(name, justify="right")
    for row in population_rates(recording):
        name = row.name if row.name == row.population else f"  {row.name}"
        table.add_row(name, f"{row.cells}", f"{row.spikes}", f"{row.rate_hz:.2f} Hz")
    how = "a finished leg was reused; --fresh runs it again" if reused else f"{outcome.wall_s:.1f} s"
    head = Text(f"{recording.model} on {recording.backend}, {recording.duration_ms:g} ms ({how})", style="bold")
    notes = [Text(f"note: {note}", style="dim") for note in outcome.notes]
    where = Text(f"recording: {folder}", no_wrap=True, overflow="fold")
    return Group(head, table, *notes, where)
