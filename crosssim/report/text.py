"""The report in the terminal: what a person reads in ten seconds, at 80 columns, with or without colour."""

from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from crosssim.divergence.verdict import Difference, Gate, Judgement
from crosssim.report.gate_text import gate_text
from crosssim.report.plain_words import check_words
from crosssim.report.tables import (
    RateRow,
    difference_size,
    leg_names,
    published_text,
    rate_rows,
    replay_details,
    side_labels,
    sides,
)
from crosssim.report.words import VERDICT_WORDS, GateRow, brief, count, explaining_gate, gate_rows, percent
from crosssim.studies.result import CheckResult, Comparison, FinishedLeg

_COLOURS = {"agrees": "bold green", "differs": "bold red", "unknown": "bold yellow"}
_MARKS = {"✓": "green", "✗": "red", "–": "dim", "→": "green", "?": "yellow"}
_MOST_DIFFERENCES = 5


def check_text(result: CheckResult, page: Path | None = None) -> RenderableType:
    """The check as something that a rich ``Console`` prints; ``page`` is where report.html lies."""
    names = leg_names(result)
    parts: list[RenderableType] = [_title(result, names), Text(), *_verdict(result.worst)]
    parts += [Text(), Padding(Text(check_words(result).paragraph), (0, 0, 0, 2))]
    for comparison in result.comparisons:
        parts += [Text(), *_comparison(result, comparison, names)]
    if any(leg.recording for leg in result.legs):
        parts += [Text(), _rates(rate_rows(result), names)]
    parts += [Text(), *_places(result, names, page)]
    return Group(*parts)


def _title(result: CheckResult, names: tuple[str, ...]) -> Text:
    return Text.assemble((result.model.name, "bold"), " on ", " and ".join(names))


def _verdict(judged: Judgement) -> list[RenderableType]:
    words = VERDICT_WORDS[judged.verdict]
    line = Text(f"{words.mark} {judged.verdict.value.upper()}", style=_COLOURS[words.tone])
    line.append(f"  {words.headline}", style="default")
    return [line, Padding(Text(judged.reason), (0, 0, 0, 2))]


def _comparison(result: CheckResult, comparison: Comparison, names: tuple[str, ...]) -> list[RenderableType]:
    judged = comparison.judgement
    reference, candidate = sides(result, comparison)
    parts: list[RenderableType] = []
    if len(result.comparisons) > 1:
        words = VERDICT_WORDS[judged.verdict]
        line = Text(f"{names[candidate]} against {names[reference]}: ", style="bold")
        line.append(f"{words.mark} {judged.verdict.value}", style=_COLOURS[words.tone])
        parts.append(line)
    parts.append(_gates(judged, result.worst.reason))
    found = Table.grid(padding=(0, 1, 0, 0))
    found.add_column(no_wrap=True)
    found.add_column()
    if judged.onset:
        onset = judged.onset
        where = f"{brief(onset.time_ms, 6)} ms, {onset.population} cell {onset.cell}: {onset.what}"
        found.add_row(_beside("onset"), Text(where))
    for heading, asked in (("differs", False), ("asked for", True)):
        for line in _differences([one for one in _shown(judged) if one.asked_for is asked]):
            found.add_row(_beside(heading), line)
    parts += [found] if found.row_count else []
    return [*parts, *gate_text(judged, side_labels(result, comparison))]


def _beside(words: str) -> Text:
    """A heading in the column of the gates; padded by hand, for versions of rich count a column's width differently."""
    return Text(words.rjust(16), style="bold")


def _shown(judged: Judgement) -> list[Difference]:
    """The differences worth a line: those of later gates stand in tables, and what a later gate explains is settled."""
    settled = {Gate.REPLAY, Gate.REFINEMENT} | ({Gate.TRAJECTORIES} if explaining_gate(judged) else set())
    return [one for one in judged.differences if one.asked_for or one.gate not in settled]


def _gates(judged: Judgement, said: str) -> Table:
    """The gates; a reason that stands above already is not said again."""
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for row in gate_rows(judged):
        table.add_row(
            Text(f"  {row.mark}", style=_MARKS[row.mark]),
            Text(row.name.ljust(12)),
            Text(_gate_reason(row, said, judged)),
        )
    return table


def _gate_reason(row: GateRow, said: str, judged: Judgement) -> str:
    if row.reason and row.reason in said:
        return {"✗": "the gate that decides", "✓": "passed, as said above"}.get(row.mark, row.state)
    replay = replay_details(judged)
    reason = row.reason
    if row.name == Gate.REPLAY and replay and row.mark in "→✗":
        reason = f"{percent(replay.between.exact_share)} of the spikes fall on their step; see the table below"
    return f"{row.state}: {reason}" if row.mark == "→" else reason


def _differences(differences: list[Difference]) -> list[Text]:
    lines = []
    for one in differences[:_MOST_DIFFERENCES]:
        size = difference_size(one)
        where = f"{one.population} " if one.population else ""
        values = f"{where}{one.measure}: {one.reference} against {one.candidate}"
        lines.append(Text(values + (f" ({size})" if size != "–" else "")))
    if len(differences) > _MOST_DIFFERENCES:
        lines.append(Text(f"and {count(len(differences) - _MOST_DIFFERENCES)} more in the report", style="dim"))
    return lines


def _rates(rows: tuple[RateRow, ...], names: tuple[str, ...]) -> Table:
    has_published = any(row.published for row in rows)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    table.add_column("population")
    table.add_column("cells", justify="right")
    for name in names:
        table.add_column(Text(f"{name}\nspikes       Hz"), justify="right")
    if has_published:
        table.add_column("published", justify="right")
    for row in rows:
        rates = [f"{count(one.spikes)} {one.rate_hz:>8.3f}" if one else "–" for one in row.rates]
        published = [published_text(row)] if has_published else []
        cells = [("  " if row.is_class else "") + row.name, count(row.cells), *rates, *published]
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _places(result: CheckResult, names: tuple[str, ...], page: Path | None) -> list[Text]:
    width = max(map(len, (*names, "report")))
    lines = [("report", Text(_nearby(page)))] if page else []
    lines += [(name, _place(leg)) for name, leg in zip(names, result.legs, strict=True)]
    return [Text.assemble((name.ljust(width + 2), "bold"), place) for name, place in lines]


def _place(leg: FinishedLeg) -> Text:
    if not leg.outcome.completed:
        return Text(f"✗ {leg.outcome.status.value}; {_nearby(leg.folder)}")
    return Text(_nearby(leg.folder) + (" (reused: this leg was run before)" if leg.reused else ""))


def _nearby(path: Path) -> str:
    """The path from here, if it lies below."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)
