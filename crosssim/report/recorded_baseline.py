"""A baseline checked and recorded: what moved, as numbers beside the record."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from crosssim.model.discovery import find_model
from crosssim.provenance.baseline_store import read_baseline
from crosssim.provenance.record import RunStatus
from crosssim.recording.disk import disk_errors_as_sentences, write_bytes_atomically
from crosssim.report.numbers import json_text, plain
from crosssim.studies.baseline import BaselineOrder, BaselineResult, check_baseline
from crosssim.studies.recorded import cpu_seconds, recorded_study, used_legs

SCHEMA = 1
"""Goes up when a name changes its meaning or goes away; a new name does not count."""


def baseline_numbers(result: BaselineResult) -> dict[str, Any]:
    """What was held against what, and what moved, as plain JSON values."""
    legs = {one.label: {"judgement": one.judgement, "rates": one.rates, "changes": one.changes} for one in result.legs}
    content = {"baseline": result.baseline, "entry": result.entry, "verdict": result.worst.verdict, "legs": legs}
    numbers: dict[str, Any] = plain({"schema": SCHEMA, **content})
    return numbers


def recorded_baseline(folder: Path, order: BaselineOrder) -> BaselineResult:
    """Check the baseline in ``folder``; numbers and record go to ``results/MODEL/baseline-NAME-ENTRY``.

    Raises what :func:`~crosssim.studies.baseline.check_baseline` raises, and :class:`UsageError` if the disk refuses.
    """
    baseline = read_baseline(folder)
    request = {**asdict(baseline), "gates": [str(gate) for gate in order.gates]}
    with recorded_study("baseline", find_model(baseline.model), request, order.results, order.command) as study:
        result = check_baseline(folder, order)
        place = order.results / result.model.name / f"baseline-{baseline.name}-{baseline.entry}"
        with disk_errors_as_sentences(place):
            place.mkdir(parents=True, exist_ok=True)
        write_bytes_atomically(place / "report.json", json_text(baseline_numbers(result)).encode())
        legs = [one.leg for one in result.legs]
        study.finish(
            place,
            used_legs([("candidate", leg) for leg in legs], result.ended, place),
            status=RunStatus.COMPLETED if all(leg.outcome.completed for leg in legs) else RunStatus.FAILED,
            label=" ".join(leg.label for leg in legs),
            verdict=result.worst.verdict.value,
            reason=f"against {baseline.name} ({result.entry.reason}): {result.worst.reason}",
            cpu_s=cpu_seconds(result.ended),
            contents={leg.label: one.judgement.verdict.value for leg, one in zip(legs, result.legs, strict=True)},
        )
    return result
