import errno
import json
import math

import pytest

from crosssim.errors import UsageError
from crosssim.recording.disk import disk_errors_as_sentences, write_bytes_atomically, write_json_atomically


def test_a_refusal_of_the_disk_names_the_folder_and_what_to_do(tmp_path):
    with (
        pytest.raises(
            UsageError, match=rf"results folder {tmp_path} cannot be written: No space left on device.*--out"
        ),
        disk_errors_as_sentences(tmp_path),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_our_own_mistakes_keep_their_traceback(tmp_path):
    with pytest.raises(RuntimeError, match="mistake"), disk_errors_as_sentences(tmp_path):
        raise RuntimeError("mistake")


@pytest.mark.parametrize("number", [0.1, 1 / 3, 4999.900000009424, 5e-324, -0.0, 2**53 + 1])
def test_numbers_read_back_bit_for_bit(tmp_path, number):
    path = tmp_path / "one.json"
    write_json_atomically(path, {"number": number, "text": "é\n"})
    back = json.loads(path.read_text())
    assert back["number"] == number and math.copysign(1, back["number"]) == math.copysign(1, number)
    assert back["text"] == "é\n"


def test_a_refused_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "outcome.json"
    write_json_atomically(path, ["old"])

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UsageError, match="No space left"):
        write_bytes_atomically(path, b"new")
    assert json.loads(path.read_text()) == ["old"]
    assert [one.name for one in tmp_path.iterdir()] == ["outcome.json"]


def test_an_interrupt_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "outcome.json"
    write_json_atomically(path, ["old"])

    def interrupted(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_bytes_atomically(path, b"new")
    assert json.loads(path.read_text()) == ["old"]
    assert [one.name for one in tmp_path.iterdir()] == ["outcome.json"]
