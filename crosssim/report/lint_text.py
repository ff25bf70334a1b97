"""A scan as text for a terminal: each file's findings, then the nearest PyNN standard model of its mechanism."""

from collections import Counter

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from crosssim.porting import FileScan, Finding, ParameterMap, Proposal, ScanResult, Severity
from crosssim.porting.experiment import Measurement, Outcome

_MEASURED = {Outcome.MEASURED: "green", Outcome.NOT_MEASURED: "dim", Outcome.FAILED: "red"}
_STYLES = {Severity.BREAKS: "bold red", Severity.DIFFERS: "yellow", Severity.NOTE: "dim"}


def print_scan(result: ScanResult, console: Console) -> None:
    """Print every file of a scan, and a last line that counts."""
    for one in result.files:
        console.print(rendered_file(one))
    console.print(Text(summary(result), style="bold"))


def summary(result: ScanResult) -> str:
    """One line: how many findings of each severity in how many files, and how many could not be read."""
    counts = Counter(finding.severity for finding in result.findings)
    said = ", ".join(f"{counts[severity]} {severity}" for severity in Severity)
    unread = sum(one.unreadable is not None for one in result.files)
    files = f"{len(result.files)} file{'s' if len(result.files) != 1 else ''}"
    return f"{files}: {said}" + (f"; {unread} could not be read" if unread else "")


def rendered_file(one: FileScan) -> RenderableType:
    """One file: its name, its findings by line, its proposal, or the sentence that says why it could not be read."""
    parts: list[RenderableType] = [Text(str(one.path), style="bold underline")]
    if one.unreadable is not None:
        parts.append(_indented(Text(one.unreadable.message, style="bold red")))
    elif not one.findings:
        parts.append(_indented(Text("nothing found", style="dim")))
    said: set[str] = set()
    measured: dict[str, int] = {}
    for finding in one.findings:
        parts.append(_indented(_finding(finding, explained=finding.rule in said)))
        said.add(finding.rule)
        if finding.measured is not None:
            parts.append(_indented(_indented(_measured(finding.measured, finding.line, measured))))
    if one.proposal is not None:
        parts.append(_indented(_proposal(one.proposal)))
    return Group(*parts, Text())


def _finding(finding: Finding, explained: bool) -> RenderableType:
    """``file:line severity rule: what``, and why and what to do if that is not yet ``explained``."""
    head = Text.assemble(
        (f"{finding.file.name}:{finding.line} "),
        (f"{finding.severity} ", _STYLES[finding.severity]),
        (finding.rule, "bold"),
        f": {finding.what}",
    )
    if explained:
        return head
    return Group(head, _indented(Text(finding.why)), _indented(Text(f"→ {finding.advice}", style="cyan")))


def _measured(measured: Measurement, line: int, said: dict[str, int]) -> Text:
    """The sentence, or the line where it was said; ``said`` remembers those of one file."""
    first = said.setdefault(measured.sentence, line)
    sentence = measured.sentence if first == line else f"as at line {first}"
    return Text(f"{measured.outcome}: {sentence}", style=_MEASURED[measured.outcome])


def _proposal(proposal: Proposal) -> RenderableType:
    if proposal.equivalent is None:
        return Text(f"{proposal.mechanism}: {proposal.because}")
    head = Text.assemble(f"{proposal.mechanism} ≈ ", (proposal.equivalent, "bold green"), f": {proposal.because}")
    parts: list[RenderableType] = [head]
    if proposal.parameters:
        parts.append(_indented(_parameters(proposal.parameters)))
    parts += [_indented(Text(f"will differ: {difference}")) for difference in proposal.differences]
    return Group(*parts)


def _parameters(rows: tuple[ParameterMap, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("PyNN", "from", "default", "unit", ""):
        table.add_column(heading, justify="right" if heading == "default" else "left")
    for row in rows:
        value = "" if row.value is None else f"{row.value:g}"
        table.add_row(*(Text(cell) for cell in (row.name, row.original, value, row.unit, row.note)))
    return table


def _indented(content: RenderableType) -> Padding:
    return Padding(content, (0, 0, 0, 2), expand=False)
