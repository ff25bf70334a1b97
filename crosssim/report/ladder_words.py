"""What a ladder says in words, the same on the terminal and on the page."""

from crosssim.divergence.promises import Standing
from crosssim.model.ladder import MEASURES, Identical, Margin, Promise, Qualitative, Within
from crosssim.recording.rates import PopulationRate, population_rates
from crosssim.report.words import counted
from crosssim.studies.ladder import LadderResult, RungResult

MARKS = {Standing.KEPT: "✓", Standing.BROKEN: "✗", Standing.NOT_JUDGED: "?"}


def headline(result: LadderResult) -> str:
    """The answer in one sentence."""
    judged = [one for one in result.rungs if one.judgements]
    kept = sum(one.standing is Standing.KEPT for one in judged)
    total = f"{kept} of {counted(len(judged), 'rung')} kept what they promised"
    broken = [one.rung.name for one in judged if one.standing is Standing.BROKEN]
    if broken:
        others = f"; also broken: {', '.join(broken[1:])}" if broken[1:] else ""
        return f"Rung {broken[0]} is the first that breaks its promise{others}. {total}."
    if result.failed:
        return f"{counted(len(result.failed), 'rung')} did not finish. {total}."
    unknown = [one.rung.name for one in judged if one.standing is Standing.NOT_JUDGED]
    if unknown:
        return f"Rung {', '.join(unknown)} could not be judged. {total}."
    return f"All promises are kept ({counted(len(judged), 'rung')})." if judged else "No rung was judged."


def check_words(result: LadderResult) -> str:
    """What the check of the model above the last rung came to, in one line; empty if there was none."""
    if result.check is None:
        return ""
    worst = result.check.worst
    names = " against ".join(leg.label for leg in result.check.legs)
    return f"Above the last rung, {result.check.model.name} on {names}: {worst.verdict.value} ({worst.reason})"


def promise_words(one: RungResult) -> str:
    """What a rung promises, and of which rung."""
    if not one.rung.keeps:
        return "–"
    promises = "; ".join(_promise(promise) for promise in one.rung.keeps)
    own = "; draws its own numbers" if one.rung.draws_own else ""
    return f"of rung {one.rung.against}: {promises}{own}"


def _promise(promise: Promise) -> str:
    if isinstance(promise, Identical):
        return "identical"
    if isinstance(promise, Qualitative):
        return f"qualitative, {promise.seeds} seeds"
    return f"within {within_words(promise)}"


def within_words(promise: Within) -> str:
    """The tolerances and the end of what is judged."""
    parts = [f"{one.limit:g} {one.unit}" for one in (promise.spikes, promise.v) if one is not None]
    limits = " and ".join(parts)
    if promise.until is None:
        return limits
    return f"{limits} until {promise.until if isinstance(promise.until, str) else f'{promise.until:g} ms'}"


def promise_reasons(promise: Promise) -> list[str]:
    """Why each part of a promise should hold."""
    if isinstance(promise, Identical):
        return [promise.why]
    if isinstance(promise, Within):
        return [f"{one.limit:g} {one.unit}: {one.why}" for one in (promise.spikes, promise.v) if one is not None]
    return [f"{margin_words(margin)}: {margin.why}" for margin in promise.margins]


def margin_words(margin: Margin) -> str:
    """What may change by how much."""
    unit = "" if MEASURES[margin.measure] == "1" else f" {MEASURES[margin.measure]}"
    name = margin.measure.removesuffix("_ms").removesuffix("_hz").replace("_", " ")
    window = f" in the first {margin.window_ms:g} ms" if margin.window_ms else ""
    return f"{margin.of} {name}{window} {margin.change:+g} ± {margin.limit:g}{unit}".strip()


def standing_words(one: RungResult) -> str:
    """One cell of the table."""
    if not one.leg.outcome.completed:
        return f"{one.leg.outcome.status.value}"
    if one.standing is None:
        return "" if one.judged else "not asked"
    at = one.first_broken.onset if one.first_broken else None
    onset = f" at {at.time_ms:.6g} ms" if at else ""
    return f"{MARKS[one.standing]} {one.standing.value}{onset}"


def rates(one: RungResult) -> tuple[PopulationRate, ...]:
    """The rates of a rung's classes, or of its populations where it names no classes."""
    if one.leg.recording is None:
        return ()
    rows = population_rates(one.leg.recording)
    with_classes = {row.population for row in rows if row.name != row.population}
    return tuple(row for row in rows if row.name != row.population or row.population not in with_classes)


def rate_words(one: RungResult) -> str:
    """Rates in one line."""
    return ", ".join(f"{row.name} {row.rate_hz:.2f}" for row in rates(one))


def published_words(one: RungResult) -> str:
    """What the article reports for this rung."""
    return ", ".join(f"{row.population} {row.value:g}" for row in one.rung.published)


def fate_words(one: RungResult) -> str:
    """How many seeds met which fate, and the paired change of the mean rate."""
    if one.fates is None:
        return "–"
    counts = ", ".join(f"{count} {fate.value}" for fate, count in one.fates.counts.items() if count)
    if one.fates.one_run:
        return f"{counts} (draws the same numbers whatever the seed: one run, counted once)"
    change = one.fates.change
    if change is None or change.pairs < 2:
        return counts
    return f"{counts}; {change.mean:+.2f} ± {change.standard_error:.2f} Hz ({change.pairs} of the same fate)"


def one_seed_note(result: LadderResult) -> str:
    """Where the article's rates are of one seed: what that can and what it cannot say."""
    if not any(one.rung.published for one in result.rungs):
        return ""
    identities = [
        judged.standing for one in result.rungs for judged in one.judgements if isinstance(judged.promise, Identical)
    ]
    words = "The article compares rates of one seed each, as was usual and as its computers allowed. "
    if identities and all(standing is Standing.KEPT for standing in identities):
        words += "The identities between its rungs hold, and are confirmed here bit for bit. "
    words += (
        "Rates of single runs are another matter: once a rung changes the model in the least, the activity takes "
        "another course, and whether it lives on, dies or locks into a constant rate decides the mean. "
    )
    if result.duration_ms < result.ladder.duration_ms:
        words += (
            f"This run is shorter than the article's, {result.duration_ms:g} of {result.ladder.duration_ms:g} ms: "
            "its rates cannot be set beside those at all. "
        )
    counted_fates = [one for one in result.rungs if one.fates and len(one.fates.activities) > 1]
    if not counted_fates:
        return words + "To see how far chance goes, run the ladder with --seeds 20: fates are then counted per rung."
    numbers = len(counted_fates[0].fates.activities) if counted_fates[0].fates else 0
    return words + (
        f"Over {numbers} seeds the table above counts the fates on every rung and gives the change of the rate between "
        "runs of the same fate, with its standard error: a difference of a few hertz between two single runs lies "
        "inside that scatter unless the table says otherwise."
    )
