"""Writing a check's report: report.json, figures/, report.html."""

from pathlib import Path

from crosssim.recording.disk import disk_errors_as_sentences, write_bytes_atomically
from crosssim.report.numbers import write_numbers
from crosssim.studies.result import CheckResult


def write_check_report(result: CheckResult, folder: Path) -> Path:
    """Write the numbers, the pictures and the page into ``folder``, each file whole or not at all; gives the page.

    The page comes last, so that a page that is there is of a complete report. Raises :class:`UsageError` if the
    folder cannot be made or written, or has no space left.
    """
    # Matplotlib takes half a second to load, which a command that ends before its report should not wait for.
    from crosssim.report.figures import check_pictures
    from crosssim.report.page import check_page
    from crosssim.report.picture import png_file, svg_file
    from crosssim.report.style import house_style

    figures, page = folder / "figures", folder / "report.html"
    with disk_errors_as_sentences(folder):
        figures.mkdir(parents=True, exist_ok=True)
    write_numbers(result, folder / "report.json")
    pictures = check_pictures(result)
    source = f"crosssim record {result.record_id}" if result.record_id else ""
    svgs = {}
    with house_style():
        for picture in pictures.all:
            svgs[picture.name] = svg_file(picture, source)
            write_bytes_atomically(figures / f"{picture.name}.svg", svgs[picture.name].encode())
            write_bytes_atomically(figures / f"{picture.name}.png", png_file(picture, source))
    write_bytes_atomically(page, check_page(result, pictures, svgs).encode())
    return page
