import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from crosssim.errors import ExitStatus
from crosssim.report.junit import junit_xml
from crosssim.report.markdown import cell, markdown
from crosssim.report.summary import Row, State, Summary, check_summary
from tests.report import builders


@pytest.mark.parametrize("variant", builders.VARIANTS)
def test_a_result_passes_if_and_only_if_its_exit_status_is_zero(variant):
    result = builders.VARIANTS[variant]()
    states = {row.state for row in check_summary(result).rows}
    assert (result.exit_status is ExitStatus.AGREES) == (not states & {State.FAILED, State.ERROR})
    assert (State.FAILED in states) == (result.exit_status is ExitStatus.DIFFERS)


@pytest.mark.parametrize("variant", builders.VARIANTS)
def test_junit_counts_what_it_holds(variant):
    summary = check_summary(builders.VARIANTS[variant]())
    (suite,) = ElementTree.fromstring(junit_xml(summary))
    assert int(suite.attrib["tests"]) == len(suite.findall("testcase")) == len(summary.rows)
    for tag, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        assert int(suite.attrib[attribute]) == len(suite.findall(f"testcase/{tag}"))


def test_a_difference_says_the_gate_and_the_onset():
    (suite,) = ElementTree.fromstring(junit_xml(check_summary(builders.different_trajectories())))
    (failure,) = suite.findall("testcase/failure")
    assert "different" in failure.attrib["message"]
    assert "✗ trajectories" in failure.text
    assert "onset: 104.3 ms" in failure.text


def test_a_crash_is_an_error_with_the_command_to_see_it_again():
    (suite,) = ElementTree.fromstring(junit_xml(check_summary(builders.crashed())))
    (error,) = suite.findall("testcase/error")
    assert "signal 11" in error.attrib["message"]
    assert "python run.py neuron" in error.text


def summary_saying(text: str) -> Summary:
    return Summary(text, text, (Row(text, State.FAILED, text, text, (text,)),), ((text,), (text,)), text, text)


HOSTILE = 'a\0b\x1b[31m<script>&"]]>\ud800\nrow | two `x` [l](http://e) @someone #1 **b**'


def test_hostile_text_makes_no_broken_xml():
    (suite,) = ElementTree.fromstring(junit_xml(summary_saying(HOSTILE)))
    assert "<script>" in suite.find("testcase/failure").text


def test_hostile_text_makes_no_markup_in_markdown():
    said = markdown(summary_saying(HOSTILE))
    assert "<script>" not in said
    assert "\x1b" not in said
    assert re.search(r"@someone", said) is None
    rows = [line for line in said.splitlines() if line.startswith("| ") and "someone" in line]
    assert all(len(re.findall(r"(?<!\\)\|", row)) in (2, 5) for row in rows)


def test_a_cell_is_one_line():
    assert cell("a\n| b\t<c>") == "a \\| b &lt;c&gt;"


@pytest.mark.parametrize("variant", builders.VARIANTS)
def test_markdown_has_a_row_for_each(variant):
    result = builders.VARIANTS[variant]()
    said = markdown(replace(check_summary(result), record_id="abc123"))
    assert said.startswith("### ")
    for leg in result.legs:
        assert f"| leg {cell(leg.label)} |" in said
    assert "record `abc123`" in said
