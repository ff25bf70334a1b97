"""Compiling NMODL: once, under a lock, from and to places with spaces, and nothing half built is ever taken."""

import subprocess
import sys
from pathlib import Path

import pytest

from crosssim.errors import ModelError, SimulatorMissing, UsageError
from crosssim.runner import mechanisms
from crosssim.runner.mechanisms import (
    KEY,
    LIBRARY,
    UNFINISHED,
    cache_folder,
    compiler_environment,
    ensure_compiled,
    ensure_pynn_mechanisms,
    environment_for_legs,
    is_compiled,
    mechanisms_key,
)


def compiles(test):
    """A test that runs NEURON's real compiler: with the tests of real simulators, for it takes seconds."""
    return pytest.mark.legs(pytest.mark.requires("neuron", "compiler")(test))


LEAK = """NEURON { SUFFIX tiny NONSPECIFIC_CURRENT i RANGE g }
PARAMETER { g = 0.001 (S/cm2) }
ASSIGNED { v (mV) i (mA/cm2) }
BREAKPOINT { i = g*(v + 65) }
"""


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "a cache"
    monkeypatch.setenv("CROSSSIM_CACHE", str(folder))
    return folder


@pytest.fixture
def source(tmp_path) -> Path:
    folder = tmp_path / "my mechanisms"
    folder.mkdir()
    (folder / "tiny.mod").write_text(LEAK)
    return folder


def leftovers(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.name.startswith(UNFINISHED)]


def run_child(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment_for_legs(), timeout=120)


@compiles
def test_compiles_once_and_names_each_file(source, cache):
    steps: list[str] = []
    folder = ensure_compiled(source, steps.append)
    assert (folder / LIBRARY).is_file()
    assert folder.is_relative_to(cache)
    assert [step for step in steps if step.endswith("1 of 1, tiny")]
    steps.clear()
    assert ensure_compiled(source, steps.append) == folder
    assert steps == []
    assert leftovers(cache) == []
    assert [one.name for one in source.iterdir()] == ["tiny.mod"]


@compiles
def test_neuron_loads_and_integrates_what_was_compiled(source):
    code = (
        "import sys, neuron\nfrom neuron import h\nassert neuron.load_mechanisms(sys.argv[1])\n"
        "s = h.Section(); s.insert('tiny'); h.finitialize(-40); h.fadvance(); print(s(0.5).v)"
    )
    answer = run_child(code, ensure_compiled(source))
    assert answer.returncode == 0, answer.stderr
    assert -65 < float(answer.stdout.split()[-1]) < -40


@compiles
def test_neuron_itself_may_lie_where_there_are_spaces(source, tmp_path, monkeypatch):
    home = tmp_path / "a b" / "neuron"
    home.parent.mkdir()
    home.symlink_to(mechanisms._neuron_home())
    monkeypatch.setattr(mechanisms, "_neuron_home", lambda: home)
    assert (ensure_compiled(source) / LIBRARY).is_file()


@compiles
def test_what_does_not_compile_is_the_users_to_mend_and_leaves_nothing(source, cache):
    (source / "tiny.mod").write_text(LEAK.replace("g*(v", "g*(("))
    with pytest.raises(ModelError, match=r"my mechanisms does not compile with NEURON \d") as caught:
        ensure_compiled(source)
    assert "syntax error" in str(caught.value)
    assert leftovers(cache) == []
    assert list(cache.rglob("libnrnmech*")) == []
    assert not is_compiled(cache / "mechanisms" / mechanisms_key(source), mechanisms_key(source))


@compiles
def test_what_a_killed_compilation_left_is_swept_and_not_taken(source, cache):
    target = cache / "mechanisms" / mechanisms_key(source)
    half_built = target / f"{UNFINISHED}killed" / LIBRARY
    half_built.parent.mkdir(parents=True)
    half_built.write_text("half")
    folder = ensure_compiled(source)
    assert (folder / LIBRARY).stat().st_size > 1000
    assert leftovers(cache) == []


@compiles
def test_two_at_once_compile_once(source):
    code = (
        "import sys; from pathlib import Path; from crosssim.runner.mechanisms import ensure_compiled\n"
        "print('at', ensure_compiled(Path(sys.argv[1]), print))"
    )
    command = [sys.executable, "-c", code, str(source)]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [child.communicate(timeout=120)[0] for child in children]
    assert [child.returncode for child in children] == [0, 0, 0]
    assert sum("1 of 1" in answer for answer in answers) == 1
    assert len({answer.splitlines()[-1] for answer in answers}) == 1


def test_the_key_follows_the_files_and_the_version(source, monkeypatch):
    first = mechanisms_key(source)
    assert mechanisms_key(source) == first
    (source / "shared.inc").write_text("x")
    with_include = mechanisms_key(source)
    (source / "tiny.mod").write_text(LEAK + " ")
    edited = mechanisms_key(source)
    monkeypatch.setattr(mechanisms, "neuron_version", lambda: "8.2.7")
    assert len({first, with_include, edited, mechanisms_key(source)}) == 4


def test_notes_beside_the_mechanisms_do_not_count(source):
    first = mechanisms_key(source)
    (source / "README.md").write_text("x")
    assert mechanisms_key(source) == first


def test_a_folder_without_mechanisms_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"holds no \.mod file"):
        ensure_compiled(tmp_path)


def test_without_a_compiler_the_command_that_mends_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SimulatorMissing, match=r"g\+\+, gcc, make cannot be found; .*apt-get install g\+\+ make"):
        compiler_environment(tmp_path)


def test_a_cache_that_cannot_be_written_is_named(source, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("CROSSSIM_CACHE", str(tmp_path / "file" / "below"))
    with pytest.raises(UsageError, match="set CROSSSIM_CACHE to a folder you can write"):
        ensure_compiled(source)


@compiles
def test_pynns_own_folder_is_compiled_anew_if_another_version_left_its_library(source, monkeypatch):
    monkeypatch.setattr(mechanisms, "pynn_mechanisms_folder", lambda: source)
    (source / LIBRARY).parent.mkdir()
    (source / LIBRARY).write_text("of another version")
    assert ensure_pynn_mechanisms() == source
    assert (source / LIBRARY).stat().st_size > 1000
    assert (source / KEY).read_text() == mechanisms_key(source)
    assert leftovers(source) == []


@compiles
def test_pynns_folder_without_permission_is_compiled_into_the_cache(source, cache, monkeypatch):
    monkeypatch.setattr(mechanisms, "pynn_mechanisms_folder", lambda: source)
    monkeypatch.setattr(mechanisms, "is_writable", lambda folder: False)
    folder = ensure_pynn_mechanisms()
    assert folder.is_relative_to(cache)
    assert (folder / LIBRARY).is_file()
    assert not (source / LIBRARY).exists()


def test_the_environment_finds_this_interpreters_programs_first(monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.setenv("MPLBACKEND", "svg")
    environment = environment_for_legs()
    assert environment["PATH"] == f"{Path(sys.executable).parent}:/usr/bin"
    assert environment["MPLBACKEND"] == "svg"
    assert environment["PYNEST_QUIET"] == "1"


def test_the_cache_lies_where_the_user_says(monkeypatch, tmp_path):
    assert cache_folder() == tmp_path / "a cache"
    monkeypatch.delenv("CROSSSIM_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "crosssim"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/pat")
    assert cache_folder() == Path("/home/pat/.cache/crosssim")
