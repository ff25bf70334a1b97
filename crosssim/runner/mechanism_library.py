"""One NMODL file, compiled into a library of its own."""

import re
import shutil
import tempfile
from pathlib import Path

from crosssim.errors import ModelError, UsageError
from crosssim.runner.mechanisms import (
    Progress,
    compiler_message,
    ensure_compiled,
    mechanism_sources,
    pynn_mechanisms_folder,
    silent,
)

_NAME = re.compile(r"\b(?P<kind>SUFFIX|POINT_PROCESS)(?P<space>\s+)(?P<name>\w+)")
_BUILT_IN = {
    "pas", "hh", "fastpas", "capacitance", "extracellular", "IClamp", "SEClamp", "VClamp", "APCount", "AlphaSynapse",
    "ExpSyn", "Exp2Syn", "NetStim", "PatternStim", "IntFire1", "IntFire2", "IntFire4",
}  # fmt: skip


def library_of(file: Path, name: str, progress: Progress = silent) -> tuple[Path, str]:
    """Compile the mechanism ``name`` of ``file``; the folder to load, and the name under which NEURON knows it then.

    NEURON takes a name once in a process: one that PyNN or NEURON itself has is changed in the copy that is compiled.
    Included files beside it are found. Raises :class:`UsageError` with NEURON's message if it does not compile,
    :class:`SimulatorMissing` without NEURON or a compiler.
    """
    known = name
    with tempfile.TemporaryDirectory(prefix="crosssim-nmodl-") as folder:
        for beside in mechanism_sources(file.parent):
            if beside.suffix != ".mod":
                shutil.copy(beside, folder)
        source = file.read_text(encoding="utf-8", errors="replace")
        if name in _taken_names():
            known = f"original_{name}"
            source = _NAME.sub(lambda found: f"{found['kind']}{found['space']}{known}", source, count=1)
        (Path(folder) / file.name.replace(" ", "_")).write_text(source, encoding="utf-8")
        progress(f"compiling {file.name}")
        try:
            return ensure_compiled(Path(folder)), known
        except ModelError as error:
            raise UsageError(f"{file} does not compile; NEURON says: {compiler_message(error)}") from None


def _taken_names() -> set[str]:
    files = pynn_mechanisms_folder().glob("*.mod")
    found = (_NAME.search(one.read_text(encoding="utf-8", errors="replace")) for one in files)
    return _BUILT_IN | {one["name"] for one in found if one}
