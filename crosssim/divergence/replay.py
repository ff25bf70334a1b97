"""The fourth gate: cells driven by recorded spikes, so that one difference does not make all that follows differ.

Every cell of the candidate received what the cell of the reference received, so its spikes can be set beside the
reference's for the whole run. What is left is what the two cells make of the same input.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crosssim.divergence.error_patterns import ErrorPattern, arrivals_by_cell, error_pattern
from crosssim.divergence.spikes import pair_spikes, until
from crosssim.divergence.verdict import Difference, Gate, GateResult
from crosssim.errors import NotComparable
from crosssim.recording.data import Floats, Recording, Spikes

WINDOW_MS = 2.0
"""Two spikes farther apart are not one spike shifted: a cell whose firing is moved by more than this by the same
input fires for another reason. It is below the shortest interval that cells with a refractory period of 2 ms fire at,
so that a neighbour is not taken for a partner."""

_WORST_CELLS = 5
_BINS_ASIDE = 20  # of a histogram of shifts, on either side of zero: one step each at a step of 0.1 ms


@dataclass(frozen=True)
class CellDisagreement:
    """One cell's part: ``disagreement_ms`` sums its spikes' shifts, a missing or extra spike counting as the window."""

    cell: int
    disagreement_ms: float
    reference_spikes: int
    missing: int
    extra: int
    mean_shift_ms: float | None


@dataclass(frozen=True)
class ShiftHistogram:
    """How many paired spikes are shifted by how many steps (candidate minus reference), over the whole window.

    ``edges_steps`` [bins + 1] lie between whole steps and are symmetric about zero; ``counts`` [bins].
    """

    edges_steps: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class PopulationReplay:
    """One population under the same input.

    Each reference spike is in one of ``exact`` (same step), ``within_one_step``, ``shifted`` (paired, farther) and
    ``missing``; ``extra`` spikes the candidate fired alone. Shifts are candidate minus reference, over all paired
    spikes; ``None`` without any.
    """

    population: str
    cells: int
    reference_spikes: int
    candidate_spikes: int
    exact: int
    within_one_step: int
    shifted: int
    missing: int
    extra: int
    mean_shift_ms: float | None
    median_shift_ms: float | None
    shift_sd_ms: float | None
    worst_cells: tuple[CellDisagreement, ...]
    first_difference_ms: float | None
    shift_histogram: ShiftHistogram | None = None
    pattern: ErrorPattern | None = None

    @property
    def all_exact(self) -> bool:
        """Whether every spike of either side has a partner on the same step."""
        return self.exact == self.reference_spikes and self.extra == 0


@dataclass(frozen=True)
class ReplayTable:
    """One replay: whose spikes drove whose cells; ``rows`` by population in the model's order."""

    reference: str
    candidate: str
    step_ms: float
    window_ms: float
    rows: tuple[PopulationReplay, ...]

    @property
    def all_exact(self) -> bool:
        """Whether every population is exact."""
        return all(row.all_exact for row in self.rows)

    @property
    def exact_share(self) -> float:
        """Exact spikes over all that either side fired (missing and extra ones count against it); 1 without spikes."""
        fired = sum(row.reference_spikes + row.extra for row in self.rows)
        return sum(row.exact for row in self.rows) / fired if fired else 1.0


@dataclass(frozen=True)
class ReplayDetails:
    """The replay of the candidate, and beside it each backend driven by its own spikes: the floor of the method."""

    between: ReplayTable
    self_replays: tuple[ReplayTable, ...]


def compare_replay(
    reference: Mapping[str, Spikes], candidate: Recording, *, step_ms: float, labels: tuple[str, str]
) -> ReplayTable:
    """Set the candidate's replayed output beside the reference's output, population by population.

    ``step_ms`` is the coarser of the two time steps; ``labels`` name the leg that recorded the spikes and the one
    whose cells received them. Raises :class:`NotComparable` if a population is not on both sides.
    """
    missing = set(reference) ^ set(candidate.spikes)
    if missing:
        raise NotComparable(f"population {sorted(missing)[0]} was recorded on one side only")
    rows = tuple(
        _population(name, until(spikes, candidate.duration_ms), candidate, step_ms)
        for name, spikes in reference.items()
    )
    return ReplayTable(*labels, step_ms, WINDOW_MS, rows)


def _population(name: str, reference: Spikes, recording: Recording, step_ms: float) -> PopulationReplay:
    candidate = recording.spikes[name]
    pairing = pair_spikes(reference, candidate, WINDOW_MS)
    paired = pairing.candidate_of >= 0
    shift = pairing.shift_ms[paired]
    signed_steps = np.rint(shift / step_ms)
    steps = np.abs(signed_steps)
    extra = pairing.reference_of < 0
    differs = ~paired
    differs[paired] = steps > 0
    first = np.concatenate([reference.time_ms[differs], candidate.time_ms[extra]])
    return PopulationReplay(
        population=name,
        cells=reference.n_cells,
        reference_spikes=len(reference),
        candidate_spikes=len(candidate),
        exact=int((steps == 0).sum()),
        within_one_step=int((steps == 1).sum()),
        shifted=int((steps > 1).sum()),
        missing=int((~paired).sum()),
        extra=int(extra.sum()),
        mean_shift_ms=float(shift.mean()) if shift.size else None,
        median_shift_ms=float(np.median(shift)) if shift.size else None,
        shift_sd_ms=float(shift.std()) if shift.size else None,
        worst_cells=_worst(reference, candidate, pairing.shift_ms, extra, step_ms),
        first_difference_ms=float(first.min()) if first.size else None,
        shift_histogram=shift_histogram(signed_steps, step_ms) if shift.size else None,
        pattern=error_pattern(reference, differs, arrivals_by_cell(recording, name)),
    )


def shift_histogram(steps: Floats, step_ms: float) -> ShiftHistogram:
    """Count shifts given in whole steps; an odd number of steps to a bin, so that no edge falls on a whole step."""
    reach = int(np.ceil(WINDOW_MS / step_ms))
    width = reach // _BINS_ASIDE | 1
    aside = -(-reach // width)
    edges = (np.arange(2 * aside + 2) - aside - 0.5) * width
    counts, _ = np.histogram(steps, edges)
    return ShiftHistogram(tuple(edges.tolist()), tuple(counts.tolist()))


def disagreement_by_cell(reference: Spikes, candidate: Spikes, step_ms: float) -> Floats:
    """f8[n_cells] (ms): the sum of each cell's shifts, a spike without partner counting as the window.

    A shift below half a step is the grid's and counts nothing.
    """
    pairing = pair_spikes(reference, candidate, WINDOW_MS)
    return _disagreement(reference, candidate, pairing.shift_ms, pairing.reference_of < 0, step_ms)


def _disagreement(
    reference: Spikes, candidate: Spikes, shift_ms: Floats, extra: npt.NDArray[np.bool_], step_ms: float
) -> Floats:
    size = np.abs(np.nan_to_num(shift_ms, nan=WINDOW_MS))
    size[size < step_ms / 2] = 0.0
    of_reference = np.bincount(reference.cell, weights=size, minlength=reference.n_cells)
    of_candidate = np.bincount(candidate.cell[extra], minlength=reference.n_cells) * WINDOW_MS
    return np.asarray(of_reference + of_candidate, dtype=np.float64)


def _worst(
    reference: Spikes, candidate: Spikes, shift_ms: Floats, extra: npt.NDArray[np.bool_], step_ms: float
) -> tuple[CellDisagreement, ...]:
    total = _disagreement(reference, candidate, shift_ms, extra, step_ms)
    order = [int(cell) for cell in np.argsort(-total, kind="stable")[:_WORST_CELLS] if total[cell] > 0]
    extras = np.bincount(candidate.cell[extra], minlength=reference.n_cells)
    found = []
    for cell in order:
        own = shift_ms[reference.offsets[cell] : reference.offsets[cell + 1]]
        paired = own[~np.isnan(own)]
        found.append(
            CellDisagreement(
                cell=cell,
                disagreement_ms=float(total[cell]),
                reference_spikes=own.size,
                missing=own.size - paired.size,
                extra=int(extras[cell]),
                mean_shift_ms=float(paired.mean()) if paired.size else None,
            )
        )
    return tuple(found)


def replay_result(details: ReplayDetails) -> GateResult:
    """The gate's answer: it passes if every spike of every population has its partner on the same step."""
    table = details.between
    names = f"{table.candidate} cells driven by the spikes of {table.reference}"
    if table.all_exact:
        return GateResult(Gate.REPLAY, True, f"{names}: every spike on its step", details=details)
    worst = max(table.rows, key=lambda row: row.reference_spikes + row.extra - row.exact)
    shift = "" if worst.mean_shift_ms is None else f", the mean shift is {worst.mean_shift_ms:+.3f} ms"
    reason = (
        f"{names}: {table.exact_share:.1%} of the spikes fall on their step; in {worst.population} "
        f"{worst.within_one_step} are one step off, {worst.shifted} farther, {worst.missing} missing and "
        f"{worst.extra} extra{shift}"
    )
    differences = tuple(_difference(row) for row in table.rows if not row.all_exact)
    return GateResult(Gate.REPLAY, False, reason, differences, details)


def _difference(row: PopulationReplay) -> Difference:
    return Difference(
        Gate.REPLAY,
        "spikes under the same input",
        row.population,
        f"{row.reference_spikes} spikes",
        f"{row.exact} exact, {row.within_one_step} one step off, {row.shifted} farther, "
        f"{row.missing} missing, {row.extra} extra",
        value=row.mean_shift_ms,
        unit="ms",
        onset_ms=row.first_difference_ms,
        cell=row.worst_cells[0].cell if row.worst_cells else None,
        count=row.reference_spikes + row.extra - row.exact,
        total=row.reference_spikes + row.extra,
    )
