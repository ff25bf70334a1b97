"""Pictures of a ladder: the whole of it, and every rung's spikes and v."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes

from crosssim.divergence.promises import Standing
from crosssim.model.ladder import Identical, Within
from crosssim.recording.data import Recording
from crosssim.report.figures import check_pictures
from crosssim.report.ladder_words import MARKS, headline, rates, standing_words
from crosssim.report.picture import Picture
from crosssim.report.rasters import draw_raster, spike_count
from crosssim.report.style import INK, PAPER, leg_style, legend_above, new_figure
from crosssim.report.words import counted
from crosssim.studies.ladder import LadderResult, RungResult

CHECK_PICTURE = "check-{}"
_SIGNS = {Identical: "=", Within: "≈"}
_LIGHT_SAMPLES = 5000  # longer lines are drawn as an image inside the SVG
_TONES = {Standing.KEPT: 2, Standing.BROKEN: 1, Standing.NOT_JUDGED: 4}  # positions in the palette


def ladder_pictures(result: LadderResult) -> dict[str, Picture]:
    """The whole ladder under the name "ladder", each finished rung under "rung-NAME", the check under "check-NAME"."""
    pictures = {"ladder": whole_picture(result)}
    by_name = {one.rung.name: one for one in result.rungs}
    for one in result.rungs:
        picture = rung_picture(one, by_name.get(one.rung.against), result.ladder.shown_cell)
        if picture is not None:
            pictures[picture.name] = picture
    if result.check is not None:
        for picture in check_pictures(result.check).rasters:
            pictures[CHECK_PICTURE.format(picture.name)] = replace(picture, name=CHECK_PICTURE.format(picture.name))
    return pictures


def whole_picture(result: LadderResult) -> Picture:
    """The rungs in a row, joined by what they promise; below, the rates of every class beside the article's."""
    figure = new_figure(4.2)
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(1, 2))
    _draw_rungs(top, result)
    _draw_rates(bottom, result)
    words = [f"rung {one.rung.name}: {standing_words(one) or 'first rung'}" for one in result.rungs]
    article = ", and the article's" if any(one.rung.published for one in result.rungs) else ""
    return Picture(
        "ladder",
        headline(result),
        "Above: every rung, and the arc to the rung it is held against: = identical, ≈ within a tolerance, "
        "~ qualitative; ✓ kept, ✗ broken. Below: mean rates of the classes of cells on each rung"
        f"{article}.",
        "The ladder as a row of rungs. " + "; ".join(words) + ".",
        figure,
    )


def _draw_rungs(axes: Axes, result: LadderResult) -> None:
    place = {one.rung.name: k for k, one in enumerate(result.rungs)}
    for one in result.rungs:
        here = place[one.rung.name]
        if one.standing is not None and one.rung.against in place:
            there = place[one.rung.against]
            colour = leg_style(_TONES[one.standing]).colour
            height = min(0.3 + 0.25 * (here - there), 0.9)
            along = np.linspace(0.0, 1.0, 40)
            arc = there + along * (here - there), 4 * height * along * (1 - along)
            axes.plot(*arc, color=colour, linewidth=2.0, zorder=1)
            sign = "".join(dict.fromkeys(_SIGNS.get(type(promise), "~") for promise in one.rung.keeps))
            words = f"{sign} {MARKS[one.standing]}"
            axes.text((here + there) / 2, height + 0.05, words, color=colour, ha="center", va="bottom")
        face = PAPER if one.leg.outcome.completed else leg_style(1).colour
        axes.plot(here, 0.0, "o", markersize=15, markerfacecolor=face, markeredgecolor=INK, zorder=3)
        axes.text(here, 0.0, one.rung.name, ha="center", va="center", fontsize=8.0, zorder=4)
    axes.set_ylim(-0.45, 1.25)
    axes.set_xlim(-0.6, max(len(result.rungs) - 0.4, 0.6))
    axes.axis("off")


def _draw_rates(axes: Axes, result: LadderResult) -> None:
    names = dict.fromkeys(row.name for one in result.rungs for row in rates(one))
    for position, name in enumerate(names):
        style = leg_style(position)
        found = [(k, row.rate_hz) for k, one in enumerate(result.rungs) for row in rates(one) if row.name == name]
        axes.plot(*zip(*found, strict=True), color=style.colour, linestyle=":", linewidth=1.0, marker=style.marker,
                  markersize=5, label=name)  # fmt: skip
    article = [(k, row.value) for k, one in enumerate(result.rungs) for row in one.rung.published]
    if article:
        axes.plot(*zip(*article, strict=True), linestyle="none", marker="*", markersize=11, color=INK,
                  label="article, one seed")  # fmt: skip
    axes.set_ylim(bottom=0)
    axes.set_ylabel("mean rate (Hz)")
    axes.set_xticks(range(len(result.rungs)), [one.rung.name for one in result.rungs])
    axes.set_xlabel("rung")
    if names:
        legend_above(axes, columns=5)


def rung_picture(one: RungResult, other: RungResult | None, shown_cell: int | None) -> Picture | None:
    """All spikes, and v of the shown cell on this rung and on the one it is held against; ``None`` if it failed."""
    recording = one.leg.recording
    if recording is None:
        return None
    figure = new_figure(3.6)
    raster, voltage = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    draw_raster(raster, recording, leg_style(0).colour)
    reference = other.leg.recording if other is not None else None
    sides: dict[str, Recording] = {f"rung {one.rung.name}": recording}
    if reference is not None:
        sides = {f"rung {one.rung.against}": reference, **sides}
    cell = _draw_v(voltage, sides, shown_cell)
    voltage.set_xlabel("time (ms)")
    spikes = counted(spike_count(recording), "spike")
    below = f"Below: v of cell {cell}" + (f", and of rung {one.rung.against} dashed." if reference else ".")
    return Picture(
        f"rung-{''.join(sign if sign.isalnum() else '-' for sign in one.rung.name)}",
        f"Rung {one.rung.name}: {spikes}",
        "Above: one dot is one spike; a row is a cell. " + (below if cell is not None else "v was not recorded."),
        f"Raster of {spikes} in {recording.duration_ms:g} ms on rung {one.rung.name}.",
        figure,
    )


def _draw_v(axes: Axes, sides: Mapping[str, Recording], shown_cell: int | None) -> int | None:
    shown: int | None = None
    for position, (name, recording) in enumerate(reversed(list(sides.items()))):
        for trace in recording.traces.values():
            cells = trace.cells.tolist()
            if not cells:
                continue
            shown = shown_cell if shown_cell is not None and shown_cell in cells else int(cells[0])
            style = leg_style(position)
            values = trace.of(shown)
            axes.plot(
                np.asarray(trace.times_ms), values, color=style.colour, linestyle=style.dash, linewidth=1.0, label=name,
                rasterized=values.size > _LIGHT_SAMPLES,
            )  # fmt: skip
            break
    axes.set_ylabel("v (mV)")
    if shown is not None and len(sides) > 1:
        legend_above(axes)
    return shown
