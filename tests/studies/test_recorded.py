"""Every study leaves a record that lists all its legs, and holds after the results folder was moved."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crosssim.model.ladder_template import write_ladder_template
from crosssim.model.ladders import find_ladder
from crosssim.provenance.record import ORDERED, RunStatus
from crosssim.provenance.shelf import find_runs, results_around
from crosssim.provenance.verifying import verify_run
from crosssim.runner.launch import Launcher
from tests.legs.running import MODELS

SMALL = MODELS / "small_network.py"


def crosssim(folder: Path, *words: str | Path) -> subprocess.CompletedProcess:
    command = (sys.executable, "-m", "crosssim", *map(str, words))
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=os.environ.copy())


def of_kind(results: Path, kind: str, label: str = ""):
    return [one for one in find_runs(results) if one.record.kind == kind and label in one.record.label]


def whole(results: Path) -> None:
    """Every run in ``results`` is as it was recorded, and holds no path to where it was made."""
    runs = find_runs(results)
    assert runs
    for run in runs:
        assert verify_run(run.folder, results) == (), run.folder
        assert results_around(run, Path("/nowhere")) == results.resolve()
        request = str(run.record.request.get("replay")) + str(run.record.request.get("draws"))
        assert str(results.parent) not in request
        assert not any(one.path.startswith("/") for one in run.record.inputs)


@pytest.fixture(scope="module")
def replay(tmp_path_factory):
    """A replay of a network on NEST at two steps, in a folder that was moved since."""
    folder = tmp_path_factory.mktemp("a replay")
    words = ("replay", SMALL, "nest", "nest:timestep=0.05", "--duration", "20", "--no-sumatra")
    answer = crosssim(folder, *words)
    assert answer.returncode in (0, 1), answer.stderr
    (folder / "results").rename(folder / "moved")
    return folder / "moved"


@pytest.fixture(scope="module")
def ladder(tmp_path_factory):
    """Two rungs, and one typed by hand with draws from elsewhere, in a folder that was moved since."""
    folder = tmp_path_factory.mktemp("a ladder")
    write_ladder_template(folder / "port")
    assert crosssim(folder, "ladder", "./port", "--duration", "20", "--to", "2", "--no-sumatra").returncode == 0
    (draws,) = folder.glob("results/first_ladder/draws/*.npz")
    shutil.copy(draws, folder / "mine.npz")
    alone = crosssim(folder, "rung", "./port", "1", "--draws", "mine.npz", "--duration", "10", "--no-sumatra")
    assert alone.returncode == 0, alone.stderr
    (folder / "mine.npz").unlink()
    (folder / "results").rename(folder / "moved")
    return folder / "moved"


@pytest.mark.legs
@pytest.mark.requires("nest")
def test_a_replay_is_a_study_with_all_its_legs(replay):
    (study,) = of_kind(replay, "replay")
    roles = [one.role for one in study.record.inputs]
    assert roles[:2] == ["reference", "candidate"] and roles.count(ORDERED) == 3
    assert study.record.request["gates"] == ["replay"]
    assert study.folder.name.startswith("replay-nest-nest-")
    whole(replay)


@pytest.mark.legs
@pytest.mark.requires("nest")
def test_a_replay_in_a_moved_folder_repeats_and_its_repeat_too(replay):
    leg = of_kind(replay, "leg", "nest:timestep=0.05 ← nest")[0]
    again = crosssim(replay.parent, "repeat", leg.folder, "--no-sumatra")
    assert (again.returncode, "IDENTICAL" in again.stdout) == (0, True), again.stdout + again.stderr
    assert not (replay.parent / "results").exists()
    (second,) = (replay / "repeats").glob("*/*/legs/nest-*")
    again = crosssim(replay.parent, "repeat", second, "--no-sumatra")
    assert (again.returncode, "IDENTICAL" in again.stdout) == (0, True), again.stdout + again.stderr
    whole(replay)


@pytest.mark.legs
@pytest.mark.requires("nest")
def test_a_replay_whose_legs_are_gone_is_a_sentence(replay, tmp_path):
    results = shutil.copytree(replay, tmp_path / "results")
    leg = of_kind(results, "leg", "nest:timestep=0.05 ← nest")[0]
    shutil.rmtree(results / leg.record.request["replay"]["spikes"])
    again = crosssim(tmp_path, "repeat", leg.folder, "--no-sumatra")
    assert again.returncode == 2 and "which is not there any more" in again.stderr


@pytest.mark.legs
@pytest.mark.requires("nest")
def test_a_replay_is_no_baseline(replay):
    leg = of_kind(replay, "leg", "←")[0]
    saved = crosssim(replay.parent, "baseline", "save", "x", leg.folder, "--reason", "x")
    assert saved.returncode == 2 and "replays another leg" in saved.stderr


@pytest.mark.legs
@pytest.mark.requires("neuron", "compiler")
def test_a_ladder_is_a_study_and_a_rung_typed_by_hand_a_leg(ladder):
    (study,) = of_kind(ladder, "ladder")
    assert [one.role for one in study.record.inputs] == ["rung", "rung"]
    assert study.record.verdict == "promises kept"
    assert f"crosssim record {study.record.id}" in (study.folder / "figures" / "ladder.svg").read_text()
    (alone,) = [one for one in of_kind(ladder, "leg") if one.record.request["timing"]["duration_ms"] == 10]
    assert alone.record.status is RunStatus.COMPLETED
    assert "sources/draws" in "".join(alone.record.sources)
    whole(ladder)


@pytest.mark.legs
@pytest.mark.requires("neuron", "compiler")
def test_a_ladder_and_a_rung_in_a_moved_folder_repeat(ladder):
    for run in (*of_kind(ladder, "ladder"), of_kind(ladder, "leg")[-1]):
        again = crosssim(ladder.parent, "repeat", run.folder, "--kept-sources", "--no-sumatra")
        assert (again.returncode, "IDENTICAL" in again.stdout) == (0, True), again.stdout + again.stderr
    whole(ladder)


@pytest.mark.legs
@pytest.mark.requires("neuron", "compiler")
def test_changed_draws_are_found(ladder, tmp_path):
    results = shutil.copytree(ladder, tmp_path / "results")
    leg = of_kind(results, "leg")[-1]
    (draws,) = leg.folder.glob("sources/draws/*.npz")
    raw = bytearray(draws.read_bytes())
    raw[-30] ^= 1
    draws.write_bytes(raw)
    assert verify_run(leg.folder, results) != ()
    assert crosssim(tmp_path, "repeat", leg.folder, "--no-sumatra").returncode == 2


def test_a_launcher_remembers_for_its_copies(tmp_path):
    from dataclasses import replace

    launcher = Launcher(tmp_path, find_ladder("destexhe2009"), 1)
    assert replace(launcher, fresh=True).ended is launcher.ended
