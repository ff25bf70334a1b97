"""The software and the machine, as a process sees them from the inside."""

import hashlib
import os
import platform
import re
import sys
from importlib import metadata
from typing import Any

import psutil


def package_versions() -> dict[str, str]:
    """Name and version of every installed package of which this process has imported a module."""
    owners = metadata.packages_distributions()
    imported = {name.partition(".")[0] for name in sys.modules}
    names = {owner for module in imported for owner in owners.get(module, ())}
    return {name: metadata.version(name) for name in sorted(names, key=str.lower)}


def surroundings() -> dict[str, Any]:
    """Python, packages, operating system, processor and memory of this process, as plain JSON values."""
    return {
        "python": platform.python_version(),
        "executable": sys.executable,
        "packages": package_versions(),
        "system": platform.platform(),
        "host": platform.node(),
        "processor": _processor_name(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "libraries": loaded_libraries(),
        "variables": {name: os.environ[name] for name in _DECIDING_VARIABLES if name in os.environ},
    }


# What a simulator's numbers or their order may depend on, and no more: an environment holds secrets too.
_DECIDING_VARIABLES = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_PROC_BIND", "LD_PRELOAD", "PYTHONHASHSEED",
    "NRN_NMODL_PATH", "OMPI_COMM_WORLD_SIZE", "SLURM_JOB_ID",
)  # fmt: skip
_TELLING_LIBRARIES = re.compile(
    r"lib(nrnmech|nrniv|nest|mpi|gsl|scipy_openblas|openblas|mkl|gomp|coreneuron)[\w-]*\.so"
)


def loaded_libraries() -> dict[str, str]:
    """The shared libraries in this process that decide numbers: compiled mechanisms, simulator, MPI, BLAS, GSL.

    Path, and the SHA-256 of the file for mechanisms, which no package's version tells. Empty where there is no /proc.
    """
    try:
        with open("/proc/self/maps") as lines:  # noqa: PTH123  (a device, not a path of ours)
            paths = sorted({line.split(maxsplit=5)[5].strip() for line in lines if ".so" in line})
    except (OSError, IndexError):
        return {}
    return {path: _mechanisms_digest(path) for path in paths if _TELLING_LIBRARIES.match(os.path.basename(path))}  # noqa: PTH119


def _mechanisms_digest(path: str) -> str:
    if "nrnmech" not in path:
        return ""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "unreadable"


def _processor_name() -> str:
    try:
        with open("/proc/cpuinfo") as lines:  # noqa: PTH123  (a device, not a path of ours)
            return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
