"""A certificate on the terminal: every planted fault, and which gate found it."""

from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crosssim.divergence.certificate import Certificate
from crosssim.studies.certify import GATES


def certificate_text(certificate: Certificate, file: Path) -> RenderableType:
    """The table of faults, the sentences that an agreement will carry, and where the certificate lies."""
    table = Table(box=None, pad_edge=False)
    table.add_column("planted fault")
    for gate in GATES:
        table.add_column(str(gate), justify="center")
    table.add_column("")
    for row in certificate.rows:
        marks = ["✓" if gate in row.caught else "–" for gate in GATES]
        table.add_row(row.words, *marks, "" if row.has_effect else "changes nothing")
    head = Text(
        f"{certificate.model}: what comparing {certificate.reference} with {certificate.candidate} would have seen",
        style="bold",
    )
    sentences = [Text(sentence) for sentence in certificate.sentences()]
    where = Text(f"certificate: {file}", no_wrap=True, overflow="fold")
    return Group(head, Text(), table, Text(), *sentences, Text(), where)
