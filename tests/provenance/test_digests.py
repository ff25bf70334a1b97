import hashlib
import os

from crosssim.provenance.digests import stored_file, stored_outputs
from crosssim.provenance.record import RECORD


def test_size_and_sha256(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    found = stored_file(tmp_path / "a")
    assert (found.size, found.sha256) == (3, hashlib.sha256(b"abc").hexdigest())


def test_outputs_are_all_but_record_remarks_sources_and_what_is_being_written(tmp_path):
    for name in ("a.h5", "figures/b c\n.svg", "figures/ünï.png", RECORD, "remarks.json", "sources/m.py", ".a.h5.17"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert sorted(stored_outputs(tmp_path)) == ["a.h5", "figures/b c\n.svg", "figures/ünï.png"]


def test_a_run_inside_the_folder_is_another_run(tmp_path):
    for name in ("a", "inner/b", f"inner/{RECORD}", "inner/deep/c"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert list(stored_outputs(tmp_path)) == ["a"]


def test_links_are_not_followed(tmp_path):
    outside = tmp_path / "outside"
    (outside / "deep").mkdir(parents=True)
    (outside / "secret").write_text("s")
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "file").symlink_to(outside / "secret")
    (folder / "folder").symlink_to(outside)
    (folder / "circle").symlink_to(folder)
    found = stored_outputs(folder)
    assert sorted(found) == ["circle", "file", "folder"]
    assert found["file"].sha256 != hashlib.sha256(b"s").hexdigest()


def test_pipes_are_left_out(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert stored_outputs(tmp_path) == {}


def test_a_name_that_is_no_unicode_is_told_as_escapes(tmp_path):
    (tmp_path / os.fsdecode(b"a\xff")).write_text("")
    (name,) = stored_outputs(tmp_path)
    assert name == "a\\udcff"
