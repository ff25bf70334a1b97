"""What a study hands to the report."""

from dataclasses import dataclass, replace
from pathlib import Path

from crosssim.divergence.verdict import Judgement, Verdict
from crosssim.errors import ExitStatus, NotComparable
from crosssim.model.declaration import Model
from crosssim.recording.data import Recording
from crosssim.runner.request import LegOutcome, LegRequest, LegStatus


@dataclass(frozen=True)
class FinishedLeg:
    """One leg after its end. ``label`` is what the user typed ("nest:timestep=0.05"); ``command`` can be typed again.

    ``recording`` is ``None`` unless the outcome is *completed*.
    """

    label: str
    request: LegRequest
    outcome: LegOutcome
    folder: Path
    command: tuple[str, ...]
    reused: bool
    recording: Recording | None


@dataclass(frozen=True)
class Pair:
    """Two finished legs of one model that are to be compared; both have a recording."""

    model: Model
    reference: FinishedLeg
    candidate: FinishedLeg

    def recordings(self) -> tuple[Recording, Recording]:
        """What both legs recorded, called by their labels, which two legs of one backend do not share.

        Raises :class:`NotComparable` if one has not finished.
        """
        if self.reference.recording is None or self.candidate.recording is None:
            raise NotComparable(f"{self.reference.label} and {self.candidate.label} have not both finished")
        reference = replace(self.reference.recording, backend=self.reference.label)
        return reference, replace(self.candidate.recording, backend=self.candidate.label)


@dataclass(frozen=True)
class Comparison:
    """One judged pair, by leg labels."""

    reference: str
    candidate: str
    judgement: Judgement


@dataclass(frozen=True)
class CheckResult:
    """A cross-check: all legs, and every leg but the first compared with the first.

    ``record_id`` is the id of its record, which its figures carry.
    """

    model: Model
    legs: tuple[FinishedLeg, ...]
    comparisons: tuple[Comparison, ...]
    command: tuple[str, ...]
    started: str
    wall_s: float
    record_id: str = ""

    @property
    def worst(self) -> Judgement:
        """The judgement that decides: a leg that did not finish, else the comparison furthest from identical."""
        failed = [leg for leg in self.legs if not leg.outcome.completed]
        if failed or not self.comparisons:
            reason = "; ".join(f"{leg.label}: {leg.outcome.reason}" for leg in failed) or "nothing was compared"
            return Judgement(Verdict.NOT_RUN, reason)
        order = list(Verdict)
        return max((one.judgement for one in self.comparisons), key=lambda judged: order.index(judged.verdict))

    @property
    def exit_status(self) -> ExitStatus:
        """The exit status of the command: a missing simulator is told apart from a leg that failed or was refused."""
        statuses = {leg.outcome.status for leg in self.legs}
        if statuses & {LegStatus.CRASHED, LegStatus.TIMED_OUT, LegStatus.WRONG_RANKS}:
            return ExitStatus.LEG_FAILED
        if LegStatus.MISSING in statuses:
            return ExitStatus.SIMULATOR_MISSING
        if LegStatus.REFUSED in statuses:
            return ExitStatus.USAGE
        return self.worst.verdict.exit_status
