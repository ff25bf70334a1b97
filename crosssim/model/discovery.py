"""Finds a model: one that crosssim ships, by name, or any file or folder on disk, by path.

A model file may import modules that lie beside it: its folder stands first on ``sys.path`` while it loads, and such
modules must be imported at the top of the file, not later inside ``build``.
"""

import hashlib
import importlib.util
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from crosssim.errors import CrosssimError, ModelError, UnknownName
from crosssim.model.declaration import Model

_PACKAGE = Path(__file__).resolve().parent.parent
_ENTRY_FILES = ("model.py", "__init__.py")
_SOURCE_SUFFIXES = frozenset({".py", ".mod", ".hoc"})


def shipped_folder() -> Path:
    """Where the models lie that crosssim ships: inside an installed wheel, or ``models/`` of a checkout."""
    installed = _PACKAGE / "shipped" / "models"
    return installed if installed.is_dir() else _PACKAGE.parent / "models"


def model_names() -> list[str]:
    """The names of the shipped models, sorted."""
    return sorted(_shipped())


def find_model(name_or_path: str) -> Model:
    """The ``MODEL`` of a shipped model, or of a file or folder (``model.py`` or ``__init__.py`` in it) anywhere.

    What has a ``/`` in it or ends in ``.py`` is a path; else a shipped name comes first. The model knows its file.
    Raises :class:`UnknownName` for a name that is neither, :class:`ModelError` (one sentence, with the user's line)
    for a path without a file and for a file that does not load or declares no ``MODEL``.
    """
    path = Path(name_or_path).expanduser()
    looks_like_path = path.suffix == ".py" or len(path.parts) > 1 or path.is_absolute() or name_or_path == "."
    shipped = _shipped()
    if not looks_like_path and name_or_path in shipped:
        return _load(shipped[name_or_path])
    if looks_like_path or path.is_dir():
        return _load(_entry(path))
    raise UnknownName("model", name_or_path, shipped)


def model_digest(model: Model) -> str:
    """SHA-256 of the model's sources and their names: its file and what it imports from beside it, or its folder.

    Of a folder, every .py, .mod and .hoc counts. Raises :class:`ModelError` if the model was not loaded by
    :func:`find_model`, so that nobody knows its file.
    """
    if model.file is None:
        raise ModelError(f"model {model.name!r} does not know its file; load it with find_model")
    return source_digest(model.file, model.sources or (model.file,))


def source_digest(file: Path | None, sources: tuple[Path, ...]) -> str:
    """SHA-256 of ``sources`` and their names relative to the folder of ``file``."""
    folder = file.parent if file else None
    total = hashlib.sha256()
    for path in sources:
        content = path.read_bytes()
        label = path.relative_to(folder).as_posix() if folder and path.is_relative_to(folder) else path.name
        total.update(f"{label}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def model_error_from(error: BaseException, model: Model) -> ModelError:
    """What ``build`` of ``model`` raised, as one sentence with the last line of the model's own files on the way."""
    return error_at_line(error, f"build of model {model.name!r}", model.file)


def _shipped() -> dict[str, Path]:
    folder = shipped_folder()
    if not folder.is_dir():
        return {}
    files = {one.stem: one for one in folder.glob("*.py") if not one.name.startswith("_")}
    folders = {one.name: entry for one in folder.iterdir() if one.is_dir() and (entry := _entry_in(one))}
    return files | folders


def _entry_in(folder: Path) -> Path | None:
    return next((folder / name for name in _ENTRY_FILES if (folder / name).is_file()), None)


def _entry(path: Path) -> Path:
    if path.is_file() and path.suffix == ".py":
        return path.resolve()
    if path.is_dir():
        entry = _entry_in(path.resolve())
        if entry is None:
            raise ModelError(f"model = {str(path)!r} is a folder without {' or '.join(_ENTRY_FILES)}")
        return entry
    if path.exists():
        raise ModelError(f"model = {str(path)!r} is not a Python file; give a .py file that declares MODEL")
    raise ModelError(f"model = {str(path)!r}: there is no such file; shipped models: {', '.join(model_names())}")


def _load(file: Path) -> Model:
    module, beside = _execute(file)
    declared = getattr(module, "MODEL", None)
    if declared is None:
        raise ModelError(f"{file} declares no MODEL; end it with MODEL = crosssim.Model(name=..., build=build, ...)")
    if not isinstance(declared, Model):
        raise ModelError(f"MODEL in {file} is of type {type(declared).__name__}; it must be a crosssim.Model")
    is_folder = file.name in _ENTRY_FILES
    return declared.with_file(file, _sources_in(file.parent) if is_folder else tuple(sorted({file, *beside})))


def _execute(file: Path) -> tuple[ModuleType, list[Path]]:
    """The module of ``file``, and the files beside it that it imported."""
    name = f"crosssim_model_{hashlib.sha256(str(file).encode()).hexdigest()[:12]}"
    package = [str(file.parent)] if file.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=package)
    if spec is None or spec.loader is None:
        raise ModelError(f"{file} cannot be loaded as a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses in the file look their module up by name
    try:
        with _siblings_importable(file.parent) as imported:
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise error_at_line(error, "model file", file) from error
    return module, imported


@contextmanager
def _siblings_importable(folder: Path) -> Iterator[list[Path]]:
    """``folder`` first on the path; yields a list that holds, after the block, the files imported from it.

    Those modules are forgotten afterwards: two models may each have a ``cells.py`` beside them.
    """
    before, wrote_bytecode = set(sys.modules), sys.dont_write_bytecode
    imported: list[Path] = []
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True  # a file edited twice in one second would be read from its stale bytecode
    try:
        yield imported
    finally:
        sys.path.remove(str(folder))
        sys.dont_write_bytecode = wrote_bytecode
        for name in set(sys.modules) - before:
            module = sys.modules[name]
            origin = getattr(module, "__file__", None)
            places = [Path(origin)] if origin else [Path(one) for one in getattr(module, "__path__", ())]
            if any(_lies_beside(name, place, folder) for place in places):
                imported += [Path(origin)] if origin else []  # a folder without __init__.py has no file of its own
                del sys.modules[name]


def _lies_beside(module_name: str, origin: Path, folder: Path) -> bool:
    """Whether a module was found in ``folder`` itself, not in an environment that happens to lie below it."""
    if not origin.is_relative_to(folder):
        return False
    first, *rest = module_name.split(".")
    place = origin.relative_to(folder).parts[0].removesuffix(".py")
    return place == first or (bool(rest) and place == rest[0])


def _sources_in(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(one for one in folder.rglob("*") if one.suffix in _SOURCE_SUFFIXES and one.is_file()))


def error_at_line(error: BaseException, what: str, file: Path | None) -> ModelError:
    """What a user's code raised, as one sentence with the last line of the user's own files on the way."""
    if isinstance(error, SyntaxError) and error.filename:
        code = (error.text or "").strip()
        return ModelError(f"{error.filename}, line {error.lineno}, `{code}`: not valid Python ({error.msg})")
    told = str(error) if isinstance(error, CrosssimError) else f"{error.__class__.__name__}: {_first_line(error)}"
    folder = file.parent if file else None
    own = [one for one in traceback.extract_tb(error.__traceback__) if Path(one.filename).parent == folder]
    if not own:
        return ModelError(f"{what}: {told}")
    last = own[-1]
    line = (last.line or "").strip()
    if line.startswith("raise "):  # the modeller's own sentence: the line that raises it adds nothing
        return ModelError(f"{error} ({last.filename}, line {last.lineno})")
    return ModelError(f"{last.filename}, line {last.lineno}, `{line}`: {told}")


def _first_line(error: BaseException) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), "no message")
