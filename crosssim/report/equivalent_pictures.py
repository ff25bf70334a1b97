"""Pictures of a mechanism beside its candidate: disagreements, spikes, v where it matters, and the search."""

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes

from crosssim.recording.response import Response
from crosssim.report.equivalent_words import explanation, with_unit_of
from crosssim.report.picture import Picture
from crosssim.report.style import INK, leg_style, legend_above, mark_onset, new_figure
from crosssim.report.words import brief
from crosssim.studies.equivalent import EquivalentResult
from crosssim.studies.parameter_search import ParameterSearch, SearchedParameter

WINDOW_MS = 80.0
"""How much of v is shown around the first spike that differs."""

_TRACES = 3  # the protocols that differ most
_SMALLEST_SHOWN = 1e-2  # spreads: the axis is logarithmic
_COLUMNS = 4


def equivalent_pictures(result: EquivalentResult) -> dict[str, Picture]:
    """By name: "disagreement", "spikes", "v", and "search" if there was one."""
    pictures = [_disagreements(result), _spikes(result), _traces(result)]
    if result.search is not None:
        pictures.append(_search(result, result.search))
    return {one.name: one for one in pictures}


def _sides(result: EquivalentResult) -> Iterator[tuple[str, tuple[Response, ...]]]:
    """The original, the candidate, and the candidate with the winner at its best value."""
    yield result.plan.original.name, result.original
    yield result.plan.cell, result.candidate.responses
    if result.mended is not None:
        yield _mended_name(result), result.mended.responses


def _mended_name(result: EquivalentResult) -> str:
    assert result.search is not None and result.search.winner is not None
    winner = result.search.winner
    return f"with {winner.range.name} = {with_unit_of(winner, winner.best)}"


def _disagreements(result: EquivalentResult) -> Picture:
    figure = new_figure(0.9 + 0.3 * len(result.stimuli))
    axes = figure.subplots()
    names = [one.disagreement.protocol for one in result.candidate.protocols]
    rows = np.arange(len(names))
    judged = [(result.plan.cell, result.candidate)]
    judged += [(_mended_name(result), result.mended)] if result.mended else []
    for position, (label, one) in enumerate(judged, start=1):
        style = leg_style(position)
        values = [max(protocol.in_spreads, _SMALLEST_SHOWN) for protocol in one.protocols]
        axes.plot(values, rows, style.marker, color=style.colour, markersize=7, markeredgewidth=2, label=label)
    allowed = [one.allowed / max(one.original_spread, 1e-6) for one in result.candidate.protocols]
    axes.plot(allowed, rows, "|", color=INK, markersize=16, markeredgewidth=1.5, label="allowed")
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(_plain_number)
    axes.set_yticks(rows, names)
    axes.invert_yaxis()
    axes.set_xlabel("disagreement in units of the original's own spread")
    axes.grid(axis="x")
    legend_above(axes)
    said = ", ".join(f"{one.disagreement.protocol} {brief(one.in_spreads, 3)}" for one in result.candidate.protocols)
    return Picture(
        "disagreement",
        "How far apart, protocol by protocol",
        "One row is a protocol. A mark to the right of the bar is farther from the original than integration explains; "
        "a row fails by its number of spikes too, whatever the distance.",
        f"Disagreement in spreads: {said}.",
        figure,
    )


def _spikes(result: EquivalentResult) -> Picture:
    sides = list(_sides(result))
    figure = new_figure(0.8 + 0.16 * (len(sides) + 1) * len(result.stimuli))
    axes = figure.subplots()
    ticks = []
    for position, (label, responses) in enumerate(sides):
        rows = np.arange(len(responses)) * (len(sides) + 1) + position
        times = [one.spikes_ms for one in responses]
        axes.eventplot(
            times, lineoffsets=rows.tolist(), linelengths=0.8, linewidths=1.1, colors=leg_style(position).colour
        )
        axes.plot([], [], color=leg_style(position).colour, label=label)
        ticks = [float(row) - position + (len(sides) - 1) / 2 for row in rows]
    axes.set_yticks(ticks, [one.name for one in result.stimuli])
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.set_xlim(0.0, result.plan.duration_ms)
    axes.set_xlabel("time (ms)")
    legend_above(axes)
    counts = [
        f"{one.disagreement.protocol} {one.disagreement.spikes[0]} and {one.disagreement.spikes[1]}"
        for one in result.candidate.protocols
    ]
    return Picture(
        "spikes",
        "Spikes under every protocol",
        f"For each protocol, from above: {', '.join(label for label, _ in sides)}.",
        f"Spikes of the original and of the candidate: {'; '.join(counts)}.",
        figure,
    )


def _traces(result: EquivalentResult) -> Picture:
    """v of the protocols that differ most, around the first spike that has moved."""
    order = sorted(
        range(len(result.stimuli)), key=lambda k: result.candidate.protocols[k].disagreement.total, reverse=True
    )
    shown = order[:_TRACES]
    figure = new_figure(0.5 + 1.7 * len(shown))
    panels = figure.subplots(len(shown), 1, squeeze=False)[:, 0]
    for axes, k in zip(panels, shown, strict=True):
        _trace(axes, result, k)
    panels[-1].set_xlabel("time (ms)")
    legend_above(panels[0])
    names = [result.stimuli[k].name for k in shown]
    return Picture(
        "v",
        f"v side by side: {', '.join(names)}",
        "The protocols that differ most, from shortly before the first spike that has moved. Spikes are cut "
        "off: one side may draw them into v and the other not, and v is compared away from them.",
        f"Membrane potential of the original and of the candidate under {', '.join(names)}.",
        figure,
    )


def _trace(axes: Axes, result: EquivalentResult, k: int) -> None:
    start_ms = max(_first_moved_ms(result.original[k], result.candidate.responses[k]) - WINDOW_MS / 5, 0.0)
    for position, (label, responses) in enumerate(_sides(result)):
        one, style = responses[k], leg_style(position)
        times = np.arange(one.v_mV.size) * one.sample_ms
        inside = (times >= start_ms) & (times <= start_ms + WINDOW_MS)
        axes.plot(times[inside], one.v_mV[inside], color=style.colour, linestyle=style.dash, linewidth=1.0, label=label)
    axes.set_xlim(start_ms, min(start_ms + WINDOW_MS, result.plan.duration_ms))
    axes.set_ylim(*_below_spikes(result, k))
    axes.set_title(result.stimuli[k].name, loc="left", fontsize=9)
    axes.set_ylabel("v (mV)")


def _below_spikes(result: EquivalentResult, k: int) -> tuple[float, float]:
    """The range of v (mV) that is shown: all of it below, and above threshold half as much as from rest to there."""
    rest, threshold = result.plan.rest_mV, result.plan.scale.threshold_mV
    lowest = min(result.original[k].v_mV.min(), result.candidate.responses[k].v_mV.min())
    return float(max(lowest, 2 * rest - threshold)) - 1.0, threshold + (threshold - rest) / 2


def _first_moved_ms(original: Response, candidate: Response) -> float:
    """The first spike that is not at the same sample on both sides; the onset of the input if all are."""
    here, there = original.spikes_ms, candidate.spikes_ms
    both = min(here.size, there.size)
    (moved,) = np.nonzero(np.abs(here[:both] - there[:both]) > original.sample_ms / 2)
    if moved.size:
        return float(min(here[moved[0]], there[moved[0]]))
    longer = here if here.size > both else there
    return float(longer[both]) if longer.size > both else 0.0


def _search(result: EquivalentResult, search: ParameterSearch) -> Picture:
    found = search.parameters
    rows = -(-len(found) // _COLUMNS)
    figure = new_figure(0.5 + 1.6 * rows)
    panels = figure.subplots(rows, _COLUMNS, sharey=True, squeeze=False)
    spread = max(result.candidate.spread, 1e-6)
    for axes, one in zip(panels.flat, found, strict=False):
        _curve(axes, one, spread)
    for axes in panels.flat[len(found) :]:
        axes.axis("off")
    for axes in panels[:, 0]:
        axes.set_ylabel("disagreement")
    said = [f"{one.range.name} from {one.before / spread:.3g} to {one.after / spread:.3g}" for one in found]
    return Picture(
        "search",
        explanation(result),
        "The mean disagreement over all protocols, in units of the original's own spread, against the value of one "
        "parameter, all others as they are. Dashed: the value it has; square: the best one.",
        f"Least disagreement by parameter: {', '.join(said)}.",
        figure,
    )


def _curve(axes: Axes, one: SearchedParameter, spread: float) -> None:
    values, scores = np.array(one.tried).T
    style = leg_style(0)
    axes.plot(values, scores / spread, color=style.colour, marker=".", markersize=4, linewidth=1.0)
    axes.plot(one.best, one.after / spread, "s", color=leg_style(1).colour, markerfacecolor="none", markersize=7)
    mark_onset(axes, one.range.nominal)
    axes.set_ylim(bottom=0)
    axes.set_title(f"{one.range.name} ({one.range.unit})", loc="left", fontsize=9)
    if one.range.is_geometric:
        axes.set_xscale("log")
        axes.set_xticks([one.range.low, one.range.nominal, one.range.high])
        axes.set_xticks([], minor=True)
        axes.xaxis.set_major_formatter(_plain_number)


def _plain_number(value: float, position: float) -> str:
    return f"{float(f'{value:.3g}'):g}"
