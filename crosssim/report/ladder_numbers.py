"""A ladder as numbers: what --json writes and what lies beside the page."""

from typing import Any

from crosssim.recording.rates import population_rates
from crosssim.report.ladder_words import headline, one_seed_note
from crosssim.report.numbers import check_numbers, plain
from crosssim.studies.ladder import LadderResult, RungResult
from crosssim.studies.result import FinishedLeg

SCHEMA = 1
"""Goes up when a name changes its meaning or goes away; a new name does not count."""


def ladder_numbers(result: LadderResult) -> dict[str, Any]:
    """Every number of the ladder as plain JSON values; a NaN becomes ``None``."""
    broken = result.first_broken
    content = {
        "schema": SCHEMA,
        "ladder": result.ladder.name,
        "summary": result.ladder.summary,
        "headline": headline(result),
        "exit_status": int(result.exit_status),
        "first_broken": broken.rung.name if broken else None,
        "seed": result.seed,
        "seeds": result.seeds,
        "duration_ms": result.duration_ms,
        "timestep_ms": result.ladder.timestep_ms,
        "record": result.record_id,
        "command": result.command,
        "started": result.started,
        "wall_s": result.wall_s,
        "note": one_seed_note(result),
        "check": result.check and {"verdict": result.check.worst.verdict, **check_numbers(result.check)},
        "rungs": {one.rung.name: _rung(one) for one in result.rungs},
        "samples": [_leg(one) for one in result.samples],
    }
    numbers: dict[str, Any] = plain(content)
    return numbers


def _rung(one: RungResult) -> dict[str, Any]:
    rung = one.rung
    return {
        "changed": rung.changed,
        "against": rung.against or None,
        "simulator": rung.simulator,
        "draws_own": rung.draws_own,
        "judged": one.judged,
        "standing": one.standing,
        "promises": [
            {
                "kind": type(judgement.promise).__name__.lower(),
                "promise": judgement.promise,
                "standing": judgement.standing,
                "reason": judgement.reason,
                "onset": judgement.onset,
                "windows": judgement.windows,
                "measures": judgement.measures,
            }
            for judgement in one.judgements
        ],
        "fates": one.fates,
        "published": rung.published,
        **_leg(one.leg),
    }


def _leg(leg: FinishedLeg) -> dict[str, Any]:
    return {
        "label": leg.label,
        "status": leg.outcome.status,
        "reason": leg.outcome.reason,
        "wall_s": leg.outcome.wall_s,
        "reused": leg.reused,
        "folder": leg.folder,
        "command": leg.command,
        "fingerprints": leg.outcome.fingerprints,
        "rates": population_rates(leg.recording) if leg.recording else (),
    }
