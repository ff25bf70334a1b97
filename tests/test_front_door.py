"""The public names of crosssim: explicit, documented, the only ones, and cheap to import."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import crosssim

HEAVY = {"pyNN", "nest", "neuron", "mpi4py", "brian2", "arbor", "matplotlib", "neo"}


def exported_names(source: str) -> set[str]:
    """The names that a module offers: imported ``X as X``, which is how a re-export is written."""
    imported = [one for node in ast.parse(source).body if isinstance(node, ast.ImportFrom) for one in node.names]
    return {one.asname for one in imported if one.asname == one.name}


def test_what_is_exported_is_what_is_listed():
    source = Path(crosssim.__file__).read_text()
    assert exported_names(source) == set(crosssim.__all__)
    assert exported_names("from a import B as B\nfrom a import hidden\nfrom a import D as E") == {"B"}


def test_names_are_sorted_and_not_repeated():
    assert crosssim.__all__ == sorted(set(crosssim.__all__))


def test_nothing_else_is_public():
    rooms = {one.stem for one in Path(crosssim.__file__).parent.iterdir()}
    seen = {name for name in vars(crosssim) if not name.startswith(("_", "@"))}
    assert seen - rooms == set(crosssim.__all__)


@pytest.mark.parametrize("name", crosssim.__all__)
def test_every_public_name_is_documented(name):
    documented = inspect.getdoc(getattr(crosssim, name)) or ""
    assert len(documented.split()) > 3
    assert not documented.startswith(f"{name}(")  # what a dataclass makes up for itself


def modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in answer.stdout.split()}


def test_importing_crosssim_imports_no_simulator_and_no_plots():
    assert modules_after("import crosssim") & HEAVY == set()


def test_the_command_line_imports_no_simulator():
    assert modules_after("import crosssim.cli") & HEAVY <= {"matplotlib", "neo"}
    assert "json" in modules_after("import json")
