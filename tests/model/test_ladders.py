"""Ladders are found by name and by path, and a folder that declares none is refused in a sentence."""

import pytest

from crosssim.errors import ModelError, UnknownName
from crosssim.model.discovery import source_digest
from crosssim.model.ladder_template import write_ladder_template
from crosssim.model.ladders import draws_of, find_ladder, ladder_names, nmodl_folder

BROKEN = {
    "x = = 1": "line 1, `x = = 1`: not valid Python",
    "LADDER = 3": "declares no LADDER",
    "import crosssim\ncrosssim.Identical('')": "a promise without a reason",
    "1 / 0": "line 1, `1 / 0`: ZeroDivisionError",
}


@pytest.fixture
def port(tmp_path):
    write_ladder_template(tmp_path / "port")
    return tmp_path / "port"


def test_the_shipped_ladder_is_found_by_its_name():
    found = find_ladder("destexhe2009")
    assert found.name == "destexhe2009"
    assert "destexhe2009" in ladder_names()
    assert {one.suffix for one in found.sources} >= {".py", ".hoc", ".mod"}
    assert nmodl_folder(found, found.rung("0")).name == "destexhe2009"
    assert nmodl_folder(found, found.rung("12")) is None


def test_a_folder_is_found_by_its_path_and_by_its_file(port):
    assert find_ladder(str(port)).name == find_ladder(str(port / "ladder.py")).name == "first_ladder"


@pytest.mark.parametrize("name", ["original.hoc", "rungs.py", "ladder.py", "new.mod"])
def test_each_of_its_sources_counts(port, name):
    before = digest_of(port)
    assert digest_of(port) == before
    (port / name).write_text(((port / name).read_text() if (port / name).exists() else "") + "\n")
    assert digest_of(port) != before


def digest_of(port):
    found = find_ladder(str(port))
    return source_digest(found.file, found.sources)


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_file_is_one_sentence(port, content):
    (port / "ladder.py").write_text(content)
    with pytest.raises(ModelError, match=BROKEN[content].replace("(", r"\(")) as refused:
        find_ladder(str(port))
    assert "\n" not in str(refused.value)


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(UnknownName, match="did you mean 'destexhe2009'"):
        find_ladder("destexhe2008")
    with pytest.raises(ModelError, match=r"there is no ladder\.py in it"):
        find_ladder(str(tmp_path))


def test_draws_that_raise_name_the_line(port):
    text = (port / "ladder.py").read_text()
    (port / "ladder.py").write_text(text.replace("rng = np.random.default_rng(seed)", "rng = seed / 0"))
    with pytest.raises(ModelError, match=r"`rng = seed / 0`: ZeroDivisionError"):
        draws_of(find_ladder(str(port)), 1)


def test_a_missing_folder_of_mechanisms_is_said(port):
    text = (port / "ladder.py").read_text()
    (port / "ladder.py").write_text(text.replace('against="1",', 'against="1", nmodl="nowhere",'))
    with pytest.raises(ModelError, match="rung 2: nmodl = 'nowhere' is no folder"):
        find_ladder(str(port))


def test_a_template_is_never_written_over_a_ladder(port):
    from crosssim.errors import UsageError

    with pytest.raises(UsageError, match="is there already"):
        write_ladder_template(port)
