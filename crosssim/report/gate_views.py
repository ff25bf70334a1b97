"""What the page shows of replay, refinement, suspects, yardsticks and certificate: every number already a text."""

from dataclasses import dataclass
from typing import Any

from crosssim.divergence.refinement import PopulationRefinement, RefinementDetails
from crosssim.divergence.replay import CellDisagreement, PopulationReplay, ReplayDetails
from crosssim.divergence.sensitivity import Yardstick
from crosssim.divergence.verdict import Gate, GateResult
from crosssim.report.convergence_words import (
    convergence_sentence,
    distance_to_limit_ms,
    first_spikes_sentence,
    rates_sentence,
)
from crosssim.report.gate_text import intercept_text
from crosssim.report.pairs import Pair
from crosssim.report.pattern_words import pattern_sentence
from crosssim.report.potential_words import own_potential_sentence, potential_cells, potential_sentence
from crosssim.report.suspect_pictures import suspect_name, whole_share
from crosssim.report.tables import exact_text, refinement_details, replay_details, yardstick_parts
from crosssim.report.words import brief, could_not_be_asked, count, listed, percent, signed

LATER_SECTIONS = ("replay", "refinement", "suspects", "yardsticks", "certificate")
"""Sections of the page, named as the attributes of :class:`GateViews`."""

_MOST_WORST_CELLS = 10


@dataclass(frozen=True)
class GateViews:
    """The later gates of one comparison; each empty or ``None`` where there is nothing to show.

    ``unanswered`` maps a gate that could not be asked to its reason.
    """

    replay: dict[str, Any] | None
    refinement: dict[str, Any] | None
    suspects: tuple[dict[str, str], ...]
    yardsticks: tuple[dict[str, str], ...]
    certificate: tuple[str, ...]
    unanswered: dict[str, str]
    suspects_sought: bool

    def has(self, section: str) -> bool:
        """Whether the page has something to say under this heading."""
        if section in self.unanswered or (section == "suspects" and self.suspects_sought):
            return True
        return bool(getattr(self, section))


def gate_views(pair: Pair) -> GateViews:
    """Tables and sentences of one comparison."""
    judged = pair.judgement
    replay, refinement = replay_details(judged), refinement_details(judged)
    return GateViews(
        replay=_replay(replay, pair) if replay else None,
        refinement=_refinement(refinement, pair) if refinement else None,
        suspects=tuple(
            {"name": suspect_name(one), "removed": percent(one.removed_share), "evidence": one.evidence}
            for one in judged.suspects
        ),
        yardsticks=_yardsticks(pair) if judged.yardsticks else (),
        certificate=judged.smallest_fault,
        suspects_sought=judged.gate is Gate.REFINEMENT,
        unanswered={one.gate.value: _why(one) for one in judged.gates if could_not_be_asked(one)},
    )


def _why(result: GateResult) -> str:
    return result.reason.partition(": ")[2] or result.reason


def _replay(details: ReplayDetails, pair: Pair) -> dict[str, Any]:
    own = zip(pair.names, details.self_replays, strict=False)
    worst = sorted(
        ((row.population, cell) for row in details.between.rows for cell in row.worst_cells),
        key=lambda one: -one[1].disagreement_ms,
    )
    return {
        "rows": [_replay_row(row) for row in details.between.rows],
        "own": listed([f"{name} {percent(one.exact_share)} exact" for name, one in own]),
        "worst": [_worst_row(population, cell) for population, cell in worst[:_MOST_WORST_CELLS]],
        "sentences": [words for row in details.between.rows if (words := pattern_sentence(row))],
        "window": f"{details.between.window_ms:g} ms",
    }


def _replay_row(row: PopulationReplay) -> dict[str, Any]:
    return {
        "population": row.population,
        "spikes": count(row.reference_spikes),
        "exact": exact_text(row),
        "counts": [count(one) for one in (row.within_one_step, row.shifted, row.missing, row.extra)],
        "shifts": [signed(row.mean_shift_ms), signed(row.median_shift_ms), signed(row.shift_sd_ms).lstrip("+")],
        "first": brief(row.first_difference_ms, 6),
    }


def _worst_row(population: str, cell: CellDisagreement) -> dict[str, str]:
    return {
        "cell": f"{population} cell {cell.cell}",
        "spikes": count(cell.reference_spikes),
        "missing": count(cell.missing),
        "extra": count(cell.extra),
        "shift": signed(cell.mean_shift_ms),
        "sum": f"{cell.disagreement_ms:.1f}",
    }


def _refinement(details: RefinementDetails, pair: Pair) -> dict[str, Any]:
    said = [
        words
        for row in details.rows
        for words in (
            convergence_sentence(row, pair.names),
            rates_sentence(row, pair.names),
            first_spikes_sentence(row),
            potential_sentence(row),
        )
        if words
    ]
    return {
        "steps": [f"{step:g}" for step in details.steps_ms],
        "rows": [_refinement_row(row) for row in details.rows],
        "sentences": said,
        "potentials": [
            {"population": row.population, "cells": potential_cells(row.potential), "differs": row.potential.remains}
            for row in details.rows if row.potential
        ],
        "own_potentials": [words for row in details.rows if (words := own_potential_sentence(row, pair.names))],
        "odd": [
            {"cell": f"{row.population} cell {one.cell}", "spikes": count(one.spikes), "shift": signed(one.shift_ms),
             "limit": f"{one.limit_ms:g}"}
            for row in details.rows for one in row.odd_cells[:_MOST_WORST_CELLS]
        ],
    }  # fmt: skip


def _refinement_row(row: PopulationRefinement) -> dict[str, Any]:
    own = (row.reference_own, row.candidate_own)
    return {
        "population": row.population,
        "shifts": [signed(one, 4) for one in row.between.shift_ms],
        "intercept": intercept_text(row),
        "order": brief(row.between.order, 2),
        "spikes": count(row.between.spikes),
        "unpaired": f"{percent(row.between.unpaired[0])} → {percent(row.between.unpaired[-1])}",
        "own": [f"{signed(distance_to_limit_ms(one))} ({brief(one.order, 2)})" if row.enough else "–" for one in own],
        "rates": [f"{rates[0]:.4g} / {rates[1]:.4g}" for rates in (row.rates_hz[0], row.rates_hz[-1])],
        "differs": row.spikes_differ,
    }


def _yardsticks(pair: Pair) -> tuple[dict[str, str], ...]:
    between, own = yardstick_parts(pair.judgement)
    if between is None:
        between = Yardstick("", "", pair.judgement.onset, pair.details.shares if pair.details else ())
    first = _yardstick(between) | {"what": f"{pair.names[1]} against {pair.names[0]}"}
    return (first, *(_yardstick(one) for one in own))


def _yardstick(one: Yardstick) -> dict[str, str]:
    onset = f"{brief(one.onset.time_ms, 6)} ms" if one.onset else "never"
    return {"what": one.what, "onset": onset, "share": whole_share(one.shares)}
