"""The process of driven cells: ``python -m crosssim.runner.leg.driven`` reads a request from its input and answers.

The answer is npz on the output; whatever PyNN and the simulators print goes to the error stream.
"""

import importlib
import os
import sys
import warnings
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from crosssim.errors import CrosssimError, SimulatorMissing, UnknownName
from crosssim.model.stimulus import Stimulus
from crosssim.recording.data import Floats
from crosssim.runner.backends import find_backend
from crosssim.runner.backends.base import Backend
from crosssim.runner.driven import DrivenCells, packed
from crosssim.runner.leg.original_cell import load_library, native_names, original_cell_type
from crosssim.runner.parent import end_with_parent

DELAY_MS = 1.0
"""Of every synapse, on every backend and at every time step."""

_EARLY_MS = 1e-6
"""Input spikes are told by so much too early: NEST rounds a time up, and dust above the grid would cost a step."""


def run_cells(wanted: DrivenCells) -> tuple[Floats, list[Floats]]:
    """v in mV, f8[cells, samples], and the spike times (ms) of every cell: set by set, stimulus by stimulus."""
    backend = find_backend(wanted.backend)
    sim = _simulator(backend, wanted)
    cells = _population(sim, wanted)
    for position, stimulus in enumerate(wanted.stimuli):
        _drive(sim, stimulus, cells[position :: len(wanted.stimuli)])
    cells.record("spikes")
    cells.record("v", sampling_interval=wanted.sample_ms)
    sim.run(wanted.duration_ms)
    trace = backend.trace(cells, "v")
    assert trace is not None
    samples = round(wanted.duration_ms / wanted.sample_ms)
    v_mv = np.asarray(trace.values, dtype=np.float64).T[:, :samples]
    return v_mv, _by_cell(*backend.spikes(cells), len(cells))


def _simulator(backend: Backend, wanted: DrivenCells) -> Any:
    try:
        backend.prepare()
        sim: Any = importlib.import_module(backend.module)
    except ImportError as error:
        raise SimulatorMissing(
            f"{backend.label} does not load ({error}); crosssim doctor says what is missing"
        ) from None
    if wanted.original is not None:
        load_library(wanted.original)
    sim.setup(timestep=wanted.timestep_ms, min_delay=DELAY_MS, max_delay=DELAY_MS, **backend.setup_arguments)
    backend.after_setup(sim)
    return sim


def _population(sim: Any, wanted: DrivenCells) -> Any:
    """One cell for every parameter set and stimulus; raises :class:`UnknownName` for a parameter it has not."""
    standard = getattr(sim, wanted.cell)
    repeated: dict[str, npt.NDArray[np.float64]] = {
        name: np.repeat([one[name] for one in wanted.parameter_sets], len(wanted.stimuli))
        for name in wanted.parameter_sets[0]
    }
    for name in repeated:
        if name not in standard.default_parameters:
            raise UnknownName(f"parameter of {wanted.cell}", name, standard.default_parameters)
    size = len(wanted.parameter_sets) * len(wanted.stimuli)
    if wanted.original is None:
        cells = sim.Population(size, standard(**repeated))
    else:
        cells = sim.Population(size, original_cell_type(wanted.original, standard)(**native_names(repeated)))
    cells.initialize(v=wanted.initial_mV)
    return cells


def _drive(sim: Any, stimulus: Stimulus, cells: Any) -> None:
    if stimulus.times_ms:
        source = sim.StepCurrentSource(times=list(stimulus.times_ms), amplitudes=list(stimulus.amplitudes_nA))
        source.inject_into(cells)
    for receptor, times_ms, weight in (
        ("excitatory", stimulus.excitatory_ms, stimulus.excitatory_weight),
        ("inhibitory", stimulus.inhibitory_ms, stimulus.inhibitory_weight),
    ):
        if times_ms:
            train = np.asarray(times_ms) - _EARLY_MS
            spikes = sim.Population(1, sim.SpikeSourceArray(spike_times=train))
            synapse = sim.StaticSynapse(weight=weight, delay=DELAY_MS)
            sim.Projection(spikes, cells, sim.AllToAllConnector(), synapse, receptor_type=receptor)


def _by_cell(cells: npt.NDArray[np.int32], times_ms: Floats, count: int) -> list[Floats]:
    order = np.lexsort((times_ms, cells))
    borders = np.searchsorted(cells[order], np.arange(1, count))
    return np.split(times_ms[order], borders)


def main(request: bytes) -> bytes:
    """The request as JSON to the answer as npz."""
    return packed(*run_cells(msgspec.json.decode(request, type=DrivenCells)))


def _told(error: CrosssimError) -> int:
    print(f"crosssim: {error}", file=sys.stderr)
    return int(error.exit_status)


def _alone() -> int:
    """Keep the output for the answer: simulators write to it from C as well."""
    warnings.simplefilter("ignore")
    end_with_parent()
    answer = os.dup(1)
    os.dup2(2, 1)
    try:
        content = main(sys.stdin.buffer.read())
    except CrosssimError as error:
        return _told(error)
    with os.fdopen(answer, "wb") as stream:
        stream.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(_alone())
