"""Paths in a request: inside the results folder they are relative to it, wherever they were typed."""

import pytest

from crosssim.runner.place import path_in_results, results_of
from crosssim.runner.request import Replay


@pytest.fixture
def results(tmp_path, monkeypatch):
    (tmp_path / "results" / "m" / "legs" / "a").mkdir(parents=True)
    (tmp_path / "else").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "results"


@pytest.mark.parametrize("typed", ["m/legs/a", "results/m/legs/a", "else/../results/m/legs/a", "{}/results/m/legs/a"])
def test_inside_it_is_relative_however_it_is_typed(results, typed):
    assert path_in_results(typed.format(results.parent), results) == "m/legs/a"


def test_outside_it_is_absolute_and_not_there_is_no_difference(results):
    assert path_in_results("else", results) == str(results.parent / "else")
    assert path_in_results("nothing", results) == str(results.parent / "nothing")


def test_the_folder_opened_follows_the_results(results):
    opened = Replay("", "m/legs/a").inside(results)
    assert (opened.spikes, opened.wiring) == ("", str(results / "m/legs/a"))
    assert Replay("/b", "/a").inside(results) == Replay("/b", "/a")
    assert results_of(results / "m" / "legs" / "a") == results
