"""The third gate: spikes one to one and traces within tolerance, up to the first that is not (the onset)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from crosssim.divergence.spikes import ticks
from crosssim.divergence.traces import ComparedTrace, align
from crosssim.divergence.trains import ComparedTrains, binned_counts, compare_trains
from crosssim.divergence.verdict import Difference, Gate, GateResult, Onset
from crosssim.divergence.wording import counted, quantity, side_names
from crosssim.errors import NotComparable
from crosssim.model.expectation import Recorded
from crosssim.recording.data import Recording

BIN_MS = 10.0
"""Width of the bins of :class:`PairedShare`."""

_WINDOW_SAMPLES = 6  # on either side of the onset, as many as the article's table shows
_WINDOW_CELLS = 4  # more columns than a person compares at once


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


def compare_trajectories(reference: Recording, candidate: Recording, recorded: Sequence[Recorded]) -> GateResult:
    """Spikes one to one within each population's tolerance; traces within theirs up to the first unpaired spike.

    The onset is the first unpaired spike, or the first trace sample beyond its tolerance if that is earlier. Of
    recordings of different length the common time is compared. Which samples of a trace are judged:
    :meth:`~crosssim.divergence.trains.ComparedTrains.undisturbed`.

    Raises :class:`NotComparable` if something in ``recorded`` is on one side only or nothing of it is on both, if a
    population has another number of cells on the other side, or if two traces share no cell or no time.
    """
    present = [one for one in recorded if _on_both_sides(one, reference, candidate)]
    if not present:
        raise NotComparable("nothing that the model says to compare was recorded")
    trains = [compare_trains(one, reference, candidate) for one in present if one.variable == "spikes"]
    traces = [_compare_trace(one, reference, candidate, trains) for one in present if one.variable != "spikes"]
    names = side_names(reference, candidate)
    first_spike_ms = min((float(one.unpaired.time_ms[0]) for one in trains if len(one.unpaired)), default=np.inf)
    differences = [*_spike_rows(trains, names), *_trace_rows(traces, first_spike_ms)]
    first = min(differences, key=lambda one: one.onset_ms or 0.0, default=None)
    onset = None if first is None else _onset(first)
    until_ms = np.inf if onset is None else onset.time_ms
    agreements = (
        *(_spike_agreement(one, until_ms) for one in trains),
        *(_trace_agreement(one, until_ms) for one in traces),
    )
    details = TrajectoryDetails(onset, agreements, _shares(trains), windows_around(traces, onset))
    reason = _passing_reason(agreements, trains) if first is None else first.detail
    reason += _length_note(trains) + _absence_note(recorded, present)
    return GateResult(Gate.TRAJECTORIES, first is None, reason, tuple(differences), details)


def _on_both_sides(one: Recorded, reference: Recording, candidate: Recording) -> bool:
    """Whether both sides recorded it. Raises :class:`NotComparable` if only one did."""
    here, there = (was_recorded(one, side) for side in (reference, candidate))
    if here != there:
        names = side_names(reference, candidate)
        raise NotComparable(f"{one.variable} of {one.population} was recorded in {names[0] if here else names[1]} only")
    return here


def was_recorded(one: Recorded, recording: Recording) -> bool:
    """Whether a recording holds what ``one`` declares."""
    if one.variable == "spikes":
        return one.population in recording.spikes
    return (one.population, one.variable) in recording.traces


def _compare_trace(
    one: Recorded, reference: Recording, candidate: Recording, trains: Sequence[ComparedTrains]
) -> ComparedTrace:
    key = (one.population, one.variable)
    try:
        traces = align(reference.traces[key], candidate.traces[key])
    except NotComparable as error:
        raise NotComparable(f"{one.variable} of {one.population}: {error}") from None
    own = next((train for train in trains if train.recorded.population == one.population), None)
    return ComparedTrace(one, traces, traces.all_samples if own is None else own.undisturbed(traces))


def _spike_rows(trains: Sequence[ComparedTrains], names: tuple[str, str]) -> Iterator[Difference]:
    for one in trains:
        if not len(one.unpaired):
            continue
        population, limit_ms = one.recorded.population, one.recorded.tolerance.limit
        # to a nanosecond: a person reads 6.6 ms, not the 6.5999999999999845 of a clock that adds up its step
        time_ms, cell = round(float(one.unpaired.time_ms[0]), 6), int(one.unpaired.cell[0])
        in_reference = bool(one.unpaired.in_reference[0])
        has, lacks = names if in_reference else names[::-1]
        texts = (f"spike at {time_ms:.9g} ms", f"none within {limit_ms:g} ms")
        here, there = texts if in_reference else texts[::-1]
        yield Difference(
            Gate.TRAJECTORIES,
            "spike time",
            population,
            here,
            there,
            one.nearest_ms(time_ms, cell, in_reference),
            "ms",
            limit_ms,
            time_ms,
            cell,
            count=len(one.unpaired),
            total=len(one.reference) + len(one.candidate),
            detail=f"first unpaired spike at {time_ms:.9g} ms in {population} (cell {cell}): "
            f"{has} has it, {lacks} has none within {limit_ms:g} ms",
        )


def _trace_rows(traces: Sequence[ComparedTrace], until_ms: float) -> Iterator[Difference]:
    for one in traces:
        gap = one.gap(until_ms)
        if gap.first_values is None or gap.first_ms is None:
            continue
        population, variable, unit = one.recorded.population, one.recorded.variable, one.traces.unit
        here, there = (quantity(value, unit) for value in gap.first_values)
        size = abs(gap.first_values[1] - gap.first_values[0])
        yield Difference(
            Gate.TRAJECTORIES,
            variable,
            population,
            here,
            there,
            size if np.isfinite(size) else None,
            unit,
            one.limit,
            gap.first_ms,
            gap.first_cell,
            count=gap.beyond,
            total=gap.compared,
            detail=f"{variable} parts at {gap.first_ms:.9g} ms in {population} (cell {gap.first_cell}): "
            f"{here} and {there}, more than {one.limit:g} {unit} apart",
        )


def _onset(first: Difference) -> Onset:
    what = "unpaired spike" if first.measure == "spike time" else f"{first.measure} beyond tolerance"
    return Onset(float(first.onset_ms or 0.0), first.population, int(first.cell or 0), what)


def _spike_agreement(one: ComparedTrains, until_ms: float) -> AgreementUntilOnset:
    compared, largest_gap, identical = one.agreement(until_ms)
    tolerance = one.recorded.tolerance
    return AgreementUntilOnset(
        one.recorded.population, "spikes", compared, largest_gap, "ms", tolerance.limit, tolerance.why, identical
    )


def _trace_agreement(one: ComparedTrace, until_ms: float) -> AgreementUntilOnset:
    gap = one.gap(until_ms)
    return AgreementUntilOnset(
        one.recorded.population,
        one.recorded.variable,
        gap.compared,
        gap.largest_gap,
        one.traces.unit,
        one.limit,
        one.recorded.tolerance.why,
        one.identical(until_ms),
    )


def _shares(trains: Sequence[ComparedTrains]) -> tuple[PairedShare, ...]:
    stop_ms = max((one.stop_ms for one in trains), default=0.0)
    rows = []
    for k, (here, there, paired) in enumerate(np.transpose(binned_counts(trains, BIN_MS)).tolist()):
        most = max(here, there)
        last_ms = min((k + 1) * BIN_MS, stop_ms)
        rows.append(PairedShare(k * BIN_MS, last_ms, here, there, paired, paired / most if most else None))
    return tuple(rows)


def windows_around(traces: Sequence[ComparedTrace], onset: Onset | None) -> tuple[TraceWindow, ...]:
    """The samples around the onset: of its own cell if that was recorded, else of the first cells that were."""
    if onset is None:
        return ()
    every = [(one, column) for one in traces for column in range(one.traces.cells.size)]
    own = [
        (one, column)
        for one, column in every
        if one.recorded.population == onset.population and one.traces.cells[column] == onset.cell
    ]
    return tuple(_window(one, column, onset.time_ms) for one, column in own or every[:_WINDOW_CELLS])


def _window(one: ComparedTrace, column: int, time_ms: float) -> TraceWindow:
    traces = one.traces
    nearest = int(np.argmin(np.abs(ticks(traces.times_ms) - ticks(time_ms))))
    rows = slice(max(nearest - _WINDOW_SAMPLES, 0), nearest + _WINDOW_SAMPLES + 1)
    return TraceWindow(
        one.recorded.population,
        one.recorded.variable,
        int(traces.cells[column]),
        traces.unit,
        tuple(traces.times_ms[rows].tolist()),
        tuple(traces.reference[rows, column].tolist()),
        tuple(traces.candidate[rows, column].tolist()),
    )


def _passing_reason(agreements: Sequence[AgreementUntilOnset], trains: Sequence[ComparedTrains]) -> str:
    pairs = sum(one.compared for one in agreements if one.variable == "spikes")
    samples = sum(one.compared for one in agreements if one.variable != "spikes")
    any_spikes = any(len(one.reference) or len(one.candidate) for one in trains)
    words = []
    if trains:
        words.append(f"{counted(pairs, 'spike')} pair one to one" if any_spikes else "no spikes at all on either side")
    if samples:
        words.append(f"{counted(samples, 'trace sample')} lie within tolerance")
    return " and ".join(words) or "no trace sample could be judged"


def _length_note(trains: Sequence[ComparedTrains]) -> str:
    shared = [one.stop_ms for one in trains if not one.whole]
    return f"; the recordings differ in length, and only the common {shared[0]:g} ms were compared" if shared else ""


def _absence_note(recorded: Sequence[Recorded], present: Sequence[Recorded]) -> str:
    absent = [f"{one.variable} of {one.population}" for one in recorded if one not in present]
    return f"; recorded on neither side: {', '.join(absent)}" if absent else ""
