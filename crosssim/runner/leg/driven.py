"""The process of driven cells: ``python -m crosssim.runner.leg.driven`` reads requests from its input and answers.

A request is JSON and an answer npz, both in frames; what PyNN and the simulators print goes to the error stream.
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
from crosssim.runner.driven import DrivenCells, packed, read_frame, write_frame
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
    if backend.module not in sys.modules:
        _load(backend, wanted)
    sim: Any = sys.modules[backend.module]
    sim.setup(timestep=wanted.timestep_ms, min_delay=DELAY_MS, max_delay=DELAY_MS, **backend.setup_arguments)
    backend.after_setup(sim)
    return sim


def _load(backend: Backend, wanted: DrivenCells) -> None:
    """Once in a process, which serves one backend, and one original or none."""
    try:
        backend.prepare()
        importlib.import_module(backend.module)
    except ImportError as error:
        raise SimulatorMissing(
            f"{backend.label} does not load ({error}); crosssim doctor says what is missing"
        ) from None
    if wanted.original is not None:
        load_library(wanted.original)


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


def main() -> int:
    """Answer requests until there are no more; the exit status is that of the first error."""
    warnings.simplefilter("ignore")
    end_with_parent()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # simulators print to the output from C as well
    while (request := read_frame(sys.stdin.buffer)) is not None:
        try:
            write_frame(answers, packed(*run_cells(msgspec.json.decode(request, type=DrivenCells))))
        except CrosssimError as error:
            print(f"crosssim: {error}", file=sys.stderr)
            return int(error.exit_status)
    return 0


if __name__ == "__main__":
    sys.exit(main())
