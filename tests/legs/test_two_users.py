"""Two people and one results folder: who may not write is told so, who may shares it, and nothing is lost."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crosssim.provenance.shelf import find_runs
from crosssim.provenance.verifying import verify_run
from crosssim.runner.mechanisms import environment_for_legs
from tests.legs.running import ROOT

pytestmark = [pytest.mark.legs, pytest.mark.requires("nest")]

ANNE, BERT, GROUP = 4001, 4002, 4000
CHECK = ("check", "two_cells", "nest", "nest:weight=0.2", "--duration", "20", "--gates", "declared,trajectories")
READS_ALL = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")  # Python itself may lie in a closed home


def crosssim(user: int, *words: str | Path, home: Path, umask: str = "022"):
    who = ("setpriv", f"--reuid={user}", f"--regid={GROUP}", "--clear-groups", *READS_ALL)
    command = (
        *who,
        "sh",
        "-c",
        f'umask {umask}; exec "$@"',
        "sh",
        sys.executable,
        str(ROOT / "run.py"),
        *map(str, words),
    )
    own = home / str(user)
    own.mkdir(exist_ok=True)
    os.chown(own, user, GROUP)
    variables = environment_for_legs() | {"HOME": str(own), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=own, env=variables, capture_output=True, text=True, timeout=300)


@pytest.fixture
def home(tmp_path):
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can be two other users")
    for place in (tmp_path, *tmp_path.parents[:3]):
        if place.name.startswith("pytest-") or place == tmp_path or "popen" in place.name:
            place.chmod(0o755)
    if crosssim(BERT, "models", home=tmp_path).returncode != 0:
        pytest.skip("another user cannot run this Python")
    return tmp_path


def folder_of(user: int, mode: int, home: Path) -> Path:
    results = home / "results"
    results.mkdir()
    os.chown(results, user, GROUP)
    results.chmod(mode)
    return results


def whole(results: Path) -> int:
    runs = find_runs(results)
    assert [verify_run(run.folder, results) for run in runs] == [()] * len(runs)
    return len(runs)


def test_who_may_only_read_lists_verifies_and_is_told_what_he_may_not(home):
    results = folder_of(ANNE, 0o755, home)
    first = crosssim(ANNE, *CHECK, "--out", results, home=home)
    assert first.returncode == 1, first.stderr
    (study,) = results.glob("two_cells/check-*")
    (leg, *_) = results.glob("two_cells/legs/nest-*")
    for words in (("results",), ("verify", study)):
        assert crosssim(BERT, *words, "--out", results, home=home).returncode == 0
    for words in (CHECK, ("repeat", leg), ("results", "--tag", study, "x")):
        refused = crosssim(BERT, *words, "--out", results, home=home)
        assert refused.returncode == 2 and "cannot be written: Permission denied" in refused.stderr, refused.stderr
        assert "Traceback" not in refused.stderr
    elsewhere = crosssim(BERT, "repeat", leg, "--out", home / str(BERT) / "mine", "--no-sumatra", home=home)
    assert elsewhere.returncode == 0 and "IDENTICAL" in elsewhere.stdout
    assert whole(results) == 3
    assert crosssim(ANNE, *CHECK, "--fresh", "--out", results, home=home).returncode == 1
    assert whole(results) == 3


def test_a_folder_shared_by_a_group_takes_the_runs_of_both(home):
    results = folder_of(ANNE, 0o2775, home)
    for user in (ANNE, BERT):
        done = crosssim(user, *CHECK, "--fresh", "--out", results, home=home, umask="002")
        assert done.returncode == 1, done.stderr
        assert "crosssim:" not in done.stderr
    assert whole(results) == 3
