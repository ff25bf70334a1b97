"""A leg that is a rung of a porting ladder: calls the rung's function with the draws that all rungs share."""

import sys
import traceback
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from crosssim.errors import CrosssimError, ModelError, SimulatorMissing, UsageError
from crosssim.model.discovery import error_at_line
from crosssim.model.ladder import Ladder, Rung, RungOutput, RungTask
from crosssim.model.ladders import find_ladder, nmodl_folder
from crosssim.recording.data import Recording, Spikes, Trace
from crosssim.recording.draws import read_draws
from crosssim.recording.publishing import is_finished
from crosssim.runner.backends import find_backend
from crosssim.runner.backends.base import Backend
from crosssim.runner.leg.process import simulate_and_write
from crosssim.runner.leg.ranks import Ranks
from crosssim.runner.leg.turn import turn_at
from crosssim.runner.mechanisms import compiler_message, ensure_compiled
from crosssim.runner.parent import end_with_parent
from crosssim.runner.place import rung_folder
from crosssim.runner.progress import Progress
from crosssim.runner.request import LegOutcome, LegStatus, RungRequest, read_outcome


@dataclass(frozen=True)
class RungContext:
    """What every step of a rung needs to know."""

    ladder: Ladder
    rung: Rung
    request: RungRequest
    ranks: Ranks
    progress: Progress
    notes: list[str]
    results: Path

    @property
    def backend(self) -> Backend:
        """The simulator it runs on."""
        return find_backend(self.request.backend)


def be_rung(request: RungRequest, results: Path, *, fresh: bool = False) -> tuple[LegOutcome, Path, bool]:
    """Run a rung in this process; the outcome, its folder, and whether it was reused.

    A finished one is reused unless ``fresh``. Raises :class:`UsageError` for a ladder, rung or file of draws that is
    not there; every other end is an outcome.
    """
    ladder = find_ladder(request.model)
    end_with_parent()
    ranks = Ranks()
    if ranks.size > 1:
        raise UsageError(f"a rung runs on one rank; run it without mpirun (it was started on {ranks.size})")
    leg = RungContext(ladder, ladder.rung(request.rung), request, ranks, Progress(), [], results)
    try:
        folder = rung_folder(results, ladder, request, find_backend(request.backend))
    except SimulatorMissing as error:
        return LegOutcome(LegStatus.MISSING, str(error)), results, False
    with turn_at(folder, ranks, leg.progress):
        if not fresh and is_finished(folder):
            leg.progress.finish()
            return read_outcome(folder), folder, True
        return simulate_and_write(leg, lambda: run_rung(leg), folder)


def run_rung(leg: RungContext) -> Recording:
    """Load the mechanisms, call the rung's function, and make a recording of what it returns.

    Raises :class:`ModelError` for what the function raises or returns amiss, :class:`SimulatorMissing`.
    """
    leg.progress.phase("starting")
    draws = read_draws(leg.results / leg.request.draws)
    _load_mechanisms(leg)
    leg.progress.phase("running")
    timing, rung = leg.request.timing, leg.rung
    task = RungTask(draws, timing.duration_ms, timing.timestep_ms, leg.request.seeds.wiring, leg.request.backend)
    try:
        output = rung.run(task)
    except (CrosssimError, MemoryError):
        raise
    except Exception as error:
        traceback.print_exc()
        raise error_at_line(error, f"rung {rung.name}", leg.ladder.file) from error
    return recording_of(output, leg)


def _load_mechanisms(leg: RungContext) -> None:
    """The rung's own library first, then PyNN's: NEURON adds currents in the order in which mechanisms were loaded."""
    folder = nmodl_folder(leg.ladder, leg.rung)
    if folder is not None:
        compiled = _compiled(leg.rung, folder)
        import neuron

        if not neuron.load_mechanisms(str(compiled)):
            raise ModelError(f"rung {leg.rung.name}: the mechanisms of {folder} were compiled and do not load")
    find_backend(leg.request.backend).prepare()


def _compiled(rung: Rung, folder: Path) -> Path:
    try:
        return ensure_compiled(folder, lambda step: print(f"  {step}", file=sys.stderr, flush=True))
    except ModelError as error:
        print(error, file=sys.stderr)
        said = compiler_message(error)
        raise ModelError(f"rung {rung.name}: the mechanisms of {folder} do not compile; NEURON says: {said}") from None


def recording_of(output: RungOutput, leg: RungContext) -> Recording:
    """What a rung returned as a recording. Raises :class:`ModelError` if it recorded nothing, or cells that are not."""
    name, timing = leg.rung.name, leg.request.timing
    if not isinstance(output, RungOutput):
        raise ModelError(
            f"rung {name} returned {type(output).__name__}; its function must return a crosssim.RungOutput"
        )
    if not output.spikes:
        raise ModelError(f"rung {name} recorded nothing; return the spikes of at least one population")
    spikes = {population: _spikes(output, population, leg) for population in output.spikes}
    step = timing.timestep_ms
    return Recording(
        model=leg.ladder.name,
        backend=f"rung {name}",
        timestep_ms=step,
        duration_ms=timing.duration_ms,
        spikes=spikes,
        traces={(population, "v"): _trace(output, population, leg) for population in output.v_mv},
        cell_classes={
            population: {one: np.asarray(cells, dtype=np.int32) for one, cells in classes.items()}
            for population, classes in output.cell_classes.items()
        },
    )


def _spikes(output: RungOutput, population: str, leg: RungContext) -> Spikes:
    n_cells, stop_ms = output.n_cells.get(population), leg.request.timing.duration_ms
    if n_cells is None:
        raise ModelError(f"rung {leg.rung.name} returned spikes of {population!r} and not its number of cells")
    cell, time_ms = (np.asarray(part) for part in output.spikes[population])
    kept = time_ms < stop_ms - leg.request.timing.timestep_ms / 4
    return Spikes.from_events(cell[kept], time_ms[kept], int(n_cells), stop_ms)


def _trace(output: RungOutput, population: str, leg: RungContext) -> Trace:
    cells, values = output.v_mv[population]
    table: npt.NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    columns = np.asarray(cells, dtype=np.int32)
    timing = leg.request.timing
    if table.ndim != 2 or table.shape[1] != columns.size:
        raise ModelError(
            f"rung {leg.rung.name}: v of {population!r} has shape {table.shape} for {columns.size} cells; return one "
            "row per sample and one column per cell"
        )
    samples = round(timing.duration_ms / timing.timestep_ms) + 1
    if table.shape[0] < samples - 1:
        raise ModelError(
            f"rung {leg.rung.name} recorded {table.shape[0]} samples of v where {timing.duration_ms:g} ms make "
            f"{samples}: it did not run to the end; a program that waits for a click on Run must be told to run"
        )
    order = np.argsort(columns)
    return Trace(table[:samples, order], "mV", 0.0, timing.timestep_ms, columns[order])
