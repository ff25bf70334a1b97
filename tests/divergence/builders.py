"""A small recording to plant differences in, and the ways to plant them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from crosssim.model.expectation import Recorded, Tolerance
from crosssim.recording.data import CellTable, InputSpikes, Recording, Spikes, Trace, Wiring

STEP_MS = 0.1
STOP_MS = 100.0
N_CELLS = 6
SAMPLES = 1000

SPIKES = Recorded("exc", "spikes", Tolerance(0.1, "ms", "one step"))
INHIBITORY = Recorded("inh", "spikes", Tolerance(0.1, "ms", "one step"))
VOLTAGE = Recorded("exc", "v", Tolerance(0.01, "mV", "rounding"), cells=(0, 3))
RECORDED = (SPIKES, INHIBITORY, VOLTAGE)


def spikes(*trains: list[float], stop_ms: float = STOP_MS) -> Spikes:
    """One list of spike times (ms) per cell."""
    cells = [cell for cell, train in enumerate(trains) for _ in train]
    times = [time for train in trains for time in train]
    return Spikes.from_events(cells, times, len(trains), stop_ms)


def regular_spikes(n_cells: int = N_CELLS, stop_ms: float = STOP_MS) -> Spikes:
    """Cell k fires every 10 ms from 5 + k ms on."""
    trains = [[float(t) for t in np.arange(5 + k, stop_ms - 0.5, 10.0)] for k in range(n_cells)]
    return spikes(*trains, stop_ms=stop_ms)


def voltage(cells: tuple[int, ...] = (0, 3), samples: int = SAMPLES, step_ms: float = STEP_MS) -> Trace:
    """Around -65 mV, different in every cell."""
    times = np.arange(samples) * step_ms
    values = np.stack([-65 + np.sin(times + cell) for cell in cells], axis=1) if cells else np.zeros((samples, 0))
    return Trace(values, "mV", 0.0, step_ms, np.array(cells, dtype=np.int32))


EDGES = ([0, 0, 1, 2, 2, 3], [1, 2, 2, 0, 0, 5], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [1.0, 1.0, 2.0, 1.0, 3.0, 1.0])


def wiring(*edges: list[Any], **changes: Any) -> Wiring:
    """Six edges, two of them from cell 2 to cell 0; ``edges`` are pre, post, weight and delay instead."""
    columns: Any = edges or EDGES
    return Wiring.from_edges(columns, **{"populations": ("exc", "exc"), "receptor_type": "excitatory", **changes})


def table(**changes: Any) -> CellTable:
    declared = {"tau_m": np.full(N_CELLS, 20.0), "cm": np.linspace(0.1, 0.2, N_CELLS), "v_spike": np.full(N_CELLS, 0.0)}
    held = {name: declared[name] * (1 + 1e-15) for name in ("tau_m", "cm")}
    initial = {"v": np.linspace(-65, -60, N_CELLS)}
    units = {"tau_m": "ms", "cm": "nF", "v": "mV"}
    return replace(CellTable("IF_cond_exp", declared, held, initial, dict(initial), units), **changes)


INPUT_TRAINS = ([1.0, 4.4, 9.0], [2.0], [], [3.0, 3.0])


def inputs(held: Spikes | None = None, declared: Spikes | None = None) -> InputSpikes:
    declared = spikes(*INPUT_TRAINS) if declared is None else declared
    dusty = Spikes(declared.cell, declared.time_ms + 9e-9, declared.n_cells, declared.t_stop_ms)
    return InputSpikes(declared, dusty if held is None else held)


def recording(backend: str = "nest", **changes: Any) -> Recording:
    """Two populations, v of two cells, one projection, one input population: everything as declared."""
    fields: dict[str, Any] = {
        "spikes": {"exc": regular_spikes(), "inh": regular_spikes(3)},
        "traces": {("exc", "v"): voltage()},
        "wiring": {"exc_exc": wiring()},
        "cells": {"exc": table()},
        "inputs": {"stim": inputs()},
    }
    return Recording("toy", backend, STEP_MS, STOP_MS, **{**fields, **changes})


def with_spikes(change: Callable[[Spikes], Spikes], population: str = "exc", backend: str = "neuron") -> Recording:
    """The recording, with the spikes of one population changed."""
    plain = recording(backend)
    return replace(plain, spikes={**plain.spikes, population: change(plain.spikes[population])})


def with_cells(backend: str = "neuron", **changes: Any) -> Recording:
    return recording(backend, cells={"exc": table(**changes)})


def with_wiring(*edges: list[Any], **changes: Any) -> Recording:
    return recording("neuron", wiring={"exc_exc": wiring(*edges, **changes)})


def with_voltage(trace: Trace) -> Recording:
    return recording("neuron", traces={("exc", "v"): trace})


def changed_at(values: np.ndarray, place: Any, value: float) -> np.ndarray:
    """A copy with one value changed."""
    copy = np.array(values)
    copy[place] = value
    return copy


def moved(cell: int, time_ms: float, by_ms: float) -> Callable[[Spikes], Spikes]:
    """Plant: the spike of ``cell`` at ``time_ms`` comes ``by_ms`` later."""

    def plant(train: Spikes) -> Spikes:
        times = train.time_ms.copy()
        times[(train.cell == cell) & np.isclose(times, time_ms)] += by_ms
        return Spikes.from_events(train.cell, times, train.n_cells, train.t_stop_ms)

    return plant


def removed(cell: int, time_ms: float) -> Callable[[Spikes], Spikes]:
    """Plant: the spike of ``cell`` at ``time_ms`` is lost."""

    def plant(train: Spikes) -> Spikes:
        kept = ~((train.cell == cell) & np.isclose(train.time_ms, time_ms))
        assert not kept.all()
        return Spikes(train.cell[kept], train.time_ms[kept], train.n_cells, train.t_stop_ms)

    return plant


def added(cell: int, time_ms: float) -> Callable[[Spikes], Spikes]:
    """Plant: one spike more."""
    return lambda train: Spikes.from_events(
        np.append(train.cell, cell), np.append(train.time_ms, time_ms), train.n_cells, train.t_stop_ms
    )


def swapped(first: int, second: int) -> Callable[[Spikes], Spikes]:
    """Plant: two cells have each other's spikes."""

    def plant(train: Spikes) -> Spikes:
        other = {first: second, second: first}
        cells = [other.get(cell, cell) for cell in train.cell.tolist()]
        return Spikes.from_events(cells, train.time_ms, train.n_cells, train.t_stop_ms)

    return plant


def only(differences: tuple[Any, ...]) -> Any:
    """The one difference there is."""
    assert len(differences) == 1, differences
    return differences[0]


def held_and_declared(name: str, values: Any) -> Mapping[str, Any]:
    """Table changes after which ``name`` is declared and held as ``values``."""
    plain = table()
    return {"declared": {**plain.declared, name: values}, "held": {**plain.held, name: values}}
