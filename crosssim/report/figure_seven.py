"""The facsimile of Figure 7 of Destexhe (2009): v of one cell, the raster below it, the histogram of rates."""

import numpy as np
from matplotlib.axes import Axes

from crosssim.recording.data import Recording
from crosssim.recording.rate_series import cell_rates_hz, rate_edges_hz, rate_series
from crosssim.report.pairs import slug
from crosssim.report.picture import Picture
from crosssim.report.rasters import draw_raster, spike_count
from crosssim.report.rate_pictures import bin_ms
from crosssim.report.style import FAINT, INK, new_figure
from crosssim.report.words import brief, counted


def figure_seven(name: str, position: int, recording: Recording) -> Picture:
    """One leg as the article shows it, in one ink; without a recorded v the raster stands alone."""
    shown = _shown_cell(recording)
    heights = [1.4, 3.2, 1.3, 1.7] if shown else [3.2, 1.3, 1.7]
    figure = new_figure(sum(heights) + 0.8)
    panels = figure.subplots(len(heights), 1, height_ratios=heights)
    if shown:
        _voltage(panels[0], recording, shown)
        panels[0].sharex(panels[1])
    raster, rates, histogram = panels[-3:]
    draw_raster(raster, recording, INK)
    raster.set_ylabel("cell")
    _rate_over_time(rates, recording)
    rates.sharex(raster)
    rates.set_xlabel("time (ms)")
    _rate_histogram(histogram, recording)
    cell = f"v of {shown[0]} cell {shown[1]} on top, " if shown else ""
    means = "; ".join(
        f"{population} {brief(float(np.mean(cell_rates_hz(one))))} Hz"
        for population, one in recording.spikes.items()
        if one.n_cells
    )
    return Picture(
        f"figure7-{position + 1}-{slug(name)}",
        f"{recording.model} on {name}",
        f"After Figure 7 of Destexhe (2009): {cell}all spikes, the rate of all cells in bins of "
        f"{bin_ms(recording.duration_ms):g} ms, and how many cells fire at which mean rate.",
        f"{recording.model} on {name}: {cell}raster of {counted(spike_count(recording), 'spike')}, population rate and "
        f"histogram of rates. Mean rates: {means or 'no cells'}.",
        figure,
    )


def _shown_cell(recording: Recording) -> tuple[str, int] | None:
    for (population, variable), trace in recording.traces.items():
        if variable == "v" and trace.cells.size:
            return population, int(trace.cells[0])
    return None


def _voltage(axes: Axes, recording: Recording, shown: tuple[str, int]) -> None:
    trace = recording.traces[shown[0], "v"]
    axes.plot(trace.times_ms, trace.of(shown[1]), color=INK, linewidth=0.6, rasterized=trace.values.shape[0] > 5000)
    axes.set_title(f"{shown[0]} cell {shown[1]}", loc="left", fontsize=9)
    axes.set_ylabel(f"v ({trace.unit})")
    axes.tick_params(labelbottom=False)


def _rate_over_time(axes: Axes, recording: Recording) -> None:
    series = [rate_series(one, bin_ms(recording.duration_ms)) for one in recording.spikes.values() if one.n_cells]
    sizes = [one.n_cells for one in recording.spikes.values() if one.n_cells]
    if series:
        mean = np.average([one.rate_hz for one in series], axis=0, weights=sizes)
        axes.stairs(mean, series[0].edges_ms, color=INK, linewidth=0.8)
    axes.set_ylabel("rate (Hz)")
    axes.set_ylim(bottom=0)


def _rate_histogram(axes: Axes, recording: Recording) -> None:
    rates = {name: cell_rates_hz(one) for name, one in recording.spikes.items() if one.n_cells}
    highest = max((float(one.max()) for one in rates.values()), default=0.0)
    edges = rate_edges_hz(highest, recording.duration_ms, 40)
    for (name, values), dash in zip(rates.items(), ("-", "--", ":", "-.") * len(rates), strict=False):
        axes.stairs(np.histogram(values, edges)[0], edges, color=INK, linestyle=dash, linewidth=1.2, label=name)
    axes.set_xlabel("mean rate of a cell (Hz)")
    axes.set_ylabel("cells")
    axes.grid(axis="y", color=FAINT)
    if rates:
        axes.legend(loc="upper right", fontsize=8.5)
