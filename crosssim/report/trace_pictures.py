"""Pictures of sampled variables: both sides laid over each other, whole and around the onset."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crosssim.divergence.verdict import Onset
from crosssim.recording.data import Floats, Trace
from crosssim.report.pairs import Pair
from crosssim.report.picture import Picture
from crosssim.report.style import LegStyle, legend_above, mark_onset, new_figure
from crosssim.report.words import brief

MOST_PANELS = 6
"""Traces shown in one picture; the recordings hold the rest."""

_LIGHT_SAMPLES = 5000  # longer lines are drawn as an image inside the SVG

Key = tuple[str, str, int]


def shared_traces(pair: Pair) -> tuple[Key, ...]:
    """(population, variable, cell) that both sides recorded: the onset's cell first, then membrane potentials."""
    onset = pair.judgement.onset
    keys = [
        (population, variable, int(cell))
        for (population, variable), trace in pair.reference.traces.items()
        if (population, variable) in pair.candidate.traces
        for cell in trace.cells
        if cell in pair.candidate.traces[population, variable].cells
    ]
    here = (onset.population, onset.cell) if onset else None
    return tuple(sorted(keys, key=lambda key: (key[1] != "v", (key[0], key[2]) != here)))


def whole_picture(pair: Pair) -> Picture | None:
    """The recorded variables over the whole run, ``None`` if there are none on both sides."""
    keys = shared_traces(pair)
    if not keys:
        return None
    figure = _panels(pair, keys[:MOST_PANELS], 0.0, pair.reference.duration_ms)
    variables = _variables(keys)
    onset = pair.judgement.onset
    title = (
        f"{variables} over the whole run, onset at {brief(onset.time_ms, 6)} ms"
        if onset
        else f"{variables} over the whole run"
    )
    return Picture(pair.name("traces"), title, _caption(pair, keys), _alt(pair, keys, None), figure)


def onset_traces_picture(pair: Pair, onset: Onset, half_width_ms: float) -> Picture | None:
    """The recorded variables around the onset, ``None`` if there are none on both sides."""
    keys = shared_traces(pair)
    if not keys:
        return None
    start = max(onset.time_ms - half_width_ms, 0.0)
    stop = min(onset.time_ms + half_width_ms, pair.reference.duration_ms)
    figure = _panels(pair, keys[:MOST_PANELS], start, stop)
    title = f"{_variables(keys)} within {half_width_ms:g} ms of the onset"
    return Picture(pair.name("onset-traces"), title, _caption(pair, keys), _alt(pair, keys, onset), figure)


def _variables(keys: tuple[Key, ...]) -> str:
    names = list(dict.fromkeys(variable for _, variable, _ in keys[:MOST_PANELS]))
    return "Membrane potential" if names == ["v"] else ", ".join(names)


def _panels(pair: Pair, keys: tuple[Key, ...], start_ms: float, stop_ms: float) -> Figure:
    figure = new_figure(0.8 + 1.35 * len(keys))
    rows = figure.subplots(len(keys), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (population, variable, cell) in zip(rows, keys, strict=True):
        for recording, style, name in zip((pair.reference, pair.candidate), pair.styles, pair.names, strict=True):
            _line(axes, recording.traces[population, variable], cell, (start_ms, stop_ms), (style, name))
        axes.set_title(f"{population} cell {cell}", loc="left", fontsize=9)
        axes.set_ylabel(f"{variable} ({pair.reference.traces[population, variable].unit})")
        if pair.judgement.onset:
            mark_onset(axes, pair.judgement.onset.time_ms)
    legend_above(rows[0])
    rows[-1].set_xlim(start_ms, stop_ms)
    rows[-1].set_xlabel("time (ms)")
    return figure


def _line(axes: Axes, trace: Trace, cell: int, span_ms: tuple[float, float], look: tuple[LegStyle, str]) -> None:
    style, name = look
    times, values = _between(trace, cell, *span_ms)
    axes.plot(
        times, values, color=style.colour, linestyle=style.dash, linewidth=style.width, label=name,
        rasterized=times.size > _LIGHT_SAMPLES,
    )  # fmt: skip


def _between(trace: Trace, cell: int, start_ms: float, stop_ms: float) -> tuple[Floats, Floats]:
    first = max(int(np.floor((start_ms - trace.start_ms) / trace.step_ms)), 0)
    last = max(int(np.ceil((stop_ms - trace.start_ms) / trace.step_ms)) + 1, first)
    return trace.times_ms[first:last], trace.of(cell)[first:last]


def _caption(pair: Pair, keys: tuple[Key, ...]) -> str:
    shown = f" Shown are {MOST_PANELS} of {len(keys)} recorded traces." if len(keys) > MOST_PANELS else ""
    return (
        f"Solid line: {pair.names[0]}; broken line on top of it: {pair.names[1]}. Where the two agree, the broken line "
        f"runs along the solid one.{shown}"
    )


def _alt(pair: Pair, keys: tuple[Key, ...], onset: Onset | None) -> str:
    parts = []
    for population, variable, cell in keys[:MOST_PANELS]:
        here, there = (one.traces[population, variable] for one in (pair.reference, pair.candidate))
        gap = _largest_gap(here, there, cell)
        parts.append(
            f"{variable} of {population} cell {cell}" + (f", largest gap {brief(gap)} {here.unit}" if gap else "")
        )
    around = f" around the onset at {brief(onset.time_ms, 6)} ms" if onset else ""
    return f"Traces of {pair.names[0]} and {pair.names[1]} laid over each other{around}: " + "; ".join(parts) + "."


def _largest_gap(here: Trace, there: Trace, cell: int) -> float | None:
    one, other = here.of(cell), there.of(cell)
    if one.size == 0 or here.step_ms != there.step_ms or one.shape != other.shape:
        return None
    return float(np.max(np.abs(one - other)))
