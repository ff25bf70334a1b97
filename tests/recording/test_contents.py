import json

import pytest

from crosssim.errors import RecordingUnreadable
from crosssim.recording.contents import CONTENTS, FORMAT_NUMBER, Contents, contents_of, read_contents
from crosssim.recording.folder import read_recording
from tests.recording.builders import full_recording, reseal


def test_the_names_keep_the_order_of_the_recording():
    contents = contents_of(full_recording(), {"spikes.h5": "0"})
    assert contents.spikes == ["exc", "L2/3I", "silent", "empty"]
    assert contents.traces == [("L2/3I", "v"), ("exc", "v"), ("exc", "w")]
    assert contents.cell_classes == {"exc": ["RS", "LTS"]}
    assert contents.populations == {"exc", "L2/3I", "silent", "empty", "stim"}


def test_it_reads_back_equal(leg):
    assert read_contents(leg) == contents_of(full_recording(), read_contents(leg).files)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"null", b"\xff\xfe", b'{"format": "one"}', b"[" * 100_000])
def test_a_table_of_contents_that_is_none(leg, content):
    (leg / CONTENTS).write_bytes(content)
    with pytest.raises(RecordingUnreadable, match="no format number"):
        read_recording(leg)


@pytest.mark.parametrize(
    ("number", "told"),
    [(FORMAT_NUMBER - 1, "older than.*run the leg again"), (FORMAT_NUMBER + 1, "newer than.*upgrade crosssim")],
)
def test_another_format_is_refused_with_what_to_do(leg, number, told):
    reseal(leg, format=number)
    with pytest.raises(RecordingUnreadable, match=f"has format {number}, {told}"):
        read_recording(leg)


def test_another_format_may_have_other_fields(leg):
    (leg / CONTENTS).write_text(json.dumps({"format": 7, "arrays": []}))
    with pytest.raises(RecordingUnreadable, match="format 7, newer"):
        read_recording(leg)


@pytest.mark.parametrize("field", sorted(Contents.__dataclass_fields__.keys() - {"format"}))
def test_every_field_of_the_table_of_contents_is_sealed(leg, field):
    raw = json.loads((leg / CONTENTS).read_text())
    raw[field] = {str: "other", float: 7.5, list: [], dict: {}}[type(raw[field])]
    (leg / CONTENTS).write_text(json.dumps(raw))
    with pytest.raises(RecordingUnreadable, match="damaged or was changed"):
        read_recording(leg)
