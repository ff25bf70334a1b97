"""What a rule returns: a line, and what was found there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """``what`` names the thing in the file's own words, in half a sentence; ``variable`` is the one it is about."""

    line: int
    what: str
    variable: str = ""
