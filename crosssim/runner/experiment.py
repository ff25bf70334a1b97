"""What crosses the border to a process that measures: the request and the answers."""

from typing import Any

import msgspec

MEASURED, NOT_MEASURED = "measured", "not measured"


class Question(msgspec.Struct, frozen=True):
    """One experiment by its name, and its arguments."""

    name: str
    arguments: dict[str, Any]


class ExperimentRequest(msgspec.Struct, frozen=True):
    """What one process measures. ``library`` is a folder of compiled mechanisms, ``program`` a Hoc file run first."""

    questions: tuple[Question, ...]
    library: str = ""
    program: str = ""


class Answer(msgspec.Struct, frozen=True):
    """What one experiment measured; ``fingerprint`` is the same for equal runs, "" if nothing is to be compared."""

    outcome: str
    sentence: str
    numbers: dict[str, Any] = {}
    fingerprint: str = ""
