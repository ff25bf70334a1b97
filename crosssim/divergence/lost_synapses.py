"""Which synapse a cell has lost: some cells alone disagree, each from a spike on that one of its inputs came before.

A lost synapse is not seen in the mean of a population and has no size to fit. But its presynaptic spikes are known, so
they can be held against the intervals in which the cell's output deviates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crosssim.divergence.replay import WINDOW_MS, disagreement_by_cell
from crosssim.divergence.spikes import pair_spikes
from crosssim.recording.data import Floats, Spikes, Wiring

_ABOVE_MEDIAN = 4.0
_CONCENTRATED = 0.6
"""Share of a population's disagreement that few cells must hold before single synapses are thought of."""

_FEW_CELLS = 0.4
_LASTS_MS = 10.0  # about what a synapse adds to v: some ms of current, leaking away with the membrane
_MOST_CELLS = 24


@dataclass(frozen=True)
class Synapse:
    """One connection, by its projection and the positions of its cells."""

    projection: str
    pre: int
    post: int


def deviating_cells(reference: Spikes, candidate: Spikes, step_ms: float) -> npt.NDArray[np.int64]:
    """The cells that hold most of the disagreement, the worst first; empty if it is spread over the population."""
    by_cell = disagreement_by_cell(reference, candidate, step_ms)
    limit = _ABOVE_MEDIAN * max(float(np.median(by_cell)), step_ms)
    worst = np.argsort(-by_cell, kind="stable")
    worst = worst[by_cell[worst] > limit]
    if not worst.size or worst.size > _FEW_CELLS * reference.n_cells:
        return np.zeros(0, dtype=np.int64)
    if by_cell[worst].sum() < _CONCENTRATED * by_cell.sum():
        return np.zeros(0, dtype=np.int64)
    return worst[:_MOST_CELLS]


def likely_lost(
    cell: int,
    outputs: tuple[Spikes, Spikes],
    wirings: Mapping[str, Wiring],
    sources: Mapping[str, Spikes],
    step_ms: float,
) -> list[Synapse]:
    """The synapses onto ``cell``, likeliest first: their spikes arrive before the output deviates, and not elsewhere.

    ``outputs`` are the cell's population on both sides under the same input; ``sources`` the presynaptic spikes. A cell
    that fires more or earlier has lost inhibition, one that fires less or later excitation: others come last.
    """
    found = events(cell, *outputs, step_ms)
    scored: list[tuple[bool, float, Synapse]] = []
    for name, wiring in wirings.items():
        if wiring.pre_population not in sources:
            continue
        fits = (wiring.receptor_type == "inhibitory") == (found.drift_ms > 0)
        for k in np.flatnonzero(wiring.post == cell):
            arrivals = sources[wiring.pre_population].of(int(wiring.pre[k])) + wiring.delay_ms[k]
            scored.append((not fits, -_score(arrivals, found), Synapse(name, int(wiring.pre[k]), cell)))
    return [synapse for _, _, synapse in sorted(scored, key=lambda one: one[:2])]


def likely_lost_by_potential(
    cell: int, gap: tuple[Floats, Floats], wirings: Mapping[str, Wiring], sources: Mapping[str, Spikes]
) -> list[Synapse]:
    """The synapses onto ``cell``, likeliest first: where their spikes arrive, v parts, in the direction of a loss.

    ``gap`` are the times (ms) of samples and by how much v of the candidate exceeds that of the reference (mV).
    """
    times_ms, size_mv = gap
    scored: list[tuple[float, Synapse]] = []
    for name, wiring in wirings.items():
        if wiring.pre_population not in sources:
            continue
        direction = 1.0 if wiring.receptor_type == "inhibitory" else -1.0
        for k in np.flatnonzero(wiring.post == cell):
            arrivals = sources[wiring.pre_population].of(int(wiring.pre[k])) + wiring.delay_ms[k]
            effect = _effect(times_ms, arrivals)
            strength = float(np.sqrt((effect**2).sum()))
            score = direction * float((effect * size_mv).sum()) / strength if strength else 0.0
            scored.append((-score, Synapse(name, int(wiring.pre[k]), cell)))
    return [synapse for _, synapse in sorted(scored, key=lambda one: one[0])]


def _effect(times_ms: Floats, arrivals_ms: Floats) -> Floats:
    """What spikes that arrive leave at each time, fading with the time that such an effect lasts."""
    elapsed = times_ms[:, None] - arrivals_ms[None, :]
    return np.asarray(np.where(elapsed > 0, np.exp(-np.abs(elapsed) / _LASTS_MS), 0.0).sum(axis=1))


@dataclass(frozen=True)
class Events:
    """The output of one cell on both sides: ``time_ms``, and by how much each event deviates, ``size_ms``.

    A missing or extra spike deviates by the window of replay; a shift within a step is none. ``drift_ms`` is positive
    if the candidate fires more or earlier.
    """

    time_ms: Floats
    size_ms: Floats
    drift_ms: float


def events(cell: int, reference: Spikes, candidate: Spikes, step_ms: float) -> Events:
    """The spikes of the reference, at the earlier of both times, and those that the candidate has alone."""
    own, other = (_alone(one, cell) for one in (reference, candidate))
    pairing = pair_spikes(own, other, WINDOW_MS)
    extra = other.time_ms[pairing.reference_of < 0]
    shift = np.nan_to_num(pairing.shift_ms, nan=WINDOW_MS)
    times = np.concatenate([own.time_ms + np.minimum(np.nan_to_num(pairing.shift_ms), 0.0), extra])
    size = np.concatenate([np.where(np.abs(shift) > step_ms, np.abs(shift), 0.0), np.full(extra.size, WINDOW_MS)])
    order = np.argsort(times)
    return Events(times[order], size[order], float(extra.size * WINDOW_MS - shift.sum()))


def _alone(spikes: Spikes, cell: int) -> Spikes:
    times = spikes.of(cell)
    return Spikes(np.zeros(times.size, dtype=np.int32), times, 1, spikes.t_stop_ms)


def _score(arrivals_ms: Floats, found: Events) -> float:
    """How much more of the synapse's effect there is at events that deviate than at those that do not."""
    most = found.size_ms.max(initial=0.0)
    if not most:
        return 0.0
    effect = _effect(found.time_ms, arrivals_ms).clip(max=1.0)
    deviating, alike = found.size_ms / most, 1 - found.size_ms / most
    elsewhere = (effect * alike).sum() / alike.sum() if alike.any() else 0.0
    return float((effect * deviating).sum() / deviating.sum() - elsewhere)


def best_of(removed: Sequence[Floats]) -> tuple[npt.NDArray[np.int64], Floats]:
    """Of ``removed`` [trials][cells], the trial that removes most for each cell, and how much that is."""
    table = np.array(removed)
    best = np.argmax(table, axis=0)
    return best, table[best, np.arange(table.shape[1])]
