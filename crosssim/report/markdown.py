"""A summary as Markdown: a table for a pull request."""

import re
from collections.abc import Sequence
from pathlib import Path

from crosssim.recording.disk import write_bytes_atomically
from crosssim.report.summary import Row, State, Summary

_MARKS = {State.PASSED: "✅", State.FAILED: "❌", State.ERROR: "⚠️", State.SKIPPED: "➖"}


def markdown(summary: Summary) -> str:
    """A heading with the verdict, a table of rows, the details of those that did not pass, and the rates."""
    worst = next((state for state in (State.ERROR, State.FAILED) if any(r.state is state for r in summary.rows)), None)
    mark = _MARKS[worst or State.PASSED]
    parts = [f"### {mark} {cell(summary.title)}: {cell(summary.verdict)}", ""]
    parts += table([("", "what", "result", "why"), *(_row(row) for row in summary.rows)])
    for row in summary.rows:
        if row.state in (State.FAILED, State.ERROR) and row.details:
            parts += ["", f"<details><summary>{cell(row.name)}</summary>", ""]
            parts += [f"- {cell(line)}" for line in row.details]
            parts += ["", "</details>"]
    if len(summary.rates) > 1:
        parts += ["", *table(summary.rates)]
    record = f" · record `{cell(summary.record_id)}`" if summary.record_id else ""
    parts += ["", f"<sub>{cell(summary.command)}{record}</sub>"]
    return "\n".join(parts) + "\n"


def _row(row: Row) -> tuple[str, ...]:
    return _MARKS[row.state], row.name, row.said, row.reason


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as a table, the first as its head; the lines stand without line ends."""
    lines = ["| " + " | ".join(cell(one) for one in row) + " |" for row in rows]
    return [lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]]


def cell(text: str) -> str:
    """``text`` as it is meant inside a table: no tags, no columns, no markup, no mention of a person."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "@\u200b")
    return re.sub(r"([\\|`*_\[\]#~])", r"\\\1", plain)


def write_markdown(summary: Summary, path: Path) -> None:
    """Write the table, whole or not at all. Raises :class:`UsageError` if it cannot be written."""
    write_bytes_atomically(path, markdown(summary).encode())
