"""How far apart is "the same"? Each backend beside itself, changed by next to nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from crosssim.divergence.trajectories import PairedShare, TrajectoryDetails, compare_trajectories
from crosssim.divergence.verdict import Onset
from crosssim.model.expectation import Recorded
from crosssim.recording.data import Recording

JITTERS_MV = (1e-9, 1e-6, 1e-3, 1e-1)
"""Sizes of jitter that are tried, smallest first: threshold detection on a grid swallows small ones."""


@dataclass(frozen=True)
class Yardstick:
    """Two free runs that are known to be the same but for a trifle: when they part, and how fast.

    ``what`` says whose runs and what was changed ("nest, all initial v jittered by 1e-06 mV"); ``onset`` is ``None``
    if they never part; ``shares`` are the paired spikes per 10 ms.
    """

    what: str
    leg: str
    onset: Onset | None
    shares: tuple[PairedShare, ...]


def yardstick(what: str, leg: str, run: Recording, changed: Recording, recorded: Sequence[Recorded]) -> Yardstick:
    """Set a run beside its changed twin. Raises :class:`NotComparable` if they are of different networks."""
    details = compare_trajectories(run, changed, recorded).details
    assert isinstance(details, TrajectoryDetails)
    return Yardstick(what, leg, details.onset, details.shares)


def no_earlier_than_own(onset: Onset | None, own: Sequence[Yardstick]) -> bool:
    """Whether two backends part no earlier than the earlier of them parts from its own twin."""
    earliest = min((one.onset.time_ms for one in own if one.onset is not None), default=None)
    return onset is None or (earliest is not None and onset.time_ms >= earliest)
