"""The arrays of a recording. Cells are positions in their population (0 … n-1), whatever a simulator calls them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from crosssim.errors import NotComparable

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]


def digest(*arrays: npt.NDArray[np.generic]) -> str:
    """SHA-256 of the arrays' little-endian bytes and shapes: stable across machines and file formats."""
    total = hashlib.sha256()
    for array in arrays:
        plain = np.ascontiguousarray(array)
        total.update(str(plain.shape).encode())
        total.update(plain.astype(plain.dtype.newbyteorder("<"), copy=False).tobytes())
    return total.hexdigest()


@dataclass(frozen=True, eq=False)
class Spikes:
    """Spike times of a population as flat arrays, sorted by cell and then by time.

    ``cell`` i4[n] and ``time_ms`` f8[n]; ``n_cells`` counts silent cells too; the recording ends at ``t_stop_ms``.
    """

    cell: Ints
    time_ms: Floats
    n_cells: int
    t_stop_ms: float

    @classmethod
    def from_events(cls, cell: npt.ArrayLike, time_ms: npt.ArrayLike, n_cells: int, t_stop_ms: float) -> "Spikes":
        """From events in any order. Raises :class:`NotComparable` for a cell outside the population or a NaN time."""
        cells = np.asarray(cell, dtype=np.int32)
        times = np.asarray(time_ms, dtype=np.float64)
        if cells.shape != times.shape or cells.ndim != 1:
            raise NotComparable(f"spikes: {cells.shape} cells beside {times.shape} times; one of each per spike")
        if cells.size and (cells.min() < 0 or cells.max() >= n_cells):
            raise NotComparable(f"spikes: cell {cells.max()} lies outside a population of {n_cells}")
        if not np.isfinite(times).all():
            raise NotComparable("spikes: a spike time is not a finite number")
        order = np.lexsort((times, cells))
        return cls(cells[order], times[order], n_cells, t_stop_ms)

    @cached_property
    def offsets(self) -> Offsets:
        """i8[n_cells + 1]: the spikes of cell ``k`` are ``offsets[k]:offsets[k + 1]``."""
        return np.searchsorted(self.cell, np.arange(self.n_cells + 1)).astype(np.int64)

    def of(self, cell: int) -> Floats:
        """The spike times (ms) of one cell."""
        return self.time_ms[self.offsets[cell] : self.offsets[cell + 1]]

    def __len__(self) -> int:
        return int(self.time_ms.size)

    @cached_property
    def content_digest(self) -> str:
        """Digest over cells and exact times; equal only for bit-identical recordings."""
        return digest(self.cell, self.time_ms, np.array([self.n_cells]))


@dataclass(frozen=True, eq=False)
class Trace:
    """One sampled variable of some cells: ``values`` f8[samples, len(cells)] in ``unit``, first sample at start."""

    values: Floats
    unit: str
    start_ms: float
    step_ms: float
    cells: Ints

    @property
    def times_ms(self) -> Floats:
        """f8[samples]: the time of every sample."""
        return self.start_ms + np.arange(self.values.shape[0]) * self.step_ms

    def of(self, cell: int) -> Floats:
        """f8[samples]: the column of one cell. Raises :class:`NotComparable` if it was not recorded."""
        (column,) = np.nonzero(self.cells == cell)
        if not column.size:
            raise NotComparable(f"cell {cell} was not recorded; recorded: {self.cells.tolist()}")
        return self.values[:, column[0]]

    @cached_property
    def content_digest(self) -> str:
        """Digest over cells and exact values."""
        return digest(self.cells, self.values)


@dataclass(frozen=True, eq=False)
class Wiring:
    """The connections of a projection as the simulator holds them, sorted by post, pre, weight and delay.

    ``pre``, ``post`` i4[n]; ``weight`` f8[n] in ``weight_unit`` (uS for conductance-based, nA for current-based
    synapses, mV for delta synapses; negative for current-based inhibition, as in PyNN); ``delay_ms`` f8[n].
    """

    pre: Ints
    post: Ints
    weight: Floats
    delay_ms: Floats
    pre_population: str
    post_population: str
    receptor_type: str
    weight_unit: str = "uS"

    @classmethod
    def from_edges(
        cls,
        edges: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike, npt.ArrayLike],
        *,
        populations: tuple[str, str],
        receptor_type: str,
        weight_unit: str = "uS",
    ) -> "Wiring":
        """From ``edges``, the columns pre, post, weight and delay (ms) in any order of rows.

        ``populations`` names the pre- and the postsynaptic one.
        """
        pre, post, weight, delay_ms = edges
        pre_i, post_i = np.asarray(pre, dtype=np.int32), np.asarray(post, dtype=np.int32)
        weight_f, delay_f = np.asarray(weight, dtype=np.float64), np.asarray(delay_ms, dtype=np.float64)
        order = np.lexsort((delay_f, weight_f, pre_i, post_i))
        return cls(
            pre_i[order], post_i[order], weight_f[order], delay_f[order], *populations, receptor_type, weight_unit
        )

    def __len__(self) -> int:
        return int(self.pre.size)

    @cached_property
    def fingerprint(self) -> str:
        """Digest over edges, weights and delays, rounded to 12 significant digits.

        A weight that passes through a simulator's own unit (uS to nS and back) may change in the last bit; 12 digits
        are far below any difference a modeller could mean.
        """
        return digest(self.pre, self.post, _rounded(self.weight), _rounded(self.delay_ms))


def _rounded(values: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        magnitude = np.where(values == 0, 0, np.floor(np.log10(np.abs(np.where(values == 0, 1, values)))))
    scale = 10.0 ** (11 - np.clip(magnitude, -290, 290))  # so that neither the scale nor a product overflows
    rounded: Floats = np.rint(values * scale) / scale + 0.0
    return rounded


@dataclass(frozen=True, eq=False)
class CellTable:
    """What the cells of a population were declared to be, and what the simulator says they are.

    Each maps a name to f8[n_cells]; parameters in the PyNN units in ``units``. ``initial`` are initial values of
    state variables. A name that a simulator cannot be asked for is absent from the held side.
    """

    celltype: str
    declared: Mapping[str, Floats]
    held: Mapping[str, Floats]
    initial_declared: Mapping[str, Floats] = field(default_factory=dict)
    initial_held: Mapping[str, Floats] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class InputSpikes:
    """The spikes of a source population: as declared, and as the simulator delivered them (its own clock, in ms)."""

    declared: Spikes
    held: Spikes


@dataclass(frozen=True, eq=False)
class Recording:
    """All that one leg measured, by population, (population, variable) and projection name.

    ``cell_classes`` maps a population to named groups of positions in it.
    """

    model: str
    backend: str
    timestep_ms: float
    duration_ms: float
    spikes: Mapping[str, Spikes]
    traces: Mapping[tuple[str, str], Trace] = field(default_factory=dict)
    wiring: Mapping[str, Wiring] = field(default_factory=dict)
    cells: Mapping[str, CellTable] = field(default_factory=dict)
    inputs: Mapping[str, InputSpikes] = field(default_factory=dict)
    cell_classes: Mapping[str, Mapping[str, Ints]] = field(default_factory=dict)
