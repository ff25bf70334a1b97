"""Where two arrays differ, and by how much."""

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]


def outside(reference: npt.NDArray[np.float64], candidate: npt.NDArray[np.float64], relative: float) -> Mask:
    """Where two arrays differ by more than ``relative`` of the larger magnitude. NaN is outside, also beside NaN."""
    with np.errstate(invalid="ignore"):  # inf - inf
        gap = np.abs(reference - candidate)
    near: Mask = (gap <= relative * np.maximum(np.abs(reference), np.abs(candidate))) & np.isfinite(gap)
    equal: Mask = reference == candidate
    return ~(equal | near)


def largest(gaps: npt.NDArray[np.float64]) -> float | None:
    """The largest finite size among ``gaps``; ``None`` if there is none."""
    sizes = np.abs(gaps[np.isfinite(gaps)])
    return float(sizes.max()) if sizes.size else None
