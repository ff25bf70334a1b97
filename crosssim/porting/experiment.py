"""What a finding can be shown by: an experiment to run, or why there is none; and what it measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Counted:
    """A place in an NMODL file whose executions are counted: by ``counter``, put into a copy of the file.

    ``before`` counts the assignments to this variable on ``line``; empty, it counts how often the condition with
    ``t`` on that line was true.
    """

    line: int
    before: str = ""

    @property
    def counter(self) -> str:
        """The name of the counting variable."""
        return f"crosssim_count_{self.line}"


@dataclass(frozen=True)
class Experiment:
    """One experiment by its name, with plain arguments that can cross a process border.

    ``exposed`` are variables of the mechanism that NEURON shows only if a copy of the file says so (``tabulated`` those
    of a TABLE, which NEURON takes as GLOBAL alone), ``counted`` the places counted in that copy. ``processes`` is how
    many fresh processes run it and are compared.
    """

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    exposed: tuple[str, ...] = ()
    tabulated: tuple[str, ...] = ()
    counted: tuple[Counted, ...] = ()
    processes: int = 1


@dataclass(frozen=True)
class Unmeasured:
    """Why nothing can be measured here, as a phrase that completes "not measured: …"."""

    reason: str


Showing: TypeAlias = Experiment | Unmeasured
"""What shows a finding."""


class Outcome(StrEnum):
    """How an experiment ended."""

    MEASURED = "measured"
    NOT_MEASURED = "not measured"
    """It ran, or could not be asked, and shows nothing: no failure."""
    FAILED = "failed"
    """NEURON crashed, raised or did not end."""


@dataclass(frozen=True)
class Measurement:
    """What an experiment said in one sentence, with its numbers (units in their names)."""

    outcome: Outcome
    sentence: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
