"""The network of a leg: wiring as a SONATA edges file, cells as a SONATA nodes file.

::

    wiring.h5   /edges/<projection>                    receptor_type and weight_unit, ours
                    source_node_id, target_node_id     u8[edges]   node_population
                    edge_type_id, edge_group_id        one value
                    edge_group_index                   u8[edges]
                    0/syn_weight, 0/delay              f8[edges]   units
    cells.h5    /nodes/<population>                    celltype
                    node_id, node_type_id, node_group_id, node_group_index
                    0/dynamics_params/<parameter>      f8[cells]   as declared
                /crosssim/<population>                 ours, what SONATA has no place for
                    held, initial_declared, initial_held /<name>   f8[cells]
                    units                              an attribute per name
                    classes/<class>                    i4          positions
"""

from collections.abc import Iterable, Mapping

import numpy as np

from crosssim.recording.data import CellTable, Floats, Ints, Wiring
from crosssim.recording.sonata_file import Group, constant_dataset, original_name, stored_name, text_attribute

CellClasses = Mapping[str, Mapping[str, Ints]]


def write_wiring(file: Group, wiring: Mapping[str, Wiring]) -> None:
    """Write every projection's edges in the order of :class:`Wiring`."""
    root = file.create_group("edges")
    for projection, edges in wiring.items():
        group = root.create_group(stored_name(projection))
        group.attrs["receptor_type"] = edges.receptor_type
        group.attrs["weight_unit"] = edges.weight_unit
        for name, ids, population in (
            ("source_node_id", edges.pre, edges.pre_population),
            ("target_node_id", edges.post, edges.post_population),
        ):
            group.create_dataset(name, data=ids, dtype="<u8").attrs["node_population"] = stored_name(population)
        constant_dataset(group, "edge_type_id", len(edges), 0, "<u8")
        constant_dataset(group, "edge_group_id", len(edges), 0, "<u4")
        group.create_dataset("edge_group_index", data=np.arange(len(edges)), dtype="<u8")
        parameters = group.create_group("0")
        parameters.create_dataset("syn_weight", data=edges.weight, dtype="<f8").attrs["units"] = edges.weight_unit
        parameters.create_dataset("delay", data=edges.delay_ms, dtype="<f8").attrs["units"] = "ms"


def read_wiring(file: Group, projections: Iterable[str]) -> dict[str, Wiring]:
    """The edges of ``projections``, in that order. Raises :class:`KeyError` for one that is not in the file."""
    return {projection: _edges(file["edges"][stored_name(projection)]) for projection in projections}


def wiring_populations(file: Group, projection: str) -> tuple[str, str]:
    """The pre- and the postsynaptic population of a projection, without reading its edges."""
    group = file["edges"][stored_name(projection)]
    return _population_at(group, "source"), _population_at(group, "target")


def _population_at(group: Group, end: str) -> str:
    return original_name(text_attribute(group[f"{end}_node_id"], "node_population"))


def _edges(group: Group) -> Wiring:
    return Wiring(
        pre=group["source_node_id"][()].astype(np.int32),
        post=group["target_node_id"][()].astype(np.int32),
        weight=group["0/syn_weight"][()].astype(np.float64, copy=False),
        delay_ms=group["0/delay"][()].astype(np.float64, copy=False),
        pre_population=_population_at(group, "source"),
        post_population=_population_at(group, "target"),
        receptor_type=text_attribute(group, "receptor_type"),
        weight_unit=text_attribute(group, "weight_unit"),
    )


def write_cells(file: Group, cells: Mapping[str, CellTable], classes: CellClasses) -> None:
    """Write what the cells of each population are, and the named groups of them."""
    nodes, ours = file.create_group("nodes"), file.create_group("crosssim")
    for population, table in cells.items():
        _write_nodes(nodes.create_group(stored_name(population)), table)
        group = ours.require_group(stored_name(population))
        for part in ("held", "initial_declared", "initial_held"):
            _write_columns(group.create_group(part), getattr(table, part), table.units)
        units = group.create_group("units")
        for name, unit in table.units.items():
            units.attrs[stored_name(name)] = unit
    for population, named in classes.items():
        group = ours.require_group(stored_name(population)).create_group("classes")
        for name, positions in named.items():
            group.create_dataset(stored_name(name), data=positions, dtype="<i4")


def _write_nodes(group: Group, table: CellTable) -> None:
    parts = (table.declared, table.held, table.initial_declared, table.initial_held)
    n_cells = max((len(column) for part in parts for column in part.values()), default=0)
    group.attrs["celltype"] = table.celltype
    group.create_dataset("node_id", data=np.arange(n_cells), dtype="<u8")
    constant_dataset(group, "node_type_id", n_cells, 0, "<u8")
    constant_dataset(group, "node_group_id", n_cells, 0, "<u4")
    group.create_dataset("node_group_index", data=np.arange(n_cells), dtype="<u8")
    _write_columns(group.create_group("0/dynamics_params"), table.declared, table.units)


def _write_columns(group: Group, columns: Mapping[str, Floats], units: Mapping[str, str]) -> None:
    for name, values in columns.items():
        column = group.create_dataset(stored_name(name), data=values, dtype="<f8")
        if name in units:
            column.attrs["units"] = units[name]


def read_cells(file: Group, populations: Iterable[str]) -> dict[str, CellTable]:
    """The cell tables of ``populations``, in that order. Raises :class:`KeyError` for one that is not in the file."""
    return {population: _table(file, stored_name(population)) for population in populations}


def _table(file: Group, stored: str) -> CellTable:
    nodes, ours = file["nodes"][stored], file["crosssim"][stored]
    return CellTable(
        celltype=text_attribute(nodes, "celltype"),
        declared=_columns(nodes["0/dynamics_params"]),
        held=_columns(ours["held"]),
        initial_declared=_columns(ours["initial_declared"]),
        initial_held=_columns(ours["initial_held"]),
        units={original_name(name): text_attribute(ours["units"], name) for name in ours["units"].attrs},
    )


def _columns(group: Group) -> dict[str, Floats]:
    return {original_name(name): column[()].astype(np.float64, copy=False) for name, column in group.items()}


def read_cell_classes(file: Group, classes: Mapping[str, Iterable[str]]) -> dict[str, dict[str, Ints]]:
    """The positions of the named classes of each population, in the order given. Raises :class:`KeyError`."""
    return {
        population: {
            name: file["crosssim"][stored_name(population)]["classes"][stored_name(name)][()].astype(np.int32)
            for name in names
        }
        for population, names in classes.items()
    }
