"""A recording as a Neo NIX file, for Neo and Elephant: the only place that makes Neo's objects.

One Block with one Segment: a SpikeTrain per cell, silent cells too, and an AnalogSignal per recorded variable of a
population. Annotations ``population``, ``cell`` (or ``cells``) and ``variable`` say what each is.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import neo
import numpy as np
import quantities as pq
from neo.io import NixIO

from crosssim.errors import RecordingUnreadable, UsageError
from crosssim.recording.data import Recording, Spikes, Trace
from crosssim.recording.disk import disk_errors_as_sentences

_NEO_UNIT = {"1": "dimensionless"}


def export_neo(recording: Recording, path: Path) -> None:
    """Write spikes and traces to ``path`` (``.nix``); times stay in ms, values in their own units, bit for bit.

    Raises :class:`UsageError` if ``path`` is there already, does not end in ``.nix``, or cannot be written.
    """
    if path.suffix != ".nix":
        raise UsageError(f"export file {path} must end in .nix: it is written as Neo NIX")
    if path.exists():
        raise UsageError(f"export file {path} is there already; remove it, or choose another name")
    unfinished = path.with_name(f".{path.stem}.{os.getpid()}.nix")
    with disk_errors_as_sentences(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with _nix_file(unfinished, "ow") as file:
                file.write_block(_block(recording))
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)


def import_neo(path: Path) -> tuple[dict[str, Spikes], dict[tuple[str, str], Trace]]:
    """Spikes by population and traces by (population, variable) from a file that :func:`export_neo` wrote.

    Raises :class:`RecordingUnreadable` for a file that is none.
    """
    if not path.is_file():
        raise RecordingUnreadable(f"{path} is not a file; name a .nix file that crosssim export wrote")
    try:
        with _nix_file(path, "ro") as file:
            (segment,) = file.read_block().segments
        traces = dict(_trace(signal) for signal in segment.analogsignals)
        return _spikes_by_population(segment), traces
    except (OSError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise RecordingUnreadable(f"{path} is not a file that crosssim export wrote ({error})") from None


@contextmanager
def _nix_file(path: Path, mode: str) -> Iterator[NixIO]:
    file = NixIO(str(path), mode=mode)
    try:
        yield file
    finally:
        file.close()


def _block(recording: Recording) -> neo.Block:
    segment = neo.Segment(name=f"{recording.model} on {recording.backend}")
    for population, spikes in recording.spikes.items():
        segment.spiketrains.extend(_spiketrains(population, spikes))
    for (population, variable), trace in recording.traces.items():
        segment.analogsignals.append(_signal(population, variable, trace))
    block = neo.Block(
        name=recording.model,
        backend=recording.backend,
        timestep_ms=recording.timestep_ms,
        duration_ms=recording.duration_ms,
    )
    block.segments.append(segment)
    return block


def _spiketrains(population: str, spikes: Spikes) -> list[neo.SpikeTrain]:
    """One per cell. Neo refuses times outside its bounds, and simulators' clocks carry dust: the bounds give way."""
    first, last = (spikes.time_ms.min(), spikes.time_ms.max()) if len(spikes) else (0.0, 0.0)
    return [
        neo.SpikeTrain(
            spikes.of(cell),
            units="ms",
            t_start=min(0.0, first) * pq.ms,
            t_stop=max(spikes.t_stop_ms, last) * pq.ms,
            name=f"{population}[{cell}]",
            population=population,
            cell=cell,
            n_cells=spikes.n_cells,
            t_stop_ms=float(spikes.t_stop_ms),
        )
        for cell in range(spikes.n_cells)
    ]


def _signal(population: str, variable: str, trace: Trace) -> neo.AnalogSignal:
    return neo.AnalogSignal(
        trace.values,
        units=_NEO_UNIT.get(trace.unit, trace.unit),
        t_start=trace.start_ms * pq.ms,
        sampling_period=trace.step_ms * pq.ms,
        name=f"{population}.{variable}",
        population=population,
        variable=variable,
        cells=trace.cells.tolist(),
        unit=trace.unit,
        start_ms=float(trace.start_ms),
        step_ms=float(trace.step_ms),
    )


def _spikes_by_population(segment: neo.Segment) -> dict[str, Spikes]:
    trains: dict[str, list[neo.SpikeTrain]] = {}
    for train in segment.spiketrains:
        trains.setdefault(train.annotations["population"], []).append(train)
    return {population: _spikes(of) for population, of in trains.items()}


def _spikes(trains: list[neo.SpikeTrain]) -> Spikes:
    times = [train.rescale("ms").magnitude for train in trains]
    cells = np.repeat([train.annotations["cell"] for train in trains], [len(one) for one in times])
    told = trains[0].annotations
    return Spikes.from_events(cells, np.concatenate(times), int(told["n_cells"]), float(told["t_stop_ms"]))


def _trace(signal: neo.AnalogSignal) -> tuple[tuple[str, str], Trace]:
    told = signal.annotations
    cells = np.atleast_1d(np.asarray(told["cells"], dtype=np.int32))
    trace = Trace(np.asarray(signal.magnitude), told["unit"], float(told["start_ms"]), float(told["step_ms"]), cells)
    return (told["population"], told["variable"]), trace
