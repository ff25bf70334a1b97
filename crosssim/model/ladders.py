"""Finds a porting ladder: that of a shipped model, by name, or a folder with a ``ladder.py`` in it, by path.

The folder is loaded as a package, so that ``ladder.py`` may import its neighbours as ``from .cells import ...``, at
the top or inside the function of a rung.
"""

import hashlib
import importlib
import os
import sys
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

from crosssim.errors import ModelError, UnknownName
from crosssim.model.discovery import error_at_line, shipped_folder
from crosssim.model.ladder import Draws, Ladder, Rung, checked_draws

ENTRY = "ladder.py"
_SUFFIX = "_ladder"
_SOURCES = frozenset({".py", ".mod", ".hoc", ".inc", ".ses"})


def ladder_names() -> list[str]:
    """The names of the shipped ladders, sorted."""
    return sorted(one.name.removesuffix(_SUFFIX) for one in shipped_folder().glob(f"*{_SUFFIX}") if _is_ladder(one))


def find_ladder(name_or_path: str) -> Ladder:
    """The ``LADDER`` of a shipped model, or of a folder anywhere (or the ``ladder.py`` in it).

    Raises :class:`UnknownName` for a name that is neither, :class:`ModelError` (one sentence, with the user's line)
    for a file that does not load or declares no ``LADDER``.
    """
    path = Path(name_or_path).expanduser()
    shipped = shipped_folder() / f"{name_or_path}{_SUFFIX}"
    if name_or_path.isidentifier() and _is_ladder(shipped):
        return _load(shipped)
    folder = path.parent if path.name == ENTRY else path
    if _is_ladder(folder):
        return _load(folder.resolve())
    if folder.exists() or os.sep in name_or_path:
        raise ModelError(
            f"ladder = {name_or_path!r}: there is no {ENTRY} in it; `crosssim ladder new FOLDER` writes one"
        )
    raise UnknownName("ladder", name_or_path, ladder_names())


def draws_of(ladder: Ladder, seed: int) -> Draws:
    """What ``draw`` of the ladder gives for a seed. Raises :class:`ModelError` with the user's line if it raises."""
    try:
        return checked_draws(ladder.draw(seed), ladder)
    except ModelError:
        raise
    except Exception as error:
        raise error_at_line(error, f"draw of ladder {ladder.name!r}", ladder.file) from error


def nmodl_folder(ladder: Ladder, rung: Rung) -> Path | None:
    """Where the mechanisms of a rung lie: beside the ladder, or among the shipped. Raises :class:`ModelError`."""
    if not rung.nmodl:
        return None
    beside = (ladder.file.parent if ladder.file else Path()) / rung.nmodl
    shipped = shipped_folder().parent / "nmodl" / rung.nmodl
    found = next((one for one in (beside, shipped) if one.is_dir()), None)
    if found is None:
        raise ModelError(
            f"rung {rung.name}: nmodl = {rung.nmodl!r} is no folder beside {ENTRY} or shipped with crosssim"
        )
    return found


def _is_ladder(folder: Path) -> bool:
    return (folder / ENTRY).is_file()


def _load(folder: Path) -> Ladder:
    file = folder / ENTRY
    name = f"crosssim_ladder_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    for stale in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
        del sys.modules[stale]
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    sys.modules[name] = module_from_spec(spec)
    wrote_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    importlib.invalidate_caches()
    try:
        module = importlib.import_module(f"{name}.{file.stem}")
    except (Exception, SystemExit) as error:
        raise error_at_line(error, "ladder file", file) from error
    finally:
        sys.dont_write_bytecode = wrote_bytecode
    declared = getattr(module, "LADDER", None)
    if not isinstance(declared, Ladder):
        raise ModelError(f"{file} declares no LADDER; end it with LADDER = crosssim.Ladder(name=..., rungs=..., ...)")
    return declared.with_file(file, _sources(declared, file))


def _sources(ladder: Ladder, file: Path) -> tuple[Path, ...]:
    """Every file that decides what a rung computes: the folder's own, and the mechanisms."""
    folders = {file.parent}
    for rung in ladder.rungs:
        mechanisms = nmodl_folder(ladder.with_file(file, ()), rung)
        folders |= {mechanisms} if mechanisms else set()
    files = {one for folder in folders for one in folder.rglob("*") if one.suffix in _SOURCES and one.is_file()}
    return tuple(sorted(files))
