"""Populations and views that remember what they were told, draw every random value once, and snap input spikes."""

from collections.abc import Mapping
from copy import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from crosssim.errors import ModelError
from crosssim.model.inputs import deliverable
from crosssim.runner.leg.declared import Declared, InputGrid
from crosssim.runner.leg.randomness import drawn


def watched_population(sim: Any, declared: Declared, grid: InputGrid) -> type:
    """A subclass of the backend's Population that draws every random value once, and remembers what it was given."""
    view = _watched_view(sim, declared)

    class Population(sim.Population):  # type: ignore[misc]
        """A PyNN population whose declaration is remembered."""

        def __init__(
            self,
            size: Any,
            cellclass: Any,
            cellparams: Mapping[str, Any] | None = None,
            structure: Any = None,
            initial_values: Mapping[str, Any] | None = None,
            label: str | None = None,
        ) -> None:
            celltype = _own_celltype(cellclass(**(cellparams or {})) if isinstance(cellclass, type) else cellclass)
            _declare(self, celltype, int(np.prod(size)), label, declared, grid)
            super().__init__(size, celltype, None, structure, dict(initial_values or {}), label)
            declared.populations.append(self)

        def set(self, **values: Any) -> None:
            _set_and_remember(self, super().set, values, declared)

        def initialize(self, **values: Any) -> None:
            drawn_once = {name: drawn(value, self.size, self.label) for name, value in values.items()}
            declared.initial[id(self)].update(drawn_once)
            super().initialize(**drawn_once)

        def _get_view(self, selector: Any, label: str | None = None) -> Any:
            return view(self, selector, label)

    return Population


def _watched_view(sim: Any, declared: Declared) -> type:
    class View(sim.PopulationView):  # type: ignore[misc]
        """A view into a watched population."""

        def set(self, **values: Any) -> None:
            _set_and_remember(self, super().set, values, declared)

        def initialize(self, **values: Any) -> None:
            _initialize_part(self, values, declared)

        def _get_view(self, selector: Any, label: str | None = None) -> Any:
            return View(self, selector, label)

    return View


def _own_celltype(celltype: Any) -> Any:
    """A copy for one population: several may be made of one cell type, and each draws and snaps for its own size."""
    own = copy(celltype)
    own.parameter_space = copy(celltype.parameter_space)
    own.parameter_space._parameters = {name: copy(value) for name, value in celltype.parameter_space.items()}
    return own


def _declare(
    population: Any, celltype: Any, cells: int, label: str | None, declared: Declared, grid: InputGrid
) -> None:
    space = celltype.parameter_space
    space.shape = (cells,)
    _draw_once(space, cells, label)
    if _is_source(celltype):
        _snap_inputs(space, population, cells, declared, grid)
    else:
        declared.parameters[id(population)] = _numbers(space, cells)
    declared.initial[id(population)] = {}


def _place_in_whole(cells: Any) -> tuple[Any, npt.NDArray[np.integer[Any]]]:
    """The population that ``cells`` (itself, or a view of a view of it) belongs to, and their positions in it."""
    whole = getattr(cells, "grandparent", cells)
    inside = np.arange(cells.size)
    return whole, inside if whole is cells else np.asarray(cells.index_in_grandparent(inside))


def _set_and_remember(cells: Any, set_them: Any, values: dict[str, Any], declared: Declared) -> None:
    whole, chosen = _place_in_whole(cells)
    if "spike_times" in values:
        raise ModelError(
            f"population {whole.label}: give spike_times to sim.SpikeSourceArray(...) when it is built, not with set()"
        )
    numbers = {name: drawn(value, cells.size, whole.label) for name, value in values.items()}
    standing = {name: every[chosen] for name, every in declared.parameters.get(id(whole), {}).items()}
    set_them(**(standing | numbers if is_mixed(whole.celltype) else numbers))
    for name, each in numbers.items():
        declared.parameters[id(whole)].setdefault(name, np.full(whole.size, np.nan))[chosen] = each


def is_mixed(celltype: Any) -> bool:
    """Whether the backend keeps parameters as mixtures of several, so that all have to be set together.

    On NEST cm and tau_m make g_L, and PyNN 0.13 does not compute it anew: set(cm=0.5) alone halves tau_m too.
    """
    return bool(getattr(celltype, "computed_parameters", tuple)())


def _initialize_part(view: Any, values: dict[str, Any], declared: Declared) -> None:
    """PyNN 0.13 cannot initialise a view on NEST or NEURON: the whole population is, with the rest as it was."""
    whole, chosen = _place_in_whole(view)
    for name, value in values.items():
        every = declared.initial[id(whole)].get(name, np.full(whole.size, np.nan)).copy()
        every[chosen] = drawn(value, view.size, whole.label)
        whole.initialize(**{name: every})


def _is_source(celltype: Any) -> bool:
    return "SpikeSourceArray" in [one.__name__ for one in type(celltype).__mro__]


def _draw_once(space: Any, cells: int, label: str | None) -> None:
    from pyNN.parameters import LazyArray
    from pyNN.random import RandomDistribution

    for name, lazy in list(space.items()):
        if isinstance(lazy.base_value, RandomDistribution):
            space[name] = LazyArray(drawn(lazy, cells, label), shape=(cells,), dtype=float)


def _numbers(space: Any, cells: int) -> dict[str, npt.NDArray[np.float64]]:
    found = {}
    for name, lazy in space.items():
        if np.issubdtype(np.dtype(lazy.dtype), np.number) if lazy.dtype is not None else True:
            try:
                found[name] = np.broadcast_to(np.asarray(lazy.evaluate(simplify=False), dtype=float), (cells,)).copy()
            except (TypeError, ValueError):
                continue  # a sequence or a nested parameter: it has no number per cell
    return found


def _snap_inputs(space: Any, population: Any, cells: int, declared: Declared, grid: InputGrid) -> None:
    from pyNN.parameters import LazyArray, Sequence

    given = np.broadcast_to(np.asarray(space["spike_times"].evaluate(simplify=False), dtype=object), (cells,))
    asked = [np.asarray(one.value, dtype=float) for one in given]
    snapped = [deliverable(times, grid.step_ms, grid.earliest_ms) for times in asked]
    moves = np.abs(np.concatenate([np.zeros(0), *map(np.sort, asked)]) - np.concatenate([np.zeros(0), *snapped]))
    declared.total_inputs += moves.size
    declared.moved_inputs += int((moves > grid.early_by_ms).sum())
    declared.farthest_move_ms = float(max(declared.farthest_move_ms, moves.max(initial=0.0)))
    declared.inputs[id(population)] = snapped
    delivered = _without_one(snapped) if grid.loses_one and len(declared.inputs) == 1 else snapped
    early = np.empty(cells, dtype=object)
    early[:] = [Sequence(times - grid.early_by_ms + grid.late_by_ms) for times in delivered]
    space["spike_times"] = LazyArray(early, shape=(cells,), dtype=Sequence)


def _without_one(trains: list[npt.NDArray[np.float64]]) -> list[npt.NDArray[np.float64]]:
    """The trains without the earliest spike of all."""
    first = min((k for k, train in enumerate(trains) if train.size), key=lambda k: trains[k][0], default=None)
    return [train[1:] if k == first else train for k, train in enumerate(trains)]
