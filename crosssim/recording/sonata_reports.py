"""Traces of one variable as a SONATA frame report.

::

    /report/<population>
        data                    f4[samples, cells]   units
        exact                   f8[samples, cells]   ours: the same values as the simulator gave them
        mapping/node_ids        u8[cells]            positions in the population
        mapping/index_pointers  u8[cells + 1]        the columns of each cell; also under its older name index_pointer
        mapping/element_ids     u4[cells]            0: a point cell is one element
        mapping/element_pos     f4[cells]            0.5: its middle
        mapping/time            f8[3]                start, stop (open), step; units = "ms"

SONATA's ``data`` has four bytes a value, and libsonata refuses eight; two runs are compared bit for bit, so the eight
bytes stand beside it.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from crosssim.recording.data import Trace
from crosssim.recording.sonata_file import Group, stored_name, text_attribute


def write_reports(file: Group, variable: str, traces: Mapping[str, Trace]) -> None:
    """Write one variable of every population in ``traces``."""
    root = file.create_group("report")
    for population, trace in traces.items():
        group = root.create_group(stored_name(population))
        group.create_dataset("exact", data=trace.values, dtype="<f8").attrs["units"] = trace.unit
        with np.errstate(over="ignore"):  # a value beyond four bytes becomes infinite there; the exact one stays
            data = group.create_dataset("data", data=trace.values.astype(np.float32), dtype="<f4")
        data.attrs["units"] = trace.unit
        data.attrs["variable"] = variable
        _write_mapping(group.create_group("mapping"), trace)


def _write_mapping(mapping: Group, trace: Trace) -> None:
    n_cells = len(trace.cells)
    node_ids = mapping.create_dataset("node_ids", data=trace.cells, dtype="<u8")
    node_ids.attrs["sorted"] = np.uint8(bool(np.all(np.diff(trace.cells) > 0)))
    mapping.create_dataset("index_pointers", data=np.arange(n_cells + 1), dtype="<u8")
    mapping["index_pointer"] = mapping["index_pointers"]  # a second link to the same data
    mapping.create_dataset("element_ids", data=np.zeros(n_cells), dtype="<u4")
    mapping.create_dataset("element_pos", data=np.full(n_cells, 0.5), dtype="<f4")
    time_ms = [trace.start_ms, _stop_ms(trace), trace.step_ms]
    mapping.create_dataset("time", data=time_ms, dtype="<f8").attrs["units"] = "ms"


def _stop_ms(trace: Trace) -> float:
    """One step after the last sample, rounded so that (stop - start) / step cut to an integer counts all samples.

    BMTK counts the frames in that way.
    """
    samples = trace.values.shape[0]
    stop = trace.start_ms + samples * trace.step_ms
    while trace.step_ms > 0 and (stop - trace.start_ms) / trace.step_ms < samples:
        stop = float(np.nextafter(stop, np.inf))
    return stop


def read_reports(file: Group, populations: Iterable[str]) -> dict[str, Trace]:
    """The traces of ``populations``, in that order. Raises :class:`KeyError` for one that is not in the file."""
    return {population: _trace(file["report"][stored_name(population)]) for population in populations}


def _trace(group: Group) -> Trace:
    exact, mapping = group["exact"], group["mapping"]
    start_ms, _, step_ms = mapping["time"][()].tolist()
    values = exact[()].astype(np.float64, copy=False)
    return Trace(values, text_attribute(exact, "units"), start_ms, step_ms, mapping["node_ids"][()].astype(np.int32))
