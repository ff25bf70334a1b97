"""What can run on this machine, found out by running it in child processes; and the command that mends what cannot."""

import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from crosssim.errors import CrosssimError
from crosssim.runner.backends import BACKENDS
from crosssim.runner.backends.base import Backend
from crosssim.runner.mechanisms import (
    Progress,
    ensure_pynn_mechanisms,
    environment_for_legs,
    package_folder,
    silent,
)
from crosssim.runner.placement import mpiexec
from crosssim.runner.probe import EXPECTED_SPIKES

TIME_LIMIT_S = 120.0
APT = "on Debian or Ubuntu: sudo apt-get install"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it works, whether a cross-check needs it, and the command that mends it."""

    name: str
    ok: bool
    required: bool = False
    version: str = ""
    detail: str = ""
    remedy: str = ""


def examine(progress: Progress = silent) -> tuple[Finding, ...]:
    """Everything crosssim runs on, in the order in which it is needed. Compiles PyNN's mechanisms if they are not."""
    first = [_python(), *map(_package, _PACKAGES), _compiler(), _mechanisms(progress)]
    checks: list[Callable[[], Finding]] = [lambda one=one: _simulator(one) for one in BACKENDS.values()]  # type: ignore[misc]
    checks += [_mpi_library, lambda: _ranks(BACKENDS["neuron"]), lambda: _ranks(BACKENDS["nest"])]
    progress("running two cells on each simulator")
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        found = list(pool.map(lambda check: check(), checks))
    return (*first, *found, _threads(), _uv())


def simulators_ready(findings: Sequence[Finding]) -> bool:
    """Whether all that a cross-check needs works: NEST and NEURON can run."""
    return all(one.ok for one in findings if one.required)


def _python() -> Finding:
    ok = (3, 11) <= sys.version_info < (3, 13)
    remedy = "" if ok else f"{APT} python3.11 python3.11-venv"
    return Finding("Python", ok, True, platform.python_version(), sys.executable, remedy)


# name shown, distribution, versions that work (as a pattern), what pip is to install
_PACKAGES = (
    ("numpy", "numpy", r"2\.0\.", "numpy>=2.0,<2.1"),
    ("PyNN", "PyNN", r"0\.13\.", "PyNN==0.13.0"),
)


def _package(row: tuple[str, str, str, str]) -> Finding:
    name, distribution, pattern, wanted = row
    found = installed(distribution)
    ok = re.match(pattern, found) is not None
    detail = "" if ok else f"{found or 'not installed'}; crosssim needs {wanted}"
    return Finding(name, ok, True, found, detail, "" if ok else f"{pip()} '{wanted}'")


def installed(distribution: str) -> str:
    """The version of an installed distribution, empty if there is none."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def pip(action: str = "install") -> str:
    """The command that installs into, or removes from, this interpreter's environment."""
    return f"{shlex.quote(sys.executable)} -m pip {action}"


def _compiler() -> Finding:
    missing = [name for name in ("g++", "make") if shutil.which(name) is None]
    if missing:
        sentence = f"{' and '.join(missing)} missing; NEURON compiles its mechanisms with them"
        return Finding("C++ compiler", False, detail=sentence, remedy=f"{APT} g++ make")
    answer = subprocess.run(["g++", "-dumpfullversion"], capture_output=True, text=True, check=False)
    return Finding("C++ compiler", True, False, answer.stdout.strip(), shutil.which("g++") or "")


def _mechanisms(progress: Progress) -> Finding:
    name, again = "NEURON mechanisms", f"{shlex.quote(sys.executable)} -m crosssim.runner.mechanisms"
    try:
        folder = ensure_pynn_mechanisms(progress)
    except CrosssimError as error:
        return Finding(name, False, True, detail=str(error), remedy=again)
    return Finding(name, True, True, detail=f"compiled in {folder}")


def _simulator(backend: Backend) -> Finding:
    distribution = backend.distributions[0]
    found = installed(distribution)
    remedy = f"{pip()} {distribution}"
    if not found:
        return Finding(backend.label, False, True, detail="not installed", remedy=remedy)
    answer = run_probe((sys.executable, "-m", "crosssim.runner.probe", backend.name))
    if isinstance(answer, str):
        if "cannot load MPI library" in answer:
            remedy = f"{pip('uninstall')} mpi4py, or {APT} openmpi-bin"
        return Finding(backend.label, False, True, found, answer, remedy)
    if answer["spikes"] != EXPECTED_SPIKES:
        sentence = f"two driven cells fired {answer['spikes']} spikes in 10 ms, not {EXPECTED_SPIKES}"
        return Finding(backend.label, False, True, found, sentence, f"{pip()} --force-reinstall {distribution}")
    return Finding(backend.label, True, True, found, "ran two cells for 10 ms")


def _mpi_library() -> Finding:
    name, found = "mpi4py", installed("mpi4py")
    if not found:
        return Finding(name, False, detail="not installed; only runs on several ranks need it", remedy=_mpi_remedy())
    code = "from mpi4py import MPI; print(MPI.Get_library_version().split(',')[0])"
    answer = _run((sys.executable, "-c", code))
    if answer.returncode != 0:
        # not optional any more: PyNN imports mpi4py on every backend if it is installed
        sentence = f"installed, but: {last_error(answer.stderr)}; PyNN fails with it on every backend"
        return Finding(name, False, detail=sentence, version=found, remedy=f"{APT} openmpi-bin")
    return Finding(name, True, False, found, answer.stdout.strip().strip("\0"))


def _mpi_remedy() -> str:
    return f"{APT} openmpi-bin, then {pip()} 'mpi4py>=4,<5'"


def _ranks(backend: Backend) -> Finding:
    name = f"{backend.label} on two ranks"
    if not installed("mpi4py") or shutil.which("mpiexec") is None:
        return Finding(name, False, detail="mpiexec or mpi4py is missing", remedy=_mpi_remedy())
    answer = run_probe(mpiexec((sys.executable, "-m", "crosssim.runner.probe", backend.name), 2))
    if isinstance(answer, str):
        sentence = f"{backend.label} does not run under mpiexec ({answer})"
        return Finding(name, False, detail=sentence, remedy=_RANKS_REMEDY.get(backend.name, ""))
    if (answer["ranks"], answer["spikes"]) != (2, EXPECTED_SPIKES):
        sentence = f"two ranks were launched and {backend.label} sees {answer['ranks']}"
        return Finding(name, False, detail=sentence, remedy=_RANKS_REMEDY.get(backend.name, ""))
    return Finding(name, True, detail="ran two cells for 10 ms")


_RANKS_REMEDY = {
    "nest": f"NEST from PyPI is built without MPI; build it: {APT} g++ python3-dev libopenmpi-dev libgsl-dev "
    f"libltdl-dev, then {pip()} --force-reinstall --no-deps --no-binary nest-simulator "
    "nest-simulator==3.10.0 --config-settings=cmake.define.with-mpi=ON",
    "neuron": _mpi_remedy(),
}


def _threads() -> Finding:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Finding("cores", True, detail=f"{cores} for legs side by side and NEST's threads")


def _uv() -> Finding:
    path = shutil.which("uv")
    return Finding("uv", path is not None, detail=path or "not installed; pip does its work, more slowly")


def run_probe(command: tuple[str, ...]) -> dict[str, int] | str:
    """What the probe printed, or one sentence of why it did not."""
    answer = _run(command)
    if answer.returncode == 0:
        for line in answer.stdout.splitlines():
            if line.startswith("{"):
                return dict(json.loads(line))
        return "it ended without an answer"
    if answer.returncode < 0:
        return f"it was ended by signal {-answer.returncode}"
    return last_error(answer.stderr) or f"it ended with exit status {answer.returncode} and no message"


def last_error(stderr: str) -> str:
    """The last line that names an error, else the last line that says anything."""
    lines = [line.strip() for line in stderr.splitlines() if re.search(r"\w", line)]
    named = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Missing)\b", line)]
    return (named or lines or [""])[-1]


def _run(command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Run a child away from the user's folder: NEURON loads any compiled mechanisms that it finds where it starts."""
    try:
        return subprocess.run(
            command,
            env=environment_for_legs(),
            cwd=package_folder("crosssim").parent,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=TIME_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", f"it did not end within {TIME_LIMIT_S:g} s")
    except OSError as error:
        return subprocess.CompletedProcess(command, 1, "", f"{command[0]} cannot be started: {error.strerror}")
