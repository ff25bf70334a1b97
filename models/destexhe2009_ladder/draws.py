"""The random draws of the network, drawn once and handed to every rung: draws are data, never left to a simulator."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .constants import (
    CONNECTION_PROBABILITY_AT_2000,
    LTS_PROBABILITY,
    SOURCES_PER_CELL,
    STIMULATION_INTERVAL_MS,
    STIMULATION_MS,
    TIMESTEP_MS,
)

Edges = npt.NDArray[np.int32]
Steps = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Draws:
    """Everything random in the network.

    ``is_lts`` bool[n_exc]; ``exc_edges`` and ``inh_edges`` i4[n, 2] (presynaptic, postsynaptic), sorted by the
    postsynaptic cell; ``stim_source`` i4[n] (cell * 20 + source) and ``stim_step`` i4[n] (k: the time k * 0.1 ms),
    sorted by source and step.
    """

    n_cells: int
    is_lts: npt.NDArray[np.bool_]
    exc_edges: Edges
    inh_edges: Edges
    stim_source: Steps
    stim_step: Steps

    @property
    def n_exc(self) -> int:
        """Excitatory cells come first: 0 … n_exc - 1."""
        return len(self.is_lts)

    @property
    def n_stimulated(self) -> int:
        """The first fifth of the cells is stimulated."""
        return self.n_cells // 5

    def stimulus_steps(self, source: int) -> Steps:
        """The steps at which one source is high, ascending."""
        first, last = np.searchsorted(self.stim_source, [source, source + 1])
        return self.stim_step[first:last]

    def merged_stimulus_steps(self, cell: int) -> Steps:
        """The steps of all sources of one stimulated cell, ascending; two sources may share a step."""
        first, last = np.searchsorted(self.stim_source, [cell * SOURCES_PER_CELL, (cell + 1) * SOURCES_PER_CELL])
        return np.sort(self.stim_step[first:last])

    def as_text(self) -> str:
        """The numbers separated by white space, in the order in which the Hoc program reads them."""
        stimulus = np.column_stack([self.stim_source, self.stim_step])
        pairs = [(len(array), *array.ravel().tolist()) for array in (self.exc_edges, self.inh_edges, stimulus)]
        parts = [(self.n_cells, self.n_exc), self.is_lts.astype(int).tolist(), *pairs]
        return "\n".join(" ".join(map(str, part)) for part in parts) + "\n"

    def save(self, path: Path) -> None:
        """Write the arrays to one .npz file."""
        np.savez_compressed(path, **self.__dict__)


def load(path: Path) -> Draws:
    """Draws from a file of :meth:`Draws.save`, or from one that holds the same arrays without ``n_cells``."""
    with np.load(path) as stored:
        n_exc = len(stored["is_lts"])
        n_cells = int(stored["n_cells"]) if "n_cells" in stored else n_exc * 5 // 4
        as_int = {
            name: stored[name].astype(np.int32) for name in Draws.__annotations__ if name not in ("n_cells", "is_lts")
        }
        return Draws(n_cells, stored["is_lts"].astype(bool), **as_int)


def draw(seed: int, n_cells: int = 500) -> Draws:
    """Draw a network of ``n_cells`` (a fifth inhibitory), each part from a stream of its own spawned from ``seed``."""
    cell_classes, wiring, stimulation = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(3))
    n_exc = n_cells * 4 // 5
    probability = min(1.0, CONNECTION_PROBABILITY_AT_2000 * 2000 / n_cells)
    exc, inh = np.arange(n_exc), np.arange(n_exc, n_cells)
    source, step = draw_stimulation(n_cells // 5 * SOURCES_PER_CELL, stimulation)
    return Draws(
        n_cells,
        cell_classes.random(n_exc) < LTS_PROBABILITY,
        draw_edges(exc, n_cells, probability, wiring),
        draw_edges(inh, n_cells, probability, wiring),
        source,
        step,
    )


def draw_edges(sources: npt.NDArray[np.intp], n_cells: int, probability: float, rng: np.random.Generator) -> Edges:
    """A truncated binomial: per cell the sources are scanned in order until floor(n p) have been accepted.

    One number is drawn for every source, also for the cell itself, which is never accepted.
    """
    most = int(np.floor(len(sources) * probability + 1e-9))
    edges = []
    for cell in range(n_cells):
        accepted = sources[(rng.random(len(sources)) < probability) & (sources != cell)][:most]
        edges.append(np.column_stack([accepted, np.full(len(accepted), cell)]))
    return np.concatenate(edges).astype(np.int32)


def draw_stimulation(n_sources: int, rng: np.random.Generator) -> tuple[Steps, Steps]:
    """Poisson events of each source on (0, 50] ms, as (source, step), at least two steps apart.

    An event on the step of another of its source, or on the next, is dropped (2 or 3 of 1400): a generator's variable
    would not come down between the two, and rungs that look for its crossings would see one event.
    """
    source, step = [], []
    for k in range(n_sources):
        time_ms, last = rng.exponential(STIMULATION_INTERVAL_MS), -1
        while time_ms < STIMULATION_MS:
            here = int(np.floor(time_ms / TIMESTEP_MS)) + 1
            if here - last > 1:
                source.append(k)
                step.append(here)
                last = here
            time_ms += rng.exponential(STIMULATION_INTERVAL_MS)
    return np.array(source, dtype=np.int32), np.array(step, dtype=np.int32)
