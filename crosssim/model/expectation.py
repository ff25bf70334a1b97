"""What a model says of its own results: what is recorded, how near is near enough, what was published."""

from dataclasses import dataclass

from crosssim.errors import ModelError
from crosssim.units import is_unit, unit_names


@dataclass(frozen=True)
class Tolerance:
    """How far two recordings may lie apart, and the reason. There is no default anywhere.

    ``limit`` is inclusive: a difference of exactly ``limit`` agrees.
    """

    limit: float
    unit: str
    why: str

    def __post_init__(self) -> None:
        if not self.limit >= 0:
            raise ModelError(f"Tolerance limit = {self.limit} must be zero or more")
        if not is_unit(self.unit):
            raise ModelError(f"Tolerance unit = {self.unit!r} is not known; allowed: {', '.join(unit_names())}")
        if not self.why.strip():
            raise ModelError(f"Tolerance of {self.limit} {self.unit} has no reason; say in `why` where it comes from")


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
