"""How the activity of every rung ends, counted over seeds: no mean rate is compared across fates."""

from collections.abc import Mapping
from dataclasses import dataclass

from crosssim.divergence.fates import JUDGED_MS, Activity, Fate, PairedChange, activity, paired_change
from crosssim.model.ladder import Rung
from crosssim.recording.rates import population_rates
from crosssim.studies.result import FinishedLeg

Key = tuple[str, int]
"""A rung's name and a seed."""


@dataclass(frozen=True)
class Fates:
    """How the activity of one rung ends over seeds; ``change`` is the paired change of the mean rate (Hz).

    Pairs are seeds that met the same fate on this rung and on the one it is held against; ``None`` without such a rung.
    ``one_run`` says that a rung that draws its own numbers drew the same for every seed: its runs count as one.
    """

    counts: Mapping[Fate, int]
    activities: tuple[Activity, ...]
    change: PairedChange | None
    one_run: bool = False


def fates_of(rung: Rung, legs: Mapping[Key, FinishedLeg]) -> Fates | None:
    """Over all seeds that ran long enough on this rung; ``None`` if none did."""
    own = _endings(rung.name, legs)
    if not own:
        return None
    if _same_for_every_seed(rung.name, legs):
        (first, *_) = own.values()
        return Fates({fate: int(first.fate is fate) for fate in Fate}, (first,), None, one_run=True)
    other = {} if _same_for_every_seed(rung.against, legs) else _endings(rung.against, legs)
    both = sorted(own.keys() & other.keys())
    change = None
    if both:
        before, after = ([_mean_rate_hz(legs[name, seed]) for seed in both] for name in (rung.against, rung.name))
        change = paired_change(before, after, [other[seed].fate for seed in both], [own[seed].fate for seed in both])
    counts = {fate: sum(one.fate is fate for one in own.values()) for fate in Fate}
    return Fates(counts, tuple(own.values()), change)


def _same_for_every_seed(name: str, legs: Mapping[Key, FinishedLeg]) -> bool:
    """Whether several seeds gave the same spikes, bit for bit: an unseeded generator starts anew in every process."""
    runs = [leg.recording.spikes for (one, _), leg in legs.items() if one == name and leg.recording is not None]
    return len(runs) > 1 and len({tuple(one.content_digest for one in run.values()) for run in runs}) == 1


def _endings(name: str, legs: Mapping[Key, FinishedLeg]) -> dict[int, Activity]:
    return {
        seed: activity(*leg.recording.spikes.values())
        for (one, seed), leg in legs.items()
        if one == name and leg.recording is not None and leg.recording.duration_ms >= JUDGED_MS
    }


def _mean_rate_hz(leg: FinishedLeg) -> float:
    assert leg.recording is not None
    rows = [row for row in population_rates(leg.recording) if row.name == row.population]
    cells = sum(row.cells for row in rows)
    return sum(row.rate_hz * row.cells for row in rows) / cells if cells else 0.0
