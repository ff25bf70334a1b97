"""What a comparison of a mechanism with its candidate comes to, in sentences and table rows."""

from dataclasses import dataclass

from crosssim.divergence.responses import COINCIDENCE_MS, JudgedProtocol
from crosssim.report.words import brief, counted, listed, percent, signed
from crosssim.studies.equivalent import EquivalentResult, JudgedCandidate
from crosssim.studies.parameter_search import EXPLAINS, RIVAL, SearchedParameter

ALLOWED = (
    "A spread is how far the original moves when its own time step is halved. Allowed is three times the sum of what "
    "halving the step does to the original and to the candidate: two sound integrators of the same equations are at "
    "most twice that apart as far as their error is of first order, and the third is for the rest. Their numbers of "
    "spikes may differ by one more than three times what halving the step changes them."
)
COLUMNS = ("protocol", "spikes", "coincidence", "shift (ms)", "v (mV)", "spreads", "allowed", "")


def title(result: EquivalentResult) -> str:
    """What is held against what."""
    plan = result.plan
    return f"{plan.original.name} and {plan.cell} on {plan.backend}"


def headline(result: EquivalentResult) -> str:
    """The verdict in a sentence."""
    plan, judged = result.plan, result.candidate
    if judged.is_equivalent:
        return (
            f"{plan.cell} is the equivalent of {plan.original.name}: in all {len(judged.protocols)} protocols "
            "integration alone explains what is left between them"
        )
    worst = max(judged.differing, key=lambda one: one.in_spreads)
    return (
        f"{plan.cell} with these parameters is not the equivalent of {plan.original.name}: "
        f"{len(judged.differing)} of {len(judged.protocols)} protocols differ, most of all "
        f"{worst.disagreement.protocol}, by {brief(worst.in_spreads, 3)} spreads"
    )


def explanation(result: EquivalentResult) -> str:
    """Which parameter explains it, "" where there is nothing to explain."""
    search = result.search
    if search is None:
        return ""
    winner = search.winner
    if winner is None:
        first = search.parameters[0]
        best = f"{first.range.name} = {with_unit_of(first, first.best)}"
        return (
            f"No parameter alone explains it: the best, {best}, removes "
            f"{percent(first.share)}, and an explanation removes at least {percent(EXPLAINS)}. Several parameters are "
            "wrong at once, or the cells are of another kind"
        )
    name, now, then = winner.range.name, with_unit_of(winner, winner.best), with_unit_of(winner, winner.range.nominal)
    return (
        f"{name} explains it: the original acts as {name} = {now}, and not {then}. This removes "
        f"{percent(winner.share)} of the disagreement" + _what_remains(result.mended) + _rivals(search.rivals)
    )


def _what_remains(mended: JudgedCandidate | None) -> str:
    if mended is None:
        return ""
    if mended.is_equivalent:
        return ", and then all protocols agree"
    names = [one.disagreement.protocol for one in mended.differing]
    return f"; what remains differs in {listed(names)}"


def _rivals(rivals: tuple[SearchedParameter, ...]) -> str:
    if not rivals:
        return ""
    said = listed([f"{one.range.name} = {with_unit_of(one, one.best)}" for one in rivals])
    return f". It cannot be told apart for certain from {said}: the shares differ by less than {percent(RIVAL)}"


def remarks(result: EquivalentResult) -> list[str]:
    """What a reader should know of the parameters: read otherwise by the scanner, at a bound, or a default."""
    found = []
    winner = result.search.winner if result.search else None
    for row in result.plan.original.proposal.parameters:
        if winner is not None and row.name == winner.range.name and row.nominal:
            value = f" = {row.value:g} {row.unit}" if row.value is not None else ""
            found.append(f"crosssim lint reads it from the file: {row.original}{value} ({row.note})")
    if winner is not None and winner.is_at_bound:
        found.append(f"{winner.range.name} is best at the end of its range; a better value may lie beyond")
    assumed = [name for name, source in result.plan.sources.items() if source == "PyNN's default"]
    if assumed:
        found.append(f"not in the file, PyNN's default taken: {', '.join(assumed)}")
    return found


def with_unit_of(one: SearchedParameter, value: float) -> str:
    """A value of the parameter with its unit."""
    return f"{rounded(one, value):g} {one.range.unit}"


def rounded(one: SearchedParameter, value: float) -> float:
    """A value that the search found, to three digits; nominal and grid values as they are."""
    if value == one.range.nominal or one.range.grid:
        return value
    return float(f"{value:.3g}")


def protocol_row(one: JudgedProtocol) -> tuple[str, ...]:
    """The cells of :data:`COLUMNS`."""
    apart = one.disagreement
    return (
        apart.protocol,
        f"{apart.spikes[0]} / {apart.spikes[1]}",
        "–" if apart.coincidence is None else f"{apart.coincidence:.2f}".replace("-", "−"),
        signed(apart.shift_ms, 2),
        brief(apart.v_rms_mV, 2),
        f"{one.in_spreads:.2f}",
        f"{one.allowed / max(one.original_spread, 1e-6):.2f}",
        "✓" if one.agrees else "✗",
    )


@dataclass(frozen=True)
class SearchRow:
    """One parameter of the search as it is printed; ``reach`` is the range that was searched."""

    name: str
    nominal: str
    best: str
    disagreement: str
    share: str
    reach: str


def search_rows(result: EquivalentResult) -> list[SearchRow]:
    """The parameters, the one that removes most first; disagreements in spreads."""
    if result.search is None:
        return []
    spread = max(result.candidate.spread, 1e-6)
    rows = []
    for one in result.search.parameters:
        end = " (at end)" if one.is_at_bound else ""
        moved = one.best != one.range.nominal
        rows.append(
            SearchRow(
                one.range.name,
                f"{one.range.nominal:g} {one.range.unit}",
                with_unit_of(one, one.best) + end if moved else "nominal",
                f"{one.before / spread:.2f} → {one.after / spread:.2f}",
                percent(one.share) if moved else "–",
                f"{one.range.low:g} to {one.range.high:g}",
            )
        )
    return rows


def column_words() -> str:
    """What the columns of the protocols mean."""
    return (
        f"spikes: original / candidate; coincidence and mean shift of those within {COINCIDENCE_MS:g} ms; v: root mean "
        "square away from spikes; spreads: the disagreement in units of the original's own spread"
    )


def facts(result: EquivalentResult) -> str:
    """The setting in one line."""
    plan, section = result.plan, result.plan.membrane
    leak = f"leak {section.leak_S_cm2:g} S/cm2 at {plan.rest_mV:g} mV" if section.leak_S_cm2 else "no leak beside it"
    spikes = "its own events" if plan.original.sends_events else f"v above {plan.threshold_mV:g} mV"
    return (
        f"original: section of {section.area_um2:g} um2, {section.cm_uF_cm2:g} uF/cm2, {leak}; a spike is {spikes}; "
        f"{counted(len(result.stimuli), 'protocol')} of {plan.duration_ms:g} ms in steps of {plan.timestep_ms:g} ms, "
        f"1 rheobase = {plan.scale.rheobase_nA:g} nA"
    )
