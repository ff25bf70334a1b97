import io
from pathlib import Path

from rich.console import Console

from crosssim.porting import FileScan, Finding, ParameterMap, Proposal, ScanResult, Severity, Unreadable
from crosssim.porting.experiment import Measurement, Outcome, Unmeasured
from crosssim.report.lint_text import print_scan, summary

CELL = Path("cell.mod")
NOTHING = Unmeasured("nothing to run")


def finding(line, rule="some-rule", severity=Severity.BREAKS, measured=None):
    return Finding(CELL, line, rule, severity, f"thing {line}", "it bites", "mend it", NOTHING, measured)


def printed(*files):
    console = Console(file=io.StringIO(), width=120, color_system=None)
    print_scan(ScanResult(files), console)
    return console.file.getvalue()


def test_why_and_advice_are_said_once_per_rule_and_file():
    text = printed(FileScan(CELL, (finding(3), finding(9))))
    assert "cell.mod:3 breaks some-rule: thing 3" in text
    assert "cell.mod:9 breaks some-rule: thing 9" in text
    assert text.count("it bites") == text.count("→ mend it") == 1


def test_unreadable_file_shows_its_sentence():
    assert "line 6: nmodl cannot read it" in printed(
        FileScan(CELL, unreadable=Unreadable("line 6: nmodl cannot read it", 6))
    )


def test_brackets_are_printed_and_not_taken_for_markup():
    one = Finding(CELL, 1, "rule", Severity.NOTE, "list[k] = list[k + n]", "why [bold]", "do", NOTHING)
    text = printed(FileScan(CELL, (one,)))
    assert "list[k] = list[k + n]" in text and "why [bold]" in text


def test_proposal_shows_parameters_values_and_what_differs():
    rows = (ParameterMap("a", "nS", "1000 * a", 4.0), ParameterMap("cm", "nF", "cm * area", None, "of the section"))
    text = printed(FileScan(CELL, proposal=Proposal("Cell", 1, "EIF", "an exponential", rows, ("spikes",))))
    assert "Cell ≈ EIF: an exponential" in text
    assert "1000 * a" in text and " 4 " in text and "of the section" in text
    assert "will differ: spikes" in text


def test_no_equivalent_is_said():
    assert "Cell: none found" in printed(FileScan(CELL, proposal=Proposal("Cell", 1, None, "none found")))


def test_summary_counts_each_severity_and_the_unread():
    files = (
        FileScan(CELL, (finding(1), finding(2), finding(3, severity=Severity.NOTE))),
        FileScan(CELL, unreadable=Unreadable("no")),
    )
    assert summary(ScanResult(files)) == "2 files: 2 breaks, 0 differs, 1 note; 1 could not be read"


def test_what_was_measured_stands_below_its_finding_and_once():
    twice = Measurement(Outcome.MEASURED, "left fell by [0.2] ms", {"fall_ms": 0.2})
    text = printed(FileScan(CELL, (finding(3, measured=twice), finding(9, measured=twice))))
    assert text.index("thing 3") < text.index("measured: left fell by [0.2] ms") < text.index("thing 9")
    assert text.index("thing 9") < text.index("measured: as at line 3")


def test_what_was_not_measured_says_why():
    failed = Measurement(Outcome.FAILED, "it still ran after 60 s")
    none = Measurement(Outcome.NOT_MEASURED, "it stands in a loop")
    text = printed(FileScan(CELL, (finding(3, measured=failed), finding(9, measured=none))))
    assert "failed: it still ran after 60 s" in text and "not measured: it stands in a loop" in text


def test_nothing_is_said_of_measuring_unless_asked():
    assert "measured" not in printed(FileScan(CELL, (finding(3),)))
