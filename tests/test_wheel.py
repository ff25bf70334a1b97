"""A wheel, installed where there is no checkout, brings the models and mechanisms with it."""

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

LOOK = """
import json
from importlib.metadata import entry_points, version
from crosssim.model.discovery import find_model, model_names, shipped_folder
print(json.dumps({
    "files": {name: str(find_model(name).file) for name in model_names()},
    "nmodl": [one.name for one in (shipped_folder().parent / "nmodl").iterdir()],
    "program": [one.value for one in entry_points(group="console_scripts") if one.name == "crosssim"],
    "version": version("crosssim"),
}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> dict:
    """What a Python sees that has the wheel and our dependencies (by path, so that nothing is fetched), not us."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    site = folder / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    with zipfile.ZipFile(wheel) as archive:  # a pure wheel is installed by unpacking it
        archive.extractall(site)
    empty = tmp_path_factory.mktemp("empty")
    command = [str(folder / "bin" / "python"), "-c", LOOK]
    answer = subprocess.run(command, cwd=empty, capture_output=True, text=True, timeout=120, env={"HOME": str(empty)})
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout) | {"site": str(site)}


def test_every_model_of_the_checkout_is_found_in_the_wheel(installed):
    ladders = set((ROOT / "models").glob("*_ladder"))  # rungs of a port: they come along, and are not models
    shipped = {one.stem for one in set((ROOT / "models").iterdir()) - ladders if one.is_dir() or one.suffix == ".py"}
    assert set(installed["files"]) == {name for name in shipped if not name.startswith(("_", "."))}
    assert "destexhe2009" in installed["files"]
    assert all(Path(file).is_relative_to(installed["site"]) for file in installed["files"].values())


def test_the_mechanisms_are_there(installed):
    assert "README.md" in installed["nmodl"]


def test_the_program_is_declared(installed):
    import crosssim

    assert installed["program"] == ["crosssim.cli:main"]
    assert installed["version"] == crosssim.__version__


def test_nothing_else_is_in_the_wheel(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"crosssim", f"{wheel.name.split('-py3')[0]}.dist-info"}
    assert not [name for name in names if "__pycache__" in name or "x86_64" in name or name.startswith("crosssim/test")]
    assert "crosssim/py.typed" in names
    assert [name for name in names if name.endswith("licenses/LICENSE")]
