"""The rows that text and page share: rates on all legs beside published values, differences, versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crosssim.divergence.refinement import RefinementDetails
from crosssim.divergence.replay import PopulationReplay, ReplayDetails
from crosssim.divergence.sensitivity import Yardstick
from crosssim.divergence.trajectories import TrajectoryDetails
from crosssim.divergence.verdict import Difference, Gate, Judgement
from crosssim.errors import UnknownName
from crosssim.model.expectation import Published
from crosssim.recording.rates import PopulationRate, population_rates
from crosssim.report.words import percent, with_unit
from crosssim.runner.backends import find_backend
from crosssim.studies.result import CheckResult, Comparison, FinishedLeg


@dataclass(frozen=True)
class RateRow:
    """A population or class: its rate on every leg (``None`` where a leg has no recording), and as published."""

    name: str
    population: str
    cells: int
    rates: tuple[PopulationRate | None, ...]
    published: tuple[Published, ...]

    @property
    def is_class(self) -> bool:
        """Whether the row is a class of cells inside a population."""
        return self.name != self.population


def rate_rows(result: CheckResult) -> tuple[RateRow, ...]:
    """One row per population and class found on any leg, in the order of the first leg that has it."""
    by_leg = [
        {(rate.population, rate.name): rate for rate in population_rates(leg.recording)} if leg.recording else {}
        for leg in result.legs
    ]
    keys = dict.fromkeys(key for rates in by_leg for key in rates)
    rows = []
    for population, name in keys:
        rates = tuple(leg.get((population, name)) for leg in by_leg)
        cells = next(rate.cells for rate in rates if rate)
        published = tuple(one for one in result.model.published if one.measure == "rate_hz" and one.population == name)
        rows.append(RateRow(name, population, cells, rates, published))
    return tuple(rows)


def leg_names(result: CheckResult) -> tuple[str, ...]:
    """The label of each leg; a label used twice ("nest nest") is numbered, so that every leg has its own name."""
    seen: dict[str, int] = {}
    names = []
    for leg in result.legs:
        seen[leg.label] = seen.get(leg.label, 0) + 1
        names.append(leg.label if seen[leg.label] == 1 else f"{leg.label} ({seen[leg.label]})")
    return tuple(names)


def sides(result: CheckResult, comparison: Comparison) -> tuple[int, int]:
    """Positions in ``result.legs`` of the reference and the candidate.

    The candidate of a leg compared with itself ("nest nest") is the later one.
    """
    labels = [leg.label for leg in result.legs]
    reference = labels.index(comparison.reference)
    later = [at for at, label in enumerate(labels) if label == comparison.candidate and at != reference]
    same = [one for one in result.comparisons if one.candidate == comparison.candidate]
    return reference, later[min(same.index(comparison), len(later) - 1)] if later else reference


def trajectory_details(judgement: Judgement) -> TrajectoryDetails | None:
    """What the third gate measured, ``None`` if it was not asked."""
    gate = judgement.result(Gate.TRAJECTORIES)
    return gate.details if gate and isinstance(gate.details, TrajectoryDetails) else None


def replay_details(judgement: Judgement) -> ReplayDetails | None:
    """What the replay gate measured, ``None`` if it was not asked or could not be."""
    gate = judgement.result(Gate.REPLAY)
    return gate.details if gate and isinstance(gate.details, ReplayDetails) else None


def exact_text(row: PopulationReplay) -> str:
    """Exact spikes over all that either side fired, as :attr:`ReplayTable.exact_share` counts; "–" without spikes."""
    fired = row.reference_spikes + row.extra
    return percent(row.exact / fired) if fired else "–"


def refinement_details(judgement: Judgement) -> RefinementDetails | None:
    """What the refinement gate measured, ``None`` if it was not asked or could not be."""
    gate = judgement.result(Gate.REFINEMENT)
    return gate.details if gate and isinstance(gate.details, RefinementDetails) else None


def yardstick_parts(judgement: Judgement) -> tuple[Yardstick | None, tuple[Yardstick, ...]]:
    """The legs beside each other for as long as the twins ran, and each backend beside its own twins."""
    between = next((one for one in judgement.yardsticks if not one.leg), None)
    return between, tuple(one for one in judgement.yardsticks if one.leg)


def deciding(result: CheckResult) -> Comparison | None:
    """The comparison whose judgement is that of the whole check, ``None`` if a leg that failed decides."""
    worst = result.worst
    return next((one for one in result.comparisons if one.judgement is worst), None)


def side_labels(result: CheckResult, comparison: Comparison) -> tuple[str, str]:
    """The names of reference and candidate, as :func:`leg_names` numbers them."""
    names = leg_names(result)
    reference, candidate = sides(result, comparison)
    return names[reference], names[candidate]


def difference_size(difference: Difference) -> str:
    """How large, of how many: "0.05 ms, 12 of 400"."""
    size = with_unit(difference.value, difference.unit) if difference.value is not None else ""
    # Without spaces inside a number: the terminal would break the line there.
    places = str(difference.count) + (f" of {difference.total}" if difference.total is not None else "")
    several = difference.total is not None or difference.count != 1
    return ", ".join(part for part in (size, places if several else "") if part) or "–"


def versions(leg: FinishedLeg) -> dict[str, str]:
    """Name and version of Python and of every package that the leg had loaded."""
    seen = leg.outcome.surroundings
    packages = seen.get("packages", {})
    loaded = {str(name): str(version) for name, version in packages.items()} if isinstance(packages, Mapping) else {}
    return ({"Python": str(seen["python"])} if "python" in seen else {}) | loaded


def deciding_versions(leg: FinishedLeg) -> dict[str, str]:
    """Those of the versions that decide a result: Python, the simulator and PyNN as the backend names them, numpy."""
    try:
        distributions = find_backend(leg.request.backend).distributions
    except UnknownName:
        distributions = ()
    wanted = {name.lower() for name in ("python", "numpy", "pynn", *distributions)}
    return {name: version for name, version in versions(leg).items() if name.lower() in wanted}


def surroundings(leg: FinishedLeg) -> dict[str, str]:
    """All that the leg said of its software and machine, as flat text."""
    return dict(_flat("", leg.outcome.surroundings))


def _flat(prefix: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [pair for key, inner in value.items() for pair in _flat(f"{prefix} {key}".strip(), inner)]
    if isinstance(value, list | tuple):
        return [(prefix, ", ".join(map(str, value)))]
    return [(prefix, str(value))]


def published_text(row: RateRow) -> str:
    """The published rates of a row, "–" without any."""
    return ", ".join(f"{one.value:g} {one.unit}" for one in row.published) or "–"
