"""Pictures of a replay: where the spikes of each population went, and by how much they are shifted."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from crosssim.divergence.replay import PopulationReplay, ReplayDetails, ReplayTable, ShiftHistogram
from crosssim.report.pairs import Pair
from crosssim.report.picture import Picture
from crosssim.report.rate_pictures import MOST_POPULATIONS
from crosssim.report.style import FAINT, INK, new_figure
from crosssim.report.tables import exact_text
from crosssim.report.words import count, percent, signed

_KINDS = (
    ("exact", FAINT, 1.0, ""),
    ("one step off", INK, 0.42, ""),
    ("farther", INK, 0.7, ""),
    ("missing", INK, 1.0, ""),
    ("extra", "none", 1.0, "////"),
)
"""Darker is worse, and extra spikes are hatched: no colour is needed to read the bars, and none is taken from a leg."""


def replay_pictures(pair: Pair, details: ReplayDetails) -> tuple[Picture, ...]:
    """The bars, and the histograms of shifts if any spike is shifted."""
    if not details.between.rows:
        return ()
    bars = Picture(
        pair.name("replay"), _title(details.between), _CAPTION, _bars_alt(pair, details), _bars_figure(pair, details)
    )
    shifted = [row for row in details.between.rows if row.shift_histogram and row.within_one_step + row.shifted]
    return (bars, _shifts_picture(pair, details.between, shifted[:MOST_POPULATIONS])) if shifted else (bars,)


_CAPTION = (
    "All spikes of a population, those of the reference and extra ones of the candidate: on the same time step, one "
    "step off, farther, without partner. Below each bar stand those of each backend driven by its own spikes: what is "
    "not exact there is the floor of the method."
)


def _title(table: ReplayTable) -> str:
    if table.all_exact:
        return "With the same input every spike falls on its step"
    return f"With the same input {percent(table.exact_share)} of the spikes fall on their step"


def _tables(pair: Pair, details: ReplayDetails) -> list[tuple[str, ReplayTable]]:
    """Each replay with the name of its bar: whose cells, driven by whose spikes."""
    reference, candidate = pair.names
    own = zip((f"{reference} ← itself", f"{candidate} ← itself"), details.self_replays, strict=False)
    return [(f"{candidate} ← {reference}", details.between), *own]


def counts_of(row: PopulationReplay) -> tuple[int, ...]:
    """The five kinds of spikes in the order of the picture."""
    return row.exact, row.within_one_step, row.shifted, row.missing, row.extra


def _bars_figure(pair: Pair, details: ReplayDetails) -> Figure:
    shown = details.between.rows[:MOST_POPULATIONS]
    tables = _tables(pair, details)
    figure = new_figure(0.9 + len(shown) * (0.35 + 0.24 * len(tables)))
    panels = figure.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0]
    for axes, row in zip(panels, shown, strict=True):
        named = [(name, one) for name, table in tables for one in table.rows if one.population == row.population]
        for at, (_, one) in enumerate(named):
            _bar(axes, at, one, thick=at == 0)
        axes.set_yticks(range(len(named)), [name for name, _ in named])
        axes.set_ylim(len(named) - 0.4, -0.6)
        axes.set_title(f"{row.population}: {count(row.reference_spikes)} spikes", loc="left", fontsize=9)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    panels[-1].set_xlim(0, 112)
    panels[-1].set_xticks(range(0, 101, 20))
    panels[-1].set_xlabel("spikes (%)")
    looks = [Patch(label=name, **_look(at)) for at, (name, *_) in enumerate(_KINDS)]
    figure.legend(handles=looks, loc="outside upper right", ncols=len(looks), fontsize=8.5)
    return figure


def _look(kind: int) -> dict[str, Any]:
    _, colour, alpha, hatch = _KINDS[kind]
    return {
        "facecolor": colour, "alpha": alpha, "hatch": hatch, "edgecolor": INK if hatch else "none", "linewidth": 0.6,
    }  # fmt: skip


def _bar(axes: Axes, at: int, row: PopulationReplay, *, thick: bool) -> None:
    total = row.reference_spikes + row.extra
    left = 0.0
    for kind, number in enumerate(counts_of(row)):
        if number:
            width = 100 * number / total
            axes.barh(at, width, 0.72 if thick else 0.4, left, **_look(kind))
            left += width
    axes.text(101, at, exact_text(row), va="center", fontsize=8.5)


def _bars_alt(pair: Pair, details: ReplayDetails) -> str:
    parts = []
    for name, table in _tables(pair, details):
        for row in table.rows[:MOST_POPULATIONS]:
            words = ", ".join(f"{number} {kind[0]}" for kind, number in zip(_KINDS, counts_of(row), strict=True))
            parts.append(f"{row.population}, {name}: {words}")
    return f"Bars of spikes by what became of them with the same input. {'; '.join(parts)}."


def _shifts_picture(pair: Pair, table: ReplayTable, rows: Sequence[PopulationReplay]) -> Picture:
    columns = min(len(rows), 3)
    lines = -(-len(rows) // columns)
    figure = new_figure(0.5 + 2.0 * lines)
    grid = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes, row in zip(grid, rows, strict=False):
        if row.shift_histogram:
            _histogram(axes, row, row.shift_histogram, table.step_ms)
    for axes in grid[len(rows) :]:
        axes.set_visible(False)
    grid[0].set_ylabel("spikes (logarithmic)")
    most = max(rows, key=lambda row: abs(row.mean_shift_ms or 0.0))
    title = f"The spikes of {most.population} are shifted by {signed(most.mean_shift_ms)} ms on average"
    caption = (
        f"Spike times of {pair.names[1]} minus those of {pair.names[0]} with the same input; right of zero is late. "
        "The dashed line is the mean. A narrow peak off zero is a constant delay or a convention; a peak at zero with "
        "tails on both sides is rounding."
    )
    numbers = "; ".join(
        f"{row.population} mean {signed(row.mean_shift_ms)} ms, median {signed(row.median_shift_ms)} ms, standard "
        f"deviation {signed(row.shift_sd_ms).lstrip('+')} ms"
        for row in rows
    )
    return Picture(
        pair.name("replay-shifts"), title, caption, f"Histograms of the shifts of spikes: {numbers}.", figure
    )


def _histogram(axes: Axes, row: PopulationReplay, histogram: ShiftHistogram, step_ms: float) -> None:
    edges, counts = np.array(histogram.edges_steps) * step_ms, np.array(histogram.counts)
    axes.stairs(counts, edges, color=INK, linewidth=1.2, baseline=0.5)
    axes.stairs(counts, edges, color=FAINT, fill=True, zorder=0, baseline=0.5)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda number, _: count(round(number))))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylim(bottom=0.5)
    seen = np.flatnonzero(counts)
    reach = max(abs(edges[seen[0]]), abs(edges[seen[-1] + 1]), 3 * step_ms)
    axes.set_xlim(-reach, reach)
    axes.axvline(0.0, color=INK, linewidth=0.7)
    if row.mean_shift_ms is not None:
        axes.axvline(row.mean_shift_ms, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
        axes.set_title(f"mean {signed(row.mean_shift_ms)} ms", loc="right", fontsize=8.5)
    axes.set_title(row.population, loc="left", fontsize=9)
    axes.set_xlabel("shift (ms)")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, symmetric=True))
    axes.grid(axis="y")
