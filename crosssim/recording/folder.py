"""A recording on disk: SONATA files and a table of contents in one folder.

::

    recording.json      format number, model, timing, the names of all arrays, the SHA-256 of every file
    spikes.h5           SONATA spikes
    report_<v>.h5       SONATA frame reports, one file a variable
    wiring.h5           SONATA edges
    cells.h5            SONATA nodes, with what the simulator holds beside what was declared
    inputs_declared.h5, inputs_held.h5     SONATA spikes of the source populations

Files appear one after another, each whole and forced to the disk before the next is begun, and the table of contents
last: a kill loses the file that was being written, those before it can be read by any SONATA reader, and a recording
without its table of contents is never taken for a result. On reading, every file is compared with its SHA-256 before
HDF5 sees it, so a damaged file gives a sentence and never other numbers.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from crosssim.errors import RecordingUnreadable, UnknownName
from crosssim.recording.contents import CONTENTS, Contents, contents_of, read_contents
from crosssim.recording.data import CellTable, InputSpikes, Recording, Trace, Wiring, digest
from crosssim.recording.disk import disk_errors_as_sentences, write_json_atomically
from crosssim.recording.sonata_file import Group, file_sha256, stored_name, write_sonata_file
from crosssim.recording.sonata_network import (
    read_cell_classes,
    read_cells,
    read_wiring,
    wiring_populations,
    write_cells,
    write_wiring,
)
from crosssim.recording.sonata_reports import read_reports, write_reports
from crosssim.recording.sonata_spikes import read_spikes, write_spikes

SPIKES = "spikes.h5"
WIRING = "wiring.h5"
CELLS = "cells.h5"
INPUTS_DECLARED = "inputs_declared.h5"
INPUTS_HELD = "inputs_held.h5"


def report_file(variable: str) -> str:
    """The name of the file that holds the traces of ``variable``."""
    return f"report_{stored_name(variable)}.h5"


def write_recording(recording: Recording, folder: Path) -> dict[str, str]:
    """Write ``recording`` into ``folder`` (made if it is not there), over a recording that may stand in it.

    Returns digests of the content by name: "spikes/exc", "trace/exc/v", "wiring/exc_exc", "cells/exc", "inputs/stim",
    "classes/exc".
    Equal content gives equal digests on every machine. Raises :class:`UsageError` if the disk is full or not writable.
    """
    with disk_errors_as_sentences(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / CONTENTS).unlink(missing_ok=True)
        files = {name: write_sonata_file(folder / name, write) for name, write in _writers(recording).items()}
        write_json_atomically(folder / CONTENTS, contents_of(recording, files).as_builtins())
    return content_digests(recording)


def _writers(recording: Recording) -> dict[str, Callable[[Group], None]]:
    """What writes each file of this recording; spikes first, for they are what a run is for."""
    writers: dict[str, Callable[[Group], None]] = {SPIKES: partial(write_spikes, spikes=recording.spikes)}
    for variable, traces in _by_variable(recording.traces).items():
        writers[report_file(variable)] = partial(write_reports, variable=variable, traces=traces)
    if recording.inputs:
        for name, side in ((INPUTS_DECLARED, "declared"), (INPUTS_HELD, "held")):
            spikes = {population: getattr(both, side) for population, both in recording.inputs.items()}
            writers[name] = partial(write_spikes, spikes=spikes)
    if recording.cells or recording.cell_classes:
        writers[CELLS] = partial(write_cells, cells=recording.cells, classes=recording.cell_classes)
    if recording.wiring:
        writers[WIRING] = partial(write_wiring, wiring=recording.wiring)
    return writers


def _by_variable(traces: Mapping[tuple[str, str], Trace]) -> dict[str, dict[str, Trace]]:
    grouped: dict[str, dict[str, Trace]] = {}
    for (population, variable), trace in traces.items():
        grouped.setdefault(variable, {})[population] = trace
    return grouped


def content_digests(recording: Recording) -> dict[str, str]:
    """Digests of all that was recorded, by the names that :func:`write_recording` gives."""
    return (
        {f"spikes/{name}": _named(one.content_digest, one.t_stop_ms) for name, one in recording.spikes.items()}
        | {f"trace/{name}/{variable}": _trace_digest(trace) for (name, variable), trace in recording.traces.items()}
        | {f"wiring/{name}": _wiring_digest(wiring) for name, wiring in recording.wiring.items()}
        | {f"cells/{name}": _cells_digest(table) for name, table in recording.cells.items()}
        | {f"inputs/{name}": _inputs_digest(both) for name, both in recording.inputs.items()}
        | {
            f"classes/{name}": digest(_characters("\n".join(classes)), *classes.values())
            for name, classes in recording.cell_classes.items()
        }
    )


def _named(content: str, *meaning: object) -> str:
    """The digest of an array's content together with what gives its numbers a meaning: units, steps, ends."""
    return digest(_characters("\n".join([content, *map(str, meaning)])))


def _trace_digest(trace: Trace) -> str:
    return _named(trace.content_digest, trace.unit, trace.start_ms, trace.step_ms)


def _wiring_digest(wiring: Wiring) -> str:
    ends = (wiring.pre_population, wiring.post_population)
    return _named(wiring.fingerprint, *ends, wiring.receptor_type, wiring.weight_unit)


def _cells_digest(table: CellTable) -> str:
    text, arrays = [table.celltype, *(f"{name} in {unit}" for name, unit in sorted(table.units.items()))], []
    for part in (table.declared, table.held, table.initial_declared, table.initial_held):
        text.append(",".join(sorted(part)))
        arrays += [part[name] for name in sorted(part)]
    return digest(_characters("\n".join(text)), *arrays)


def _inputs_digest(both: InputSpikes) -> str:
    return _named(both.declared.content_digest, both.held.content_digest, both.declared.t_stop_ms, both.held.t_stop_ms)


def _characters(text: str) -> np.typing.NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def read_recording(folder: Path, *, populations: Collection[str] | None = None) -> Recording:
    """The recording in ``folder``, equal bit for bit to the one that was written.

    With ``populations``, only these, and the projections between them. Raises :class:`RecordingUnreadable` if the
    folder holds no recording, one of another format, or a damaged one; :class:`UnknownName` for a population that was
    not recorded.
    """
    contents = read_contents(folder)
    wanted = _wanted(contents, populations)
    names = [name for name in contents.spikes if name in wanted]
    inputs = [name for name in contents.inputs if name in wanted]
    cells = [name for name in contents.cells if name in wanted]
    classes = {name: ours for name, ours in contents.cell_classes.items() if name in wanted}
    read_projections = read_wiring if populations is None else partial(_wiring_between, wanted=wanted)
    declared = _read(folder, contents, INPUTS_DECLARED, read_spikes, inputs)
    held = _read(folder, contents, INPUTS_HELD, read_spikes, inputs)
    return Recording(
        model=contents.model,
        backend=contents.backend,
        timestep_ms=contents.timestep_ms,
        duration_ms=contents.duration_ms,
        spikes=_read(folder, contents, SPIKES, read_spikes, names),
        traces=_read_traces(folder, contents, wanted),
        wiring=_read(folder, contents, WIRING, read_projections, contents.wiring),
        cells=_read(folder, contents, CELLS, read_cells, cells),
        inputs={name: InputSpikes(declared[name], held[name]) for name in inputs},
        cell_classes=_read(folder, contents, CELLS, read_cell_classes, classes),
    )


def _wanted(contents: Contents, populations: Collection[str] | None) -> set[str]:
    known = contents.populations
    for name in populations or ():
        if name not in known:
            raise UnknownName("population", name, known)
    return known if populations is None else set(populations)


def _wiring_between(file: Group, projections: list[str], wanted: set[str]) -> dict[str, Any]:
    return read_wiring(file, [name for name in projections if wanted.issuperset(wiring_populations(file, name))])


def _read_traces(folder: Path, contents: Contents, wanted: set[str]) -> dict[tuple[str, str], Trace]:
    populations: dict[str, list[str]] = {}
    for population, variable in contents.traces:
        if population in wanted:
            populations.setdefault(variable, []).append(population)
    read = {name: _read(folder, contents, report_file(name), read_reports, of) for name, of in populations.items()}
    return {
        (population, variable): read[variable][population]
        for population, variable in contents.traces
        if population in wanted
    }


def _read(folder: Path, contents: Contents, file_name: str, read: Callable[..., Any], names: Collection[str]) -> Any:
    """What ``read`` makes of an intact file; nothing at all, and the file untouched, if no names are asked for."""
    if not names:
        return {}
    with _intact(folder / file_name, contents.files.get(file_name)) as file:
        return read(file, names)


@contextmanager
def _intact(path: Path, sha256: str | None) -> Iterator[Group]:
    """The open file, after its bytes were found to be those that were written."""
    mend = "run the leg again with --fresh"
    try:
        if file_sha256(path) != sha256:
            raise RecordingUnreadable(f"{path} is damaged or was changed since it was recorded; {mend}")
        with h5py.File(path, "r") as file:
            yield file
    except FileNotFoundError:
        raise RecordingUnreadable(f"{path} is missing from the recording; {mend}") from None
    except OSError as error:
        raise RecordingUnreadable(f"{path} cannot be read: {error.strerror or error}; {mend}") from None
    except (KeyError, ValueError, TypeError, IndexError, RuntimeError) as error:
        raise RecordingUnreadable(f"{path} does not hold what its recording names ({error}); {mend}") from None
