"""A check in plain words, for who has never read about gates: what differs, why, what to do."""

from collections.abc import Callable
from dataclasses import dataclass

from crosssim.divergence.replay import PopulationReplay
from crosssim.divergence.sensitivity import no_earlier_than_own
from crosssim.divergence.verdict import Gate, Judgement, Verdict
from crosssim.report.plain_refinement import blamed, leading, remains, unresolved, vanishing
from crosssim.report.tables import (
    deciding,
    exact_text,
    refinement_details,
    replay_details,
    side_labels,
    yardstick_parts,
)
from crosssim.report.words import brief, could_not_be_asked, counted, listed, signed
from crosssim.studies.result import CheckResult


@dataclass(frozen=True)
class PlainWords:
    """Three answers, each one or two whole sentences; ``why`` and ``do`` are empty where there is nothing to say."""

    what: str
    why: str = ""
    do: str = ""

    @property
    def paragraph(self) -> str:
        """The three as one text."""
        return " ".join(one for one in (self.what, self.why, self.do) if one)


def check_words(result: CheckResult) -> PlainWords:
    """The comparison that decides, in plain words; or that there is none."""
    decides = deciding(result)
    if decides is None:
        failed = [leg.label for leg in result.legs if not leg.outcome.completed]
        what = f"Nothing was compared: {listed(failed)} did not finish." if failed else "Nothing was compared."
        return PlainWords(
            what, "", "Mend what the reason names and run the same command again; finished legs are kept."
        )
    return plain_words(decides.judgement, side_labels(result, decides))


def plain_words(judgement: Judgement, names: tuple[str, str]) -> PlainWords:
    """What differs between two legs, why, and what to do; ``names`` are those of reference and candidate."""
    if judgement.verdict is Verdict.DIFFERENT:
        words = _DIFFERENT.get(judgement.gate or Gate.STATISTICS, _otherwise)(judgement, names)
        return PlainWords(words.what, words.why, f"{words.do} {_asked_for(judgement)}".strip())
    return _BY_VERDICT.get(judgement.verdict, _otherwise)(judgement, names)


def _alike(judgement: Judgement, names: tuple[str, str]) -> PlainWords:
    how = "to the last bit" if judgement.verdict is Verdict.IDENTICAL else "to the rounding of the time grid"
    what = f"{names[0]} and {names[1]} do the same in everything that was compared, {how}."
    return PlainWords(what, "", _asked_for(judgement) or "There is nothing to mend.")


def _same_dynamics(judgement: Judgement, names: tuple[str, str]) -> PlainWords:
    onset = judgement.onset
    when = f" part at {brief(onset.time_ms, 6)} ms" if onset else " are not the same spike for spike"
    what = f"The free runs of {names[0]} and {names[1]}{when}, but their cells do the same with the same input"
    if judgement.result(Gate.TRAJECTORIES) is None:
        what = f"The cells of {names[0]} and {names[1]} do the same with the same input"
    refined = refinement_details(judgement)
    if refined is None:
        what += ": every spike on its step."
    else:
        what += f" once the time step is small: {vanishing(refined)}."
    too_large = unresolved(refined, names) if refined else None
    if too_large:
        return PlainWords(what, *too_large)
    why = "A recurrent network makes any difference grow, and what is left here is the time step's." + _own(judgement)
    do = "There is nothing to mend; compare rates and other statistics of these runs, not single spikes."
    return PlainWords(what, why, do)


def _own(judgement: Judgement) -> str:
    _, own = yardstick_parts(judgement)
    parted = [(one.onset.time_ms, one.what) for one in own if one.onset]
    if not parted:
        return ""
    time_ms, what = min(parted)
    at = f"{brief(time_ms, 6)} ms"
    if no_earlier_than_own(judgement.onset, own):
        return f" One backend parts from itself no later ({what}: {at})."
    return f" They do part before either parts from itself ({what}: {at})."


def _refined(judgement: Judgement, names: tuple[str, str]) -> PlainWords:
    refined = refinement_details(judgement)
    row = leading(refined) if refined else None
    if row is None:
        return _otherwise(judgement, names)
    what = f"With the same input, {remains(row, names)}; this does not go away with a smaller time step."
    if judgement.suspects:
        return PlainWords(what, *blamed(judgement.suspects, names))
    why = (
        f"It is no integration error. No single change of a parameter, a weight, a delay or a projection of {names[0]} "
        "was found that explains half of it."
    )
    if row.first_shift_remains and not row.shift_remains:
        return PlainWords(what, why, f"Compare the initial values of {row.population} and the first input spikes.")
    cells = f" cell {row.cells_apart[0]}" if row.cells_apart and not row.shift_remains else ""
    do = (
        f"Compare how the two define the cells and synapses of {row.population}{cells}: the equations, the threshold "
        "and reset, what is not read back."
    )
    return PlainWords(what, why, do)


def _replayed(judgement: Judgement, names: tuple[str, str]) -> PlainWords:
    details = replay_details(judgement)
    if details is None:
        return _otherwise(judgement, names)
    row = max(details.between.rows, key=lambda one: one.reference_spikes + one.extra - one.exact)
    what = (
        f"With the same input, the cells of {row.population} on {names[1]} do not spike as on {names[0]}: {_off(row)}."
    )
    asked = judgement.result(Gate.REFINEMENT)
    if could_not_be_asked(asked):
        return PlainWords(what, f"Whether the time step explains it {asked.reason}." if asked else "", _MEND_GATE)
    why = "Whether the time step explains it was not asked."
    return PlainWords(what, why, "Let the refinement gate tell: leave out --gates, or add refinement to it.")


def _off(row: PopulationReplay) -> str:
    paired = f"{exact_text(row)} fall on their step"
    shift = f", the mean shift is {signed(row.mean_shift_ms)} ms" if row.mean_shift_ms is not None else ""
    return f"{paired}, {counted(row.missing, 'spike')} missing, {row.extra} extra{shift}"


def _declared(judgement: Judgement, names: tuple[str, str]) -> PlainWords:
    what = f"{names[0]} and {names[1]} do not hold the same numbers: {_place(judgement, Gate.DECLARED)}."
    why = "The runs were given different values, which explains whatever they do after that."
    do = "Mend how that value is handed to the simulator (its name, its unit, its rounding) and run again."
    return PlainWords(what, why, do)


def _wired(judgement: Judgement, names: tuple[str, str]) -> PlainWords:
    what = f"{names[0]} and {names[1]} built different networks: {_place(judgement, Gate.WIRING)}."
    why = "Other connections, weights or delays explain whatever the runs do after that."
    do = "Look at the connector, its seed, and delays that do not lie on the time grid; then run again."
    return PlainWords(what, why, do)


def _place(judgement: Judgement, gate: Gate) -> str:
    found = [one for one in judgement.differences if one.gate is gate and not one.asked_for]
    if not found:
        return judgement.reason
    first = found[0]
    where = f" of {first.population}" if first.population else ""
    more = f" (and {counted(len(found) - 1, 'more difference')})" if len(found) > 1 else ""
    return f"{first.measure}{where} is {first.reference} against {first.candidate}{more}"


def _parted(judgement: Judgement, names: tuple[str, str]) -> PlainWords:
    onset = judgement.onset
    where = f" at {brief(onset.time_ms, 6)} ms, in {onset.population} cell {onset.cell}" if onset else ""
    what = f"{names[0]} and {names[1]} hold the same network, and their runs part{where}."
    why = "After that a recurrent network makes any difference grow, a fault as well as a rounding."
    unanswered = [one for one in judgement.gates if could_not_be_asked(one)]
    if unanswered:
        return PlainWords(what, f"{why} The {unanswered[0].gate} gate {unanswered[0].reason}.", _MEND_GATE)
    return PlainWords(what, why, "Let the replay and refinement gates tell which: leave out --gates.")


_MEND_GATE = "Until it can be asked, a fault and a rounding cannot be told apart here; mend that and run again."


def _too_little(judgement: Judgement, names: tuple[str, str]) -> PlainWords:
    what = f"Whether {names[0]} and {names[1]} differ cannot be said: there are too few spikes to compare."
    return PlainWords(what, "", "Simulate longer (--duration), record more cells, or drive the network more strongly.")


def _not_comparable(judgement: Judgement, names: tuple[str, str]) -> PlainWords:
    what = f"The recordings of {names[0]} and {names[1]} do not fit each other, which says nothing about the model."
    return PlainWords(what, "", "Record the same populations, cells and variables on both legs and run again.")


def _otherwise(judgement: Judgement, names: tuple[str, str]) -> PlainWords:
    return PlainWords(f"{names[0]} against {names[1]}: {judgement.verdict.value}. {judgement.reason.rstrip('.')}.")


def _asked_for(judgement: Judgement) -> str:
    asked = [one for one in judgement.differences if one.asked_for]
    if not asked:
        return ""
    first = asked[0]
    where = f" of {first.population}" if first.population else ""
    more = f" and {counted(len(asked) - 1, 'more value')}" if len(asked) > 1 else ""
    return f"The command itself set {first.measure}{where} to {first.candidate} instead of {first.reference}{more}."


_Say = Callable[[Judgement, tuple[str, str]], PlainWords]

_DIFFERENT: dict[Gate, _Say] = {
    Gate.DECLARED: _declared,
    Gate.WIRING: _wired,
    Gate.TRAJECTORIES: _parted,
    Gate.REPLAY: _replayed,
    Gate.REFINEMENT: _refined,
}

_BY_VERDICT: dict[Verdict, _Say] = {
    Verdict.IDENTICAL: _alike,
    Verdict.SAME_TO_THE_GRID: _alike,
    Verdict.SAME_DYNAMICS: _same_dynamics,
    Verdict.NOT_ENOUGH_DATA: _too_little,
    Verdict.NOT_COMPARABLE: _not_comparable,
}
