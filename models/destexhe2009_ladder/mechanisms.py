"""Compiles the ladder's NMODL once per content and NEURON version, and loads it."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock

NMODL = Path(__file__).parents[2] / "nmodl"


def library(sources: Path = NMODL) -> Path:
    """The shared library of the .mod files in ``sources``, compiled when it is not there yet.

    Raises RuntimeError with nrnivmodl's own last lines when a file does not compile.
    """
    files = sorted(sources.glob("*.mod"))
    content = hashlib.sha256(b"".join(f.name.encode() + f.read_bytes() for f in files)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"crosssim-nmodl-{os.getuid()}" / f"neuron-{version('NEURON')}-{content}"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        built = next(folder.glob("*/libnrnmech.*"), None)
        return built or compile_mechanisms(files, folder)


def compile_mechanisms(files: list[Path], folder: Path) -> Path:
    """Run nrnivmodl on copies of the files inside ``folder``."""
    copies = folder / "mod"
    copies.mkdir(exist_ok=True)
    for file in files:
        shutil.copy(file, copies)
    beside_python = Path(sys.executable).with_name("nrnivmodl")
    command = str(beside_python) if beside_python.exists() else "nrnivmodl"
    done = subprocess.run([command, "mod"], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the mechanisms of {files[0].parent} do not compile: {done.stdout[-600:]}{done.stderr[-600:]}")
    return next(folder.glob("*/libnrnmech.*"))


def load(path: Path | None = None) -> None:
    """Load the ladder's mechanisms into this process, before PyNN's.

    The order matters in the last digit: NEURON adds the currents of a cell in the order in which mechanisms were
    loaded, and the reference has the synapses before AdExpIF.
    """
    from neuron import h

    if not hasattr(h, "PointerExcSyn"):
        h.nrn_load_dll(str(path or library()))
