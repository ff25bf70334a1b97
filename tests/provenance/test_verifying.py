import shutil
from dataclasses import replace

import pytest

from crosssim.errors import RecordingUnreadable
from crosssim.provenance.record import RunStatus, UsedRun, write_record
from crosssim.provenance.remarks import tag_run
from crosssim.provenance.verifying import verify_run
from tests.provenance.builders import begun_leg, finished_leg, finished_study


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def leg(results):
    return finished_leg(results)[1]


def wrong(folder, results):
    return [one.what for one in verify_run(folder, results)]


def test_an_untouched_run(leg, results):
    assert verify_run(leg, results) == ()


def test_tags_are_not_tampering(leg, results):
    tag_run(leg, add=["x"])
    assert verify_run(leg, results) == ()


def test_a_moved_run(leg, tmp_path):
    moved = leg.rename(tmp_path / "moved here")
    assert verify_run(moved, tmp_path) == ()


@pytest.mark.parametrize("name", ["spikes.h5", "log.txt", "outcome.json", "recording.json", "sources/tiny.py"])
def test_one_flipped_bit_anywhere_is_found(leg, results, name):
    raw = bytearray((leg / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (leg / name).write_bytes(raw)
    assert wrong(leg, results) == [name]


def test_missing_extra_renamed_truncated_swapped(leg, results):
    (leg / "log.txt").unlink()
    assert wrong(leg, results) == ["log.txt"]
    (leg / "report_v.h5").rename(leg / "report_u.h5")
    assert wrong(leg, results) == ["log.txt", "report_u.h5", "report_v.h5"]


def test_swapped_files(leg, results):
    (leg / "inputs_held.h5").rename(leg / "x")
    (leg / "inputs_declared.h5").rename(leg / "inputs_held.h5")
    (leg / "x").rename(leg / "inputs_declared.h5")
    assert wrong(leg, results) == ["inputs_declared.h5", "inputs_held.h5"]


def test_a_file_replaced_by_a_link_to_its_copy(leg, results, tmp_path):
    shutil.copy(leg / "spikes.h5", tmp_path / "copy")
    (leg / "spikes.h5").unlink()
    (leg / "spikes.h5").symlink_to(tmp_path / "copy")
    assert wrong(leg, results) == ["spikes.h5"]


def test_a_record_that_tells_another_content_than_its_files(results):
    _, folder = finished_leg(results, contents={"spikes/exc": "0" * 64})
    assert "spikes/exc" in wrong(folder, results)


def test_a_damaged_record_is_a_sentence(leg, results):
    (leg / "record.json").write_text((leg / "record.json").read_text().replace("nest", "tsen", 1))
    with pytest.raises(RecordingUnreadable, match="damaged"):
        verify_run(leg, results)


def test_a_study_is_verified_with_its_legs(results):
    leg = finished_leg(results)
    _, study = finished_study(results, leg)
    assert verify_run(study, results) == ()
    (leg[1] / "log.txt").write_text("other")
    assert wrong(study, results) == ["../legs/nest-1: log.txt"]


def test_a_leg_that_was_run_again_since(results):
    leg = finished_leg(results)
    _, study = finished_study(results, leg)
    finished_leg(results)
    (mismatch,) = verify_run(study, results)
    assert "was replaced" in mismatch.problem


@pytest.mark.parametrize("path", ["../../../elsewhere", "/etc", "../legs/link"])
def test_nothing_outside_the_results_folder_is_opened(results, tmp_path, path):
    record, folder = finished_study(results)
    outside, elsewhere = finished_leg(tmp_path / "elsewhere")
    (results / "tiny" / "legs").mkdir()
    (results / "tiny" / "legs" / "link").symlink_to(elsewhere)
    write_record(replace(record, inputs=[UsedRun("leg", outside.id, path)]), folder)
    (mismatch,) = verify_run(folder, results)
    assert "was not opened" in mismatch.problem


def test_runs_that_use_each_other_come_to_an_end(results):
    record, folder = finished_study(results)
    write_record(replace(record, inputs=[UsedRun("self", record.id, ".")]), folder)
    assert verify_run(folder, results) == ()


def test_an_unfinished_run_is_not_verified(results):
    begun = begun_leg(results)
    (mismatch,) = verify_run(begun.folder, results)
    assert RunStatus.RUNNING.value in mismatch.problem
