"""How every picture looks: colours that also colour-blind readers tell apart, and never colour alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, FAINT, PAPER = "#1a2129", "#d3d8de", "#fffffe"
"""Text and axes, grid lines, background. The page swaps them for its own, so that pictures follow light and dark."""

WIDTH_IN = 8.6


@dataclass(frozen=True)
class LegStyle:
    """A leg's colour (Okabe and Ito 2008), line and marker; each alone tells the legs apart."""

    colour: str
    dash: str
    width: float
    marker: str


LEG_STYLES = (
    LegStyle("#0072b2", "-", 1.8, "o"),
    LegStyle("#d55e00", "--", 1.3, "x"),
    LegStyle("#009e73", ":", 1.6, "^"),
    LegStyle("#cc79a7", "-.", 1.4, "s"),
    LegStyle("#e69f00", (0, (6, 1, 1, 1, 1, 1)), 1.3, "d"),  # type: ignore[arg-type]
    LegStyle("#56b4e9", (0, (1, 3)), 1.6, "v"),  # type: ignore[arg-type]
)

_SETTINGS: dict[Any, Any] = {
    "font.size": 9.0,
    "font.family": ["DejaVu Sans"],
    "text.color": INK,
    "text.parse_math": False,  # a population may be called "$x$"
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.facecolor": "none",
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "figure.facecolor": "none",
    "path.simplify": True,
    "svg.fonttype": "none",  # text stays text: small, selectable, in the page's own font
    "svg.hashsalt": "crosssim",  # the same result gives the same file
}


@contextmanager
def house_style() -> Iterator[None]:
    """Matplotlib's settings for our pictures, and the caller's own again afterwards."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        yield


def leg_style(position: int) -> LegStyle:
    """The style of the leg at ``position`` in the result; repeats after six."""
    return LEG_STYLES[position % len(LEG_STYLES)]


def new_figure(height_in: float) -> Figure:
    """An empty figure of the page's width."""
    return Figure(figsize=(WIDTH_IN, height_in), layout="constrained")


def mark_onset(axes: Axes, time_ms: float, text: str = "") -> None:
    """A dashed line at the onset, named at its top if ``text`` is given."""
    axes.axvline(time_ms, color=INK, linewidth=1.0, linestyle=(0, (4, 3)), zorder=3)
    if text:
        axes.annotate(
            text, (time_ms, 1.0), xycoords=("data", "axes fraction"), xytext=(4, 2), textcoords="offset points",
            va="bottom", fontsize=8.5,
        )  # fmt: skip


def legend_above(axes: Axes, columns: int = 4) -> None:
    """The legend over the axes, at the right, out of the data's way."""
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=columns, borderaxespad=0.2, fontsize=8.5)
