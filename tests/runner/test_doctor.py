"""The doctor: planted ailments are named with their remedy, and a healthy machine is called healthy."""

import json
import subprocess
import sys

import pytest

from crosssim.errors import SimulatorMissing
from crosssim.runner import doctor
from crosssim.runner.doctor import Finding, examine, last_error, run_probe, simulators_ready


class Machine:
    """Answers of the child processes, by what their command contains; healthy unless told otherwise."""

    def __init__(self) -> None:
        self.answers: dict[str, subprocess.CompletedProcess[str]] = {}
        self.says("probe nest", {"spikes": 2, "ranks": 1})
        self.says("probe neuron", {"spikes": 2, "ranks": 1})
        self.says("mpiexec", {"spikes": 2, "ranks": 2})
        self.says("Get_library_version", "Open MPI v4.1.4, package")

    def says(self, command: str, stdout: object = "", status: int = 0, stderr: str = "") -> None:
        text = stdout if isinstance(stdout, str) else json.dumps(stdout)
        self.answers[command] = subprocess.CompletedProcess(command, status, text, stderr)

    def run(self, command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        line = " ".join(command)
        if "mpiexec" in line:
            return self.answers["mpiexec"]
        return next(answer for part, answer in self.answers.items() if part in line)


@pytest.fixture
def machine(monkeypatch) -> Machine:
    healthy = Machine()
    versions = {"numpy": "2.0.2", "PyNN": "0.13.0", "NEURON": "9.0.2", "nest-simulator": "3.10.0", "mpi4py": "4.1.2"}
    monkeypatch.setattr(doctor, "_run", healthy.run)
    monkeypatch.setattr(doctor, "installed", lambda name: versions.get(name, ""))
    monkeypatch.setattr(doctor, "ensure_pynn_mechanisms", lambda progress: "/mechanisms")
    monkeypatch.setattr(doctor.shutil, "which", lambda name: f"/usr/bin/{name}")
    healthy.versions = versions
    return healthy


def found(name: str) -> Finding:
    return {one.name: one for one in examine()}[name]


def test_a_healthy_machine_is_called_healthy(machine):
    findings = examine()
    assert [one.name for one in findings if not one.ok] == []
    assert simulators_ready(findings)
    assert len({one.name for one in findings}) == len(findings)


@pytest.mark.parametrize(
    ("command", "status", "stderr", "name", "detail"),
    [
        ("probe nest", 1, "Traceback\nImportError: libgsl.so.27", "NEST", "ImportError: libgsl.so.27"),
        ("probe neuron", -11, "", "NEURON", "signal 11"),
        ("probe neuron", 3, "", "NEURON", "exit status 3"),
    ],
)
def test_a_simulator_that_does_not_run_is_broken(machine, command, status, stderr, name, detail):
    machine.says(command, "", status, stderr)
    finding = found(name)
    assert (finding.ok, finding.required) == (False, True)
    assert detail in finding.detail
    assert "pip install" in finding.remedy
    assert not simulators_ready(examine())


@pytest.mark.parametrize("spikes", [0, 1, 3])
def test_a_simulator_that_runs_wrong_is_broken(machine, spikes):
    machine.says("probe nest", {"spikes": spikes, "ranks": 1})
    assert f"fired {spikes} spikes in 10 ms, not 2" in found("NEST").detail
    assert not simulators_ready(examine())


def test_a_probe_that_says_nothing_is_broken(machine):
    machine.says("probe nest", "NEST 3.10\n")
    assert found("NEST").detail == "it ended without an answer"


def test_mpi4py_without_a_library_is_named_as_what_breaks_pynn(machine):
    machine.says("probe nest", "", 1, "RuntimeError: cannot load MPI library\n/usr/lib/libmpi.so: no such file")
    machine.says("Get_library_version", "", 1, "RuntimeError: cannot load MPI library")
    assert "pip uninstall mpi4py" in found("NEST").remedy
    assert "openmpi-bin" in found("mpi4py").remedy


def test_what_is_not_installed_is_named(machine):
    del machine.versions["NEURON"]
    finding = found("NEURON")
    assert (finding.ok, finding.detail) == (False, "not installed")
    assert finding.remedy.endswith("pip install NEURON")


def test_another_numpy_is_refused(machine):
    machine.versions["numpy"] = "2.1.0"
    assert found("numpy").detail == "2.1.0; crosssim needs numpy>=2.0,<2.1"
    assert not simulators_ready(examine())


def test_ranks_that_are_copies_are_not_ranks(machine):
    machine.says("mpiexec", {"spikes": 2, "ranks": 1})
    finding = found("NEURON on two ranks")
    assert (finding.ok, finding.required) == (False, False)
    assert finding.detail == "two ranks were launched and NEURON sees 1"
    assert simulators_ready(examine())


def test_mechanisms_that_do_not_compile_stop_a_check(machine, monkeypatch):
    def fail(progress):
        raise SimulatorMissing("g++ cannot be found")

    monkeypatch.setattr(doctor, "ensure_pynn_mechanisms", fail)
    finding = found("NEURON mechanisms")
    assert (finding.ok, finding.required, finding.detail) == (False, True, "g++ cannot be found")


def test_a_missing_compiler_is_named_but_compiled_mechanisms_still_run(machine, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    assert found("C++ compiler").remedy.endswith("apt-get install g++ make")
    assert simulators_ready(examine())


def test_a_child_that_hangs_or_is_not_there_becomes_a_sentence(monkeypatch):
    monkeypatch.setattr(doctor, "TIME_LIMIT_S", 0.2)
    assert run_probe((sys.executable, "-c", "import time; time.sleep(9)")) == "it did not end within 0.2 s"
    assert run_probe(("/no/such/program",)) == "/no/such/program cannot be started: No such file or directory"


def test_the_last_error_is_the_one_that_names_itself():
    assert last_error("Traceback:\n  x\nValueError: y\n\nnote: z\n") == "ValueError: y"
    assert last_error("crosssim.errors.SimulatorMissing: no\n----\n") == "crosssim.errors.SimulatorMissing: no"
    assert last_error("killed\n--\n") == "killed"
    assert last_error("") == ""


@pytest.mark.legs
@pytest.mark.requires("nest", "neuron", "compiler")
def test_the_real_nest_and_neuron_run_here():
    findings = {one.name: one for one in examine()}
    assert findings["NEST"].detail == findings["NEURON"].detail == "ran two cells for 10 ms"
    assert simulators_ready(tuple(findings.values()))


@pytest.mark.legs
@pytest.mark.requires("neuron", "mpi", "compiler")
def test_the_real_neuron_sees_two_ranks():
    assert doctor._ranks(doctor.BACKENDS["neuron"]).ok
