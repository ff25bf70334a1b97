"""Who is to blame: which single change on the reference's side reproduces what the candidate does.

A hypothesis is a change (a parameter, a weight, a delay, a lost projection) made in the reference, whose cells then
receive the same spikes again. For a small change the spikes answer in proportion, so its size is a regression of the
disagreement on the answer; then the change of that size is made, and what is left is measured, not predicted.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crosssim.divergence.replay import WINDOW_MS
from crosssim.divergence.spikes import pair_spikes
from crosssim.recording.data import Floats, Spikes

_FEWEST_SPIKES = 10

NAMED_ABOVE = 0.5
"""A change that removes less than half of the disagreement is no explanation, and is not named."""


@dataclass(frozen=True)
class Suspect:
    """A change that was made in the reference and by how much of the disagreement it removed (1: all of it)."""

    name: str
    population: str
    evidence: str
    removed_share: float


def whole_percent(share: float) -> str:
    """Rounded down, so that only all is called 100 %."""
    return f"{int(100 * share + 1e-9)}%"


@dataclass(frozen=True)
class Response:
    """How far a change of one unit explains the disagreement: ``size`` units of it, ``explained`` of its variance."""

    size: float
    explained: float


def shift_of(reference: Spikes, other: Spikes) -> Floats:
    """f8[len(reference)] (ms): other minus reference for each reference spike, NaN without partner."""
    return pair_spikes(reference, other, WINDOW_MS).shift_ms


def response(disagreement: Floats, answer: Floats, grain: float) -> Response | None:
    """Regress what the candidate does on the answer to a small change; ``None`` if the cells hardly answer.

    Both are shifts (ms) of the same reference spikes, or changes of v (mV) at the same samples, ``grain`` the smallest
    that says anything. One far outside the bulk hangs on a hair and gets little weight (Cauchy weights, scale three
    times the median).
    """
    both = ~(np.isnan(disagreement) | np.isnan(answer))
    d, r = disagreement[both], answer[both]
    if d.size < _FEWEST_SPIKES or not np.any(np.abs(r) > grain / 2):
        return None
    weight = _cauchy(d, grain) * _cauchy(r, grain)
    size = float((weight * d * r).sum() / (weight * r * r).sum())
    left = (weight * (d - size * r) ** 2).sum()
    total = (weight * d * d).sum()
    return Response(size, float(1 - left / total) if total else 0.0)


def _cauchy(values: Floats, grain: float) -> Floats:
    scale = 3 * np.median(np.abs(values)) + grain
    return np.asarray(1 / (1 + (values / scale) ** 2))


def patterns(reference: Spikes, candidate: Spikes, step_ms: float, refractory_ms: float | None) -> tuple[str, ...]:
    """What the disagreement looks like, in words with their numbers; empty where nothing stands out."""
    pairing = pair_spikes(reference, candidate, WINDOW_MS)
    found = []
    shift = pairing.shift_ms[~np.isnan(pairing.shift_ms)]
    extra = pairing.reference_of < 0
    if shift.size >= _FEWEST_SPIKES:
        low, middle, high = np.quantile(shift, [0.1, 0.5, 0.9])
        if abs(middle) > step_ms / 2 and high - low <= 2 * step_ms:
            found.append(f"a constant shift of {middle:+.2f} ms ({middle / step_ms:+.1f} steps)")
    if refractory_ms and extra.sum() >= _FEWEST_SPIKES:
        short = _short_intervals(candidate, extra, refractory_ms)
        if short > 0.5:
            found.append(f"{short:.0%} of the extra spikes come within the refractory period of {refractory_ms:g} ms")
    late = _share_after(reference, pairing.shift_ms, step_ms)
    if late is not None and late < 0.1:
        found.append("only the first spikes differ")
    return tuple(found)


def _short_intervals(spikes: Spikes, chosen: npt.NDArray[np.bool_], refractory_ms: float) -> float:
    """Share of the chosen spikes that follow a spike of the same cell sooner than the refractory period allows."""
    interval = np.diff(spikes.time_ms, prepend=-np.inf)
    interval[np.diff(spikes.cell, prepend=-1) != 0] = np.inf
    following = np.append(interval[1:], np.inf)
    return float((np.minimum(interval, following)[chosen] < refractory_ms).mean())


def _share_after(reference: Spikes, shift_ms: Floats, step_ms: float) -> float | None:
    """Share of the disagreeing spikes that lie in the last nine tenths of the run."""
    differs = np.isnan(shift_ms) | (np.abs(np.nan_to_num(shift_ms)) > step_ms / 2)
    if differs.sum() < _FEWEST_SPIKES:
        return None
    return float((reference.time_ms[differs] > 0.1 * reference.t_stop_ms).mean())
