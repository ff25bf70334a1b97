import os
import signal
from dataclasses import replace

import pytest

from crosssim.errors import UsageError
from crosssim.provenance.keeping import adopt, begin, finish, forget, interrupt, is_recorded
from crosssim.provenance.record import Process, RunStatus, read_record
from tests.provenance.builders import begun_leg, finished_leg, fresh_record, leg_data


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results"


def gone() -> Process:
    """A process that has ended."""
    pid = os.fork()
    if pid == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    return replace(Process.this(), pid=pid)


def test_a_run_that_begins_says_running_and_keeps_its_sources(results):
    begun = begun_leg(results)
    record = read_record(results / "tiny" / "running" / begun.record.id)
    assert record.status is RunStatus.RUNNING
    assert (begun.folder / "sources" / "tiny.py").read_text() == "MODEL = None\n"
    assert record.sources["sources/tiny.py"].size == len("MODEL = None\n")


def test_a_run_that_ends_is_recorded_beside_its_data(results):
    record, folder = finished_leg(results)
    assert read_record(folder) == record
    assert record.status is RunStatus.COMPLETED
    assert record.ended >= record.started
    assert {"spikes.h5", "recording.json", "outcome.json", "log.txt"} <= record.outputs.keys()
    assert (folder / "sources" / "tiny.py").is_file()
    assert not (results / "tiny" / "running").exists()


def test_paths_in_a_record_are_relative(results, tmp_path):
    record, folder = finished_leg(results)
    moved = folder.rename(tmp_path / "moved")
    assert read_record(moved) == record
    assert not any(name.startswith("/") for name in (*record.outputs, *record.sources))


def test_a_clock_set_back_gives_no_negative_duration(results, monkeypatch):
    begun = begun_leg(results)
    folder = results / "tiny" / "legs" / "nest-1"
    leg_data(folder)
    monkeypatch.setattr("crosssim.provenance.keeping.now", lambda: "1999-01-01T00:00:00.000+00:00")
    record = finish(begun, folder, status=RunStatus.COMPLETED)
    assert record.ended < record.started
    assert 0 <= record.wall_s < 60


def test_an_interrupted_run_says_so(results):
    begun = begun_leg(results)
    interrupt(begun, "KeyboardInterrupt")
    record = read_record(begun.folder)
    assert (record.status, record.reason) == (RunStatus.INTERRUPTED, "KeyboardInterrupt")


def test_what_a_killed_run_left_goes_when_the_same_is_run_again(results):
    killed = begun_leg(results, replace(fresh_record(), process=gone()))
    other = begun_leg(results, replace(fresh_record(label="neuron"), process=gone()))
    living = begun_leg(results)
    again = begun_leg(results)
    assert not killed.folder.exists()
    assert other.folder.exists()
    assert living.folder.exists()
    forget(again)
    assert not again.folder.exists()


def test_a_finished_leg_whose_parent_was_killed_gets_its_record_later(results):
    killed = begun_leg(results, replace(fresh_record(), process=gone()))
    folder = results / "tiny" / "legs" / "nest-1"
    contents = leg_data(folder)
    assert not is_recorded(folder)
    adopt(results / "tiny", fresh_record(), folder, status=RunStatus.COMPLETED, contents=contents)
    record = read_record(folder)
    assert (record.id, record.started) == (killed.record.id, killed.record.started)
    assert "its parent was killed" in record.notes[0]
    assert record.sources and (folder / "sources" / "tiny.py").is_file()
    assert is_recorded(folder)


def test_a_finished_leg_of_which_nothing_is_known_says_so(results):
    folder = results / "tiny" / "legs" / "nest-1"
    leg_data(folder)
    record = adopt(results / "tiny", fresh_record(), folder, status=RunStatus.COMPLETED)
    assert "recorded later than it ran" in record.notes[0]


def test_a_source_outside_its_folder_is_refused(results, tmp_path):
    (tmp_path / "x.py").write_text("")
    with pytest.raises(UsageError, match="outside its folder"):
        begin(results / "tiny", fresh_record(), {"..": tmp_path / "x.py"}, {})


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        begin(tmp_path / "file", fresh_record(), {}, {})


def test_a_planted_link_is_not_written_through(results, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    begun = begun_leg(results)
    folder = results / "tiny" / "legs" / "nest-1"
    leg_data(folder)
    (folder / "sources").symlink_to(outside)
    (folder / "record.json").symlink_to(outside / "record.json")
    with pytest.raises(UsageError):
        finish(begun, folder, status=RunStatus.COMPLETED)
    assert [path.name for path in outside.iterdir()] == ["kept"]
