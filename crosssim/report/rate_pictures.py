"""Pictures of rates: over time, cell by cell, and the share of spikes that found a partner."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from crosssim.divergence.trajectories import PairedShare
from crosssim.recording.data import Floats, Recording
from crosssim.recording.rate_series import cell_rates_hz, rate_edges_hz, rate_series
from crosssim.report.pairs import Pair
from crosssim.report.picture import Picture
from crosssim.report.style import FAINT, INK, leg_style, legend_above, mark_onset, new_figure
from crosssim.report.words import brief, counted, listed

MOST_POPULATIONS = 8
"""Populations shown in one picture, as many as the cortical microcircuit model has."""

_AROUND_MS = 200.0  # shown around the onset, where the share falls

Legs = Mapping[str, tuple[int, Recording]]


def bin_ms(duration_ms: float) -> float:
    """The bin of the rates over time: 10 ms, or less in a run too short for fifty of them."""
    return min(10.0, duration_ms / 50)


def rates_picture(legs: Legs) -> Picture:
    """The rate of every population over time on every leg."""
    names = population_names(legs)
    width = bin_ms(max(recording.duration_ms for _, recording in legs.values()))
    figure = new_figure(0.8 + 1.35 * len(names))
    rows = figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
    for axes, name in zip(rows, names, strict=True):
        for label, (position, recording) in legs.items():
            if name in recording.spikes:
                series = rate_series(recording.spikes[name], width)
                look = leg_style(position)
                axes.stairs(
                    series.rate_hz, series.edges_ms, color=look.colour, linestyle=look.dash, linewidth=look.width * 0.8,
                    label=label, baseline=None,
                )  # fmt: skip
        axes.set_title(name, loc="left", fontsize=9)
        axes.set_ylabel("rate (Hz)")
        axes.set_ylim(bottom=0)
        axes.grid(axis="y")
    legend_above(rows[0])
    rows[-1].set_xlim(0, max(recording.duration_ms for _, recording in legs.values()))
    rows[-1].set_xlabel("time (ms)")
    title = _finding(legs, "{} fires at ", _mean)
    caption = f"Mean rate per cell in bins of {width:g} ms."
    return Picture("rates", title, caption, _rates_alt(legs, "Rate over time"), figure)


def population_names(legs: Legs) -> list[str]:
    """The populations that a picture of rates shows, in the order of the recordings."""
    names = dict.fromkeys(name for _, recording in legs.values() for name in recording.spikes)
    return list(names)[:MOST_POPULATIONS]


def _finding(legs: Legs, opening: str, number: Callable[[Floats], float]) -> str:
    """One number of the first population on every leg, as a sentence without its end; empty without cells."""
    name = population_names(legs)[0]
    rates = {label: cell_rates_hz(rec.spikes[name]) for label, (_, rec) in legs.items() if name in rec.spikes}
    each = [f"{number(values):.4g} Hz on {label}" for label, values in rates.items() if values.size]
    return opening.format(name) + listed(each) if each else f"{name} has no cells"


def _mean(rates: Floats) -> float:
    return float(np.mean(rates))


def _median(rates: Floats) -> float:
    return float(np.median(rates))


def _rates_alt(legs: Legs, what: str) -> str:
    parts = []
    for name in population_names(legs):
        means = [
            f"{_mean(cell_rates_hz(recording.spikes[name])):.4g} Hz on {label}"
            for label, (_, recording) in legs.items()
            if name in recording.spikes and recording.spikes[name].n_cells
        ]
        parts.append(f"{name} mean {', '.join(means) or 'without cells'}")
    return f"{what}: " + "; ".join(parts) + "."


def histogram_picture(legs: Legs) -> Picture:
    """How many cells fire at which rate, per population, on every leg."""
    names = population_names(legs)
    columns = min(len(names), 3)
    rows = -(-len(names) // columns)
    figure = new_figure(0.6 + 2.0 * rows)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, name in zip(grid, names, strict=False):
        _histogram(axes, legs, name)
    for axes in grid[len(names) :]:
        axes.set_visible(False)
    grid[0].set_ylabel("cells")
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside upper right", ncols=4, fontsize=8.5)
    alt = _rates_alt(legs, "Histogram of the mean rates of single cells")
    title = _finding(legs, "The median cell of {} fires at ", _median)
    caption = "Each outline counts the cells of one leg by their mean rate over the whole run."
    return Picture("rate-histograms", title, caption, alt, figure)


def _histogram(axes: Axes, legs: Legs, name: str) -> None:
    rates = {label: cell_rates_hz(rec.spikes[name]) for label, (_, rec) in legs.items() if name in rec.spikes}
    highest = max((float(one.max()) for one in rates.values() if one.size), default=0.0)
    edges = rate_edges_hz(highest, legs[next(iter(rates))][1].duration_ms, 30)
    for label, values in rates.items():
        look = leg_style(legs[label][0])
        axes.stairs(np.histogram(values, edges)[0], edges, color=look.colour, linestyle=look.dash,
                    linewidth=look.width, label=label)  # fmt: skip
    axes.set_title(name, loc="left", fontsize=9)
    axes.set_xlabel("rate (Hz)")
    axes.yaxis.set_major_locator(MaxNLocator(nbins="auto", integer=True))
    axes.grid(axis="y")


def shares_picture(pair: Pair, shares: Sequence[PairedShare]) -> Picture | None:
    """The share of spikes with a partner, bin by bin; ``None`` if no bin has a spike."""
    known = [one for one in shares if one.share is not None]
    if not known:
        return None
    figure = _shares_figure(pair, shares)
    width = shares[0].stop_ms - shares[0].start_ms
    below = next((one for one in known if one.share is not None and one.share < 0.5), None)
    if all(one.share == 1 for one in known):
        title = "Every spike has its partner"
    elif below:
        title = f"By {brief(below.stop_ms, 6)} ms more than half of the spikes have no partner"
    else:
        title = "At least half of the spikes keep a partner throughout"
    paired = sum(one.paired for one in known)
    most = sum(max(one.reference_spikes, one.candidate_spikes) for one in known)
    alt = (
        f"Share of paired spikes per {width:g} ms over time: {title[0].lower() + title[1:]}; over the whole run "
        f"{brief(100 * paired / most, 3)} % of {counted(most, 'spike')} are paired."
    )
    caption = (
        f"Of the spikes in each {width:g} ms, the share that has a partner of the same cell on the other leg, within "
        "the declared tolerance. Independent spike trains still pair now and then by chance."
    )
    return Picture(pair.name("paired-share"), title, caption, alt, figure)


def _shares_figure(pair: Pair, shares: Sequence[PairedShare]) -> Figure:
    onset = pair.judgement.onset
    figure = new_figure(2.3)
    edges = [shares[0].start_ms, *(one.stop_ms for one in shares)]
    values = [float("nan") if one.share is None else 100 * one.share for one in shares]
    spans = [(edges[0], edges[-1])]
    if onset and edges[-1] - edges[0] > 2 * _AROUND_MS:
        first = min(max(onset.time_ms - _AROUND_MS / 4, edges[0]), edges[-1] - _AROUND_MS)
        spans.insert(0, (first, first + _AROUND_MS))
    panels = figure.subplots(1, len(spans), squeeze=False, width_ratios=[1, 1.6][-len(spans) :], sharey=True)[0]
    for axes, span, title in zip(panels, spans, ("around the onset", "the whole run")[-len(spans) :], strict=True):
        axes.stairs(values, edges, color=INK, linewidth=1.3, baseline=None)
        axes.stairs(np.nan_to_num(values), edges, color=FAINT, fill=True, alpha=0.6, zorder=0)
        if onset:
            mark_onset(axes, onset.time_ms)
        axes.set_title(title, loc="left", fontsize=9)
        axes.set_xlim(span)
        axes.set_ylim(0, 104)
        axes.set_xlabel("time (ms)")
        axes.grid(axis="y")
    panels[0].set_ylabel("paired (%)")
    return figure
