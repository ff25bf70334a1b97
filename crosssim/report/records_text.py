"""Runs and their records on the terminal. What comes from a record is shown without its control characters."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crosssim.provenance.record import Record, RunStatus
from crosssim.provenance.repetition import Repetition
from crosssim.provenance.shelf import Shelved
from crosssim.provenance.verifying import Mismatch
from crosssim.studies.repeat import RepeatedLeg, RepeatResult

_STYLES = {
    RunStatus.COMPLETED: "green",
    RunStatus.RUNNING: "cyan",
    RunStatus.FAILED: "red",
    RunStatus.INTERRUPTED: "yellow",
}
_REPEAT_STYLES = {
    Repetition.IDENTICAL: ("✓", "bold green"),
    Repetition.EQUIVALENT: ("✓", "bold green"),
    Repetition.DIFFERENT: ("✗", "bold red"),
    Repetition.FAILED: ("✗", "bold red"),
}


def one_line(text: str) -> str:
    """``text`` without anything that moves a cursor, breaks a line or cannot be encoded: such signs as escapes."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in str(text))


def runs_text(runs: Sequence[Shelved], results: Path) -> RenderableType:
    """One line a run: id, when, what, how it ended, tags; then those that could not be read, each with its reason."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    for name in ("id", "started (UTC)", "kind", "model", "legs", "ended", "verdict"):
        table.add_column(name, overflow="fold", no_wrap=name in ("id", "started (UTC)", "ended"))
    unread = []
    for run in runs:
        if run.record is None:
            unread.append(
                Text(f"? {one_line(str(_below(run.folder, results)))}: {one_line(run.problem)}", style="yellow")
            )
        else:
            table.add_row(*_cells(run, run.record))
    parts: list[RenderableType] = [table] if table.row_count else [Text("no run that can be read")]
    return Group(*parts, *unread)


def _cells(run: Shelved, record: Record) -> list[Text]:
    status = record.status_now
    said = record.verdict + "".join(f" #{tag}" for tag in run.remarks.tags)
    texts = [record.id, record.started[:16].replace("T", " "), record.kind, record.model, record.label]
    return [*(Text(one_line(text)) for text in texts), Text(status.value, _STYLES[status]), Text(one_line(said))]


def _below(folder: Path, results: Path) -> Path:
    return folder.relative_to(results) if folder.is_relative_to(results) else folder


def run_text(run: Shelved) -> RenderableType:
    """Everything that a person wants to know of one run."""
    record = run.record
    if record is None:
        return Text(one_line(run.problem), style="yellow")
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in _facts(run, record):
        table.add_row(name, Text(one_line(text)))
    return table


def _facts(run: Shelved, record: Record) -> list[tuple[str, str]]:
    around = record.environment
    facts = [
        ("id", record.id),
        ("folder", str(run.folder)),
        ("what", f"{record.kind}: {record.model} on {record.label}"),
        ("ended", f"{record.status_now.value}{': ' if record.reason else ''}{record.reason}"),
        ("verdict", record.verdict),
        ("started", f"{record.started} by {record.process.user} on {record.process.host}"),
        ("took", f"{record.wall_s:.1f} s, {record.cpu_s:.1f} s of processor, {record.peak_memory_mb:.0f} MB at most"),
        ("command", " ".join(record.command)),
    ]
    facts += [("changes", f"{name} = {value}") for name, value in _mapping(record.request.get("changes")).items()]
    for what, state in record.git.items():
        dirty = f", changed (kept in {state.diff})" if state.dirty else ""
        facts.append((f"git of {what}", f"{state.commit[:12]} on {state.branch}{dirty}"))
    facts += [("source", f"{name} {file.sha256[:12]}") for name, file in record.sources.items()]
    facts += [("simulator", f"{name}: {value}") for name, value in _mapping(around.get("simulator")).items()]
    packages = _mapping(around.get("packages"))
    facts.append(("packages", ", ".join(f"{name} {version}" for name, version in packages.items())))
    facts.append(("machine", ", ".join(str(around.get(name, "")) for name in ("processor", "cores", "system"))))
    facts += [("used", f"{one.role}: {one.id} {one.label} in {one.path}") for one in record.inputs]
    facts += [("left", f"{name} ({file.size} bytes) {file.sha256[:12]}") for name, file in record.outputs.items()]
    facts += [("note", note) for note in record.notes]
    facts += [("tags", " ".join(run.remarks.tags))]
    facts += [("comment", f"{one.time[:10]} {one.user}: {one.text}") for one in run.remarks.comments]
    facts += [("remarks", run.remarks.problem)]
    return [(name, text) for name, text in facts if text.strip(", ")]


def _mapping(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, dict) else {}


def verify_text(record: Record, wrong: Sequence[Mismatch]) -> RenderableType:
    """What was found when everything was hashed again."""
    if not wrong:
        files = len(record.outputs) + len(record.sources)
        return Text(f"✓ run {record.id}: {files} files and {len(record.contents)} contents are as recorded", "green")
    lines = [Text(f"  {one_line(one.what)} {one_line(one.problem)}") for one in wrong]
    return Group(Text(f"✗ run {record.id}: {len(wrong)} things are not as recorded", "bold red"), *lines)


def repeat_text(result: RepeatResult) -> RenderableType:
    """The outcome, one word and one sentence a leg; the first divergence; what else has changed."""
    mark, style = _REPEAT_STYLES[result.outcome]
    parts: list[RenderableType] = [Text(f"{mark} {result.outcome.value.upper()}", style)]
    for leg in result.legs:
        parts += _leg(leg)
    parts.append(Text(f"repeat: {one_line(str(result.folder))}", overflow="fold"))
    return Group(*parts)


def _leg(leg: RepeatedLeg) -> list[RenderableType]:
    alike = leg.likeness
    name = one_line(f"{leg.old.model} on {leg.old.label} ({leg.old.id})")
    lines: list[RenderableType] = [Text(f"  {name}: {alike.outcome.value}: {one_line(alike.reason)}")]
    if leg.divergence is not None:
        onset = leg.divergence.onset
        where = f" at {onset.time_ms:g} ms, {onset.population} cell {onset.cell}" if onset else ""
        lines.append(Text(f"    first divergence{one_line(where)}: {one_line(leg.divergence.reason)}"))
    if not leg.changes and leg.new is not None:
        lines.append(Text("    nothing around it has changed: crosssim, sources, packages, simulator, machine"))
    lines += [
        Text(f"    changed: {one_line(one.what)}: {one_line(one.before or '–')} → {one_line(one.after or '–')}")
        for one in leg.changes
    ]
    return lines
