import contextlib
import os
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssim.errors import RecordingUnreadable
from crosssim.provenance.record import (
    RECORD,
    Process,
    RunStatus,
    StoredFile,
    new_id,
    read_record,
    write_record,
)
from tests.provenance.builders import fresh_record


def test_a_record_reads_back(tmp_path):
    record = replace(
        fresh_record(model="ναμε\n ", label='a "b"'), outputs={"a/b": StoredFile(1, "x")}, contents={"spikes/exc": "1"}
    )
    written = write_record(record, tmp_path)
    assert read_record(tmp_path) == written
    assert replace(written, seal="") == record


def test_a_whole_number_for_a_fraction_reads_back_sealed(tmp_path):
    write_record(replace(fresh_record(), cpu_s=0), tmp_path)
    assert read_record(tmp_path).cpu_s == 0.0


def test_ids_are_new():
    assert len({new_id() for _ in range(1000)}) == 1000


def test_a_folder_without_a_record_is_a_sentence(tmp_path):
    with pytest.raises(RecordingUnreadable, match=r"holds no record\.json"):
        read_record(tmp_path)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"3", b"null", b'{"schema": "1"}', b'{"schema": true}', b"\xff\xfe"])
def test_a_damaged_record_is_a_sentence(tmp_path, raw):
    (tmp_path / RECORD).write_bytes(raw)
    with pytest.raises(RecordingUnreadable, match="damaged: it has no schema number"):
        read_record(tmp_path)


def test_a_record_nested_without_end_is_a_sentence(tmp_path):
    (tmp_path / RECORD).write_bytes(b'{"schema": 1, "request": ' + b"[" * 200_000 + b"]" * 200_000 + b"}")
    with pytest.raises(RecordingUnreadable):
        read_record(tmp_path)


@pytest.mark.parametrize(("schema", "word"), [(0, "older"), (2, "newer")])
def test_another_schema_is_refused_before_its_fields_are_read(tmp_path, schema, word):
    (tmp_path / RECORD).write_text(f'{{"schema": {schema}, "unheard": [1]}}')
    with pytest.raises(RecordingUnreadable, match=f"schema {schema}, {word} than"):
        read_record(tmp_path)


def test_a_changed_field_breaks_the_seal(tmp_path):
    write_record(fresh_record(), tmp_path)
    raw = msgspec.json.decode((tmp_path / RECORD).read_bytes())
    (tmp_path / RECORD).write_bytes(msgspec.json.encode(raw | {"label": "neuron"}))
    with pytest.raises(RecordingUnreadable, match="damaged or was changed"):
        read_record(tmp_path)


@given(st.data())
def test_no_flipped_bit_is_believed(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("flip")
    written = write_record(fresh_record(), folder)
    raw = bytearray((folder / RECORD).read_bytes())
    position = data.draw(st.integers(0, len(raw) - 1))
    raw[position] ^= 1 << data.draw(st.integers(0, 7))
    (folder / RECORD).write_bytes(raw)
    with contextlib.suppress(RecordingUnreadable):
        assert read_record(folder) == written  # white space may change: what it says is the same


@given(st.data())
def test_no_truncated_record_is_believed(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("cut")
    write_record(fresh_record(), folder)
    raw = (folder / RECORD).read_bytes().rstrip()
    (folder / RECORD).write_bytes(raw[: data.draw(st.integers(0, len(raw) - 1))])
    with pytest.raises(RecordingUnreadable):
        read_record(folder)


def test_a_link_is_not_a_record(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "other").mkdir()
    write_record(fresh_record(), tmp_path / "real")
    (tmp_path / "other" / RECORD).symlink_to(tmp_path / "real" / RECORD)
    with pytest.raises(RecordingUnreadable):
        read_record(tmp_path / "other")


def test_a_run_is_running_while_its_process_is_there():
    record = fresh_record()
    assert record.is_running
    assert record.status_now is RunStatus.RUNNING


def test_a_run_whose_process_is_gone_is_interrupted():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    gone = replace(fresh_record(), process=replace(Process.this(), pid=pid))
    assert gone.status_now is RunStatus.INTERRUPTED
    assert replace(gone, process=replace(gone.process, host="elsewhere")).status_now is RunStatus.RUNNING


def test_a_process_younger_than_the_record_is_another():
    old = replace(fresh_record(), started="2020-01-01T00:00:00.000+00:00")
    assert old.status_now is RunStatus.INTERRUPTED
