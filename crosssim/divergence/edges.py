"""The edges of one projection on two sides: which are the same, changed, missing or extra.

Two cells may be connected more than once, so edges are multisets: an edge first finds its equal on the other side;
what is left between two cells is set side by side and called changed; what is still left is missing or extra.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crosssim.divergence.arrays import Mask, largest, outside
from crosssim.divergence.wording import SHOWN_PLACES
from crosssim.recording.data import Floats, Offsets, Wiring

WEIGHT_RELATIVE_TOLERANCE = 1e-9
"""Weights pass through a simulator's own unit and back (uS to nS, nA to pA): a few roundings of 1e-16 each."""

DELAY_TOLERANCE_MS = 1e-9
"""Delays are read back through a few roundings of 1e-16; the finest step that NEST takes unasked is 1e-3 ms."""

_Places = tuple[Offsets, Offsets]


@dataclass(frozen=True)
class EdgeDifference:
    """One edge that is not the same: ``measure`` is "weight", "delay", or "missing" or "extra" in the candidate.

    The values are the two weights or the two delays, in ``unit``; a lone edge has its weight on its own side.
    """

    pre: int
    post: int
    measure: str
    reference: float | None
    candidate: float | None
    unit: str


@dataclass(frozen=True)
class ProjectionComparison:
    """One projection: edges on both sides, how many differ in which way, and the first three of each kind.

    ``missing`` edges are in the reference only, ``extra`` ones in the candidate only; the gaps are the largest
    finite ones, in ``weight_unit`` and ms.
    """

    name: str
    reference_edges: int
    candidate_edges: int
    missing: int
    extra: int
    weight_changed: int
    delay_changed: int
    largest_weight_gap: float | None
    largest_delay_gap_ms: float | None
    weight_unit: str
    first: tuple[EdgeDifference, ...]

    def examples(self, measure: str) -> tuple[EdgeDifference, ...]:
        """The first differences of one kind."""
        return tuple(one for one in self.first if one.measure == measure)


def compare_projection(name: str, here: Wiring, there: Wiring) -> ProjectionComparison:
    """Compare the edges of the reference (``here``) and the candidate (``there``) as multisets."""
    left = _unsettled(here, there)
    equal = _shared(_exact_keys(here, left[0]), _exact_keys(there, left[1]))
    left = (np.delete(left[0], equal[0]), np.delete(left[1], equal[1]))
    same_cells = _shared(_cell_keys(here, left[0]), _cell_keys(there, left[1]))
    missing, extra = np.sort(np.delete(left[0], same_cells[0])), np.sort(np.delete(left[1], same_cells[1]))
    pairs = (left[0][same_cells[0]], left[1][same_cells[1]])
    weight, delay = _weight_changed(here, there, pairs), _delay_changed(here, there, pairs)
    return ProjectionComparison(
        name,
        len(here),
        len(there),
        missing.size,
        extra.size,
        int(weight.sum()),
        int(delay.sum()),
        largest((there.weight[pairs[1]] - here.weight[pairs[0]])[weight]),
        largest((there.delay_ms[pairs[1]] - here.delay_ms[pairs[0]])[delay]),
        here.weight_unit,
        (
            *_lone(here, missing, "missing"),
            *_lone(there, extra, "extra"),
            *_changed(here, there, (pairs[0][weight], pairs[1][weight]), "weight"),
            *_changed(here, there, (pairs[0][delay], pairs[1][delay]), "delay"),
        ),
    )


def _weight_changed(here: Wiring, there: Wiring, pairs: _Places) -> Mask:
    return outside(here.weight[pairs[0]], there.weight[pairs[1]], WEIGHT_RELATIVE_TOLERANCE)


def _delay_changed(here: Wiring, there: Wiring, pairs: _Places) -> Mask:
    near: Mask = np.abs(here.delay_ms[pairs[0]] - there.delay_ms[pairs[1]]) <= DELAY_TOLERANCE_MS
    return ~near


def _unsettled(here: Wiring, there: Wiring) -> _Places:
    """Positions of the edges that are not the same one by one in the order they stand in; mostly none."""
    everything = (np.arange(len(here)), np.arange(len(there)))
    if not (np.array_equal(here.pre, there.pre) and np.array_equal(here.post, there.post)):
        return everything
    different = np.flatnonzero(_weight_changed(here, there, everything) | _delay_changed(here, there, everything))
    return different, different


def _cell_keys(wiring: Wiring, places: Offsets) -> tuple[npt.NDArray[np.generic], ...]:
    return wiring.post[places], wiring.pre[places]


def _exact_keys(wiring: Wiring, places: Offsets) -> tuple[npt.NDArray[np.generic], ...]:
    """Cells, weight to 31 bits and delay, in bins no wider than their tolerances.

    Two values on either side of a rounding border miss each other here; they meet as a pair of the same cells later
    and are compared with the tolerance there.
    """
    mantissa, exponent = np.frexp(wiring.weight[places])
    weight = np.ldexp(np.rint(mantissa * 2.0**31), exponent)
    return *_cell_keys(wiring, places), weight, np.rint(wiring.delay_ms[places] / DELAY_TOLERANCE_MS)


def _shared(here: tuple[npt.NDArray[np.generic], ...], there: tuple[npt.NDArray[np.generic], ...]) -> _Places:
    """Positions of equal keys, each used once: the k-th of a key here beside the k-th of it there."""
    columns = [np.concatenate(both) for both in zip(here, there, strict=True)]
    order = np.lexsort(columns[::-1])
    if not order.size:
        return order, order
    ordered = [column[order] for column in columns]
    begins = np.append(True, np.any([column[1:] != column[:-1] for column in ordered], axis=0))
    group = np.cumsum(begins) - 1
    from_there = order >= here[0].size
    counts_here = np.bincount(group[~from_there], minlength=group[-1] + 1)
    counts_there = np.bincount(group[from_there], minlength=group[-1] + 1)
    rank = np.arange(order.size) - np.flatnonzero(begins)[group] - np.where(from_there, counts_here[group], 0)
    shared = rank < np.minimum(counts_here, counts_there)[group]
    return order[shared & ~from_there], order[shared & from_there] - here[0].size


def _lone(wiring: Wiring, places: Offsets, measure: str) -> Iterator[EdgeDifference]:
    for k in places[:SHOWN_PLACES].tolist():
        weight = float(wiring.weight[k])
        here, there = (weight, None) if measure == "missing" else (None, weight)
        yield EdgeDifference(int(wiring.pre[k]), int(wiring.post[k]), measure, here, there, wiring.weight_unit)


def _changed(here: Wiring, there: Wiring, pairs: _Places, measure: str) -> Iterator[EdgeDifference]:
    unit = here.weight_unit if measure == "weight" else "ms"
    values: tuple[Floats, Floats] = (
        (here.weight, there.weight) if measure == "weight" else (here.delay_ms, there.delay_ms)
    )
    for i, j in zip(pairs[0][:SHOWN_PLACES].tolist(), pairs[1][:SHOWN_PLACES].tolist(), strict=True):
        pre, post = int(here.pre[i]), int(here.post[i])
        yield EdgeDifference(pre, post, measure, float(values[0][i]), float(values[1][j]), unit)
