"""Two finished legs and their judgement, side by side, as pictures and page need them."""

import re
from dataclasses import dataclass

from crosssim.divergence.trajectories import TrajectoryDetails
from crosssim.divergence.verdict import Judgement
from crosssim.recording.data import Recording
from crosssim.report.style import LegStyle, leg_style
from crosssim.report.tables import leg_names, sides, trajectory_details
from crosssim.studies.result import CheckResult


@dataclass(frozen=True)
class Pair:
    """A comparison whose two recordings are there. ``positions`` are those of the legs in the result.

    ``alone`` says that it is the only comparison of its result, whose pictures need no name of a leg in their own.
    """

    names: tuple[str, str]
    positions: tuple[int, int]
    reference: Recording
    candidate: Recording
    judgement: Judgement
    alone: bool

    @property
    def styles(self) -> tuple[LegStyle, LegStyle]:
        """How reference and candidate are drawn."""
        return leg_style(self.positions[0]), leg_style(self.positions[1])

    @property
    def details(self) -> TrajectoryDetails | None:
        """What the trajectories gate measured, ``None`` if it was not asked."""
        return trajectory_details(self.judgement)

    def name(self, kind: str) -> str:
        """A picture's name, unique in the report."""
        return kind if self.alone else f"{kind}-{self.positions[1] + 1}-{slug(self.names[1])}"


def pairs(result: CheckResult) -> tuple[Pair, ...]:
    """The comparisons in their order, without those of which a recording is missing."""
    names = leg_names(result)
    found = []
    for comparison in result.comparisons:
        positions = sides(result, comparison)
        reference, candidate = (result.legs[at].recording for at in positions)
        if reference and candidate:
            both = (names[positions[0]], names[positions[1]])
            alone = len(result.comparisons) == 1
            found.append(Pair(both, positions, reference, candidate, comparison.judgement, alone))
    return tuple(found)


def slug(text: str) -> str:
    """``text`` in letters that a file name and an id may have."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", text).strip("-") or "leg"
