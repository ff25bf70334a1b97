"""Recordings for the tests of this folder: one that holds everything, and what two equal ones must share."""

from dataclasses import replace
from hashlib import sha256

import numpy as np

from crosssim.recording.contents import CONTENTS, read_contents
from crosssim.recording.data import CellTable, InputSpikes, Recording, Spikes, Trace, Wiring
from crosssim.recording.disk import write_json_atomically


def full_recording() -> Recording:
    """Every kind of array, silent and empty populations, values that only eight bytes hold, a name with a slash."""
    rng = np.random.default_rng(7)
    return Recording(
        model="tiny",
        backend="nest",
        timestep_ms=0.1,
        duration_ms=50.0,
        spikes={
            "exc": Spikes.from_events(rng.integers(0, 9, 80), rng.uniform(0, 50, 80), 10, 50.0),
            "L2/3I": Spikes.from_events([2, 0], [0.1, 49.900000009424], 3, 50.0),
            "silent": Spikes.from_events([], [], 5, 50.0),
            "empty": Spikes.from_events([], [], 0, 50.0),
        },
        traces={
            ("L2/3I", "v"): Trace(rng.normal(-65, 5, (501, 1)), "mV", 0.0, 0.1, i4([2])),
            ("exc", "v"): Trace(rng.normal(-65, 5, (251, 2)), "mV", 0.1, 0.2, i4([7, 3])),
            ("exc", "w"): Trace(np.array([[np.nan], [-0.0], [1e300]]), "nA", 0.0, 25.0, i4([0])),
        },
        wiring={"exc_inh": wiring(rng), "none": wiring(rng, edges=0)},
        cells={"exc": cell_table(rng)},
        inputs={"stim": InputSpikes(*(Spikes.from_events([0] * n, np.arange(n) * 0.3, 2, 50.0) for n in (4, 3)))},
        cell_classes={"exc": {"RS": i4(range(8)), "LTS": i4([8, 9])}},
    )


def wiring(rng: np.random.Generator, edges: int = 30) -> Wiring:
    return Wiring.from_edges(
        (
            rng.integers(0, 10, edges),
            rng.integers(0, 3, edges),
            rng.normal(0.006, 0.001, edges),
            rng.integers(1, 20, edges) * 0.1,
        ),
        populations=("exc", "L2/3I"),
        receptor_type="excitatory",
        weight_unit="nA",
    )


def cell_table(rng: np.random.Generator) -> CellTable:
    return CellTable(
        celltype="IF_cond_exp",
        declared={"tau_m": np.full(10, 20.0), "v_thresh": rng.normal(-50, 1, 10)},
        held={"tau_m": np.full(10, 20.000000001)},
        initial_declared={"v": rng.uniform(-65, -50, 10)},
        initial_held={},
        units={"tau_m": "ms", "v_thresh": "mV", "v": "mV"},
    )


def i4(values):
    return np.array(list(values), dtype=np.int32)


def plain(item):
    """Anything a recording is made of, as nested tuples of exact bytes: equal only for bit-identical content."""
    if isinstance(item, np.ndarray):
        return item.dtype.str, item.shape, item.tobytes()
    if hasattr(item, "items"):
        return tuple((key, plain(value)) for key, value in item.items())
    if hasattr(item, "__dataclass_fields__"):
        return tuple((name, plain(getattr(item, name))) for name in item.__dataclass_fields__)
    return item


def reseal(folder, **changes):
    """Rewrite the table of contents as crosssim itself would, with the files as they are now."""
    contents = read_contents(folder)
    files = {name: sha256((folder / name).read_bytes()).hexdigest() for name in contents.files}
    changed = replace(contents, **({"files": files, "seal": ""} | changes)).sealed()
    write_json_atomically(folder / CONTENTS, changed.as_builtins())
