"""Runs NEURON's own parser, the ``nmodl`` program of its wheel, and reads the syntax tree it writes.

The program runs as a child, in a folder of its own: it ends with an abort on a file that it cannot read, and NEURON
is imported in legs only.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from crosssim.errors import SimulatorMissing
from crosssim.porting.finding import Unreadable
from crosssim.porting.positions import with_lines
from crosssim.porting.syntax import KEPT_DISCONTINUITY, Node, from_json, original_names

TIME_LIMIT_S = 60.0
"""For one file. The slowest that ship with NEURON takes 4 s (a kinetic scheme, solved after the tree is written)."""

_DISCONTINUITY = re.compile(r"\bstate_discontinuity\b")
_LOCATION = re.compile(r"what\(\):\s*(?P<message>[^\n]*?)\s*\[Location : (?P<line>\d+)")
_WHAT = re.compile(r"what\(\):\s*(?P<message>[^\n]+)")
_LOGGED = re.compile(r"\[(?:error|critical)\] :: (?P<message>[^\n]+)")


def nmodl_program() -> Path:
    """The ``nmodl`` beside this Python, or the first on PATH; raises :class:`SimulatorMissing`."""
    beside = Path(sys.executable).parent / "nmodl"
    if beside.is_file():
        return beside
    found = shutil.which("nmodl")
    if found is None:
        raise SimulatorMissing("nmodl is not installed; it comes with NEURON: pip install neuron")
    return Path(found)


def read_mechanism(path: Path) -> Node | Unreadable:
    """The syntax tree of one NMODL file with line numbers, or why there is none.

    nmodl 9.0.2 replaces a whole IF … ELSE chain by the last ``state_discontinuity`` inside it, before it writes its
    tree; so it is given a copy in which that is a function like any other.
    """
    source = path.read_text(encoding="utf-8", errors="replace")
    with tempfile.TemporaryDirectory(prefix="crosssim-lint-") as folder:
        copy = Path(folder) / "mechanism.mod"
        copy.write_text(_DISCONTINUITY.sub(KEPT_DISCONTINUITY, source), encoding="utf-8")
        said = _run(copy)
        written = list(Path(folder).glob("tree/*.ast.json"))
        if len(written) != 1:
            return _unreadable(path, said)
        try:
            program = from_json(json.loads(written[0].read_text(encoding="utf-8", errors="replace")))
        except json.JSONDecodeError:  # nmodl died, or was ended, while it wrote
            return _unreadable(path, said)
    if not program.children:
        return Unreadable(f"{path.name} holds no NMODL block")
    placed = with_lines(program, source)
    return Node(placed.kind, placed.text, tuple(original_names(child) for child in placed.children), placed.line)


def _run(copy: Path) -> str:
    """What nmodl printed. The tree is written before code is generated, so the exit status says nothing about it."""
    program = nmodl_program()
    # The wheel's program is a Python script, whose first line cannot name a Python in a folder with a space.
    own = [sys.executable] if program.parent == Path(sys.executable).parent else []
    command = [*own, str(program), "-o", "code", "--scratch", "tree", "--neuron", copy.name]
    try:
        done = subprocess.run(
            [*command, "passes", "--json-ast"],
            cwd=copy.parent, capture_output=True, text=True, errors="replace", timeout=TIME_LIMIT_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"what(): nmodl did not end within {TIME_LIMIT_S:g} s"
    return done.stdout + done.stderr


def _unreadable(path: Path, said: str) -> Unreadable:
    located = _LOCATION.search(said)
    if located:
        line = int(located["line"])
        return Unreadable(f"{path.name}, line {line}: nmodl cannot read it: {located['message']}", line)
    other = _WHAT.search(said) or _LOGGED.search(said)
    message = other["message"].strip() if other else "it wrote no syntax tree and no message"
    return Unreadable(f"{path.name}: nmodl cannot read it: {message}")
