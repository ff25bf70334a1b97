"""Two traces of the same variable, sample by sample, on the times and cells that both have."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crosssim.divergence.arrays import Mask
from crosssim.divergence.spikes import TICKS_PER_MS, before, ticks
from crosssim.errors import NotComparable
from crosssim.model.expectation import Recorded
from crosssim.recording.data import Floats, Ints, Trace
from crosssim.units import conversion_factor


@dataclass(frozen=True, eq=False)
class AlignedTraces:
    """Two traces on common times and cells: ``reference`` and ``candidate`` f8[samples, cells] in ``unit``.

    ``whole``: nothing of either trace was left out.
    """

    times_ms: Floats
    cells: Ints
    reference: Floats
    candidate: Floats
    unit: str
    whole: bool

    @property
    def all_samples(self) -> Mask:
        """A mask that judges every sample."""
        return np.ones(self.reference.shape, dtype=bool)


@dataclass(frozen=True)
class TraceGap:
    """How far two traces lie apart, over ``compared`` samples of all cells.

    ``largest_gap`` is NaN if any judged sample is NaN; ``beyond`` samples exceed the limit, first at ``first_ms`` in
    ``first_cell``, where the two values are ``first_values``; ``identical`` if all samples are equal to the last bit.
    """

    compared: int
    largest_gap: float
    beyond: int
    identical: bool
    first_ms: float | None = None
    first_cell: int | None = None
    first_values: tuple[float, float] | None = None


def align(reference: Trace, candidate: Trace) -> AlignedTraces:
    """The two traces on the times (to a nanosecond) and cells that they share.

    Raises :class:`NotComparable` for different units, or if there is no common time or no common cell.
    """
    if reference.unit != candidate.unit:
        raise NotComparable(f"one trace is in {reference.unit}, the other in {candidate.unit}")
    cells, *columns = np.intersect1d(reference.cells, candidate.cells, return_indices=True)
    if not cells.size:
        raise NotComparable(
            f"no cell was recorded on both sides: {reference.cells.tolist()} and {candidate.cells.tolist()}"
        )
    times, *rows = np.intersect1d(ticks(reference.times_ms), ticks(candidate.times_ms), return_indices=True)
    if not times.size:
        raise NotComparable(
            f"no time was sampled on both sides: every {reference.step_ms:g} ms from {reference.start_ms:g} ms and "
            f"every {candidate.step_ms:g} ms from {candidate.start_ms:g} ms"
        )
    values = [
        trace.values[np.ix_(row, column)]
        for trace, row, column in zip((reference, candidate), rows, columns, strict=True)
    ]
    whole = reference.values.shape == values[0].shape == candidate.values.shape
    return AlignedTraces(times / TICKS_PER_MS, cells.astype(np.int32), values[0], values[1], reference.unit, whole)


def trace_gap(traces: AlignedTraces, limit: float, judged: npt.NDArray[np.bool_]) -> TraceGap:
    """Compare the ``judged`` samples (bool[samples, cells]) with an absolute ``limit`` in the traces' unit.

    The limit is on |candidate - reference|, so that two negative voltages cannot hide a gap. A NaN is outside every
    limit, also beside a NaN. With a limit above zero one rounding of the values is allowed on top: -65.1 and -65.0
    are 1.4e-14 further apart than 0.1.
    """
    here, there = traces.reference, traces.candidate
    with np.errstate(invalid="ignore"):  # inf - inf
        gap = np.abs(there - here)
        rounding = np.spacing(np.maximum(np.abs(here), np.abs(there))) if limit > 0 else 0.0
        beyond = judged & ~(gap <= limit + rounding)
    compared = int(judged.sum())
    largest_gap = float(gap[judged].max()) if compared else 0.0
    identical = bool((here == there)[judged].all())
    if not beyond.any():
        return TraceGap(compared, largest_gap, 0, identical)
    row = int(np.argmax(beyond.any(axis=1)))
    column = int(np.argmax(beyond[row]))
    values = float(here[row, column]), float(there[row, column])
    return TraceGap(
        compared,
        largest_gap,
        int(beyond.sum()),
        identical,
        float(traces.times_ms[row]),
        int(traces.cells[column]),
        values,
    )


def compare_traces(reference: Trace, candidate: Trace, limit: float) -> TraceGap:
    """All common samples of two traces against an absolute ``limit`` in their unit; see :func:`trace_gap`.

    Raises :class:`NotComparable` as :func:`align` does.
    """
    traces = align(reference, candidate)
    return trace_gap(traces, limit, traces.all_samples)


@dataclass(frozen=True, eq=False)
class ComparedTrace:
    """One recorded trace on both sides; ``judged`` are the samples that may be held against each other."""

    recorded: Recorded
    traces: AlignedTraces
    judged: Mask

    @property
    def limit(self) -> float:
        """The tolerance in the unit of the trace."""
        tolerance = self.recorded.tolerance
        same = tolerance.unit == self.traces.unit
        return tolerance.limit * (1.0 if same else conversion_factor(tolerance.unit, self.traces.unit))

    def gap(self, until_ms: float) -> TraceGap:
        """The judged samples before ``until_ms``, and every NaN before it: no convention excuses one."""
        no_number = np.isnan(self.traces.reference) | np.isnan(self.traces.candidate)
        return trace_gap(self.traces, self.limit, (self.judged | no_number) & self._before(until_ms))

    def identical(self, until_ms: float) -> bool:
        """Whether all samples before ``until_ms`` are the same to the last bit, judged or not."""
        same = trace_gap(self.traces, 0.0, self.traces.all_samples & self._before(until_ms)).identical
        return same and (self.traces.whole or until_ms < np.inf)

    def _before(self, until_ms: float) -> Mask:
        return before(self.traces.times_ms, until_ms)[:, np.newaxis]
