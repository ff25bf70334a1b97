"""What a scan hands to the report: findings, proposals, and files that could not be read."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from crosssim.errors import ExitStatus
from crosssim.porting.experiment import Measurement, Outcome, Showing


class Severity(StrEnum):
    """How hard it bites, hardest first."""

    BREAKS = "breaks"
    """Wrong results without a message, or no run at all (NEURON 9, several processes, a machine without a screen)."""
    DIFFERS = "differs"
    """A faithful-looking port gives other numbers unless this is taken into account."""
    NOTE = "note"
    """Holds for many sound mechanisms; must be known to port it."""


@dataclass(frozen=True)
class Finding:
    """One place that will bite.

    ``what`` names the thing found in this file, ``why`` what it does to a port, ``advice`` what to do. ``experiment``
    is what shows it, and ``measured`` what that said, ``None`` unless it was run.
    """

    file: Path
    line: int
    rule: str
    severity: Severity
    what: str
    why: str
    advice: str
    experiment: Showing
    measured: Measurement | None = None


@dataclass(frozen=True)
class ParameterMap:
    """One parameter of the proposed PyNN model and what it is made of.

    ``original`` is a formula in the mechanism's own names ("100 * g_pas * area"); ``value`` is its value for the
    mechanism's defaults in ``unit`` (PyNN's own), ``None`` where a default or the membrane area is not in the file.
    ``nominal`` is the formula by the name in the file alone, where the mechanism makes something else of it
    ("refractory" beside "refractory / 2"); "" where the two are the same.
    """

    name: str
    unit: str
    original: str
    value: float | None = None
    note: str = ""
    nominal: str = ""


@dataclass(frozen=True)
class Proposal:
    """The nearest PyNN standard cell, synapse or source of one mechanism; ``equivalent`` is ``None`` if none is found.

    ``because`` says what in the mechanism was recognised; ``differences`` what will not be the same.
    """

    mechanism: str
    line: int
    equivalent: str | None
    because: str
    parameters: tuple[ParameterMap, ...] = ()
    differences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unreadable:
    """Why a file could not be read: one sentence; ``line`` is ``None`` when the parser names none."""

    message: str
    line: int | None = None


@dataclass(frozen=True)
class FileScan:
    """One file: its findings in the order of its lines, its proposal (NMODL only), or why it could not be read."""

    path: Path
    findings: tuple[Finding, ...] = ()
    proposal: Proposal | None = None
    unreadable: Unreadable | None = None


@dataclass(frozen=True)
class ScanResult:
    """All files in the order given."""

    files: tuple[FileScan, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings of all files."""
        return tuple(finding for one in self.files for finding in one.findings)

    @property
    def exit_status(self) -> ExitStatus:
        """2 if a file could not be read, 3 if an experiment failed, 1 if something *breaks* or *differs*, else 0."""
        if any(one.unreadable for one in self.files):
            return ExitStatus.USAGE
        if any(one.measured is not None and one.measured.outcome is Outcome.FAILED for one in self.findings):
            return ExitStatus.LEG_FAILED
        biting = any(finding.severity is not Severity.NOTE for finding in self.findings)
        return ExitStatus.DIFFERS if biting else ExitStatus.AGREES
