"""One leg and several, on real simulators: what is reused, what is kept, what a person can type again."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crosssim.recording.folder import content_digests, read_recording
from crosssim.runner.mechanisms import environment_for_legs
from tests.legs.running import MODELS, ROOT, completed, crosssim, finished, run_legs

pytestmark = [pytest.mark.legs, pytest.mark.requires("nest", "neuron")]
FIRST_GATES = ("--gates", "declared,wiring,trajectories")
SHORT = ("--duration", "50")


def check(results: Path, *words: str | Path, **variables: str):
    return crosssim("check", "two_cells", *words, *SHORT, *FIRST_GATES, "--out", results, **variables)


def test_a_check_agrees_and_the_second_one_reuses_its_legs(tmp_path):
    first = check(tmp_path, "nest", "neuron")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "nest: running" in first.stderr
    legs = finished(tmp_path)
    assert [name.partition("-")[0] for name in legs] == ["nest", "neuron"]
    stamps = [(tmp_path / "two_cells" / "legs" / name).stat().st_mtime_ns for name in legs]
    second = check(tmp_path, "nest", "neuron")
    assert second.returncode == 0
    assert "reused" in second.stderr
    assert "reused" in second.stdout
    assert [(tmp_path / "two_cells" / "legs" / name).stat().st_mtime_ns for name in legs] == stamps


def test_the_command_in_the_log_can_be_typed_anywhere_and_makes_the_same_leg(tmp_path):
    (run,) = run_legs(tmp_path / "one", "two_cells", "nest:timestep=0.05,weight=0.2", duration="20")
    first = completed(run)
    line = (run.folder / "log.txt").read_text().splitlines()[0]
    assert line.startswith("$ ")
    words = shlex.split(line.removeprefix("$ "))
    again = subprocess.run([*words, "--fresh"], cwd=tmp_path, env=environment_for_legs(), capture_output=True)
    assert again.returncode == 0, again.stderr
    assert finished(tmp_path / "one") == [run.folder.name]
    assert content_digests(read_recording(run.folder)) == content_digests(first)


def test_what_was_asked_for_is_no_fault_and_what_differs_is(tmp_path):
    done = check(tmp_path, "nest", "nest:tau_refrac=10.0,input_rate=40", "--json", tmp_path / "numbers.json")
    assert done.returncode in (0, 1), done.stderr
    numbers = json.loads((tmp_path / "numbers.json").read_text())
    assert numbers["gate"] != "declared"


def test_two_at_once_run_a_leg_once(tmp_path):
    words = [sys.executable, str(ROOT / "run.py"), "nest", "--model", "two_cells", *SHORT, "--out", str(tmp_path)]
    both = [
        subprocess.Popen(words, env=environment_for_legs(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    texts = [one.communicate(timeout=120) for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sum("a finished leg was reused" in out for out, _ in texts) == 1
    assert len(finished(tmp_path)) == 1


def test_a_damaged_recording_is_one_sentence_and_fresh_mends_it(tmp_path):
    assert check(tmp_path, "nest", "neuron").returncode == 0
    (spikes,) = tmp_path.glob("two_cells/legs/nest-*/spikes.h5")
    spikes.write_bytes(spikes.read_bytes()[:-100])
    damaged = check(tmp_path, "nest", "neuron")
    assert damaged.returncode == 3
    assert "is damaged or was changed since it was recorded; run the leg again with --fresh" in " ".join(
        damaged.stdout.split()
    )
    mended = check(tmp_path, "nest", "neuron", "--fresh")
    assert mended.returncode == 0, mended.stdout
    assert "reused" not in mended.stdout + mended.stderr


def interrupted(tmp_path, moment: str, number: int):
    """A check that is sent a signal when its terminal first shows ``moment``."""
    words = [sys.executable, str(ROOT / "run.py"), "check", "two_cells", "nest", "neuron", *SHORT, *FIRST_GATES]
    parent = subprocess.Popen(
        [*words, "--out", str(tmp_path)], env=environment_for_legs(), stderr=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, bufsize=1,
    )  # fmt: skip
    assert parent.stderr is not None
    for line in parent.stderr:
        if moment in line:
            break
    parent.send_signal(number)
    _, err = parent.communicate(timeout=60)
    return parent.returncode, err


@pytest.mark.parametrize(
    ("moment", "number"), [("starting", signal.SIGINT), ("running", signal.SIGINT), ("finished", signal.SIGTERM)]
)
def test_an_interrupted_check_leaves_no_child_and_no_half_result(tmp_path, moment, number):
    code, err = interrupted(tmp_path, moment, number)
    assert code == 130
    assert "crosssim: interrupted; finished legs are kept" in err
    assert "Traceback" not in err
    mine = f"--out {tmp_path}"
    commands = [Path(one, "cmdline") for one in Path("/proc").iterdir() if one.name.isdigit()]
    time.sleep(0.2)
    left = []
    for one in commands:
        try:
            left.append(one.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    assert [line for line in left if mine in line] == []
    assert all((tmp_path / "two_cells/legs" / name / "outcome.json").exists() for name in finished(tmp_path))


HIDE = """
import importlib.metadata as metadata, sys
if {distribution}:
    found = metadata.version
    def version(name):
        if name == "nest-simulator":
            raise metadata.PackageNotFoundError(name)
        return found(name)
    metadata.version = version
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name == "nest":
            raise ImportError("libnest.so: cannot open shared object file")
sys.meta_path.insert(0, Hidden())
"""


@pytest.mark.parametrize(
    ("distribution", "words"),
    [
        (True, "NEST cannot be used: the package nest-simulator is not installed; run `pip install nest-simulator`"),
        (False, "NEST cannot be used: ImportError: libnest.so: cannot open shared object file; run `crosssim doctor`"),
    ],
)
def test_without_a_simulator_the_other_leg_runs_and_is_kept(tmp_path, distribution, words):
    (tmp_path / "sitecustomize.py").write_text(HIDE.format(distribution=distribution))
    done = check(tmp_path / "out", "nest", "neuron", PYTHONPATH=str(tmp_path))
    assert done.returncode == 4, done.stdout + done.stderr
    assert words in " ".join(done.stdout.split())
    (kept,) = finished(tmp_path / "out")
    assert kept.startswith("neuron-")
    alone = crosssim("nest", "--model", "two_cells", "--out", tmp_path / "alone", PYTHONPATH=str(tmp_path))
    assert alone.returncode == 4
    assert words in " ".join(alone.stderr.split())


def test_a_results_folder_without_permission(tmp_path):
    if os.geteuid() == 0:
        before = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        probe = subprocess.run([*before, sys.executable, "-c", "import crosssim"], cwd=ROOT, capture_output=True)
        if probe.returncode != 0:
            pytest.skip("nobody cannot read this checkout")
    else:
        before = []
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    results = "/proc/nowhere" if not before else closed
    done = crosssim("nest", "--model", "two_cells", "--out", results, before=before, HOME="/nonexistent")
    assert done.returncode == 2, done.stderr
    assert "cannot be written: " in done.stderr
    assert "--out" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def full_disk(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("mounting is not allowed here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_one_sentence_and_no_result(full_disk):
    done = check(full_disk, "nest", "neuron")
    assert done.returncode in (2, 3), done.stdout + done.stderr
    said = " ".join((done.stdout + done.stderr).split())
    assert "cannot be written: No space left on device" in said
    assert "Traceback" not in said
    assert finished(full_disk) == []


def test_a_changed_model_file_is_another_leg(tmp_path):
    model = tmp_path / "mine.py"
    text = (MODELS / "awkward.py").read_text()
    model.write_text(text)
    results = tmp_path / "out"
    first, same = (run_legs(results, model, "neuron")[0] for _ in range(2))
    assert completed(first) and same.reused
    assert same.folder == first.folder
    model.write_text(text.replace("weight=0.001", "weight=0.002"))
    changed, seeded, other = (
        run_legs(results, model, leg)[0] for leg in ("neuron", "neuron:seed=7", "neuron:i_offset=0.1")
    )
    folders = {first.folder, changed.folder, seeded.folder, other.folder}
    assert len(folders) == 4
    assert not (changed.reused or seeded.reused or other.reused)


@pytest.mark.requires("mpi")
def test_a_rank_that_is_refused_ends_the_others(tmp_path):
    (run,) = run_legs(tmp_path, MODELS / "awkward.py", "neuron:v_spike=-40,ranks=2")
    assert run.outcome.status == "refused"
    assert "lower v_spike or the timestep" in run.outcome.reason
