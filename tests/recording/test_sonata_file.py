import hashlib

import h5py
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssim.recording.sonata_file import file_sha256, original_name, stored_name, text_attribute, write_sonata_file


@pytest.mark.parametrize(
    ("name", "stored"), [("exc", "exc"), ("L2/3E", "L2%2F3E"), ("100%", "100%25"), (".", "%2E"), ("soma(0.5).v",) * 2]
)
def test_most_names_stay_as_they_are(name, stored):
    assert stored_name(name) == stored
    assert original_name(stored) == name


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_name_comes_back_and_is_one_link(name):
    assert original_name(stored_name(name)) == name
    assert "/" not in stored_name(name) and stored_name(name) not in (".", "..")


@given(st.text("%/.2F5E", min_size=1), st.text("%/.2F5E", min_size=1))
def test_two_names_never_fall_together(one, other):
    assert (stored_name(one) == stored_name(other)) == (one == other)


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_names_that_hdf5_cannot_hold(name):
    with pytest.raises(ValueError, match="cannot be stored"):
        stored_name(name)


def test_the_digest_is_of_the_bytes_on_the_disk(tmp_path):
    path = tmp_path / "one.h5"
    digest = write_sonata_file(path, lambda file: file.create_dataset("x", data=[1, 2, 3]))
    assert digest == file_sha256(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    with h5py.File(path) as file:
        assert file["x"][()].tolist() == [1, 2, 3]


def test_text_that_is_no_text(tmp_path):
    with h5py.File(tmp_path / "one.h5", "w") as file:
        file.attrs["unit"], file.attrs["number"] = "mV", 3
        assert text_attribute(file, "unit") == "mV"
        with pytest.raises(TypeError, match="number is not a string"):
            text_attribute(file, "number")
        with pytest.raises(KeyError):
            text_attribute(file, "absent")
