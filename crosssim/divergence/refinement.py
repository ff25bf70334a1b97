"""The fifth gate: the same replay at ever smaller steps. What goes to zero with the step is the integrators'; what
stays is a real difference.

At each step both backends receive the same recorded spikes; a cell's shift is the trimmed mean over those of its
spikes that have a partner at every step, so that the same spikes are followed down the ladder. The intercept is the
value at step zero of a straight line (or, with four steps, a parabola) through the shifts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from crosssim.divergence.replay import WINDOW_MS
from crosssim.divergence.spikes import pair_spikes
from crosssim.errors import NotComparable
from crosssim.recording.data import Floats, Recording, Spikes

_TRIM = 0.1
"""Share of spikes cut from each end of a mean: a few spikes hang on a hair in any correct pair (threshold barely
reached), jump by up to the window at one step and not at the next, and would carry the mean."""

_CONFIDENCE = 0.99


@dataclass(frozen=True)
class RefinementLevel:
    """Both backends' replays of the same recorded spikes at one step."""

    step_ms: float
    reference: Recording
    candidate: Recording


@dataclass(frozen=True)
class Convergence:
    """How one population's shift behaves as the step goes to zero.

    ``shift_ms`` at each of ``steps_ms`` (largest first) with standard errors; ``order`` from a fit of
    shift - intercept to step^order, ``None`` where the shifts lie within their own noise; the intercept with its 99 %
    confidence interval; ``unpaired`` the share of spikes without partner at the finest step.
    """

    population: str
    what: str
    steps_ms: tuple[float, ...]
    shift_ms: tuple[float, ...]
    shift_se_ms: tuple[float, ...]
    spikes: int
    order: float | None
    intercept_ms: float
    intercept_ci_ms: tuple[float, float]
    unpaired: tuple[float, ...]

    @property
    def vanishes(self) -> bool:
        """Whether zero lies inside the confidence interval, widened by the grid of the finest step."""
        low, high = self.intercept_ci_ms
        slack = self.grid_slack_ms
        return low - slack <= 0.0 <= high + slack

    @property
    def grid_slack_ms(self) -> float:
        """A tenth of the finest step: spike times lie on the grid, and a mean over them resolves no more than that."""
        return 0.1 * min(self.steps_ms)
