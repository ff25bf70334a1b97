"""The doctor's findings as a table for the terminal."""

from collections.abc import Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text

from crosssim.runner.doctor import Finding


def doctor_text(findings: Sequence[Finding]) -> Group:
    """A line for each finding, the remedies below, a last word. Print with ``soft_wrap=True``: remedies are copied."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for one in findings:
        table.add_row(_mark(one), one.name, one.version, Text(one.detail, overflow="fold"))
    remedies = [Text(f"  {one.name}: {one.remedy}") for one in findings if not one.ok and one.remedy]
    below = [Text("\nTo mend:"), *remedies] if remedies else []
    return Group(table, *below, Text(f"\n{last_word(findings)}"))


def last_word(findings: Sequence[Finding]) -> str:
    """One sentence: whether a cross-check can run here, and if not, what stands in its way."""
    broken = [one.name for one in findings if one.required and not one.ok]
    if broken:
        return f"A cross-check cannot run here: {', '.join(broken)} must be mended first."
    return "NEST and NEURON can run here."


def _mark(one: Finding) -> Text:
    if one.ok:
        return Text("ok", style="green")
    return Text("broken", style="bold red") if one.required else Text("absent", style="yellow")
