"""Copies of scanned files that can be measured, compiled: all in one library, or each alone if that fails."""

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosssim.errors import ModelError, UsageError
from crosssim.porting import FileScan
from crosssim.porting.experiment import Experiment
from crosssim.porting.measurable import measurable_source
from crosssim.runner.mechanisms import Progress, compiler_message, ensure_compiled

_BESIDE = {".inc", ".h"}
_LARGEST_COPIED = 10_000_000  # bytes: sources and small tables, no recordings


@dataclass(frozen=True)
class Library:
    """Where a file is compiled, or NEURON's message; ``counted``: whether its counters could be put in."""

    folder: Path | None = None
    message: str = ""
    counted: bool = True


def libraries_of(files: Sequence[FileScan], tell: Progress) -> dict[Path, Library]:
    """The library of every NMODL file that has something to measure.

    Raises :class:`SimulatorMissing` if there is no compiler.
    """
    wanted = {one.path: one for one in files if one.path.suffix == ".mod" and _experiments(one)}
    sources = {path: _source(one) for path, one in wanted.items()}
    together = _without_namesakes(wanted)
    libraries: dict[Path, Library] = {}
    try:
        folder = _compiled([(path, sources[path][0]) for path in together], tell) if together else None
        libraries = {path: Library(folder, counted=sources[path][1]) for path in together}
    except ModelError:
        pass  # one of them breaks the library: each alone says which
    for path in wanted:
        if path not in libraries:
            libraries[path] = _alone(path, *sources[path], tell)
    return libraries


def program_copy(program: Path, scratch: Path, tell: Progress) -> tuple[Path, str] | str:
    """A Hoc program and the files beside it, copied, and the library of the mechanisms there (``""`` for none).

    What a program writes then lies in the copy. Returns a sentence instead if the mechanisms do not compile.
    """
    folder = Path(tempfile.mkdtemp(dir=scratch))
    for file in program.resolve().parent.iterdir():
        if file.is_file() and file.stat().st_size <= _LARGEST_COPIED:
            shutil.copy(file, folder)
    library = ""
    if any(folder.glob("*.mod")):
        try:
            library = str(ensure_compiled(folder, tell))
        except ModelError as error:
            return f"the mechanisms beside it do not compile: {compiler_message(error)}"
    return folder / program.name, library


def _experiments(one: FileScan) -> list[Experiment]:
    return [finding.experiment for finding in one.findings if isinstance(finding.experiment, Experiment)]


def _source(one: FileScan) -> tuple[str, bool]:
    """The measurable copy, and whether it counts."""
    source = one.path.read_text(encoding="utf-8", errors="replace")
    try:
        return measurable_source(source, _experiments(one)), True
    except UsageError:
        return measurable_source(source, _experiments(one), counting=False), False


def _without_namesakes(wanted: dict[Path, FileScan]) -> list[Path]:
    """Files that can share a library: NEURON takes no two mechanisms of one name, nor we two files of one name."""
    seen: set[str] = set()
    kept = []
    for path, one in wanted.items():
        names = {f"{path.stem}.mod"} | {str(shown.arguments.get("mechanism")) for shown in _experiments(one)}
        if not names & seen:
            kept.append(path)
        seen |= names
    return kept


def _alone(path: Path, source: str, counted: bool, tell: Progress) -> Library:
    try:
        return Library(_compiled([(path, source)], tell), counted=counted)
    except ModelError as error:
        return Library(None, compiler_message(error))


def _compiled(sources: Iterable[tuple[Path, str]], tell: Progress) -> Path:
    with tempfile.TemporaryDirectory(prefix="crosssim-measure-") as name:
        folder = Path(name)
        for path, source in sources:
            (folder / path.name).write_text(source, encoding="utf-8")
            for file in path.parent.iterdir():
                if file.suffix in _BESIDE and file.is_file():
                    shutil.copy(file, folder)
        return ensure_compiled(folder, tell)
