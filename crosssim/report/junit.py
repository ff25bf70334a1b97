"""A summary as JUnit XML, which every continuous-integration service shows."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

from crosssim.recording.disk import write_bytes_atomically
from crosssim.report.summary import Row, State, Summary

_TAGS = {State.FAILED: "failure", State.ERROR: "error", State.SKIPPED: "skipped"}


def junit_xml(summary: Summary) -> bytes:
    """One test suite with a test case a row; a difference is a failure, a leg that did not run an error."""
    count = {state: str(sum(row.state is state for row in summary.rows)) for state in State}
    seconds = f"{sum(row.seconds for row in summary.rows):.3f}"
    attributes = {
        "name": f"crosssim.{summary.title}",
        "tests": str(len(summary.rows)),
        "failures": count[State.FAILED],
        "errors": count[State.ERROR],
        "skipped": count[State.SKIPPED],
        "time": seconds,
    }
    suites = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(suites, "testsuite", _clean_all(attributes))
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in (("verdict", summary.verdict), ("command", summary.command), ("record", summary.record_id)):
        ElementTree.SubElement(properties, "property", {"name": name, "value": _clean(value)})
    for row in summary.rows:
        _case(suite, row, summary.title)
    content: bytes = ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True)
    return content


def _case(suite: ElementTree.Element, row: Row, title: str) -> None:
    about = {"classname": f"crosssim.{title}", "name": row.name, "time": f"{row.seconds:.3f}"}
    case = ElementTree.SubElement(suite, "testcase", _clean_all(about))
    text = _clean("\n".join([f"{row.said}: {row.reason}", *row.details]))
    if row.state is State.PASSED:
        ElementTree.SubElement(case, "system-out").text = text
        return
    problem = ElementTree.SubElement(case, _TAGS[row.state], _clean_all({"message": f"{row.said}: {row.reason}"}))
    problem.text = text


def _clean_all(attributes: dict[str, str]) -> dict[str, str]:
    return {name: _clean(value) for name, value in attributes.items()}


def _clean(text: str) -> str:
    """Without the control characters and lone surrogates that XML has no way to write."""
    return "".join(sign if _allowed(ord(sign)) else "�" for sign in text)


def _allowed(code: int) -> bool:
    return code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def write_junit(summary: Summary, path: Path) -> None:
    """Write the XML, whole or not at all. Raises :class:`UsageError` if it cannot be written."""
    write_bytes_atomically(path, junit_xml(summary))
