"""Asks a process of its own what it measures."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import msgspec

from crosssim.runner.doctor import last_error
from crosssim.runner.experiment import Answer, ExperimentRequest
from crosssim.runner.mechanisms import environment_for_legs
from crosssim.runner.parent import PARENT_VARIABLE, own_mark


class NoAnswer(Exception):
    """The process that measures did not come to its end: why, as half a sentence."""


def ask(request: ExperimentRequest, folder: Path, time_limit_s: float) -> tuple[Answer, ...]:
    """Answers to ``request``, in order, from a fresh process in ``folder``. Raises :class:`NoAnswer`."""
    environment = environment_for_legs() | {PARENT_VARIABLE: own_mark()}
    environment.pop("DISPLAY", None)
    try:
        done = subprocess.run(
            (sys.executable, "-m", "crosssim.runner.leg.experiments"),
            input=msgspec.json.encode(request).decode(), env=environment | _own_path(), cwd=folder,
            capture_output=True, text=True, errors="replace", timeout=time_limit_s, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NoAnswer(f"it still ran after {time_limit_s:g} s") from None
    if done.returncode < 0:
        raise NoAnswer(f"NEURON was ended by signal {-done.returncode}{_name_of_signal(-done.returncode)}")
    if done.returncode > 0:
        raise NoAnswer(
            _said_by_neuron(done.stderr)
            or last_error(done.stderr)
            or f"it ended with exit status {done.returncode} and no message"
        )
    if not done.stdout.strip():
        raise NoAnswer("it ended by itself before anything could be asked (quit()?)")
    return tuple(msgspec.json.decode(done.stdout, type=list[Answer]))


def _said_by_neuron(stderr: str) -> str:
    """NEURON's first message with the place it names, "" if there is none."""
    found = re.search(r"^NEURON: (?P<what>[^\n]+)\n(?:\s*in (?P<place>\S+ near line \d+))?", stderr, re.MULTILINE)
    return f"NEURON says: {found['what']}" + (f" in {found['place']}" if found["place"] else "") if found else ""


def _own_path() -> dict[str, str]:
    """This crosssim and no other, whatever folder the process starts in."""
    root = str(Path(__file__).resolve().parents[2])
    return {"PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))}


def _name_of_signal(number: int) -> str:
    try:
        return f" ({signal.Signals(number).name})"
    except ValueError:
        return ""
