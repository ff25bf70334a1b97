from concurrent.futures import ThreadPoolExecutor

import pytest

from crosssim.errors import RecordingUnreadable, UsageError
from crosssim.provenance.remarks import comment_on_run, read_remarks, tag_run
from tests.provenance.builders import finished_leg


@pytest.fixture
def folder(tmp_path):
    return finished_leg(tmp_path / "results")[1]


def test_tags_and_comments_stay_apart_from_the_record(folder):
    before = (folder / "record.json").read_bytes()
    tag_run(folder, add=["good", "paper"])
    tag_run(folder, add=["good"], remove=["paper"])
    comment_on_run(folder, "  the one of figure 3\n")
    remarks = read_remarks(folder)
    assert remarks.tags == ["good"]
    assert [one.text for one in remarks.comments] == ["the one of figure 3"]
    assert (folder / "record.json").read_bytes() == before


@pytest.mark.parametrize("tag", ["", "two words", "a,b", "bell\a"])
def test_a_tag_is_one_word(folder, tag):
    with pytest.raises(UsageError, match="one word"):
        tag_run(folder, add=[tag])


def test_an_empty_comment_is_refused(folder):
    with pytest.raises(UsageError, match="must say something"):
        comment_on_run(folder, " \n")


def test_many_at_once_lose_nothing(folder):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda k: tag_run(folder, add=[f"t{k}"]), range(40)))
    assert sorted(read_remarks(folder).tags) == sorted(f"t{k}" for k in range(40))


@pytest.mark.parametrize("raw", [b"", b"{", b'{"tags": 3}', b'{"schema": 9}', b"\xff"])
def test_damaged_remarks_are_told_and_never_overwritten(folder, raw):
    (folder / "remarks.json").write_bytes(raw)
    assert read_remarks(folder).problem
    with pytest.raises(RecordingUnreadable):
        tag_run(folder, add=["x"])
    assert (folder / "remarks.json").read_bytes() == raw
