"""The report as numbers: report.json, strict JSON with a schema number."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from crosssim.divergence.verdict import Onset
from crosssim.model.expectation import Published
from crosssim.recording.disk import write_bytes_atomically
from crosssim.recording.rates import population_rates
from crosssim.report.gate_numbers import gate_numbers
from crosssim.report.plain_words import check_words
from crosssim.report.tables import leg_names, sides, versions
from crosssim.studies.result import CheckResult, Comparison, FinishedLeg

SCHEMA = 1
"""Goes up when a name in report.json changes its meaning or goes away; a new name does not count."""


def check_numbers(result: CheckResult) -> dict[str, Any]:
    """Every number of the check as plain JSON values; a NaN or infinity becomes ``None``.

    ``legs`` is keyed by label; a label used twice is numbered ("nest", "nest (2)").
    """
    worst = result.worst
    names = leg_names(result)
    content = {
        "schema": SCHEMA,
        "verdict": worst.verdict,
        "gate": worst.gate,
        "reason": worst.reason,
        "plain_words": check_words(result),
        "exit_status": int(result.exit_status),
        "onset": _onset(worst.onset),
        **gate_numbers(result),
        "model": {"name": result.model.name, "summary": result.model.summary, "file": result.model.file},
        "record": result.record_id,
        "command": result.command,
        "started": result.started,
        "wall_s": result.wall_s,
        "legs": {name: _leg(leg) for name, leg in zip(names, result.legs, strict=True)},
        "comparisons": [_comparison(result, one, names) for one in result.comparisons],
        "published": [_published(one) for one in result.model.published],
    }
    plain_content: dict[str, Any] = plain(content)
    return plain_content


def json_text(numbers: Mapping[str, Any]) -> str:
    """The numbers as strict JSON. Raises ``ValueError`` for a NaN: :func:`check_numbers` lets none through."""
    return json.dumps(numbers, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def plain(value: Any) -> Any:
    """``value`` in JSON's own types: dataclasses and mappings to objects, arrays and tuples to lists, NaN to null."""
    if value is None or isinstance(value, bool | np.bool_):
        return value if value is None else bool(value)
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {key if isinstance(key, str) else "/".join(map(str, _tuple(key))): plain(v) for key, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return str(value)


def _tuple(key: Any) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)


def _onset(onset: Onset | None) -> dict[str, Any] | None:
    if onset is None:
        return None
    return {"time_ms": onset.time_ms, "population": onset.population, "cell": onset.cell, "what": onset.what}


def _leg(leg: FinishedLeg) -> dict[str, Any]:
    outcome = leg.outcome
    recording = leg.recording
    rates = population_rates(recording) if recording else ()
    populations: dict[str, dict[str, Any]] = {}
    for rate in rates:
        numbers = {"cells": rate.cells, "spikes": rate.spikes, "rate_hz": rate.rate_hz}
        if rate.name == rate.population:
            populations[rate.name] = {**numbers, "classes": {}}
        else:
            populations[rate.population]["classes"][rate.name] = numbers
    return {
        "status": outcome.status,
        "reason": outcome.reason,
        "wall_s": outcome.wall_s,
        "cpu_s": outcome.cpu_s,
        "peak_memory_mb": outcome.peak_memory_mb,
        "phases_s": outcome.phases_s,
        "populations": populations,
        "backend": leg.request.backend,
        "changes": leg.request.changes,
        "timing": leg.request.timing,
        "seeds": leg.request.seeds,
        "ranks": leg.request.ranks,
        "threads": leg.request.threads,
        "versions": versions(leg),
        "surroundings": outcome.surroundings,
        "notes": outcome.notes,
        "fingerprints": outcome.fingerprints,
        "command": leg.command,
        "folder": leg.folder,
        "reused": leg.reused,
    }


def _comparison(result: CheckResult, comparison: Comparison, names: tuple[str, ...]) -> dict[str, Any]:
    judged = comparison.judgement
    reference, candidate = sides(result, comparison)
    return {
        "reference": names[reference],
        "candidate": names[candidate],
        "verdict": judged.verdict,
        "gate": judged.gate,
        "reason": judged.reason,
        "onset": _onset(judged.onset),
        "gates": judged.gates,
        "differences": judged.differences,
        "suspects": judged.suspects,
        "yardsticks": judged.yardsticks,
        "smallest_fault": judged.smallest_fault,
    }


def _published(one: Published) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in fields(one)}


def write_numbers(result: CheckResult, path: Path) -> Path:
    """Write ``report.json`` whole or not at all. Raises :class:`UsageError` if it cannot be written."""
    write_bytes_atomically(path, json_text(check_numbers(result)).encode())
    return path
