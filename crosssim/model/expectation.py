"""What a model says of its own results: what is recorded, how near is near enough, what was published."""

import math
from dataclasses import dataclass

from crosssim.errors import ModelError, UsageError
from crosssim.units import conversion_factor, is_unit, unit_names


@dataclass(frozen=True)
class Tolerance:
    """How far two recordings may lie apart, and the reason. There is no default anywhere.

    ``limit`` is inclusive: a difference of exactly ``limit`` agrees.
    """

    limit: float
    unit: str
    why: str

    def __post_init__(self) -> None:
        if not (math.isfinite(self.limit) and self.limit >= 0):
            raise ModelError(f"Tolerance limit = {self.limit} must be a finite number, zero or more")
        if not is_unit(self.unit):
            raise ModelError(f"Tolerance unit = {self.unit!r} is not known; allowed: {', '.join(unit_names())}")
        if not self.why.strip():
            raise ModelError(f"Tolerance of {self.limit} {self.unit} has no reason; say in `why` where it comes from")


_TRACE_UNITS = {"v": "mV", "w": "nA", "gsyn_exc": "uS", "gsyn_inh": "uS"}  # the units of PyNN's recorders


@dataclass(frozen=True)
class Recorded:
    """One variable of one population that every leg records, and that comparisons judge.

    ``variable`` is ``"spikes"`` or a PyNN variable ("v", "w", "gsyn_exc", ...); ``cells`` are positions in the
    population, ``None`` for all; ``interval_ms`` is the sampling interval of a trace, ``None`` for every step.
    """

    population: str
    variable: str
    tolerance: Tolerance
    cells: tuple[int, ...] | None = None
    interval_ms: float | None = None

    def __post_init__(self) -> None:
        if self.variable == "spikes" and self.cells is not None:
            raise ModelError(
                f"Recorded({self.population!r}, 'spikes'): spikes are recorded from all cells; leave `cells` out"
            )
        if self.variable == "spikes" and self.tolerance.unit != "ms":
            raise ModelError(
                f"Recorded({self.population!r}, 'spikes'): tolerance is in {self.tolerance.unit!r}; "
                "spike times are compared in 'ms'"
            )
        unit = _TRACE_UNITS.get(self.variable, self.tolerance.unit)
        try:
            conversion_factor(self.tolerance.unit, unit)
        except UsageError as error:
            raise ModelError(f"Recorded({self.population!r}, {self.variable!r}): tolerance: {error}") from None
        if self.cells is not None:
            self._check_cells(self.cells)
        if self.interval_ms is not None and not (math.isfinite(self.interval_ms) and self.interval_ms > 0):
            raise ModelError(
                f"Recorded({self.population!r}, {self.variable!r}): interval_ms = {self.interval_ms} must be above zero"
            )

    def _check_cells(self, cells: tuple[int, ...]) -> None:
        where = f"Recorded({self.population!r}, {self.variable!r}): cells = {tuple(cells)}"
        if not cells:
            raise ModelError(f"{where} names no cell; leave `cells` out to record all")
        if any(cell < 0 for cell in cells) or len(set(cells)) < len(cells):
            raise ModelError(f"{where} must be different positions, counted from 0")


@dataclass(frozen=True)
class Published:
    """A value that a paper reports for this model: shown beside ours, never judged.

    ``measure`` is ``"rate_hz"``; ``population`` is the name of a population or of a cell class.
    """

    population: str
    measure: str
    value: float
    unit: str
    source: str
    note: str = ""

    def __post_init__(self) -> None:
        if self.measure != "rate_hz" or self.unit != "Hz":
            raise ModelError(
                f"Published measure = {self.measure!r} in {self.unit!r} is not known; allowed: 'rate_hz' in 'Hz'"
            )
        if not self.source.strip():
            raise ModelError(f"Published value {self.value} {self.unit} of {self.population!r} has no source; cite it")
