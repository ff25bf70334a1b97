"""A copy of an NMODL file that can be measured: hidden variables shown, executions counted, lines where they were."""

import re
from collections.abc import Iterable

from crosssim.errors import UsageError
from crosssim.porting.experiment import Counted, Experiment
from crosssim.porting.tokens import NMODL, Token, TokenKind, tokens

_NEURONS_OWN = {
    "APCount", "AlphaSynapse", "Exp2Syn", "ExpSyn", "IClamp", "IntFire1", "IntFire2", "IntFire4", "NetStim",
    "OClamp", "PatternStim", "PointProcessMark", "SEClamp", "VClamp", "capacitance", "extracellular", "fastpas", "hh",
    "k_ion", "morphology", "na_ion", "pas",
}  # fmt: skip
"""The mechanisms inside NEURON 9.0.2 itself."""
_COMMENTS = re.compile(r"\bCOMMENT\b.*?\bENDCOMMENT\b|\bVERBATIM\b.*?\bENDVERBATIM\b|[:?][^\n]*", re.DOTALL)


def measurable_source(source: str, experiments: Iterable[Experiment], *, counting: bool = True) -> str:
    """The source with what the experiments expose and count.

    Bare ASSIGNED variables are RANGE but unseen, and become RANGE; so do the counters: a GLOBAL one would make the
    mechanism unsafe for threads, and NEURON then drops its CONDUCTANCE hints and evaluates BREAKPOINT once more.
    Raises :class:`UsageError` if a counter finds no place: the line holds something else than the scanner read.
    """
    lines = source.split("\n")
    asked = list(experiments)
    places = {place for one in asked for place in one.counted} if counting else set()
    for place in places:
        lines[place.line - 1] = _with_counter(lines[place.line - 1], place)
    counters = sorted({place.counter for place in places})
    shared = dict.fromkeys(name for one in asked for name in one.tabulated)
    own = dict.fromkeys(name for one in asked for name in one.exposed if name not in shared)
    if counters or shared or own:
        _declare(lines, [*own, *counters], list(shared), counters)
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
    visible = _without_comments(line)
    if one.before:
        found = re.search(rf"\b{re.escape(one.before)}\b\s*(\[[^\]]*\]\s*)?=(?!=)", visible)
        if found:
            return f"{line[: found.start()]}{step} {line[found.start() :]}"
    else:
        found = re.search(r"[=!]=[^{]*\{", visible)
        if found:
            return f"{line[: found.end()]} {step} {line[found.end() :]}"
    raise UsageError(f"line {one.line} cannot be counted")


def _declare(lines: list[str], own: list[str], shared: list[str], counters: list[str]) -> None:
    """Write RANGE and GLOBAL before the brace that closes NEURON, and after it an ASSIGNED for the counters."""
    row = _end_of_neuron_block(tokens("\n".join(lines), NMODL)).line - 1
    column = _without_comments(lines[row]).index("}")
    visible = [f"RANGE {', '.join(own)} "] if own else []
    visible += [f"GLOBAL {', '.join(shared)} "] if shared else []
    declared = f" ASSIGNED {{ {' '.join(counters)} }}" if counters else ""
    lines[row] = f"{lines[row][:column]} {''.join(visible)}}}{declared}{lines[row][column + 1 :]}"


def _without_comments(line: str) -> str:
    """The line with its comments blank, so that columns stay."""
    return _COMMENTS.sub(lambda match: " " * len(match[0]), line)


def _end_of_neuron_block(words: Iterable[Token]) -> Token:
    depth, inside = 0, False
    for word in words:
        inside = inside or (word.text == "NEURON" and depth == 0 and word.kind is TokenKind.NAME)
        if word.kind is TokenKind.SYMBOL and word.text in "{}":
            depth += 1 if word.text == "{" else -1
            if inside and depth == 0:
                return word
    raise UsageError("there is no NEURON block")
