from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssim.errors import UsageError
from crosssim.recording.draws import draws_digest, keep_draws, read_draws


def test_draws_are_kept_once_for_their_content(tmp_path):
    draws = {"b": np.arange(3), "a": np.eye(2)}
    path, content = keep_draws(draws, tmp_path, "small", "seed-1")
    assert path == f"small/draws/seed-1-{content[:12]}.npz"
    assert draws_digest(read_draws(tmp_path / path)) == content
    stamp = (tmp_path / path).stat().st_mtime_ns
    assert keep_draws(draws, tmp_path, "small", (tmp_path / path).stem) == (path, content)
    assert (tmp_path / path).stat().st_mtime_ns == stamp
    assert keep_draws({"a": draws["a"]}, tmp_path, "small", "seed-1")[0] != path


@given(st.data())
def test_no_flipped_bit_is_more_than_a_sentence(tmp_path_factory, data):
    draws = {"a": np.arange(40.0)}
    folder = tmp_path_factory.mktemp("d")
    path, content = keep_draws(draws, folder, "small", "x")
    raw = bytearray((folder / path).read_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    (folder / path).write_bytes(raw)
    with suppress(UsageError):  # a flip in a date or an attribute of the archive changes no number
        assert draws_digest(read_draws(folder / path)) == content or set(read_draws(folder / path)) != {"a"}


def test_a_flip_that_makes_the_archive_look_encrypted_is_a_sentence(tmp_path):
    path, _ = keep_draws({"a": np.arange(40.0)}, tmp_path, "small", "x")
    raw = bytearray((tmp_path / path).read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / path).write_bytes(raw)
    with pytest.raises(UsageError, match="encrypted"):
        read_draws(tmp_path / path)


def test_a_file_that_is_none_is_a_sentence(tmp_path):
    (tmp_path / "x.npz").write_text("no draws")
    with pytest.raises(UsageError, match="cannot be read"):
        read_draws(tmp_path / "x.npz")
