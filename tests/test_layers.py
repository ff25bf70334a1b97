"""Imports go one way: the direction of docs/architecture.md, read from the sources without importing them."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import crosssim

ROOT = Path(__file__).parent.parent
BOTTOM = {"errors", "units"}
DATA = BOTTOM | {"model", "recording", "provenance"}
MAY_IMPORT = {
    "errors": set(),
    "units": {"errors"},
    "model": BOTTOM,
    "recording": BOTTOM | {"model"},
    "provenance": BOTTOM | {"model", "recording"},
    "porting": BOTTOM,
    "runner": DATA,
    "divergence": DATA,
    "studies": DATA | {"runner", "divergence", "porting"},
    "report": DATA | {"runner", "divergence", "studies", "porting"},
    "cli": DATA | {"runner", "divergence", "studies", "porting", "report"},
    "pytest_plugin": DATA | {"runner", "divergence", "studies", "report"},
    "__main__": {"cli"},
    "__init__": {"model"},
}
SIMULATORS = {"pyNN", "nest", "neuron", "mpi4py", "brian2", "arbor"}
SIMULATOR_ROOMS = (Path("crosssim/runner/leg"), Path("crosssim/runner/backends"))
RUNGS = "_ladder"  # folders of a porting ladder: their files are legs, and most of them use NEURON itself
MODELS_MAY_IMPORT = {"crosssim", "numpy", "scipy"} | set(sys.stdlib_module_names)


def imports(file: Path, root: Path) -> Iterator[tuple[str, str | None]]:
    """The modules that a file imports, anywhere in it, each with the name taken from it.

    ``import crosssim`` alone opens no door; what is then taken as ``crosssim.name`` does.
    """
    package = file.relative_to(root).parent.parts
    for node in ast.walk(ast.parse(file.read_text(), file)):
        if isinstance(node, ast.Import):
            yield from ((one.name, None) for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, node.module) if node.module else base)
            yield from ((module, one.name) for one in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "crosssim":
            yield "crosssim", node.attr


def room_of(module: str, name: str | None) -> str | None:
    """Which room of crosssim an import enters: ``None`` outside crosssim, ``__init__`` for its front door."""
    first, _, rest = module.partition(".")
    if first != "crosssim":
        return None
    if not rest and (name is None or name in {"__version__", "__file__"}):
        return None
    if rest:
        return rest.split(".")[0]
    return name if name in MAY_IMPORT else "__init__"


def wrong_doors(root: Path) -> list[str]:
    """Imports inside crosssim/ against the direction, or into a room that the table does not know."""
    found = []
    for file in sorted((root / "crosssim").rglob("*.py")):
        inside = file.relative_to(root / "crosssim")
        own = inside.parts[0].removesuffix(".py")
        if own == "shipped":
            continue
        if own not in MAY_IMPORT:
            found.append(f"{own} is a room that the table of directions does not know")
            continue
        for module, name in imports(file, root):
            other = room_of(module, name)
            if other in {None, own} or other in MAY_IMPORT[own]:
                continue
            found.append(f"{file.relative_to(root)} imports {module} ({own} -> {other})")
    return found


def stray_simulators(root: Path) -> list[str]:
    """Imports of a simulator outside the leg and the backend files."""
    found = []
    for file in sorted([*(root / "crosssim").rglob("*.py"), *root.glob("*.py")]):
        place = file.relative_to(root)
        if any(place.is_relative_to(room) for room in SIMULATOR_ROOMS):
            continue
        found += [
            f"{place} imports {module}" for module, _ in imports(file, root) if module.split(".")[0] in SIMULATORS
        ]
    return found


def greedy_models(root: Path) -> list[str]:
    """Model files that import more than the front door, numpy, scipy, the standard library and their neighbours."""
    found = []
    for file in sorted((root / "models").rglob("*.py")):
        beside = {one.stem for one in file.parent.iterdir()}
        for module, name in imports(file, root):
            if name and name.startswith("__"):
                continue
            first = module.split(".")[0]
            by_the_back_door = first == "crosssim" and (module != "crosssim" or name not in {None, *crosssim.__all__})
            is_rung = file.parent.name.endswith(RUNGS) and first in SIMULATORS
            known = is_rung or first in MODELS_MAY_IMPORT | beside | {"models"}
            if by_the_back_door or not known:
                found.append(f"{file.relative_to(root)} imports {module}{f'.{name}' if name else ''}")
    return found


def test_imports_go_one_way():
    assert wrong_doors(ROOT) == []


def test_simulators_are_imported_in_the_leg_and_the_backends_only():
    assert stray_simulators(ROOT) == []


def test_models_use_the_front_door():
    assert greedy_models(ROOT) == []


def test_the_walk_sees_the_project():
    rooms = {file.relative_to(ROOT / "crosssim").parts[0] for file in (ROOT / "crosssim").rglob("*.py")}
    assert {"model", "recording", "runner", "divergence", "studies", "report", "cli"} <= rooms
    assert ("crosssim.model.declaration", "Model") in set(imports(ROOT / "crosssim/__init__.py", ROOT))
    assert any(name == "nest" for name, _ in imports(ROOT / "crosssim/runner/backends/nest.py", ROOT))


def plant(root: Path, place: str, source: str) -> None:
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / place).write_text(source)


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("crosssim/errors.py", "import crosssim.units"),
        ("crosssim/model/x.py", "from crosssim.runner import request"),
        ("crosssim/model/x.py", "from crosssim import runner"),
        ("crosssim/model/x.py", "def f():\n    from ..recording.data import Spikes"),
        ("crosssim/recording/x.py", "from crosssim import Model"),
        ("crosssim/runner/leg/x.py", "import crosssim.divergence.verdict"),
        ("crosssim/divergence/x.py", "from crosssim.runner.request import LegRequest"),
        ("crosssim/studies/x.py", "if True:\n    from crosssim.report import words"),
        ("crosssim/report/x.py", "from crosssim import cli"),
        ("crosssim/runner/x.py", "from crosssim.porting import lint"),
        ("crosssim/porting/x.py", "from crosssim.model import declaration"),
        ("crosssim/recording/x.py", "import crosssim\nx = crosssim.runner"),
        ("crosssim/basement/x.py", ""),
    ],
)
def test_a_planted_wrong_door_is_found(tmp_path, place, source):
    plant(tmp_path, place, source)
    assert len(wrong_doors(tmp_path)) == 1


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("crosssim/units.py", "import crosssim.errors"),
        ("crosssim/runner/x.py", "from . import request\nfrom crosssim.recording.data import Spikes"),
        ("crosssim/report/x.py", "from crosssim import __version__"),
        ("crosssim/runner/x.py", "import crosssim\nx = crosssim.__version__"),
        ("crosssim/studies/x.py", "from crosssim.porting import lint\nimport numpy"),
        ("crosssim/cli/x.py", "from crosssim.report import text"),
    ],
)
def test_a_right_door_is_not(tmp_path, place, source):
    plant(tmp_path, place, source)
    assert wrong_doors(tmp_path) == []


@pytest.mark.parametrize(
    ("place", "source", "stray"),
    [
        ("crosssim/studies/x.py", "def f():\n    import pyNN.nest as sim", 1),
        ("crosssim/runner/launch.py", "from neuron import h", 1),
        ("run.py", "from mpi4py import MPI", 1),
        ("crosssim/runner/leg/x.py", "import pyNN", 0),
        ("crosssim/runner/backends/nest.py", "import nest", 0),
        ("crosssim/runner/x.py", "from crosssim.runner.backends import nest", 0),
    ],
)
def test_a_planted_simulator_is_found(tmp_path, place, source, stray):
    plant(tmp_path, place, source)
    assert len(stray_simulators(tmp_path)) == stray


@pytest.mark.parametrize(
    ("source", "greedy"),
    [
        ("from crosssim import Model, parameter\nimport numpy as np\nimport math", 0),
        ("from crosssim.model.declaration import Model", 1),
        ("from crosssim import runner", 1),
        ("import pyNN.nest", 1),
        ("import matplotlib", 1),
        ("from . import wiring\nimport wiring as same", 0),
    ],
)
def test_a_planted_greedy_model_is_found(tmp_path, source, greedy):
    plant(tmp_path, "models/x.py", source)
    plant(tmp_path, "models/wiring.py", "")
    assert len(greedy_models(tmp_path)) == greedy
