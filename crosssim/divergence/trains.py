"""The spikes of one population on both sides: who has a partner, who has none, and what that says of its traces."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from crosssim.divergence.arrays import Mask
from crosssim.divergence.spikes import DUST_TICKS, Pairing, before, pair_spikes, ticks, until
from crosssim.divergence.traces import AlignedTraces
from crosssim.errors import NotComparable
from crosssim.model.expectation import Recorded
from crosssim.recording.data import Floats, Ints, Offsets, Recording, Spikes


@dataclass(frozen=True, eq=False)
class UnpairedSpikes:
    """Spikes without partner in order of time: ``time_ms`` f8[n], ``cell`` i4[n], and whether the reference has it."""

    time_ms: Floats
    cell: Ints
    in_reference: Mask

    def __len__(self) -> int:
        return int(self.time_ms.size)


@dataclass(frozen=True, eq=False)
class ComparedTrains:
    """The spikes of a population up to the end that both recordings share, and their pairing.

    ``whole``: the two recordings are equally long. A spike without partner counts up to ``judged_until_ms``: nearer
    to the end than the tolerance its partner may lie beyond it, and a spike in the last step NEST returns and NEURON
    does not.
    """

    recorded: Recorded
    reference: Spikes
    candidate: Spikes
    pairing: Pairing
    judged_until_ms: float
    step_ms: float
    whole: bool

    @property
    def stop_ms(self) -> float:
        """The end that both sides share."""
        return self.reference.t_stop_ms

    @cached_property
    def unpaired(self) -> UnpairedSpikes:
        """Spikes that count as having no partner."""
        last = int(ticks(self.judged_until_ms)) + DUST_TICKS
        parts = []
        for spikes, partner in (
            (self.reference, self.pairing.candidate_of),
            (self.candidate, self.pairing.reference_of),
        ):
            alone = (partner < 0) & (ticks(spikes.time_ms) <= last)
            parts.append((spikes.time_ms[alone], spikes.cell[alone]))
        (r_times, r_cells), (c_times, c_cells) = parts
        times, cells = np.concatenate((r_times, c_times)), np.concatenate((r_cells, c_cells))
        order = np.lexsort((cells, times))
        return UnpairedSpikes(times[order], cells[order], order < r_times.size)

    def agreement(self, until_ms: float) -> tuple[int, float, bool]:
        """Before ``until_ms``: number of pairs, their largest gap (ms), whether all is equal to the last bit."""
        r_before, c_before = (before(one.time_ms, until_ms) for one in (self.reference, self.candidate))
        shifts = self.pairing.shift_ms[r_before & (self.pairing.candidate_of >= 0)]
        identical = np.array_equal(self.reference.cell[r_before], self.candidate.cell[c_before]) and np.array_equal(
            self.reference.time_ms[r_before], self.candidate.time_ms[c_before]
        )
        return shifts.size, float(np.abs(shifts).max(initial=0.0)), identical and (self.whole or until_ms < np.inf)

    def nearest_ms(self, time_ms: float, cell: int, in_reference: bool) -> float | None:
        """How far away the other side's nearest spike of that cell is; ``None`` if it has none."""
        others = (self.candidate if in_reference else self.reference).of(cell)
        return float(np.abs(others - time_ms).min()) if others.size else None

    def undisturbed(self, traces: AlignedTraces) -> Mask:
        """Which samples (bool[samples, cells]) of this population's traces can be held against each other.

        Not those within one step of a spike of their own cell: at the step of the same spike one simulator returns v
        above threshold, the other v already reset. And none from the cell's first shifted pair on: the tolerance
        of the spikes grants the shift, which moves the reset and all that follows by as much.
        """
        step = int(ticks(self.step_ms)) + DUST_TICKS
        at = ticks(traces.times_ms)
        mask = traces.all_samples
        for column, cell in enumerate(traces.cells.tolist()):
            r, c = (slice(*one.offsets[[cell, cell + 1]]) for one in (self.reference, self.candidate))
            own = np.sort(ticks(np.concatenate((self.reference.time_ms[r], self.candidate.time_ms[c]))))
            near = np.searchsorted(own, at + step, side="right") > np.searchsorted(own, at - step, side="left")
            mask[:, column] = ~near & (at < self._first_shift(r) - step)
        return mask

    def _first_shift(self, of_cell: slice) -> int:
        """The tick at which the earlier spike of a cell's first shifted pair stands; far off if there is none."""
        shift = np.nan_to_num(self.pairing.shift_ms[of_cell], nan=0.0)
        (shifted,) = np.nonzero(np.abs(ticks(shift)) > DUST_TICKS)
        if not shifted.size:
            return int(np.iinfo(np.int64).max)
        k = shifted[0]
        return int(ticks(self.reference.time_ms[of_cell][k] + min(shift[k], 0.0)))


def compare_trains(recorded: Recorded, reference: Recording, candidate: Recording) -> ComparedTrains:
    """Pair the spikes of ``recorded.population`` within its tolerance, over the time that both sides share.

    Raises :class:`NotComparable` if the population has another number of cells on the other side.
    """
    here, there = reference.spikes[recorded.population], candidate.spikes[recorded.population]
    if here.n_cells != there.n_cells:
        raise NotComparable(
            f"{recorded.population} has {here.n_cells} cells in {reference.backend} and {there.n_cells} in "
            f"{candidate.backend}; spikes are compared cell by cell"
        )
    stop_ms = min(here.t_stop_ms, there.t_stop_ms)
    step_ms = max(reference.timestep_ms, candidate.timestep_ms)
    limit_ms = recorded.tolerance.limit
    common = until(here, stop_ms), until(there, stop_ms)
    whole = here.t_stop_ms == there.t_stop_ms
    pairing = pair_spikes(*common, limit_ms)
    return ComparedTrains(recorded, *common, pairing, stop_ms - limit_ms - step_ms / 2, step_ms, whole)


def binned_counts(trains: Sequence[ComparedTrains], width_ms: float) -> tuple[Offsets, Offsets, Offsets]:
    """Reference spikes, candidate spikes and pairs of all ``trains`` together, per bin of ``width_ms`` from zero.

    A pair counts where its reference spike lies, so that no pair is torn by the border of a bin. Spikes too near to
    the end to be judged are left out unless they are paired. The last bin may be shorter than the others.
    """
    stop_ms = max((one.stop_ms for one in trains), default=0.0)
    n_bins = max(int(np.ceil(stop_ms / width_ms - 1e-9)), 1) if trains else 0
    counts = np.zeros((3, n_bins), dtype=np.int64)
    width = int(ticks(width_ms))
    for one in trains:
        paired_times = one.reference.time_ms[one.pairing.candidate_of >= 0]
        lone = one.unpaired
        parts = (lone.time_ms[lone.in_reference], lone.time_ms[~lone.in_reference], paired_times)
        for row, times in enumerate(parts):
            bins = np.clip((ticks(times) + DUST_TICKS) // width, 0, n_bins - 1)
            counts[row] += np.bincount(bins, minlength=n_bins)
    return counts[0] + counts[2], counts[1] + counts[2], counts[2]
