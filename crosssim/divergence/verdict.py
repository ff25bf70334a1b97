"""The words a comparison can say: gates, differences, verdicts and the judgement that holds them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from crosssim.errors import ExitStatus


class Gate(StrEnum):
    """The questions, cheapest first. A gate that fails settles the matter unless a later one explains it."""

    DECLARED = "declared"
    WIRING = "wiring"
    TRAJECTORIES = "trajectories"
    REPLAY = "replay"
    REFINEMENT = "refinement"
    STATISTICS = "statistics"


class Verdict(StrEnum):
    """What a comparison concludes, nearest first; the last three are no statement about the models."""

    IDENTICAL = "identical"
    SAME_TO_THE_GRID = "same to the grid"
    SAME_DYNAMICS = "same dynamics, chaos only"
    STATISTICALLY_EQUIVALENT = "statistically equivalent"
    DIFFERENT = "different"
    NOT_COMPARABLE = "not comparable"
    NOT_RUN = "not run"
    NOT_ENOUGH_DATA = "not enough data to tell"

    @property
    def exit_status(self) -> ExitStatus:
        """0 for the four that agree, 1 for *different*, 3 for *not run*, 5 for the two that cannot tell."""
        if self is Verdict.DIFFERENT:
            return ExitStatus.DIFFERS
        if self is Verdict.NOT_RUN:
            return ExitStatus.LEG_FAILED
        if self in (Verdict.NOT_COMPARABLE, Verdict.NOT_ENOUGH_DATA):
            return ExitStatus.NOT_COMPARABLE
        return ExitStatus.AGREES


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same on both sides.

    ``measure`` says what was compared ("parameter tau_m", "delay_ms", "spike time", "v"), ``population`` where (a
    population or a projection), ``reference`` and ``candidate`` are the two values as a person reads them, ``value``
    the size of the difference in ``unit``, ``tolerance`` the limit that it passed. ``onset_ms`` and ``cell`` say when
    and where it begins. ``count`` of ``total`` places differ. ``asked_for``: the command asked for this difference,
    so it is listed and does not fail the gate.
    """

    gate: Gate
    measure: str
    population: str
    reference: str
    candidate: str
    value: float | None = None
    unit: str = "1"
    tolerance: float | None = None
    onset_ms: float | None = None
    cell: int | None = None
    count: int = 1
    total: int | None = None
    asked_for: bool = False
    detail: str = ""


@dataclass(frozen=True)
class Onset:
    """The first place where two trajectories are no longer one to one: when, where, and what (a spike or a trace)."""

    time_ms: float
    population: str
    cell: int
    what: str


@dataclass(frozen=True)
class GateResult:
    """One gate's answer: ``reason`` is one sentence; ``details`` is the gate's own table of numbers."""

    gate: Gate
    passed: bool
    reason: str
    differences: tuple[Difference, ...] = ()
    details: Any = None


@dataclass(frozen=True)
class Judgement:
    """A verdict, the gate that decided, one sentence of reason, and everything that was found on the way.

    ``suspects`` are :class:`~crosssim.divergence.suspects.Suspect`, ``yardsticks``
    :class:`~crosssim.divergence.sensitivity.Yardstick`; ``smallest_fault`` says what would have been seen and what not.
    """

    verdict: Verdict
    reason: str
    gate: Gate | None = None
    onset: Onset | None = None
    gates: tuple[GateResult, ...] = ()
    suspects: tuple[Any, ...] = ()
    yardsticks: tuple[Any, ...] = ()
    smallest_fault: tuple[str, ...] = field(default_factory=tuple)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """All differences of all gates, in the order of the gates."""
        return tuple(one for result in self.gates for one in result.differences)

    def result(self, gate: Gate) -> GateResult | None:
        """The answer of one gate, ``None`` if it was not asked."""
        return next((one for one in self.gates if one.gate is gate), None)
