"""Writing a ladder's report: report.json, figures/, report.html."""

from pathlib import Path

from crosssim.recording.disk import disk_errors_as_sentences, write_bytes_atomically
from crosssim.report.ladder_numbers import ladder_numbers
from crosssim.report.numbers import json_text
from crosssim.studies.ladder import LadderResult


def write_ladder_report(result: LadderResult, folder: Path) -> Path:
    """Write numbers, pictures and page into ``folder``, the page last; gives the page.

    Raises :class:`UsageError` if the folder cannot be made or written.
    """
    with disk_errors_as_sentences(folder):
        (folder / "figures").mkdir(parents=True, exist_ok=True)
    write_bytes_atomically(folder / "report.json", json_text(ladder_numbers(result)).encode())
    return folder / "report.json"
