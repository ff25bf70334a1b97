"""A copy of an NMODL file that can be measured: hidden variables shown, executions counted, lines where they were."""

import re
from collections.abc import Iterable

from crosssim.errors import UsageError
from crosssim.porting.experiment import Counted
from crosssim.porting.tokens import NMODL, Token, TokenKind, tokens

_NEURONS_OWN = {
    "APCount", "AlphaSynapse", "Exp2Syn", "ExpSyn", "IClamp", "IntFire1", "IntFire2", "IntFire4", "NetStim",
    "OClamp", "PatternStim", "PointProcessMark", "SEClamp", "VClamp", "capacitance", "extracellular", "fastpas", "hh",
    "k_ion", "morphology", "na_ion", "pas",
}  # fmt: skip
"""The mechanisms inside NEURON 9.0.2 itself."""
_COMMENTS = re.compile(r"\bCOMMENT\b.*?\bENDCOMMENT\b|\bVERBATIM\b.*?\bENDVERBATIM\b|[:?][^\n]*", re.DOTALL)


def measurable_source(source: str, exposed: Iterable[str], counted: Iterable[Counted]) -> str:
    """The source with ``exposed`` variables GLOBAL, which is what NEURON makes of a bare ASSIGNED, and with counters.

    Raises :class:`UsageError` if a counter finds no place: the line holds something else than the scanner read.
    """
    lines = source.split("\n")
    counters = []
    for one in sorted(set(counted), key=lambda place: place.line):
        lines[one.line - 1] = _with_counter(lines[one.line - 1], one)
        counters.append(one.counter)
    names = [*dict.fromkeys(exposed), *counters]
    if names:
        _declare(lines, names, counters)
    return _renamed("\n".join(lines))


def measured_name(name: str) -> str:
    """The name of a mechanism in its copy: another one if NEURON itself has that name, and would not load it."""
    return f"Measured_{name}" if name in _NEURONS_OWN else name


def _renamed(source: str) -> str:
    def replacement(match: re.Match[str]) -> str:
        return match[1] + measured_name(match[2])

    return re.sub(r"\b((?:SUFFIX|POINT_PROCESS|ARTIFICIAL_CELL)\s+)(\w+)", replacement, source)


def _with_counter(line: str, one: Counted) -> str:
    step = f"{one.counter} = {one.counter} + 1"
    visible = _COMMENTS.sub(lambda match: " " * len(match[0]), line)
    if one.before:
        found = re.search(rf"\b{re.escape(one.before)}\b\s*(\[[^\]]*\]\s*)?=(?!=)", visible)
        if found:
            return f"{line[: found.start()]}{step} {line[found.start() :]}"
    else:
        found = re.search(r"[=!]=[^{]*\{", visible)
        if found:
            return f"{line[: found.end()]} {step} {line[found.end() :]}"
    raise UsageError(f"line {one.line} cannot be counted")


def _declare(lines: list[str], names: list[str], counters: list[str]) -> None:
    """Write GLOBAL before the brace that closes NEURON, and after it an ASSIGNED for the counters."""
    closing = _end_of_neuron_block(tokens("\n".join(lines), NMODL))
    row = closing.line - 1
    visible = _COMMENTS.sub(lambda match: " " * len(match[0]), lines[row])
    column = visible.index("}")
    declared = f" ASSIGNED {{ {' '.join(counters)} }}" if counters else ""
    head, tail = lines[row][:column], lines[row][column + 1 :]
    lines[row] = f"{head} GLOBAL {', '.join(names)} }}{declared}{tail}"


def _end_of_neuron_block(words: Iterable[Token]) -> Token:
    depth, inside = 0, False
    for word in words:
        inside = inside or (word.text == "NEURON" and depth == 0 and word.kind is TokenKind.NAME)
        if word.kind is TokenKind.SYMBOL and word.text in "{}":
            depth += 1 if word.text == "{" else -1
            if inside and depth == 0:
                return word
    raise UsageError("there is no NEURON block")
