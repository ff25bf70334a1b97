"""What replay, refinement, suspects and yardsticks measured, under the names that report.json promises."""

from dataclasses import asdict
from typing import Any

from crosssim.divergence.potentials import PotentialConvergence
from crosssim.divergence.refinement import Convergence, PopulationRefinement
from crosssim.divergence.replay import PopulationReplay, ReplayTable
from crosssim.divergence.sensitivity import Yardstick
from crosssim.divergence.suspects import Suspect
from crosssim.report.convergence_words import distance_to_limit_ms, rates_apart
from crosssim.report.tables import deciding, refinement_details, replay_details, side_labels
from crosssim.studies.result import CheckResult

_REPLAY = (
    "cells", "reference_spikes", "candidate_spikes", "exact", "within_one_step", "shifted", "missing", "extra",
    "mean_shift_ms", "median_shift_ms", "shift_sd_ms", "first_difference_ms", "worst_cells", "shift_histogram",
    "pattern",
)  # fmt: skip
_CONVERGENCE = (
    "order",
    "intercept_ms",
    "intercept_ci_ms",
    "shift_ms",
    "shift_error_ms",
    "spikes",
    "unpaired",
    "curved",
)


def gate_numbers(result: CheckResult) -> dict[str, Any]:
    """The top-level entries of the comparison that decides; each ``None`` or empty where a gate was not answered."""
    empty: dict[str, Any] = {
        "replay": None, "self_replays": None, "refinement": None, "suspects": [], "yardsticks": [], "certificate": [],
    }  # fmt: skip
    decides = deciding(result)
    if decides is None:
        return empty
    judged = decides.judgement
    replay, refinement = replay_details(judged), refinement_details(judged)
    return {
        "replay": replay and _replay(replay.between),
        "self_replays": replay
        and {name: _replay(one) for name, one in zip(side_labels(result, decides), replay.self_replays, strict=False)},
        "refinement": refinement and {row.population: _refinement(row) for row in refinement.rows},
        "suspects": [_suspect(one) for one in judged.suspects],
        "yardsticks": [_yardstick(one) for one in judged.yardsticks],
        "certificate": list(judged.smallest_fault),
    }


def _replay(table: ReplayTable) -> dict[str, Any]:
    return {row.population: _replay_row(row) for row in table.rows}


def _replay_row(row: PopulationReplay) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _REPLAY}


def _refinement(row: PopulationRefinement) -> dict[str, Any]:
    return {
        **_convergence(row.between),
        "steps_ms": row.steps_ms,
        "reference_own": _own(row.reference_own),
        "candidate_own": _own(row.candidate_own),
        "first": row.first and _convergence(row.first),
        "rates_hz": row.rates_hz,
        "rates_apart": _rates_apart(row),
        "odd_cells": row.odd_cells,
        "potential": row.potential and _potential(row.potential),
        "enough": row.enough,
        "differs": row.differs,
    }


def _potential(one: PotentialConvergence) -> dict[str, Any]:
    numbers = asdict(one) | {"limit_mv": one.limit_mv, "differs": one.remains}
    return numbers | {"apart": [asdict(each) for each in one.counting]}


def _rates_apart(row: PopulationRefinement) -> dict[str, Any] | None:
    apart = rates_apart(row)
    if apart is None:
        return None
    return {"distrusted": ("reference", "candidate")[apart.distrusted], "meeting_ms": apart.meeting_ms}


def _convergence(one: Convergence) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _CONVERGENCE}


def _own(one: Convergence) -> dict[str, Any]:
    return {**_convergence(one), "distance_to_limit_ms": distance_to_limit_ms(one)}


def _suspect(one: Suspect) -> dict[str, Any]:
    return {
        "name": one.name, "population": one.population, "evidence": one.evidence, "removed_share": one.removed_share,
    }  # fmt: skip


def _yardstick(one: Yardstick) -> dict[str, Any]:
    return {"what": one.what, "leg": one.leg, "onset": one.onset, "shares": one.shares}
