"""A comparison of a mechanism with its candidate on the terminal: verdict, protocols, search."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crosssim.divergence.responses import JudgedProtocol
from crosssim.report.equivalent_words import (
    COLUMNS,
    column_words,
    explanation,
    facts,
    headline,
    protocol_row,
    remarks,
    search_rows,
    title,
)
from crosssim.studies.equivalent import EquivalentResult


def equivalent_text(result: EquivalentResult) -> RenderableType:
    """The whole answer."""
    agrees = result.candidate.is_equivalent
    mark, style = ("✓", "green") if agrees else ("✗", "red")
    parts: list[RenderableType] = [
        Text(title(result), style="bold"),
        Text(facts(result), style="dim"),
        Text(),
        Text(f"{mark} {headline(result)}.", style=f"bold {style}"),
        Text(),
        _protocols(result.candidate.protocols),
        Text(column_words(), style="dim"),
    ]
    if result.search is not None:
        parts += [Text(), _search(result), Text(), Text(f"{explanation(result)}.", style="bold")]
    parts += [Text(f"({remark})", style="dim") for remark in remarks(result)]
    return Group(*parts)


def _protocols(judged: tuple[JudgedProtocol, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in COLUMNS:
        table.add_column(name, justify="left" if name in ("protocol", "") else "right", no_wrap=name != "protocol")
    for one in judged:
        table.add_row(*protocol_row(one), style="" if one.agrees else "red")
    return table


def _search(result: EquivalentResult) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("parameter", "nominal", "best", "spreads", "removes", "searched"):
        table.add_column(name, justify="left" if name == "parameter" else "right")
    winner = result.search.winner if result.search else None
    for row in search_rows(result):
        style = "bold" if winner is not None and row.name == winner.range.name else ""
        table.add_row(row.name, row.nominal, row.best, row.disagreement, row.share, row.reach, style=style)
    return table
