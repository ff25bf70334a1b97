"""How far two cells are apart under the same stimulus: in spikes, in v, and in units of the original's own spread."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosssim.divergence.arrays import Mask
from crosssim.divergence.spikes import pair_spikes
from crosssim.recording.data import Floats, Spikes
from crosssim.recording.response import Response

KERNEL_MS = 5.0
"""Time constant of the exponential with which spike trains are filtered: of the order of a synapse's, and of the
shortest interval between spikes."""

COINCIDENCE_MS = 2.0
"""Two spikes so near are the same spike: the window of Jolivet et al. (2008), J. Neurosci. Methods 169:417."""

AROUND_SPIKE_MS = 1.0
"""v is not compared so near to a spike of either side: one draws it into v, the other does not."""


@dataclass(frozen=True)
class Disagreement:
    """One protocol: ``spike_distance`` and ``v_distance`` are 0 for equal, 1 for unrelated; ``total`` is their mean.

    ``shift_ms`` is the mean of candidate minus original over the ``pairs`` within 2 ms, ``None`` without any;
    ``coincidence`` the factor Gamma, 1 for all spikes together and 0 for chance, ``None`` if neither side fires.
    ``v_rms_mV`` is taken away from the spikes of both sides.
    """

    protocol: str
    spikes: tuple[int, int]
    pairs: int
    shift_ms: float | None
    coincidence: float | None
    v_rms_mV: float  # noqa: N815 - V is volt
    spike_distance: float
    v_distance: float

    @property
    def count_gap(self) -> int:
        """By how many spikes the two differ."""
        return abs(self.spikes[0] - self.spikes[1])

    @property
    def total(self) -> float:
        """The mean of both distances; that of v alone where neither side fires."""
        if self.spikes == (0, 0):
            return self.v_distance
        return (self.spike_distance + self.v_distance) / 2


SMALLEST = 1e-6
"""A disagreement below this is dust of the arithmetic: it is no spread, and always allowed."""


MARGIN = 3.0
"""Two for the error of first order (see :attr:`JudgedProtocol.allowed`), one for what that leaves out: higher orders,
and spikes that move by whole steps of the grid."""


@dataclass(frozen=True)
class JudgedProtocol:
    """A disagreement beside what integration alone makes of it.

    ``of_original`` and ``of_candidate`` are the disagreement of each side with itself at half the time step.
    """

    disagreement: Disagreement
    of_original: Disagreement
    of_candidate: Disagreement

    @property
    def original_spread(self) -> float:
        """How far the original is from itself at half the time step."""
        return self.of_original.total

    @property
    def candidate_spread(self) -> float:
        """How far the candidate is from itself at half the time step."""
        return self.of_candidate.total

    @property
    def in_spreads(self) -> float:
        """The disagreement in units of the original's own spread."""
        return self.disagreement.total / max(self.original_spread, SMALLEST)

    @property
    def allowed(self) -> float:
        """How far two sound integrators of the same equations may be apart.

        A method of first order is at dt twice as far from its limit as it moves from dt to dt / 2, and two sides with
        the same limit are at most the sum of both distances apart. :data:`MARGIN` adds to this factor of two.
        """
        return max(MARGIN * (self.original_spread + self.candidate_spread), SMALLEST)

    @property
    def allowed_count(self) -> float:
        """By how many spikes they may differ: one more than three times what halving the step does to both numbers.

        Asked apart, because the distance of two fast and regular trains says little of their numbers.
        """
        return MARGIN * (self.of_original.count_gap + self.of_candidate.count_gap) + 1

    @property
    def agrees(self) -> bool:
        """Whether integration alone explains the disagreement, and the numbers of spikes."""
        return self.disagreement.total <= self.allowed and self.disagreement.count_gap <= self.allowed_count


def disagreement(protocol: str, original: Response, candidate: Response, rest_mv: float) -> Disagreement:
    """Everything that is said of one protocol; ``rest_mv`` is where v is measured from."""
    here, there = original.spikes_ms, candidate.spikes_ms
    stop_ms = original.duration_ms
    trains = [Spikes(np.zeros(len(one), dtype=np.int32), one, 1, stop_ms) for one in (here, there)]
    pairing = pair_spikes(trains[0], trains[1], COINCIDENCE_MS)
    shifts = pairing.shift_ms[pairing.candidate_of >= 0]
    gap = (candidate.v_mV - original.v_mV)[_quiet(original, candidate)]
    return Disagreement(
        protocol=protocol,
        spikes=(len(here), len(there)),
        pairs=pairing.count,
        shift_ms=float(shifts.mean()) if shifts.size else None,
        coincidence=coincidence_factor(pairing.count, (len(here), len(there)), stop_ms),
        v_rms_mV=float(np.sqrt(np.mean(gap**2))) if gap.size else 0.0,
        spike_distance=spike_distance(here, there),
        v_distance=v_distance(original, candidate, rest_mv),
    )


def total_disagreement(original: Sequence[Response], candidate: Sequence[Response], rest_mv: float) -> float:
    """The mean over protocols of :attr:`Disagreement.total`, without the rest: what a search makes small."""
    totals = []
    for here, there in zip(original, candidate, strict=True):
        apart = v_distance(here, there, rest_mv)
        fired = here.spikes_ms.size or there.spikes_ms.size
        totals.append((spike_distance(here.spikes_ms, there.spikes_ms) + apart) / 2 if fired else apart)
    return float(np.mean(totals))


def spike_distance(here: Floats, there: Floats) -> float:
    """The distance of M. C. W. van Rossum, Neural Computation 13:751-763 (2001), over the trains' own lengths.

    Both trains (ms) are filtered with a decaying exponential; the squared L2 norm of their difference over the sum of
    their squared norms: 0 for equal trains, 1 for trains that never overlap or if one is empty. It grows linearly with
    a small shift (shift over time constant, for single spikes) and with the share of spikes that have no partner.
    """
    own = _overlap(here, here) + _overlap(there, there)
    if own == 0:
        return 0.0
    return max(0.0, 1 - 2 * _overlap(here, there) / own)


def _overlap(here: Floats, there: Floats) -> float:
    """The inner product of two filtered trains, in units of half the kernel's time constant."""
    return float(np.exp(-np.abs(np.subtract.outer(here, there)) / KERNEL_MS).sum())


def v_distance(original: Response, candidate: Response, rest_mv: float) -> float:
    """The L2 norm of the difference over the root of the sum of the squared norms of v - rest, away from spikes.

    0 for equal; linear in a small difference of v.
    """
    quiet = _quiet(original, candidate)
    here, there = original.v_mV[quiet] - rest_mv, candidate.v_mV[quiet] - rest_mv
    own = float((here**2).sum() + (there**2).sum())
    return float(np.sqrt(((here - there) ** 2).sum() / own)) if own else 0.0


def _quiet(original: Response, candidate: Response) -> Mask:
    """Which samples are near no spike of either side."""
    times = np.arange(original.v_mV.size) * original.sample_ms
    spikes = np.sort(np.concatenate((original.spikes_ms, candidate.spikes_ms)))
    dust = original.sample_ms / 2
    first = np.searchsorted(spikes, times - AROUND_SPIKE_MS - dust)
    last = np.searchsorted(spikes, times + AROUND_SPIKE_MS + dust)
    quiet: Mask = first == last
    return quiet


def coincidence_factor(pairs: int, spikes: tuple[int, int], duration_ms: float) -> float | None:
    """Gamma of W. M. Kistler, W. Gerstner and J. L. van Hemmen, Neural Computation 9:1015-1045 (1997).

    Pairs beyond those that a Poisson train of the candidate's rate would have, over the mean number of spikes; 1 if
    every spike has a partner. ``None`` where neither side fires, or one fires too fast for the window.
    """
    original, candidate = spikes
    if original + candidate == 0:
        return None
    by_chance = 2 * candidate / duration_ms * COINCIDENCE_MS
    if by_chance >= 1:
        return None
    return (pairs - by_chance * original) / ((original + candidate) / 2) / (1 - by_chance)
