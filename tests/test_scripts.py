"""The scripts a person runs, on a copy of the project whose path has spaces, with stand-ins for Python and pip.

The stand-in called python3.12 writes down what it is asked to do; what it is asked to *evaluate* the real one does.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = "bash env flock sha256sum cut grep touch rm cat mkdir cp dirname find head mktemp id sleep chmod"

STAND_IN = f"""#!/bin/bash
[ "$1 $2" = "-c import pip" ] && exit 0
[ "$1" = -c ] && exec "{sys.executable}" "$@"
echo "$*" >>"$LOG"
case "$*" in
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    "-m pip "*) echo "pip says hello"; sleep "${{PIP_SECONDS:-0}}" ;;
    *run.py*) mkdir -p results/one; echo page >results/one/report.html ;;
esac
[ -n "$FAIL" ] && [[ "$*" == *$FAIL* ]] && exit "${{STATUS:-1}}"
exit 0
"""


def write_program(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)


@dataclass
class Project:
    """A copy of the project's scripts, and a machine that has only the tools it is given."""

    root: Path
    tools: Path
    log: Path

    def start(self, script: str, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        environment = {"PATH": str(self.tools), "LOG": str(self.log), "FAIL": "", "HOME": str(self.log.parent)}
        command = [str(self.root / script), *arguments]
        return subprocess.Popen(
            command,
            cwd="/",
            env=environment | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, script: str, *arguments: str, **variables: str) -> tuple[int, str]:
        child = self.start(script, *arguments, **variables)
        said, _ = child.communicate(timeout=60)
        return child.returncode, said

    def calls(self, what: str) -> list[str]:
        """What the stand-in was asked to do so far, of one kind."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if line.startswith((f"-m {what}", what))]


@pytest.fixture
def project(tmp_path) -> Project:
    root, tools = tmp_path / "my project", tmp_path / "tools"
    shutil.copytree(ROOT / "scripts", root / "scripts")
    shutil.copytree(ROOT / ".ci", root / ".ci")
    shutil.copy(ROOT / "pyproject.toml", root)
    tools.mkdir()
    for name in TOOLS.split():
        (tools / name).symlink_to(shutil.which(name) or pytest.fail(f"{name} is missing here"))
    for name in ("g++", "make"):
        write_program(tools / name, "#!/bin/bash\n")
    write_program(tools / "python3.12", STAND_IN)
    return Project(root, tools, tmp_path / "log")


def test_the_first_run_sets_up_and_the_second_installs_nothing(project):
    status, said = project.run("scripts/test", "-k", "one two")
    assert status == 0, said
    assert project.calls("venv") == [f"-m venv {project.root}/.venv"]
    assert project.calls("pip") == ["-m pip install --quiet --disable-pip-version-check --editable .[test]"]
    assert project.calls("pytest") == ["-m pytest --numprocesses=auto -k one two"]
    assert "pip says hello" not in said
    status, said = project.run("scripts/test", FAIL="pip")
    assert (status, said) == (0, "")
    assert len(project.calls("pip")) == len(project.calls("venv")) == 1
    assert len(project.calls("crosssim.runner.mechanisms")) == 2


def test_other_extras_and_another_pyproject_install_again_into_the_same_environment(project):
    project.run("scripts/test")
    project.run("scripts/demo")
    assert project.calls("pip")[1].endswith("--editable .")
    with (project.root / "pyproject.toml").open("a") as file:
        file.write("\n")
    project.run("scripts/demo")
    project.run("scripts/demo")
    assert len(project.calls("pip")) == 3
    assert len(project.calls("venv")) == 1


def test_mpi4py_comes_only_where_there_is_mpi(project):
    write_program(project.tools / "mpirun", "#!/bin/bash\n")
    project.run("scripts/test")
    assert project.calls("pip")[0].endswith("--editable .[test,mpi]")


def test_an_interrupted_set_up_is_made_anew(project):
    child = project.start("scripts/test", PIP_SECONDS="30")
    while not project.calls("pip"):
        assert child.poll() is None
    os.killpg(child.pid, signal.SIGKILL)
    child.communicate()
    assert (project.root / ".venv/.installing").exists()
    (project.root / ".venv/half-installed").touch()
    assert project.run("scripts/test")[0] == 0
    assert not (project.root / ".venv/half-installed").exists()
    assert len(project.calls("venv")) == len(project.calls("pip")) == 2


def test_two_at_once_set_up_once(project):
    children = [project.start("scripts/test", PIP_SECONDS="1") for _ in range(2)]
    said = [child.communicate(timeout=60)[0] for child in children]
    assert [child.returncode for child in children] == [0, 0], said
    assert len(project.calls("pip")) == len(project.calls("venv")) == 1
    assert len(project.calls("pytest")) == 2
    assert sum("waiting for another set-up" in one for one in said) == 1


def test_packages_that_cannot_be_installed_are_told_and_tried_again(project):
    status, said = project.run("scripts/test", FAIL="pip install")
    assert status == 2
    assert "pip says hello" in said
    assert "the packages could not be installed (see above)" in said
    assert project.calls("pytest") == []
    assert project.run("scripts/test")[0] == 0
    assert len(project.calls("venv")) == 1


def test_mechanisms_that_do_not_compile_end_the_set_up(project):
    status, _ = project.run("scripts/test", FAIL="mechanisms")
    assert status != 0
    assert project.calls("pytest") == []


def without(name: str) -> Callable[[Project], None]:
    return lambda project: (project.tools / name).unlink()


def old_python(project: Project) -> None:
    write_program(project.tools / "python3.12", "#!/bin/bash\nexit 1\n")


def python_without_venv(project: Project) -> None:
    refuses = '#!/bin/bash\n[[ "$*" == *ensurepip* ]] && exit 1\n'
    write_program(project.tools / "python3.12", refuses + STAND_IN.removeprefix("#!/bin/bash\n"))


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (without("g++"), "apt-get install g++ make"),
        (without("make"), "apt-get install g++ make"),
        (without("flock"), "apt-get install util-linux"),
        (old_python, "Python 3.11 or 3.12 is needed and cannot be found"),
        (python_without_venv, f"apt-get install python3.{sys.version_info[1]}-venv"),
    ],
)
def test_what_is_missing_is_one_sentence_with_its_remedy(project, break_it, sentence):
    break_it(project)
    status, said = project.run("scripts/demo")
    assert status == 2
    assert len(said.splitlines()) == 1
    assert said.startswith("crosssim: ")
    assert sentence in said
    assert not (project.root / ".venv").exists()


@pytest.mark.parametrize(("status", "expected"), [(0, 0), (1, 0), (2, 2), (3, 3), (4, 4), (130, 130)])
def test_the_demo_says_where_the_report_is_and_a_difference_is_no_failure(project, status, expected):
    got, said = project.run("scripts/demo", "--duration", "500", FAIL="run.py", STATUS=str(status))
    assert project.calls("run.py") == ["run.py nest neuron --duration 500"]
    assert said.splitlines()[-1] == f"The report: {project.root}/results/one/report.html"
    assert got == expected


def test_check_runs_every_part_and_names_what_failed(project):
    status, said = project.run("scripts/check", FAIL="ruff")
    assert status == 1
    parts = [project.calls(part) for part in ("ruff format", "ruff check", "mypy", "pytest")]
    assert [len(calls) for calls in parts] == [1, 1, 1, 1]
    assert "not legs" in parts[3][0]
    assert "format: .venv/bin/ruff format" in said
    assert "lint: " in said
    assert "types: " not in said
    assert project.run("scripts/check")[0] == 0


def test_check_takes_no_arguments(project):
    status, said = project.run("scripts/check", "tests/x.py")
    assert status == 2
    assert "takes no arguments (it got: tests/x.py)" in said


CI_PROGRAMS = ("git", "mpirun", "chromium", "uv")


@pytest.mark.parametrize(
    ("check", "test", "expected"), [(0, 0, 0), (1, 0, 1), (0, 3, 3), (1, 3, 1)]
)  # of two failures, the first
def test_continuous_integration_runs_both_and_fails_with_the_one_that_failed(project, check, test, expected):
    for name in CI_PROGRAMS:
        write_program(project.tools / name, "#!/bin/bash\n")
    write_program(project.root / "scripts/check", f"#!/bin/bash\necho check $CROSSSIM_REQUIRE $CI\nexit {check}\n")
    write_program(project.root / "scripts/test", f"#!/bin/bash\necho test\nexit {test}\n")
    status, said = project.run(".ci/run")
    assert said.splitlines() == ["check nest,neuron,mpi,chromium,compiler true", "test"]
    assert status == expected


@pytest.mark.parametrize(("missing", "package"), [("g++", "g++"), ("mpirun", "openmpi-bin"), ("chromium", "chromium")])
def test_continuous_integration_installs_only_what_is_missing(project, missing, package):
    for name in {*CI_PROGRAMS} - {missing}:
        write_program(project.tools / name, "#!/bin/bash\n")
    (project.tools / missing).unlink(missing_ok=True)
    apt = f'#!/bin/bash\necho "apt-get $*" >>"$LOG"; echo noise; echo "#!" >"{project.tools}/{missing}"\n'
    write_program(project.tools / "apt-get", apt)
    write_program(project.tools / "sudo", '#!/bin/bash\nshift; "$@"\n')
    for name in ("check", "test"):
        write_program(project.root / "scripts" / name, "#!/bin/bash\n")
    status, said = project.run(".ci/run")
    assert status == 0, said
    update, install = project.calls("apt-get")
    assert update.startswith("apt-get update")
    assert f"--no-install-recommends {package}" in install


def test_the_real_scripts_are_executable():
    scripts = [ROOT / name for name in ("scripts/demo", "scripts/test", "scripts/check", ".ci/run")]
    assert [one.name for one in scripts if not os.access(one, os.X_OK)] == []
