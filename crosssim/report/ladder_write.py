"""Writing a ladder's report: report.json, figures/, report.html."""

from pathlib import Path

from crosssim.recording.disk import disk_errors_as_sentences, write_bytes_atomically
from crosssim.report.ladder_numbers import ladder_numbers
from crosssim.report.numbers import json_text
from crosssim.studies.ladder import LadderResult


def write_ladder_report(result: LadderResult, folder: Path) -> Path:
    """Write numbers, pictures and page into ``folder``, each file whole or not at all, the page last; gives the page.

    Raises :class:`UsageError` if the folder cannot be made or written, or has no space left.
    """
    # Matplotlib takes half a second to load, which a command that ends before its report should not wait for.
    from crosssim.report.ladder_page import ladder_page
    from crosssim.report.ladder_pictures import ladder_pictures
    from crosssim.report.picture import png_file, svg_file
    from crosssim.report.style import house_style

    figures, page = folder / "figures", folder / "report.html"
    with disk_errors_as_sentences(folder):
        figures.mkdir(parents=True, exist_ok=True)
    write_bytes_atomically(folder / "report.json", json_text(ladder_numbers(result)).encode())
    source = f"crosssim record {result.record_id}" if result.record_id else ""
    svgs = {}
    with house_style():
        pictures = ladder_pictures(result)
        for name, picture in pictures.items():
            svgs[name] = svg_file(picture, source)
            write_bytes_atomically(figures / f"{name}.svg", svgs[name].encode())
            write_bytes_atomically(figures / f"{name}.png", png_file(picture, source))
    write_bytes_atomically(page, ladder_page(result, pictures, svgs).encode())
    return page
