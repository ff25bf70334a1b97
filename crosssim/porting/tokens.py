"""A tokenizer for Hoc, NMODL and the C inside VERBATIM: names, numbers, strings and symbols with their lines.

Hoc has no parser outside NEURON, and the syntax tree of ``nmodl`` carries no line numbers; both need the words of the
source, freed of comments, and the line each stands on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class TokenKind(StrEnum):
    """The kinds of token; comments are dropped."""

    NAME = "name"
    NUMBER = "number"
    STRING = "string"
    SYMBOL = "symbol"
    VERBATIM = "verbatim"
    DIRECTIVE = "directive"


@dataclass(frozen=True)
class Token:
    """One word of the source. ``text`` of a string is without its quotes, of a verbatim block its content."""

    kind: TokenKind
    text: str
    line: int


_NUMBER = r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"
_NAME = r"(?P<name>[A-Za-z_]\w*)"
_STRING = r'"(?P<string>(?:\\.|[^"\\\n])*)"'
_SYMBOL = r"(?P<symbol><->|->|<<|==|!=|<=|>=|&&|\|\||\S)"
_C_COMMENT = r"/\*.*?\*/|//[^\n]*"

HOC = re.compile("|".join((_C_COMMENT, _STRING, _NUMBER, _NAME, _SYMBOL)), re.DOTALL)
"""Hoc: comments as in C; ``^`` and the rest are single symbols."""

C = re.compile(
    "|".join((_C_COMMENT, r"^[ \t]*\#(?P<directive>[^\n]*)", _STRING, r"'(?:\\.|[^'\\])'", _NUMBER, _NAME, _SYMBOL)),
    re.DOTALL | re.MULTILINE,
)
"""C, for the inside of VERBATIM: a preprocessor line is one token."""

NMODL = re.compile(
    "|".join(
        (
            r"\bCOMMENT\b.*?\bENDCOMMENT\b",
            r"\bVERBATIM\b(?P<verbatim>.*?)\bENDVERBATIM\b",
            r"^[ \t]*TITLE[^\n]*",
            r"[:?][^\n]*",
            _STRING,
            _NUMBER,
            _NAME,
            _SYMBOL,
        )
    ),
    re.DOTALL | re.MULTILINE,
)
"""NMODL: ``:`` and ``?`` open a comment to the end of the line, COMMENT one to ENDCOMMENT."""


def tokens(source: str, language: re.Pattern[str], first_line: int = 1) -> Iterator[Token]:
    """The tokens of ``source`` in order; ``language`` is :data:`HOC`, :data:`C` or :data:`NMODL`."""
    line, counted = first_line, 0
    for match in language.finditer(source):
        line += source.count("\n", counted, match.start())
        counted = match.start()
        kind = match.lastgroup
        if kind is not None:
            yield Token(TokenKind(kind), match[kind], line)
