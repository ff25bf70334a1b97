"""What the errors of a replay have in common, in one sentence a population."""

from crosssim.divergence.error_patterns import ErrorPattern
from crosssim.divergence.replay import PopulationReplay
from crosssim.report.words import brief, signed

_CERTAIN_P = 0.001
_NEARLY_ALL = 0.9
_OFTENER = 1.5
_OTHER_INTERVAL = 1.25


def pattern_sentence(row: PopulationReplay) -> str:
    """When errors start, whether they follow input, errors and short intervals; empty where there are too few."""
    one = row.pattern
    if one is None:
        return ""
    if one.share > _NEARLY_ALL:
        found = [*_start(row), f"are nearly all spikes ({one.share:.0%})"]
    else:
        found = [*_start(row), *_with_input(one), *_clustered(one), *_intervals(one)]
    return f"{row.population}: errors {'; '.join(found)}"


def _start(row: PopulationReplay) -> list[str]:
    return [f"start at {brief(row.first_difference_ms, 5)} ms"] if row.first_difference_ms is not None else []


def _with_input(one: ErrorPattern) -> list[str]:
    if one.input_correlation is None or one.input_p is None:
        return []
    rank = f"(rank correlation {signed(one.input_correlation, 2)} over cells)"
    if one.input_p > _CERTAIN_P:
        return [f"do not depend on the number of input spikes {rank}"]
    return [f"are {'more' if one.input_correlation > 0 else 'fewer'} in cells with much input {rank}"]


def _clustered(one: ErrorPattern) -> list[str]:
    if one.share_after_error is None:
        return []
    shares = f"({one.share_after_error:.0%} of the spikes after one, {one.share:.0%} of all)"
    return [f"{'come in rows' if one.share_after_error > _OFTENER * one.share else 'do not come in rows'} {shares}"]


def _intervals(one: ErrorPattern) -> list[str]:
    before, otherwise = one.interval_before_ms, one.interval_otherwise_ms
    if before is None or otherwise is None or max(before, otherwise) < _OTHER_INTERVAL * min(before, otherwise):
        return []
    kind = "short" if before < otherwise else "long"
    return [f"follow {kind} intervals (median {brief(before, 3)} ms, before other spikes {brief(otherwise, 3)} ms)"]
