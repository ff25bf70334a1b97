"""A comparison of a mechanism with its candidate as numbers: what --json writes and what lies beside the page."""

from typing import Any

from crosssim.divergence.responses import JudgedProtocol
from crosssim.report.equivalent_words import explanation, headline, remarks
from crosssim.report.numbers import plain
from crosssim.studies.equivalent import EquivalentResult, JudgedCandidate
from crosssim.studies.parameter_search import SearchedParameter

SCHEMA = 1
"""Goes up when a name changes its meaning or goes away; a new name does not count."""


def equivalent_numbers(result: EquivalentResult) -> dict[str, Any]:
    """Every number as plain JSON values; a NaN becomes ``None``. Disagreements are 0 for equal, 1 for unrelated."""
    plan, search = result.plan, result.search
    winner = search.winner if search else None
    content = {
        "schema": SCHEMA,
        "equivalent": result.candidate.is_equivalent,
        "headline": headline(result),
        "explanation": explanation(result),
        "remarks": remarks(result),
        "exit_status": int(result.exit_status),
        "original": {
            "file": plan.original.file,
            "mechanism": plan.original.name,
            "kind": plan.original.kind,
            "parameters": {**plan.original.defaults, **plan.changed},
            "section": plan.membrane,
            "rest_mV": plan.rest_mV,
            "threshold_mV": None if plan.original.sends_events else plan.threshold_mV,
        },
        "cell": plan.cell,
        "backend": plan.backend,
        "duration_ms": plan.duration_ms,
        "timestep_ms": plan.timestep_ms,
        "rheobase_nA": plan.scale.rheobase_nA,
        "synapses": plan.synapses,
        "parameters": {
            name: {"value": value, "unit": plan.units[name], "from": plan.sources[name]}
            for name, value in plan.values.items()
        },
        "candidate": _judged(result.candidate),
        "winner": winner.range.name if winner else None,
        "best": winner.best if winner else None,
        "rivals": [one.range.name for one in search.rivals] if search else [],
        "search": [_searched(one) for one in search.parameters] if search else [],
        "mended": _judged(result.mended) if result.mended else None,
        "wall_s": result.wall_s,
    }
    numbers: dict[str, Any] = plain(content)
    return numbers


def _judged(one: JudgedCandidate) -> dict[str, Any]:
    return {
        "total": one.total,
        "spread": one.spread,
        "equivalent": one.is_equivalent,
        "protocols": {protocol.disagreement.protocol: _protocol(protocol) for protocol in one.protocols},
    }


def _protocol(one: JudgedProtocol) -> dict[str, Any]:
    return {
        "disagreement": one.disagreement,
        "total": one.disagreement.total,
        "original_spread": one.original_spread,
        "candidate_spread": one.candidate_spread,
        "in_spreads": one.in_spreads,
        "allowed": one.allowed,
        "allowed_count": one.allowed_count,
        "agrees": one.agrees,
    }


def _searched(one: SearchedParameter) -> dict[str, Any]:
    return {
        "name": one.range.name,
        "unit": one.range.unit,
        "nominal": one.range.nominal,
        "low": one.range.low,
        "high": one.range.high,
        "best": one.best,
        "before": one.before,
        "after": one.after,
        "share": one.share,
        "refined": one.is_refined,
        "at_bound": one.is_at_bound,
        "tried": one.tried,
    }
