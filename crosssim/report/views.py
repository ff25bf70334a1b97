"""What the page's template shows: every number already a text, so that the template only lays out."""

import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crosssim.divergence.trajectories import AgreementUntilOnset, TraceWindow
from crosssim.divergence.verdict import Difference, Gate, Judgement
from crosssim.report.figures import CheckPictures, GatePictures
from crosssim.report.gate_views import GateViews, gate_views
from crosssim.report.pairs import Pair, pairs
from crosssim.report.picture import Picture
from crosssim.report.tables import RateRow, deciding_versions, difference_size, rate_rows, surroundings
from crosssim.report.words import (
    CERTIFICATE_WORDS,
    GATE_TERMS,
    GATE_WORDS,
    OTHER_WORDS,
    SUSPECT_WORDS,
    VERDICT_WORDS,
    YARDSTICK_WORDS,
    GateRow,
    VerdictWords,
    brief,
    count,
    explaining_gate,
    gate_rows,
    with_unit,
)
from crosssim.studies.result import CheckResult, FinishedLeg

_MOST_ROWS = 41  # of a table of v around the onset: two ms on either side at a step of 0.1 ms


@dataclass(frozen=True)
class PairView:
    """One comparison on the page; ``level`` is the heading level of its pictures."""

    names: tuple[str, str]
    verdict: str
    words: VerdictWords
    level: int
    gates: tuple[GateRow, ...]
    onset_pictures: tuple[Picture, ...]
    share_pictures: tuple[Picture, ...]
    windows: tuple[dict[str, Any], ...]
    agreements: tuple[dict[str, str], ...]
    until: str
    differences: tuple[dict[str, Any], ...]
    difference_caption: str
    later: GateViews
    later_pictures: GatePictures


def pair_views(result: CheckResult, pictures: CheckPictures) -> tuple[PairView, ...]:
    """The comparisons, each with its pictures."""
    return tuple(_pair_view(pair, pictures) for pair in pairs(result))


def _pair_view(pair: Pair, pictures: CheckPictures) -> PairView:
    judged, details = pair.judgement, pair.details
    agreements = details.until_onset if details else ()
    at = pair.positions[1]
    return PairView(
        names=pair.names,
        verdict=judged.verdict.value,
        words=VERDICT_WORDS[judged.verdict],
        level=3 if pair.alone else 4,
        gates=gate_rows(judged),
        onset_pictures=pictures.onset.get(at, ()),
        share_pictures=pictures.shares.get(at, ()),
        windows=tuple(_window(one, agreements, judged) for one in details.windows) if details else (),
        agreements=tuple(_agreement(one) for one in agreements),
        until=f"before the onset at {brief(judged.onset.time_ms, 6)} ms" if judged.onset else "over the whole run",
        differences=tuple(_difference(one) for one in judged.differences),
        difference_caption=_difference_caption(judged),
        later=gate_views(pair),
        later_pictures=pictures.gates.get(at, GatePictures()),
    )


def _window(window: TraceWindow, agreements: Sequence[AgreementUntilOnset], judged: Judgement) -> dict[str, Any]:
    limit = next(
        (one for one in agreements if (one.population, one.variable) == (window.population, window.variable)), None
    )
    rows = list(zip(window.times_ms, window.reference, window.candidate, strict=True))
    onset_ms = judged.onset.time_ms if judged.onset else None
    nearest = min(range(len(rows)), key=lambda at: abs(rows[at][0] - (onset_ms or 0.0)), default=0)
    first = max(nearest - _MOST_ROWS // 2, 0) if len(rows) > _MOST_ROWS else 0
    shown = range(first, min(first + _MOST_ROWS, len(rows)))
    tolerance = limit.tolerance if limit else math.inf
    decimals = max((len(f"{row[0]:.9g}".partition(".")[2]) for row in rows), default=0)
    return {
        "title": f"{window.variable} of {window.population} cell {window.cell} around the onset",
        "unit": window.unit,
        "tolerance": with_unit(limit.tolerance, limit.unit) if limit else "",
        "rows": [
            {"time": f"{rows[at][0]:.{decimals}f}", "onset": at == nearest and onset_ms is not None}
            | _sample(*rows[at][1:], tolerance)
            for at in shown
        ],
    }


def _sample(reference: float, candidate: float, tolerance: float) -> dict[str, Any]:
    gap = candidate - reference
    return {
        "reference": _sample_text(reference),
        "candidate": _sample_text(candidate),
        "gap": "0" if gap == 0 else brief(gap, 3).replace("-", "−"),
        "beyond": not abs(gap) <= tolerance,  # a NaN lies beyond every tolerance
    }


def _sample_text(value: float) -> str:
    return f"{value:.4f}".replace("-", "−") if math.isfinite(value) else brief(value)


def _agreement(one: AgreementUntilOnset) -> dict[str, str]:
    gap = "0, bit for bit" if one.identical else with_unit(one.largest_gap, one.unit, 3)
    return {
        "what": f"{one.variable} of {one.population}",
        "compared": count(one.compared),
        "gap": gap if one.compared else "–",
        "tolerance": with_unit(one.tolerance, one.unit),
        "why": one.why,
    }


def _difference(one: Difference) -> dict[str, Any]:
    where = one.population + (f" cell {one.cell}" if one.cell is not None else "")
    when = f" at {brief(one.onset_ms, 6)} ms" if one.onset_ms is not None else ""
    return {
        "measure": one.measure,
        "asked_for": one.asked_for,
        "where": where + when,
        "reference": one.reference,
        "candidate": one.candidate,
        "size": difference_size(one),
        "tolerance": with_unit(one.tolerance, one.unit),
        "gate": one.gate.value,
        "detail": one.detail,
    }


def _difference_caption(judged: Judgement) -> str:
    asked = sum(one.asked_for for one in judged.differences)
    found = len(judged.differences) - asked
    explains = explaining_gate(judged)
    explained = f", explained by {explains.value}" if explains and found else ""
    parts = [f"{found} found{explained}" if found else "", f"{asked} asked for by the command" if asked else ""]
    return "Differences: " + ", ".join(part for part in parts if part)


def rate_view(row: RateRow) -> dict[str, Any]:
    """A row of the table of rates."""
    cells = [(count(one.spikes), f"{one.rate_hz:.3f}") if one else ("–", "–") for one in row.rates]
    published = [{"value": f"{p.value:g}", "unit": p.unit, "source": p.source, "note": p.note} for p in row.published]
    return {
        "name": row.name, "is_class": row.is_class, "cells": count(row.cells), "rates": cells, "published": published,
    }  # fmt: skip


def leg_view(name: str, leg: FinishedLeg) -> dict[str, Any]:
    """What was run on one leg, and what it says of itself."""
    return {
        "name": name,
        "completed": leg.outcome.completed,
        "status": leg.outcome.status.value,
        "reason": leg.outcome.reason,
        "reused": leg.reused,
        "command": command_line(leg.command),
        "facts": _leg_facts(leg),
        "notes": leg.outcome.notes,
        "surroundings": list(surroundings(leg).items()),
    }


def _leg_facts(leg: FinishedLeg) -> list[tuple[str, str]]:
    request, outcome = leg.request, leg.outcome
    timing, seeds = request.timing, request.seeds
    facts = [
        ("changed", ", ".join(f"{name} = {value}" for name, value in request.changes.items())),
        ("timing", f"{timing.duration_ms:g} ms in steps of {timing.timestep_ms:g} ms"),
        ("seeds", f"wiring {seeds.wiring}, initial values {seeds.initial}, input {seeds.input}"),
        ("processes", f"{request.ranks} × {request.threads} threads" if request.ranks * request.threads > 1 else ""),
        ("versions", ", ".join(f"{name} {version}" for name, version in deciding_versions(leg).items())),
        ("time taken", f"{seconds(outcome.wall_s)} ({seconds(outcome.cpu_s)} of CPU)" if outcome.wall_s else ""),
        ("of that", ", ".join(f"{phase} {seconds(spent)}" for phase, spent in outcome.phases_s.items())),
        ("memory", f"{outcome.peak_memory_mb:.0f} MB at most" if outcome.peak_memory_mb else ""),
        ("recording", str(leg.folder)),
    ]
    return [(term, value) for term, value in facts if value]


def command_line(command: Sequence[str]) -> str:
    """The command as it can be typed."""
    return shlex.join(command)


def seconds(value: float) -> str:
    """A wall time as a person says it."""
    if value < 120:
        return f"{value:.3g} s"
    return f"{int(value // 60)} min {int(value % 60)} s"


def glossary(result: CheckResult) -> list[tuple[str, str]]:
    """The verdicts and gates that this report uses, and the words around them."""
    judged = [one.judgement for one in result.comparisons]
    verdicts = dict.fromkeys([result.worst.verdict, *(one.verdict for one in judged)])
    gates = {Gate(row.name): None for one in judged for row in gate_rows(one)}
    return [
        *(
            (verdict.value, f"{VERDICT_WORDS[verdict].headline}. {VERDICT_WORDS[verdict].meaning}")
            for verdict in verdicts
        ),
        *(
            (f"gate: {gate.value}", f"{GATE_WORDS[gate].asks} If it fails, look {GATE_WORDS[gate].look}")
            for gate in gates
        ),
        *OTHER_WORDS.items(),
        *_later_words(judged).items(),
    ]


def _later_words(judged: list[Judgement]) -> dict[str, str]:
    """The terms of the gates that were answered, and of what stands beside them."""
    found: dict[str, str] = {}
    for one in judged:
        for gate, terms in GATE_TERMS.items():
            result = one.result(gate)
            found |= terms if result and result.details else {}
        found |= SUSPECT_WORDS if one.suspects else {}
        found |= YARDSTICK_WORDS if one.yardsticks else {}
        found |= CERTIFICATE_WORDS if one.smallest_fault else {}
    return found


def rates_view(result: CheckResult) -> list[dict[str, Any]]:
    """All rows of the table of rates."""
    return [rate_view(row) for row in rate_rows(result)]
