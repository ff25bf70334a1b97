"""The software and the machine, as a process sees them from the inside."""

import os
import platform
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
    }


def _processor_name() -> str:
    try:
        with open("/proc/cpuinfo") as lines:  # noqa: PTH123  (a device, not a path of ours)
            return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
