"""Spikes as a SONATA spike file.

::

    /spikes/<population>              sorting = by_id; n_cells and t_stop_ms, ours
        timestamps   f8[spikes]       units = "ms"
        node_ids     u8[spikes]       positions in the population
        offsets      i8[n_cells + 1]  ours: the spikes of cell k are offsets[k]:offsets[k + 1]
"""

from collections.abc import Iterable, Mapping

import h5py
import numpy as np

from crosssim.recording.data import Spikes
from crosssim.recording.sonata_file import Group, stored_name

SORTING = h5py.enum_dtype({"none": 0, "by_id": 1, "by_time": 2}, basetype="i1")


def write_spikes(file: Group, spikes: Mapping[str, Spikes]) -> None:
    """Write every population's spikes, sorted by cell and then by time."""
    root = file.create_group("spikes")
    for population, train in spikes.items():
        group = root.create_group(stored_name(population))
        group.attrs.create("sorting", 1, dtype=SORTING)
        group.attrs["n_cells"] = np.int64(train.n_cells)
        group.attrs["t_stop_ms"] = np.float64(train.t_stop_ms)
        group.create_dataset("timestamps", data=train.time_ms, dtype="<f8").attrs["units"] = "ms"
        group.create_dataset("node_ids", data=train.cell, dtype="<u8")
        group.create_dataset("offsets", data=train.offsets, dtype="<i8")


def read_spikes(file: Group, populations: Iterable[str]) -> dict[str, Spikes]:
    """The spikes of ``populations``, in that order. Raises :class:`KeyError` for one that is not in the file."""
    return {population: _train(file["spikes"][stored_name(population)]) for population in populations}


def _train(group: Group) -> Spikes:
    cell = group["node_ids"][()].astype(np.int32)
    time_ms = group["timestamps"][()].astype(np.float64, copy=False)
    return Spikes(cell, time_ms, int(group.attrs["n_cells"]), float(group.attrs["t_stop_ms"]))
