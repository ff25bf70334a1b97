"""Writing the report of a mechanism beside its candidate: report.json, figures/, report.html."""

from collections.abc import Sequence
from pathlib import Path

from crosssim.recording.disk import disk_errors_as_sentences, write_bytes_atomically
from crosssim.report.equivalent_numbers import equivalent_numbers
from crosssim.report.numbers import json_text
from crosssim.studies.equivalent import EquivalentResult


def write_equivalent_report(
    result: EquivalentResult, folder: Path, command: Sequence[str], record_id: str = ""
) -> Path:
    """Write numbers, pictures and page into ``folder``, each file whole or not at all, the page last; gives the page.

    ``record_id`` is the id of the record that will lie beside them.

    Raises :class:`UsageError` if the folder cannot be made or written, or has no space left.
    """
    # Matplotlib takes half a second to load, which a command that ends before its report should not wait for.
    from crosssim.report.equivalent_page import equivalent_page
    from crosssim.report.equivalent_pictures import equivalent_pictures
    from crosssim.report.picture import png_file, svg_file
    from crosssim.report.style import house_style

    figures, page = folder / "figures", folder / "report.html"
    with disk_errors_as_sentences(folder):
        figures.mkdir(parents=True, exist_ok=True)
    write_bytes_atomically(folder / "report.json", json_text(equivalent_numbers(result)).encode())
    svgs = {}
    with house_style():
        pictures = equivalent_pictures(result)
        for name, picture in pictures.items():
            svgs[name] = svg_file(picture)
            write_bytes_atomically(figures / f"{name}.svg", svgs[name].encode())
            write_bytes_atomically(figures / f"{name}.png", png_file(picture))
    write_bytes_atomically(page, equivalent_page(result, pictures, svgs, command, record_id).encode())
    return page
