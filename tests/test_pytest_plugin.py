"""The plugin inside a pytest of its own, as a model repository runs it."""

import shutil

import pytest

from crosssim.model.discovery import shipped_folder

pytest_plugins = ["pytester"]

AGREES = """
def test_model(crosssim_check):
    result = crosssim_check("mine.py", ["nest", "nest"], verdict="identical", duration=20)
    assert result.record_id
"""
DIFFERS = """
import pytest

@pytest.mark.crosssim(duration="60 ms", gates="declared,wiring,trajectories")
def test_model(crosssim_check):
    crosssim_check("mine.py", ["nest", "nest:weight=0.001"])
"""


@pytest.fixture
def repository(pytester):
    shutil.copy(shipped_folder() / "two_cells.py", pytester.path / "mine.py")
    return pytester


@pytest.mark.legs
@pytest.mark.requires("nest")
def test_a_model_that_agrees_passes_and_leaves_its_runs(repository):
    repository.makepyfile(AGREES)
    repository.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
    assert list((repository.path / "results").glob("two_cells/check-*/report.html"))
    assert list((repository.path / "results").glob("two_cells/check-*/record.json"))


@pytest.mark.legs
@pytest.mark.requires("nest")
def test_a_model_that_differs_fails_with_words_to_act_on(repository):
    repository.makepyfile(DIFFERS)
    answer = repository.runpytest_subprocess("-p", "no:cacheprovider")
    answer.assert_outcomes(failed=1)
    answer.stdout.fnmatch_lines(
        [
            "*two_cells is different; this test allows up to same dynamics*",
            "*trajectories*",
            "*report.html*",
            "record: *",
        ]
    )
    assert "Traceback" not in answer.stdout.str()


@pytest.mark.legs
@pytest.mark.requires("nest")
def test_it_works_under_xdist(repository):
    repository.makepyfile(test_a=AGREES, test_b=AGREES, test_c=DIFFERS)
    answer = repository.runpytest_subprocess("-p", "no:cacheprovider", "-n", "2", "--crosssim-results", "out")
    answer.assert_outcomes(passed=2, failed=1)
    legs = list((repository.path / "out").glob("two_cells/legs/*/record.json"))
    assert len(legs) >= 3


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ('crosssim_check("mine.py", ["nset", "nest"])', "*backend 'nset' is not known; did you mean 'nest'*"),
        ('crosssim_check("gone.py", ["nest", "nest"])', "*there is no such file*"),
        ('crosssim_check("mine.py", ["nest", "nest"], verdict="close")', "*verdict 'close' is not known*"),
        ('crosssim_check("mine.py", ["nest", "nest"], colour=1)', "*no option 'colour'*"),
    ],
)
def test_a_mistake_is_one_sentence(repository, call, words):
    repository.makepyfile(f"def test_model(crosssim_check):\n    {call}\n")
    answer = repository.runpytest_subprocess("-p", "no:cacheprovider")
    answer.assert_outcomes(failed=1)
    answer.stdout.fnmatch_lines([words])


def test_the_marker_and_the_options_are_known(repository):
    answer = repository.runpytest_subprocess("--markers")
    answer.stdout.fnmatch_lines(["@pytest.mark.crosssim(*"])
