"""The third gate: spikes one to one and traces within tolerance, up to the first that is not (the onset)."""

from dataclasses import dataclass

from crosssim.divergence.verdict import Onset


@dataclass(frozen=True)
class PairedShare:
    """How many spikes of one time bin, in all judged populations, have a partner on the other side.

    ``share`` = paired / max(reference, candidate), ``None`` for a bin without spikes.
    """

    start_ms: float
    stop_ms: float
    reference_spikes: int
    candidate_spikes: int
    paired: int
    share: float | None


@dataclass(frozen=True)
class TraceWindow:
    """One trace on both sides around the onset, sample by sample (as in the article's table)."""

    population: str
    variable: str
    cell: int
    unit: str
    times_ms: tuple[float, ...]
    reference: tuple[float, ...]
    candidate: tuple[float, ...]


@dataclass(frozen=True)
class AgreementUntilOnset:
    """How well one recorded variable agreed before the onset.

    ``compared`` spikes or samples, ``largest_gap`` in ``unit``, against ``tolerance``; ``identical`` if bit for bit.
    """

    population: str
    variable: str
    compared: int
    largest_gap: float
    unit: str
    tolerance: float
    why: str
    identical: bool


@dataclass(frozen=True)
class TrajectoryDetails:
    """All numbers of the gate: the onset, agreement before it, paired shares over the whole run, v around it."""

    onset: Onset | None
    until_onset: tuple[AgreementUntilOnset, ...]
    shares: tuple[PairedShare, ...]
    windows: tuple[TraceWindow, ...]
