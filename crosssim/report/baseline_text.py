"""A baseline on the terminal, as rows for machines, and its history as a table and a picture."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crosssim.provenance.baseline_store import Entry
from crosssim.recording.disk import write_bytes_atomically
from crosssim.report.picture import Picture, png_file, svg_file
from crosssim.report.records_text import one_line
from crosssim.report.style import house_style, leg_style, new_figure
from crosssim.report.summary import Row, Summary, judgement_row, leg_row
from crosssim.report.words import VERDICT_WORDS, brief, gate_rows
from crosssim.studies.baseline import BaselineResult, LegAgainstBaseline, MovedRate

_COLOURS = {"agrees": "bold green", "differs": "bold red", "unknown": "bold yellow"}


def baseline_text(result: BaselineResult) -> RenderableType:
    """The verdict on every leg, the rates that moved, and what around it has changed."""
    entry = result.entry
    head = f"{result.baseline.name}: {result.model.name} against the reference of {entry.time[:10]} ({entry.reason})"
    parts: list[RenderableType] = [Text(one_line(head), style="bold")]
    for leg in result.legs:
        parts += [Text(), *_leg(leg)]
    return Group(*parts)


def _leg(leg: LegAgainstBaseline) -> list[RenderableType]:
    words = VERDICT_WORDS[leg.judgement.verdict]
    line = Text(f"{words.mark} {leg.label}: {leg.judgement.verdict.value}", style=_COLOURS[words.tone])
    parts: list[RenderableType] = [line, Text(f"  {one_line(leg.judgement.reason)}")]
    parts += [Text(f"    {row.mark} {row.name}: {one_line(row.reason)}") for row in gate_rows(leg.judgement)]
    if leg.rates:
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        for name in ("  population", "spikes then", "now", "Hz then", "now", "moved"):
            table.add_column(name, justify="left" if "population" in name else "right")
        for row in leg.rates:
            table.add_row(*_rate(row))
        parts.append(table)
    parts += [
        Text(f"    changed: {one_line(one.what)}: {one_line(one.before or '–')} → {one_line(one.after or '–')}")
        for one in leg.changes
    ]
    return parts


def _rate(row: MovedRate) -> list[str]:
    spikes = ["–" if one is None else str(one) for one in (row.before_spikes, row.now_spikes)]
    rates = ["–" if one is None else brief(one, 6) for one in (row.before_hz, row.now_hz)]
    return [f"  {one_line(row.population)}", *spikes, *rates, moved(row)]


def moved(row: MovedRate) -> str:
    """By how much a rate moved, in Hz and percent; "0" if not at all."""
    if row.before_hz is None or row.now_hz is None:
        return "appeared" if row.before_hz is None else "gone"
    by = row.now_hz - row.before_hz
    if by == 0:
        return "0"
    return f"{by:+.4g} Hz" + (f" ({100 * by / row.before_hz:+.3g} %)" if row.before_hz else "")


def baseline_summary(result: BaselineResult) -> Summary:
    """As rows: every leg, and every leg against its reference."""
    rows: list[Row] = []
    rates: list[tuple[str, ...]] = [("leg", "population", "Hz then", "Hz now", "moved")]
    for one in result.legs:
        rows += [leg_row(one.leg, one.label), judgement_row(f"{one.label} against the baseline", one.judgement)]
        rates += [(one.label, *(_rate(row)[0].strip(), *_rate(row)[3:])) for row in one.rates]
    title = f"{result.model.name} (baseline {result.baseline.name})"
    return Summary(title, result.worst.verdict.value, tuple(rows), tuple(rates), " ".join(result.command))


def history_text(entries: Sequence[Entry]) -> RenderableType:
    """Every entry with its reason, and the rates of every leg under the versions that gave them."""
    parts: list[RenderableType] = []
    for entry in entries:
        parts.append(
            Text(f"{entry.time[:16].replace('T', ' ')} {entry.action} by {one_line(entry.user)}", style="bold")
        )
        parts.append(Text(f"  {one_line(entry.reason)}"))
        for label, populations in entry.numbers.items():
            versions = ", ".join(f"{name} {version}" for name, version in entry.versions.get(label, {}).items())
            rates = ", ".join(f"{name} {brief(row['rate_hz'], 6)} Hz" for name, row in populations.items())
            parts.append(Text(f"  {one_line(label)} ({one_line(versions)}): {one_line(rates)}"))
    return Group(*parts)


def write_history_figure(entries: Sequence[Entry], path: Path) -> None:
    """Rates over the entries, a line a population and leg, as SVG or PNG by the suffix of ``path``.

    Raises :class:`UsageError` if it cannot be written.
    """
    with house_style():
        picture = Picture("history", "Rates over the accepted versions", "", "", _history_figure(entries))
        content = png_file(picture) if path.suffix.lower() == ".png" else svg_file(picture).encode()
    write_bytes_atomically(path, content)


def _history_figure(entries: Sequence[Entry]) -> Figure:
    figure = new_figure(3.2)
    axes = figure.add_subplot()
    lines = list(dict.fromkeys((leg, name) for one in entries for leg, rows in one.numbers.items() for name in rows))
    for position, (leg, name) in enumerate(lines):
        known = [(k, one) for k, one in enumerate(entries) if name in one.numbers.get(leg, {})]
        points = [(k, one.numbers[leg][name]["rate_hz"]) for k, one in known]
        style = leg_style(position)
        (line,) = axes.plot(*zip(*points, strict=True), style.marker, label=f"{leg}: {name}")
        line.set(color=style.colour, linestyle=style.dash)
    axes.set_xticks(range(len(entries)), [_tick(one) for one in entries], fontsize=7.5)
    axes.set_ylabel("rate (Hz)")
    axes.set_ylim(bottom=0)
    axes.grid(axis="y")
    if lines:
        axes.legend(loc="best", fontsize=8)
    return figure


def _tick(entry: Entry) -> str:
    """The day, and the version of every simulator that took part; PyNN's and numpy's are in the table."""
    versions = {name: one for pairs in entry.versions.values() for name, one in pairs.items()}
    shown = [f"{name} {version}" for name, version in versions.items() if name not in ("PyNN", "numpy")]
    return "\n".join([entry.time[:10], *shown])
