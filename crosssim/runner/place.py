"""Where a leg lies on disk: a folder named by everything that decides its result."""

import hashlib
import os
from importlib import metadata
from pathlib import Path

import crosssim
from crosssim.errors import SimulatorMissing
from crosssim.model.declaration import Model
from crosssim.model.discovery import model_digest, source_digest
from crosssim.model.ladder import Ladder
from crosssim.runner.backends.base import Backend
from crosssim.runner.request import LegRequest, RungRequest

_DECIDING = ("model", "recording/data.py", "runner/leg", "runner/backends")


def versions(backend: Backend) -> dict[str, str]:
    """The versions of the packages that decide a leg's result, without importing any.

    Raises :class:`SimulatorMissing` if one is not installed.
    """
    found = {"crosssim": f"{crosssim.__version__}+{_own_digest()}"}
    for name in backend.distributions:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            raise SimulatorMissing(
                f"{backend.label} cannot be used: the package {name} is not installed; run `pip install {name}`"
            ) from None
    return found


def _own_digest() -> str:
    """Of the files of crosssim that decide what a leg computes: a leg of another version is not taken for ours."""
    root = Path(__file__).parents[1]
    total = hashlib.sha256()
    for place in _DECIDING:
        for file in sorted((root / place).rglob("*.py")) if (root / place).is_dir() else [root / place]:
            total.update(file.relative_to(root).as_posix().encode())
            total.update(file.read_bytes())
    return total.hexdigest()[:8]


def path_in_results(text: str, results: Path) -> str:
    """A path as a request holds it: relative to ``results`` if it lies in there, so that ``results`` can be moved.

    ``text`` is relative to ``results`` if it is there, else to the working folder.
    """
    if not Path(text).is_absolute() and (results / text).exists():
        return text
    place, inside = (Path(os.path.abspath(one)) for one in (text, results))  # noqa: PTH100 — keeps links, drops dots
    return place.relative_to(inside).as_posix() if place.is_relative_to(inside) else str(place)


def results_of(leg: Path) -> Path:
    """The results folder in which a leg's folder lies, by which the paths in its request go."""
    return leg.resolve().parents[2]


def leg_folder(results: Path, model: Model, request: LegRequest, backend: Backend) -> Path:
    """``results/MODEL/legs/BACKEND-KEY``."""
    key = request.key(model_digest(model), versions(backend))
    return results / model.name / "legs" / f"{backend.name}-{key}"


def rung_folder(results: Path, ladder: Ladder, request: RungRequest, backend: Backend) -> Path:
    """``results/LADDER/legs/rung-RUNG-KEY``; the key holds the ladder's sources and its mechanisms too."""
    key = request.key(source_digest(ladder.file, ladder.sources), versions(backend))
    return results / ladder.name / "legs" / f"rung-{request.rung}-{key}"
