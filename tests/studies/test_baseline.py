"""Baselines of a model of two cells on NEST, changed on purpose between the runs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crosssim.errors import RecordingUnreadable, UsageError
from crosssim.model.discovery import shipped_folder
from crosssim.provenance.baseline_store import checked_name, leg_folder_name, read_baseline, read_history, unpack
from crosssim.provenance.shelf import shelved
from crosssim.studies.baseline import save_baseline
from tests.provenance.builders import finished_leg, finished_study


def crosssim(folder: Path, *words: str) -> subprocess.CompletedProcess:
    command = (sys.executable, "-m", "crosssim", *words)
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=os.environ.copy())


def change_model(folder: Path, before: str, after: str) -> None:
    text = (folder / "mine.py").read_text()
    assert before in text
    (folder / "mine.py").write_text(text.replace(before, after))


@pytest.mark.legs
@pytest.mark.requires("nest")
def test_save_check_accept_history(tmp_path):
    shutil.copy(shipped_folder() / "two_cells.py", tmp_path / "mine.py")
    quick = ("--gates", "declared,wiring,trajectories", "--no-sumatra")
    ran = crosssim(tmp_path, "check", "mine.py", "nest", "nest:weight=0.2", "--duration", "60", *quick)
    assert ran.returncode in (0, 1), ran.stderr
    (report,) = (tmp_path / "results" / "two_cells").glob("check-*")
    refused = crosssim(tmp_path, "baseline", "save", "two", str(report))
    assert (refused.returncode, "needs --reason" in refused.stderr) == (2, True)
    assert crosssim(tmp_path, "baseline", "save", "two", str(report), "--reason", "the paper").returncode == 0

    same = crosssim(tmp_path, "baseline", "check", "two", *quick, "--junit", "j.xml", "--markdown", "m.md")
    assert (same.returncode, same.stdout.count("identical")) == (0, 2), same.stderr
    assert 'failures="0"' in (tmp_path / "j.xml").read_text()

    change_model(tmp_path, "weight=p.input_weight,", "weight=p.input_weight / 100,")
    moved = crosssim(tmp_path, "baseline", "check", "two", *quick, "--json", "n.json")
    assert moved.returncode == 1, moved.stdout + moved.stderr
    assert "changed: source mine.py" in moved.stdout
    told = json.loads((tmp_path / "n.json").read_text())
    (row,) = told["legs"]["nest"]["rates"]
    assert row["before_hz"] > row["now_hz"] == 0
    assert crosssim(tmp_path, "baseline", "accept", "two", *quick).returncode == 2
    accepted = crosssim(tmp_path, "baseline", "accept", "two", *quick, "--reason", "input was too strong")
    assert accepted.returncode == 0, accepted.stderr
    assert crosssim(tmp_path, "baseline", "check", "two", *quick).returncode == 0
    history = crosssim(tmp_path, "baseline", "history", "two", "--figure", "h.svg")
    assert history.stdout.index("the paper") < history.stdout.index("input was too strong")
    assert "nest-simulator 3." in history.stdout
    assert (tmp_path / "h.svg").read_text().startswith("<?xml")


@pytest.fixture
def kept(tmp_path):
    """A baseline of an invented check of two legs."""
    one = finished_leg(tmp_path / "results", "nest-1")
    two = finished_leg(tmp_path / "results", "nest-2")
    _, study = finished_study(tmp_path / "results", one, two)
    folder = tmp_path / "baselines" / "tiny"
    save_baseline(shelved(one[1]), folder, "first")
    return folder, one, study


def test_a_saved_recording_unpacks_byte_for_byte(kept, tmp_path):
    folder, (_, leg), _ = kept
    unpacked = unpack(folder / "legs" / "nest", tmp_path / "un")
    for name in ("recording.json", "spikes.h5", "report_v.h5"):
        assert (unpacked / name).read_bytes() == (leg / name).read_bytes()


def test_saving_twice_the_same_gives_the_same_files(kept, tmp_path):
    folder, (_, leg), _ = kept
    other = tmp_path / "baselines" / "again"
    save_baseline(shelved(leg), other, "second")
    for path in (folder / "legs" / "nest").iterdir():
        assert path.read_bytes() == (other / "legs" / "nest" / path.name).read_bytes()


def test_the_history_is_one_file_an_entry(kept):
    (entry,) = read_history(kept[0])
    assert (entry.action, entry.reason, entry.id) == ("save", "first", read_baseline(kept[0]).entry)
    assert entry.numbers["nest"]["exc"]["spikes"] == 80


def test_what_cannot_be_saved(kept, tmp_path):
    folder, (_, leg), study = kept
    with pytest.raises(UsageError, match="is there already"):
        save_baseline(shelved(leg), folder, "again")
    with pytest.raises(UsageError, match="needs --reason"):
        save_baseline(shelved(leg), tmp_path / "baselines" / "b", " ")
    finished_leg(tmp_path / "results", "nest-2")
    with pytest.raises(UsageError, match="was run again since"):
        save_baseline(shelved(study), tmp_path / "baselines" / "c", "late")


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "a b", "-x", "a\n"])
def test_names_that_are_no_folder(name):
    with pytest.raises(UsageError, match="baseline name"):
        checked_name(name)


def test_labels_become_folders_of_their_own():
    first = leg_folder_name("nest:weight=0.2", {})
    assert first == "nest_weight_0.2"
    assert leg_folder_name("nest weight 0.2", {"x": {"folder": first}}) == f"{first}-2"
    assert checked_name(leg_folder_name("../../etc", {}))


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"schema": 9}', b'{"schema": 1}'])
def test_a_damaged_baseline_is_a_sentence(kept, raw):
    (kept[0] / "baseline.json").write_bytes(raw)
    with pytest.raises(RecordingUnreadable, match=r"version control|schema"):
        read_baseline(kept[0])


def test_a_damaged_archive_is_a_sentence(kept, tmp_path):
    packed = kept[0] / "legs" / "nest" / "spikes.h5.gz"
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(RecordingUnreadable, match="cannot be unpacked"):
        unpack(packed.parent, tmp_path / "un")
