"""Scans NMODL and Hoc files: each against its table of rules, each mechanism for its nearest PyNN standard model."""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from os import PathLike
from pathlib import Path
from typing import TypeVar

from crosssim.errors import UsageError
from crosssim.porting.equivalents import nearest_equivalent
from crosssim.porting.finding import FileScan, Finding, ScanResult, Unreadable
from crosssim.porting.mechanism import Mechanism
from crosssim.porting.nmodl import nmodl_program, read_mechanism
from crosssim.porting.table import HOC_RULES, NMODL_RULES, Rule
from crosssim.porting.tokens import HOC, tokens

PARSERS_AT_ONCE = 2
"""Children that read NMODL side by side."""

Source = TypeVar("Source")


def scan(paths: Iterable[str | PathLike[str]]) -> ScanResult:
    """What will bite in a port of these ``.mod`` and ``.hoc`` files, in the order given; nothing is simulated.

    A file that the parser cannot read is a :class:`FileScan` with a sentence, and the others are kept. Raises
    :class:`UsageError` for a file that is not there or is of another kind, and :class:`SimulatorMissing` if NEURON's
    ``nmodl`` program is not installed.
    """
    files = [_checked(Path(path)) for path in paths]
    if not files:
        raise UsageError("no file to scan; give at least one .mod or .hoc file")
    if any(path.suffix == ".mod" for path in files):
        nmodl_program()
    with ThreadPoolExecutor(PARSERS_AT_ONCE) as pool:
        return ScanResult(tuple(pool.map(_scan_file, files)))


def _checked(path: Path) -> Path:
    if path.suffix not in (".mod", ".hoc"):
        raise UsageError(f"{path} is neither .mod nor .hoc; the scanner reads NMODL and Hoc")
    if not path.is_file() or not os.access(path, os.R_OK):
        raise UsageError(f"{path} is not a file that can be read; give the path of a .mod or .hoc file")
    return path


def _scan_file(path: Path) -> FileScan:
    return _scan_nmodl(path) if path.suffix == ".mod" else _scan_hoc(path)


def _scan_nmodl(path: Path) -> FileScan:
    try:
        program = read_mechanism(path)
        if isinstance(program, Unreadable):
            return FileScan(path, unreadable=program)
        mechanism = Mechanism(path, program)
        return FileScan(path, _findings(path, mechanism, NMODL_RULES), nearest_equivalent(mechanism))
    except RecursionError:
        too_deep = f"{path.name}: an expression is nested too deeply to be scanned; split it into several assignments"
        return FileScan(path, unreadable=Unreadable(too_deep))


def _scan_hoc(path: Path) -> FileScan:
    words = tuple(tokens(path.read_text(encoding="utf-8", errors="replace"), HOC))
    return FileScan(path, _findings(path, words, HOC_RULES))


def _findings(path: Path, source: Source, rules: Sequence[Rule[Source]]) -> tuple[Finding, ...]:
    """All findings, by line; a rule that says the same of one line twice is heard once."""
    found = {
        (rule.name, place.line, place.what): Finding(
            path,
            place.line,
            rule.name,
            rule.severity,
            place.what,
            rule.why,
            rule.advice,
            rule.experiment(source, place),
        )
        for rule in rules
        for place in rule.places(source)
    }
    return tuple(sorted(found.values(), key=lambda one: one.line))
