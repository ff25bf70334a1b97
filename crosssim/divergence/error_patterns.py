"""What the errors of a replay have in common: more of them in cells with much input, after other errors, after short
intervals, from the start or late. Each points to another kind of cause."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from crosssim.recording.data import Floats, Recording, Spikes

FEWEST_ERRORS = 20
"""Below this nothing is said of what errors have in common."""

_FEWEST_CELLS = 10


@dataclass(frozen=True)
class ErrorPattern:
    """What the errors of one population (spikes of the reference that are off their step, or missing) have in common.

    ``share`` is that of all spikes that are errors, ``share_after_error`` of those that follow an error of their cell;
    ``interval_before_ms`` the median interval before an error, ``interval_otherwise_ms`` before other spikes.
    ``input_correlation`` is Spearman's rank correlation, over cells, of the share of errors with the number of spikes
    that arrived, ``input_p`` its p-value. Each is ``None`` where there is too little to tell.
    """

    errors: int
    share: float
    share_after_error: float | None
    interval_before_ms: float | None
    interval_otherwise_ms: float | None
    input_correlation: float | None
    input_p: float | None


def error_pattern(reference: Spikes, is_error: npt.NDArray[np.bool_], arrivals: Floats | None) -> ErrorPattern | None:
    """The pattern of ``is_error`` bool[len(reference)]; ``arrivals`` f8[n_cells] counts the input spikes of each cell.

    ``None`` for fewer than twenty errors.
    """
    errors = int(is_error.sum())
    if errors < FEWEST_ERRORS:
        return None
    follows = np.diff(reference.cell, prepend=-1) == 0
    interval = np.diff(reference.time_ms, prepend=0.0)
    after_error = follows & np.concatenate([[False], is_error[:-1]])
    before, otherwise = interval[follows & is_error], interval[follows & ~is_error]
    correlation, p = _with_input(reference, is_error, arrivals) if arrivals is not None else (None, None)
    return ErrorPattern(
        errors=errors,
        share=errors / len(reference),
        share_after_error=float(is_error[after_error].mean()) if after_error.sum() >= FEWEST_ERRORS else None,
        interval_before_ms=float(np.median(before)) if before.size else None,
        interval_otherwise_ms=float(np.median(otherwise)) if otherwise.size else None,
        input_correlation=correlation,
        input_p=p,
    )


def _with_input(
    reference: Spikes, is_error: npt.NDArray[np.bool_], arrivals: Floats
) -> tuple[float | None, float | None]:
    spikes = np.diff(reference.offsets)
    fired = spikes > 0
    share = np.bincount(reference.cell[is_error], minlength=reference.n_cells)[fired] / spikes[fired]
    if fired.sum() < _FEWEST_CELLS or not np.ptp(share) or not np.ptp(arrivals[fired]):
        return None, None
    found = stats.spearmanr(arrivals[fired], share)
    return float(found.statistic), float(found.pvalue)


def arrivals_by_cell(recording: Recording, population: str) -> Floats | None:
    """f8[n_cells]: how many spikes the sources of a replay sent to each cell; ``None`` if none can be counted."""
    counts: Mapping[str, npt.NDArray[np.int64]] = {
        name: np.diff(one.held.offsets) for name, one in recording.inputs.items()
    }
    into = [one for one in recording.wiring.values() if one.post_population == population]
    known = [one for one in into if one.pre_population in counts]
    if not known:
        return None
    size = recording.spikes[population].n_cells
    total = sum(np.bincount(one.post, weights=counts[one.pre_population][one.pre], minlength=size) for one in known)
    return np.asarray(total, dtype=np.float64)
