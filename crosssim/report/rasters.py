"""Pictures of spikes: all of them on every leg, and the few around the onset, partner by partner."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from crosssim.divergence.spikes import pair_spikes
from crosssim.divergence.verdict import Onset
from crosssim.recording.data import Floats, Recording, Spikes
from crosssim.report.pairs import Pair
from crosssim.report.picture import Picture
from crosssim.report.style import FAINT, INK, PAPER, LegStyle, leg_style, legend_above, mark_onset, new_figure
from crosssim.report.words import brief, count, counted

ZOOM_MS = 25.0
"""Half the width of the zoom: a few spikes per cell on either side of the onset."""

_LIGHT_SPIKES = 800  # more dots than this are drawn as an image inside the SVG, which stays small


def raster_picture(legs: Mapping[str, tuple[int, Recording]], onsets: Mapping[str, Onset]) -> Picture:
    """All spikes of every leg; ``legs`` maps a name to its position and recording, ``onsets`` a candidate to its onset.

    Populations are stacked in the order of the recording, the first at the bottom.
    """
    figure = new_figure(0.7 + 2.1 * len(legs))
    rows = figure.subplots(len(legs), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for axes, (name, (position, recording)) in zip(rows, legs.items(), strict=True):
        draw_raster(axes, recording, leg_style(position).colour)
        axes.set_title(f"{name}: {counted(spike_count(recording), 'spike')}", loc="left", fontsize=9.5)
        onset = onsets.get(name) or (next(iter(onsets.values())) if onsets and position == 0 else None)
        if onset:
            mark_onset(axes, onset.time_ms)
            axes.set_title(f"dashed line: onset at {brief(onset.time_ms, 6)} ms", loc="right", fontsize=8.5)
    rows[-1].set_xlabel("time (ms)")
    listed = "; ".join(f"{name}: {counted(spike_count(rec), 'spike')}" for name, (_, rec) in legs.items())
    marked = "; ".join(f"{name} parts at {brief(one.time_ms, 6)} ms" for name, one in onsets.items())
    alt = f"Raster of all spikes, one panel per leg. {listed}. " + (f"Onset marked: {marked}." if marked else "")
    caption = "One dot is one spike; a row is a cell, time runs to the right." + (
        " The dashed line is the onset: left of it every spike has its partner." if onsets else ""
    )
    return Picture("rasters", _raster_title(legs, onsets), caption, alt.strip(), figure)


def _raster_title(legs: Mapping[str, tuple[int, Recording]], onsets: Mapping[str, Onset]) -> str:
    if not any(spike_count(recording) for _, recording in legs.values()):
        return "No cell spiked on any leg"
    if onsets:
        first = min(onsets.values(), key=lambda onset: onset.time_ms)
        if "spike" not in first.what:
            return f"It parts at {brief(first.time_ms, 6)} ms: {first.what}"
        return f"The spikes agree up to {brief(first.time_ms, 6)} ms, then they part"
    return "The spikes of every leg"


def spike_count(recording: Recording) -> int:
    """Spikes of all populations together."""
    return sum(len(spikes) for spikes in recording.spikes.values())


def draw_raster(axes: Axes, recording: Recording, colour: str) -> None:
    """All spikes of a recording, populations stacked from the bottom up."""
    total = _stack(axes, recording)
    for bottom, spikes in _stacked(recording):
        axes.plot(
            spikes.time_ms, spikes.cell + bottom, linestyle="none", marker="|" if total <= 120 else ".",
            markersize=_marker_size(total), markeredgewidth=0.8 if total <= 120 else 0.0, color=colour,
            rasterized=spike_count(recording) > _LIGHT_SPIKES,
        )  # fmt: skip
    axes.set_xlim(0, recording.duration_ms)


def _marker_size(n_cells: int) -> float:
    return float(np.clip(700 / max(n_cells, 1), 1.7, 9))


def _stacked(recording: Recording) -> list[tuple[int, Spikes]]:
    bottoms = np.cumsum([0, *(spikes.n_cells for spikes in recording.spikes.values())])
    return list(zip(bottoms.tolist(), recording.spikes.values(), strict=False))


def _stack(axes: Axes, recording: Recording) -> int:
    """Populations as bands on the y axis, named at their middle; gives the number of cells."""
    total = sum(spikes.n_cells for spikes in recording.spikes.values())
    stacked = _stacked(recording)
    for bottom, _ in stacked[1:]:
        axes.axhline(bottom - 0.5, color=FAINT, linewidth=0.8, zorder=0)
    middles = [bottom + (spikes.n_cells - 1) / 2 for bottom, spikes in stacked]
    names = [f"{name}\n{count(spikes.n_cells)}" for name, spikes in recording.spikes.items()]
    axes.set_yticks(middles, names)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-1, max(total, 1))
    return total


def onset_picture(pair: Pair, onset: Onset, tolerance_ms: Mapping[str, float]) -> Picture:
    """The spikes of both sides within :data:`ZOOM_MS` of the onset: those with a partner, and those without.

    ``tolerance_ms`` maps a population to the declared tolerance of its spikes.
    """
    names, recordings = pair.names, (pair.reference, pair.candidate)
    start, stop = onset.time_ms - ZOOM_MS, onset.time_ms + ZOOM_MS
    figure = new_figure(4.0)
    axes = figure.subplots()
    total = _stack(axes, recordings[0])
    numbers = np.zeros(3, dtype=int)
    for bottom, name in zip((b for b, _ in _stacked(recordings[0])), recordings[0].spikes, strict=True):
        both = [_between(one.spikes[name], start, stop) for one in recordings if name in one.spikes]
        if len(both) == 2 and both[0].n_cells == both[1].n_cells:
            numbers += _draw_pairs(axes, (both[0], both[1]), tolerance_ms.get(name, 0.0), bottom, pair.styles)
    axes.set_ylim(-1, max(total, 1))
    _zoom_legend(axes, names, pair.styles)
    _point_at(axes, recordings[0], onset)
    mark_onset(axes, onset.time_ms)
    axes.set_xlim(max(start, 0), min(stop, recordings[0].duration_ms))
    axes.set_xlabel("time (ms)")
    where = f"{onset.population} cell {onset.cell}"
    return Picture(
        pair.name("onset"),
        f"It begins in {where} at {brief(onset.time_ms, 6)} ms",
        f"Spikes within {ZOOM_MS:g} ms of the onset. A dot is a spike that both legs have; a circle is one that only "
        f"{names[0]} has, a cross one that only {names[1]} has. The arrow points at the onset.",
        f"Spikes around the onset at {brief(onset.time_ms, 6)} ms in {where}: {count(numbers[0])} on both legs, "
        f"{count(numbers[1])} only on {names[0]}, {count(numbers[2])} only on {names[1]}.",
        figure,
    )


def _between(spikes: Spikes, start_ms: float, stop_ms: float) -> Spikes:
    inside = (spikes.time_ms >= start_ms) & (spikes.time_ms <= stop_ms)
    return Spikes(spikes.cell[inside], spikes.time_ms[inside], spikes.n_cells, spikes.t_stop_ms)


def _draw_pairs(
    axes: Axes, both: tuple[Spikes, Spikes], tolerance_ms: float, bottom: int, styles: tuple[LegStyle, LegStyle]
) -> npt.NDArray[np.int_]:
    reference, candidate = both
    pairing = pair_spikes(reference, candidate, tolerance_ms)
    here, there = pairing.candidate_of >= 0, pairing.reference_of >= 0
    heavy = bool(len(reference) + len(candidate) > _LIGHT_SPIKES)

    def dots(times: Floats, cells: npt.NDArray[np.int32], marker: str, colour: str, scale: float) -> None:
        axes.plot(
            times, cells + bottom, linestyle="none", marker=marker, markersize=scale, color=colour,
            markerfacecolor=INK if marker == "." else "none", rasterized=heavy, markeredgewidth=1.0,
        )  # fmt: skip

    dots(reference.time_ms[here], reference.cell[here], ".", INK, 3.2)
    dots(reference.time_ms[~here], reference.cell[~here], "o", styles[0].colour, 4.6)
    dots(candidate.time_ms[~there], candidate.cell[~there], "x", styles[1].colour, 4.6)
    return np.array([here.sum(), (~here).sum(), (~there).sum()])


def _zoom_legend(axes: Axes, names: tuple[str, str], styles: tuple[LegStyle, LegStyle]) -> None:
    for marker, colour, label in (
        (".", INK, "on both"),
        ("o", styles[0].colour, f"only {names[0]}"),
        ("x", styles[1].colour, f"only {names[1]}"),
    ):
        axes.plot([], [], linestyle="none", marker=marker, color=colour, markersize=6 if marker == "." else 4.5,
                  markerfacecolor=INK if marker == "." else "none", label=label)  # fmt: skip
    legend_above(axes)


def _point_at(axes: Axes, recording: Recording, onset: Onset) -> None:
    early = onset.time_ms < ZOOM_MS / 3  # there is no room left of it
    for (bottom, _), name in zip(_stacked(recording), recording.spikes, strict=True):
        if name == onset.population:
            axes.annotate(
                f"cell {onset.cell}", (onset.time_ms, bottom + onset.cell), xytext=(30 if early else -30, 16),
                textcoords="offset points", fontsize=8.5, ha="left" if early else "right", zorder=5,
                bbox={"boxstyle": "round,pad=0.25", "facecolor": PAPER, "edgecolor": INK, "linewidth": 0.6},
                arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.0, "shrinkB": 4},
            )  # fmt: skip
