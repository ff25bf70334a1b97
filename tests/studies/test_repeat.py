"""Repeats on a real simulator, of a model of two cells that can be changed between the runs."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from crosssim.errors import UsageError
from crosssim.model.discovery import find_model, shipped_folder
from crosssim.provenance.record import RunStatus, read_record, write_record
from crosssim.provenance.repetition import Repetition
from crosssim.provenance.shelf import find_run, find_runs
from crosssim.studies.repeat import RepeatWishes, first_divergence, run_repeat
from tests.provenance.builders import finished_leg, finished_study

pytestmark = pytest.mark.legs


def crosssim(folder: Path, *words: str) -> subprocess.CompletedProcess:
    command = (sys.executable, "-m", "crosssim", *words)
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=os.environ.copy())


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A folder with a model of its own and one leg of it, 20 ms on NEST."""
    folder = tmp_path_factory.mktemp("repeat")
    shutil.copy(shipped_folder() / "two_cells.py", folder / "mine.py")
    answer = crosssim(folder, "run", "mine.py", "nest", "--duration", "60")
    assert answer.returncode == 0, answer.stderr
    return folder


@pytest.fixture
def here(ran, tmp_path, monkeypatch):
    """A copy of it, to be spoilt."""
    folder = shutil.copytree(ran, tmp_path / "here")
    monkeypatch.chdir(folder)
    return folder


def the_leg(folder: Path):
    (run,) = [one for one in find_runs(folder / "results") if one.record.kind == "leg"]
    return run


def change_model(folder: Path, before: str, after: str) -> None:
    text = (folder / "mine.py").read_text()
    assert before in text
    (folder / "mine.py").write_text(text.replace(before, after))


@pytest.mark.requires("nest")
def test_a_standalone_leg_writes_its_own_record(ran):
    record = the_leg(ran).record
    assert record.status is RunStatus.COMPLETED
    assert {"nest-simulator", "PyNN", "numpy"} <= record.environment["packages"].keys()
    assert record.environment["simulator"]["version"].startswith("3.")
    assert record.contents.keys() >= {"spikes/cells", "trace/cells/v"}
    assert record.sources["sources/mine.py"].size == (ran / "mine.py").stat().st_size


@pytest.mark.requires("nest")
def test_a_repeat_is_identical(here):
    result = run_repeat(the_leg(here), here / "results", RepeatWishes())
    (leg,) = result.legs
    assert result.outcome is Repetition.IDENTICAL
    assert leg.changes == ()
    assert leg.new.id != leg.old.id
    assert read_record(result.folder).verdict == "identical"


@pytest.mark.requires("nest")
def test_a_changed_model_is_different_from_where_it_parts(here):
    run = the_leg(here)
    change_model(here, "weight=p.weight,", "weight=p.weight / 2,")
    result = run_repeat(run, here / "results", RepeatWishes())
    (leg,) = result.legs
    assert result.outcome is Repetition.DIFFERENT
    assert "source mine.py" in [one.what for one in leg.changes]
    assert leg.divergence is not None and leg.divergence.reason
    kept = run_repeat(run, here / "results", RepeatWishes(kept_sources=True))
    assert kept.outcome is Repetition.IDENTICAL


@pytest.mark.requires("nest")
def test_a_model_that_breaks_is_failed_and_one_that_is_gone_a_sentence(here):
    run = the_leg(here)
    change_model(here, "def build(", "def not_build(")
    with pytest.raises(UsageError):
        run_repeat(run, here / "results", RepeatWishes())
    shutil.copy(shipped_folder() / "two_cells.py", here / "mine.py")
    change_model(here, "    return ", "    raise RuntimeError('broken')\n    return ")
    assert run_repeat(run, here / "results", RepeatWishes()).outcome is Repetition.FAILED
    (here / "mine.py").unlink()
    record = replace(run.record, process=replace(run.record.process, started_in=str(here)))
    with pytest.raises(UsageError, match="--kept-sources"):
        run_repeat(replace(run, record=record), here / "results", RepeatWishes())


@pytest.mark.requires("nest")
def test_a_time_limit_makes_it_failed(here):
    result = run_repeat(the_leg(here), here / "results", RepeatWishes(time_limit_s=0.01))
    assert result.outcome is Repetition.FAILED
    assert "time limit" in result.legs[0].likeness.reason


@pytest.mark.requires("nest")
def test_on_the_command_line(here):
    run = the_leg(here)
    answer = crosssim(here, "repeat", run.record.id[:6])
    assert (answer.returncode, "IDENTICAL" in answer.stdout) == (0, True), answer.stderr
    assert crosssim(here, "verify", run.record.id[:6]).returncode == 0
    raw = bytearray((run.folder / "spikes.h5").read_bytes())
    raw[-1] ^= 1
    (run.folder / "spikes.h5").write_bytes(raw)
    answer = crosssim(here, "verify", run.record.id[:6])
    assert (answer.returncode, "spikes.h5 was changed" in answer.stdout) == (1, True)
    crosssim(here, "results", "kind=leg", "--json", "runs.json")
    listed = json.loads((here / "runs.json").read_text())
    assert [one["record"]["id"] for one in listed].count(run.record.id) == 1


def test_a_study_is_no_neo_file_and_a_folder_that_is_not_there_a_sentence(tmp_path):
    _, study = finished_study(tmp_path / "results", finished_leg(tmp_path / "results"))
    answer = crosssim(tmp_path, "export", str(study), "x.nix")
    assert (answer.returncode, "add --crate" in answer.stderr) == (2, True), answer.stderr
    answer = crosssim(tmp_path, "verify", "results/nothing")
    assert (answer.returncode, "there is no folder results/nothing" in answer.stderr) == (2, True), answer.stderr


def test_a_run_that_did_not_complete_cannot_be_repeated(tmp_path):
    record, folder = finished_leg(tmp_path / "results")
    write_record(replace(record, status=RunStatus.FAILED, reason="crashed: signal 11"), folder)
    with pytest.raises(UsageError, match="is failed"):
        run_repeat(find_run(tmp_path / "results", record.id), tmp_path / "results", RepeatWishes())


def test_a_study_whose_legs_lie_outside_is_not_repeated(tmp_path):
    outside = finished_leg(tmp_path / "else" / "results")
    _, study = finished_study(tmp_path / "results", outside)
    record = read_record(study)
    used = [replace(record.inputs[0], path="../../../else/results/tiny/legs/nest-1")]
    write_record(replace(record, inputs=used), study)
    with pytest.raises(UsageError, match="lies outside"):
        run_repeat(find_run(tmp_path / "results", record.id), tmp_path / "results", RepeatWishes())


def test_damaged_old_data_has_no_first_divergence_but_a_reason(tmp_path):
    _, old = finished_leg(tmp_path / "results")
    _, new = finished_leg(tmp_path / "results", "nest-2")
    (old / "spikes.h5").write_bytes(b"")
    judged = first_divergence(find_model("two_cells"), old, new)
    assert "spikes.h5" in judged.reason
