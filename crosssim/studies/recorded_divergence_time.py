"""Divergence times from their order to their record: networks run at every step, and what was measured kept."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from crosssim.model.declaration import Model
from crosssim.recording.disk import disk_errors_as_sentences, write_json_atomically
from crosssim.runner.launch import Launcher
from crosssim.studies.divergence_time import DivergenceLadder, DivergenceTimes, run_divergence_times
from crosssim.studies.recorded import cpu_seconds, recorded_study, study_request, used_legs

KIND = "divergence-time"


def recorded_divergence_times(
    model: Model, model_text: str, ladder: DivergenceLadder, launcher: Launcher, command: Sequence[str]
) -> tuple[DivergenceTimes, Path]:
    """Run and measure; the times, and the folder in which they lie as ``times.json`` beside their record.

    Raises what :func:`~crosssim.studies.divergence_time.run_divergence_times` raises, and :class:`UsageError` if the
    disk does not take the result.
    """
    request = study_request(model_text, [], ladder=msgspec.to_builtins(ladder))
    key = hashlib.sha256(msgspec.json.encode(request, order="deterministic")).hexdigest()[:12]
    folder = launcher.results / model.name / f"{KIND}-{key}"
    with recorded_study(KIND, model, request, launcher.results, command) as study:
        times = run_divergence_times(model, model_text, ladder, launcher)
        with disk_errors_as_sentences(folder):
            folder.mkdir(parents=True, exist_ok=True)
        write_json_atomically(folder / "times.json", msgspec.to_builtins(times))
        study.finish(
            folder,
            used_legs([], launcher.ended, folder),
            label=" ".join(ladder.legs),
            verdict=f"{len(times.seeds)} networks at {len(times.steps_ms)} steps",
            reason=f"median onset {', '.join(f'{one:g}' for one in times.growth[0].median_ms)} ms",
            cpu_s=cpu_seconds(launcher.ended),
        )
    return times, folder
