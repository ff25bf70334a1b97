"""A comparison as one table for machines and for a pull request: a row for each leg and for each judged pair."""

from dataclasses import dataclass
from enum import StrEnum

from crosssim.divergence.verdict import Judgement, Verdict
from crosssim.errors import ExitStatus
from crosssim.report.tables import leg_names, rate_rows, sides
from crosssim.report.words import brief, gate_rows
from crosssim.runner.request import LegStatus
from crosssim.studies.result import CheckResult, FinishedLeg


class State(StrEnum):
    """How a row counts: an *error* says nothing about the models, a *failure* does."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Row:
    """One line: what was asked, how it ended, one sentence, and the lines a person needs to act."""

    name: str
    state: State
    said: str
    reason: str = ""
    details: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Summary:
    """``rows`` and a table of rates (head first); ``command`` can be typed to see it again."""

    title: str
    verdict: str
    rows: tuple[Row, ...]
    rates: tuple[tuple[str, ...], ...]
    command: str
    record_id: str = ""


def check_summary(result: CheckResult) -> Summary:
    """A check as rows: every leg, then every pair, or one row that says why no pair was judged."""
    names = leg_names(result)
    rows = [leg_row(leg, name) for leg, name in zip(result.legs, names, strict=True)]
    for comparison in result.comparisons:
        reference, candidate = sides(result, comparison)
        rows.append(judgement_row(f"{names[candidate]} against {names[reference]}", comparison.judgement))
    if not result.comparisons:
        rows.append(Row("comparison", State.SKIPPED, Verdict.NOT_RUN.value, result.worst.reason))
    head = ("population", "cells", *(f"{name} (Hz)" for name in names))
    rates = [
        (row.name, str(row.cells), *(brief(one.rate_hz, 6) if one else "–" for one in row.rates))
        for row in rate_rows(result)
    ]
    command = " ".join(result.command)
    return Summary(
        result.model.name, result.worst.verdict.value, tuple(rows), (head, *rates), command, result.record_id
    )


def leg_row(leg: FinishedLeg, name: str) -> Row:
    """Whether a leg ran."""
    outcome = leg.outcome
    state = State.PASSED if outcome.completed else State.ERROR
    details = () if outcome.status is LegStatus.COMPLETED else (f"to see it again: {' '.join(leg.command)}",)
    return Row(f"leg {name}", state, outcome.status.value, outcome.reason, details, outcome.wall_s)


def judgement_row(name: str, judged: Judgement) -> Row:
    """What a pair came to; a gate that failed and was explained by a later one does not count against it."""
    status = judged.verdict.exit_status
    state = {ExitStatus.AGREES: State.PASSED, ExitStatus.DIFFERS: State.FAILED}.get(status, State.ERROR)
    details = [f"{row.mark} {row.name}: {row.reason}" for row in gate_rows(judged)]
    if judged.onset:
        onset = judged.onset
        details.append(f"onset: {brief(onset.time_ms, 6)} ms, {onset.population} cell {onset.cell}, {onset.what}")
    details += [
        f"{one.population} {one.measure}: {one.reference} against {one.candidate}".strip()
        for one in judged.differences[:5]
        if not one.asked_for
    ]
    return Row(name, state, judged.verdict.value, judged.reason, tuple(details))
