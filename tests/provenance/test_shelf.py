import shutil

import pytest

from crosssim.errors import RecordingUnreadable, UsageError
from crosssim.provenance.remarks import tag_run
from crosssim.provenance.shelf import find_run, find_runs, matching
from tests.provenance.builders import begun_leg, finished_leg, finished_study, leg_data


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results"


def test_every_run_is_found(results):
    leg = finished_leg(results)
    study = finished_study(results, leg)
    running = begun_leg(results)
    assert {one.record.id for one in find_runs(results)} == {leg[0].id, study[0].id, running.record.id}


def test_damaged_folders_are_lines_in_the_list(results):
    record, folder = finished_leg(results)
    for name, spoil in (
        ("truncated", lambda raw: raw[: len(raw) // 2]),
        ("empty", lambda raw: b""),
        ("newer", lambda raw: raw.replace(b'"schema": 1', b'"schema": 7')),
        ("other", lambda raw: raw.replace(b'"label": "nest"', b'"label": "tsen"')),
    ):
        copy = shutil.copytree(folder, folder.with_name(name))
        (copy / "record.json").write_bytes(spoil((copy / "record.json").read_bytes()))
    leg_data(folder.with_name("unrecorded"))
    runs = find_runs(results)
    assert [one.record.id for one in runs if one.record] == [record.id]
    problems = {one.folder.name: one.problem for one in runs if one.record is None}
    assert problems.keys() == {"truncated", "empty", "newer", "other", "unrecorded"}
    assert "newer than" in problems["newer"]
    assert "holds no record.json" in problems["unrecorded"]


def test_links_out_of_the_folder_are_not_followed(results, tmp_path):
    finished_leg(tmp_path / "elsewhere" / "results")
    finished_leg(results)
    (results / "tiny" / "legs" / "link").symlink_to(tmp_path / "elsewhere")
    (results / "circle").symlink_to(results)
    assert len(find_runs(results)) == 1


def test_a_run_is_found_by_the_beginning_of_its_id_or_its_folder(results):
    record, folder = finished_leg(results)
    assert find_run(results, record.id[:5]).folder == folder
    assert find_run(results, str(folder)).record == record
    with pytest.raises(UsageError, match="too short"):
        find_run(results, record.id[:3])
    with pytest.raises(UsageError, match="no run in"):
        find_run(results, "zzzz")


def test_an_id_that_two_folders_have_is_ambiguous(results):
    record, folder = finished_leg(results)
    shutil.copytree(folder, folder.with_name("copy"))
    with pytest.raises(UsageError, match="names 2 runs"):
        find_run(results, record.id)
    assert find_run(results, str(folder)).folder == folder


def test_a_damaged_folder_is_told_when_it_is_asked_for(results):
    _, folder = finished_leg(results)
    (folder / "record.json").write_text("{")
    with pytest.raises(RecordingUnreadable, match="damaged"):
        find_run(results, str(folder))


def test_no_results_folder(results):
    with pytest.raises(UsageError, match="there is no results folder"):
        find_runs(results)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ([], 3), (["kind=leg"], 2), (["tag=good"], 1), (["tag=goo"], 0), (["status=completed"], 2),
        (["status=running"], 1),
        (["verdict=identical"], 1), (["NEURON"], 1), (["after=2020"], 3), (["before=2020-01-01"], 0),
        (["kind=leg", "tag=good"], 1), (["kind=check", "tag=good"], 0),
    ],
)  # fmt: skip
def test_filters(results, words, found):
    leg = finished_leg(results)
    finished_study(results, leg)
    begun_leg(results)
    tag_run(leg[1], add=["good"])
    assert len(matching(find_runs(results), words)) == found


def test_an_unknown_filter_is_refused(results):
    finished_leg(results)
    with pytest.raises(UsageError, match="'colour' is not known"):
        matching(find_runs(results), ["colour=red"])
