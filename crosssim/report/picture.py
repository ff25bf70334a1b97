"""A picture with its words, and its rendering as SVG for the page, SVG file and PNG file."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from matplotlib.figure import Figure

from crosssim.report.style import FAINT, INK, LEG_STYLES, PAPER

PNG_DPI = 200
"""Also the resolution of the dots of a large raster inside an SVG."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure and what is said of it.

    ``title`` says the finding, ``caption`` how to read the picture, ``alt`` what it shows, with numbers, to who
    cannot see it. ``name`` is a file name without suffix, unique in a report.
    """

    name: str
    title: str
    caption: str
    alt: str
    figure: Figure


def svg_file(picture: Picture, source: str = "") -> str:
    """A standalone SVG on a transparent ground. ``source`` says in its metadata where it comes from."""
    return _saved(picture.figure, "svg", source).decode()


def png_file(picture: Picture, source: str = "") -> bytes:
    """A PNG on white. ``source`` says in its metadata where it comes from."""
    return _saved(picture.figure, "png", source)


def inline_svg(picture: Picture, svg: str) -> str:
    """The SVG for inside the page: its own ids, the page's colours, and no header, metadata or style sheet.

    ``svg`` is what :func:`svg_file` gave, so that a picture is drawn once.
    """
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<defs>\s*<style[^>]*>.*?</style>\s*</defs>", "", body, count=1, flags=re.DOTALL)
    body = _own_ids(body, picture.name)
    body = _page_colours(body)
    view_box = re.search(r'viewBox="[^"]*"', body)
    opening = f'<svg {view_box[0] if view_box else ""} aria-hidden="true" focusable="false">'
    return re.sub(r"<svg[^>]*>", lambda _: opening, body, count=1)


def _own_ids(svg: str, prefix: str) -> str:
    """Ids that something in the picture refers to get the prefix, the others go."""
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))
    svg = re.sub(r' id="([^"]*)"', lambda found: f' id="{prefix}-{found[1]}"' if found[1] in used else "", svg)
    return re.sub(r'(?<=href="#)|(?<=url\(#)', f"{prefix}-", svg)


def _page_colours(svg: str) -> str:
    names = {INK: "ink", FAINT: "faint", PAPER: "paper"}
    names |= {style.colour: f"leg-{position + 1}" for position, style in enumerate(LEG_STYLES)}
    pattern = re.compile(r"(?<=[: ])(" + "|".join(names) + r")\b")
    return pattern.sub(lambda found: f"var(--{names[found[0]]})", svg)


def _saved(figure: Figure, form: str, source: str) -> bytes:
    content = io.BytesIO()
    about: dict[str, str | None] = {"Date": None} if form == "svg" else {}
    if source:
        about["Source"] = source
    ground = "white" if form == "png" else "none"
    with _quiet_about_glyphs():
        figure.savefig(content, format=form, dpi=PNG_DPI, facecolor=ground, metadata=about)
    return content.getvalue()


@contextmanager
def _quiet_about_glyphs() -> Iterator[None]:
    """A population's name may use letters that the measuring font lacks; the reader's own font will have them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing", category=UserWarning)
        yield
