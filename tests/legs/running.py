"""Runs legs for tests, each in a process of its own, and keeps them for every test of this run that asks again."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from crosssim.model.discovery import find_model
from crosssim.recording.data import Recording
from crosssim.recording.folder import read_recording
from crosssim.runner.launch import Launcher, LegRun
from crosssim.runner.mechanisms import environment_for_legs
from crosssim.studies.legs import Wishes, plan_legs

ROOT = Path(__file__).parents[2]
MODELS = Path(__file__).parent / "models"
TWO_CELLS = "two_cells"


def run_legs(results: Path, model: Path | str, *legs: str, fresh: bool = False, **wishes) -> tuple[LegRun, ...]:
    """The legs as a study would run them; finished ones in ``results`` are reused."""
    found = find_model(str(model))
    plans = plan_legs(found, str(model), legs, Wishes(**wishes), results)
    return Launcher(results, found, jobs=2, time_limit_s=300, fresh=fresh).run(plans)


def completed(run: LegRun) -> Recording:
    assert run.outcome.completed, run.outcome.reason
    return read_recording(run.folder)


def crosssim(*words: str | Path, cwd: Path = ROOT, before: Sequence[str] = (), **variables: str):
    """The program as a person starts it; returns the finished process with its texts."""
    command = [*before, sys.executable, str(ROOT / "run.py"), *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, env=environment_for_legs() | variables, capture_output=True, text=True, timeout=300
    )


def said(process) -> str:
    """The sentence a command ended with, without what was told on the way."""
    lines = [line for line in process.stderr.splitlines() if line.startswith("crosssim: ")]
    assert len(lines) == 1, process.stderr
    return lines[0].removeprefix("crosssim: ")


def finished(results: Path) -> list[str]:
    """The names of what lies in the legs folders, without locks and without legs that failed."""
    return sorted(one.name for one in results.glob("*/legs/*") if one.suffix not in (".lock", ".failed"))
