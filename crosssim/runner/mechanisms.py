"""NMODL mechanisms: compiled once per NEURON version, under a lock, and never left half built.

A compiled folder is one that ``neuron.load_mechanisms`` takes: ``<folder>/<machine>/libnrnmech.so``. Beside the
library stands a key made of the ``.mod`` files and NEURON's version; another key means compile again.

NEURON is never imported here. Its own ``nrnivmodl`` script is run from inside the wheel, through a link whose name
has no space: the makefile behind it cannot take one, and the wrapper in ``bin/`` cannot either (its first line names
the interpreter without quotes).
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from filelock import FileLock, Timeout
from rich.console import Console

from crosssim.errors import ModelError, SimulatorMissing, UsageError

Progress = Callable[[str], None]

LIBRARY = Path(platform.machine()) / "libnrnmech.so"
KEY = Path(platform.machine()) / "crosssim-key"
UNFINISHED = ".compiling-"
SOURCES = {".mod", ".inc", ".h"}
MESSAGE_LINES = 15
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


class CompilerFailed(Exception):
    """The compiler's own last words; mapped to a crosssim error by whoever knows whose mechanisms they were."""


def silent(_: str) -> None:
    """A progress callback for those who want none."""


def environment_for_legs() -> dict[str, str]:
    """The environment of a child that runs a simulator: this interpreter's programs on PATH, no banners, no windows.

    PyNN looks for NEURON's and NEST's programs on PATH, where they are not unless the virtual environment was
    activated. Whatever the caller has set stays, but PATH is extended.
    """
    environment = dict(os.environ)
    programs = str(Path(sys.executable).parent)
    environment["PATH"] = os.pathsep.join(filter(None, (programs, environment.get("PATH", os.defpath))))
    environment.setdefault("NEURON_MODULE_OPTIONS", "-nogui")
    environment.setdefault("PYNEST_QUIET", "1")
    environment.setdefault("MPLBACKEND", "Agg")
    environment.setdefault("OMP_WAIT_POLICY", "passive")  # NEST's threads spin and starve each other on shared cores
    if os.geteuid() == 0:  # Open MPI refuses root unless told twice
        environment.setdefault("OMPI_ALLOW_RUN_AS_ROOT", "1")
        environment.setdefault("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")
    return environment


def cache_folder() -> Path:
    """Where compiled mechanisms are kept: $CROSSSIM_CACHE, or crosssim under the user's cache folder."""
    chosen = os.environ.get("CROSSSIM_CACHE")
    if chosen:
        return Path(chosen).absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "crosssim"


def neuron_version() -> str:
    """The installed NEURON; raises SimulatorMissing."""
    try:
        return version("NEURON")
    except PackageNotFoundError:
        raise SimulatorMissing("NEURON is not installed; pip install NEURON==9.0.2") from None


def package_folder(name: str) -> Path:
    """Where an installed package lies, without importing it; raises SimulatorMissing."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SimulatorMissing(f"the Python package {name} is not installed; pip install {name}")
    return Path(spec.submodule_search_locations[0])


def pynn_mechanisms_folder() -> Path:
    """The folder of .mod files that PyNN ships, and from which ``pyNN.neuron`` loads them when imported."""
    return package_folder("pyNN") / "neuron" / "nmodl"


def mechanism_sources(folder: Path) -> list[Path]:
    """The .mod files of a folder and what they may include, by name."""
    return sorted(file for file in folder.glob("*") if file.suffix in SOURCES and file.is_file())


def mechanisms_key(folder: Path) -> str:
    """A name made of the sources in ``folder``, NEURON's version and the machine; raises ModelError if none."""
    files = mechanism_sources(folder)
    if not any(file.suffix == ".mod" for file in files):
        raise ModelError(f"mechanisms folder = {folder} holds no .mod file")
    digest = hashlib.sha256(f"{neuron_version()} {platform.machine()}".encode())
    for file in files:
        digest.update(f"\0{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def ensure_pynn_mechanisms(progress: Progress = silent) -> Path:
    """Compile PyNN's mechanisms unless they are; returns the folder to load, which is PyNN's own if it is writable.

    If it is not (installed by another user) the compiled copy lies in the cache, and a leg loads it before it
    imports ``pyNN.neuron``. Raises SimulatorMissing with the compiler's message.
    """
    folder = pynn_mechanisms_folder()
    try:
        if is_compiled(folder, mechanisms_key(folder)):
            return folder
        target = folder if is_writable(folder) and is_writable(folder.parent) else _cached(folder)
        _compile_once(folder, target, "PyNN's mechanisms", progress)
    except CompilerFailed as failure:
        raise SimulatorMissing(f"PyNN's mechanisms do not compile with NEURON {neuron_version()}:\n{failure}") from None
    return target


def ensure_compiled(folder: Path, progress: Progress = silent) -> Path:
    """Compile the .mod files of ``folder`` into the cache unless they are; returns the folder to load.

    Raises ModelError with the compiler's message, SimulatorMissing if there is no compiler.
    """
    target = _cached(folder)
    try:
        _compile_once(folder, target, f"the mechanisms of {folder}", progress)
    except CompilerFailed as failure:
        sentence = f"mechanisms folder = {folder} does not compile with NEURON {neuron_version()}"
        raise ModelError(f"{sentence}:\n{failure}") from None
    return target


def compiler_message(error: ModelError) -> str:
    """Of a failed compilation the line that names the error and, if it is another, the one that says where.

    Folders are left out: they are those of the copy that was compiled.
    """
    said = [re.sub(r"\S*/(?=[\w.-]+)", "", line.strip()) for line in str(error).splitlines()[1:]]
    said = [line for line in said if line and not line.startswith("make") and "warning: " not in line]
    telling = [line for line in said if re.search(r"[Ee]rror: ", line)] or [
        line for line in said if re.search(r"line \d+|:\d+: ", line)
    ]
    places = [line for line in said if re.search(r"\bat line \d+", line)]
    return "; ".join(dict.fromkeys([*telling[:1], *places[:1]])) or str(error)


def is_compiled(folder: Path, key: str) -> bool:
    """Whether ``folder`` holds a finished library of that key."""
    try:
        return (folder / KEY).read_text() == key and (folder / LIBRARY).is_file()
    except OSError:
        return False


def is_writable(folder: Path) -> bool:
    """Whether this process may create files in ``folder``."""
    return os.access(folder, os.W_OK | os.X_OK)


def _cached(folder: Path) -> Path:
    return cache_folder() / "mechanisms" / mechanisms_key(folder)


def _compile_once(source: Path, target: Path, what: str, progress: Progress) -> None:
    key = mechanisms_key(source)
    if is_compiled(target, key):
        return
    try:
        target.mkdir(parents=True, exist_ok=True)
        with _locked(target, what, progress):
            if not is_compiled(target, key):
                _compile(source, target, key, lambda step: progress(f"compiling {what}: {step}"))
    except OSError as error:
        raise UsageError(
            f"mechanisms cannot be compiled into {target}: {error.strerror or error}; "
            "set CROSSSIM_CACHE to a folder you can write"
        ) from error


@contextmanager
def _locked(target: Path, what: str, progress: Progress) -> Iterator[None]:
    """Hold the lock beside ``target``; the operating system frees it when its holder dies."""
    lock = FileLock(target.parent / f".{target.name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress(f"waiting for another process that compiles {what}")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _compile(source: Path, target: Path, key: str, progress: Progress) -> None:
    for leftover in target.glob(f"{UNFINISHED}*"):  # of a process that was killed: we hold the lock
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=target) as name:
        work = Path(name)
        for file in mechanism_sources(source):
            shutil.copy(file, work)
        with _without_spaces(_neuron_home()) as home:
            _run_nrnivmodl(home, work, progress)
        (work / KEY).write_text(key)
        _replace(target / LIBRARY.parent, work / LIBRARY.parent, aside=work / "old")


def _replace(old: Path, new: Path, aside: Path) -> None:
    if old.exists():
        old.rename(aside)
    new.rename(old)


def _neuron_home() -> Path:
    home = package_folder("neuron") / ".data"
    if not (home / "bin" / "nrnivmodl").is_file():
        raise SimulatorMissing(f"NEURON at {home.parent} has no nrnivmodl; pip install NEURON=={neuron_version()}")
    return home


@contextmanager
def _without_spaces(folder: Path) -> Iterator[Path]:
    """The folder under a name without spaces: itself, or a link that lasts as long as the compilation."""
    if not re.search(r"\s", str(folder)):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="crosssim-", dir="/tmp") as short:
        link = Path(short) / "neuron"
        link.symlink_to(folder, target_is_directory=True)
        yield link


def compiler_environment(home: Path) -> Mapping[str, str]:
    """What NEURON's own script needs to know; raises SimulatorMissing with the command that mends it."""
    compilers = {"CXX": os.environ.get("CXX") or "g++", "CC": os.environ.get("CC") or "gcc"}
    missing = [name for name in (*compilers.values(), "make") if shutil.which(name.split()[0]) is None]
    if missing:
        raise SimulatorMissing(
            f"NEURON needs a C++ compiler and make for its mechanisms, and {', '.join(missing)} cannot be found; "
            "on Debian or Ubuntu: sudo apt-get install g++ make"
        )
    return os.environ | compilers | dict.fromkeys(("NRNHOME", "CORENRNHOME", "NMODLHOME"), str(home))


def _run_nrnivmodl(home: Path, work: Path, progress: Progress) -> None:
    command = ["bash", str(home / "bin" / "nrnivmodl")]
    total, done = len(list(work.glob("*.mod"))), 0
    last_words: deque[str] = deque(maxlen=MESSAGE_LINES)
    with subprocess.Popen(
        command,
        cwd=work,
        env=compiler_environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            words = ESCAPES.sub("", line).rstrip()
            if compiled := re.search(r"Compiling .*?([^/]+)(?<!mod_func)\.cpp$", words):
                done += 1
                progress(f"{done} of {total}, {compiled[1]}")
            elif words and "migration guide" not in words and not words.startswith("NOTE:"):
                last_words.append(words)
    if process.returncode != 0 or not (work / LIBRARY).is_file():
        raise CompilerFailed("\n".join(last_words))


def main() -> None:
    """Compile PyNN's mechanisms if they are not, showing how far it is; what the set-up scripts run."""
    console = Console(highlight=False)
    with console.status("") as line:

        def show(step: str) -> None:
            line.update(step)
            if not console.is_terminal and " 1 of " in step:
                console.print(step)

        try:
            ensure_pynn_mechanisms(show)
        except (SimulatorMissing, UsageError) as error:
            sys.exit(f"crosssim: {error}")


if __name__ == "__main__":
    main()
