"""The picture of a refinement: the shift against the time step, down to zero."""

import numpy as np
from matplotlib.axes import Axes

from crosssim.divergence.refinement import Convergence, PopulationRefinement, RefinementDetails
from crosssim.recording.data import Floats
from crosssim.report.gate_text import intercept_text
from crosssim.report.pairs import Pair
from crosssim.report.picture import Picture
from crosssim.report.rate_pictures import MOST_POPULATIONS
from crosssim.report.style import FAINT, INK, new_figure
from crosssim.report.words import listed, signed


def refinement_pictures(pair: Pair, details: RefinementDetails) -> tuple[Picture, ...]:
    """One picture with a row of two panels per population; none without a population to follow."""
    rows = details.rows[:MOST_POPULATIONS]
    if not rows:
        return ()
    figure = new_figure(0.7 + 2.1 * len(rows))
    panels = figure.subplots(len(rows), 2, sharex=True, squeeze=False)
    for (left, right), row in zip(panels, rows, strict=True):
        _between(left, row)
        _own(right, row, pair)
    panels[0][0].set_title("against each other", loc="right", fontsize=8.5)
    figure.legend(*panels[0][1].get_legend_handles_labels(), loc="outside upper right", ncols=2, fontsize=8.5)
    for axes in panels[-1]:
        axes.set_xlim(-0.06 * max(details.steps_ms), 1.08 * max(details.steps_ms))
        axes.set_xlabel("time step (ms)")
    caption = (
        f"Left: mean shift of the spikes of {pair.names[1]} against {pair.names[0]} with the same input at each time "
        "step, with its 99.9 % interval, and the line through them to a step of zero (square). If the bar of "
        "the square meets the grey band around zero (what the grid cannot resolve), the time step explains the shift. "
        "Right: each backend against its own limit; the farther from zero at the model's step, the less converged."
    )
    return (Picture(pair.name("refinement"), _title(rows), caption, _alt(rows, pair), figure),)


def _title(rows: tuple[PopulationRefinement, ...]) -> str:
    differing = [row for row in rows if row.spikes_differ]
    shifted = [row for row in differing if row.shift_remains]
    if shifted:
        most = max(shifted, key=lambda row: abs(row.between.intercept_ms or 0.0))
        return f"At a time step of zero {signed(most.between.intercept_ms)} ms remain in {most.population}"
    first = next((row for row in differing if row.first_shift_remains and row.first), None)
    if first and first.first:
        left = signed(first.first.intercept_ms)
        return f"At a time step of zero {left} ms remain among the first spikes of {first.population}"
    if differing:
        return f"The mean shift vanishes with the time step, yet not every spike of {differing[0].population} agrees"
    if not any(row.enough for row in rows):
        return "Too few spikes could be followed down the time steps"
    return "The shift vanishes with the time step"


def _between(axes: Axes, row: PopulationRefinement) -> None:
    steps, one = np.array(row.steps_ms), row.between
    axes.axhspan(-row.grid_slack_ms, row.grid_slack_ms, color=FAINT, linewidth=0, zorder=0)
    axes.axhline(0.0, color=INK, linewidth=0.7)
    errors = one.shift_error_ms or None
    axes.errorbar(
        steps, one.shift_ms, errors, color=INK, marker="o", markersize=4, linestyle="none", capsize=3, linewidth=1.0
    )
    if one.intercept_ms is not None and one.intercept_ci_ms is not None:
        half = (one.intercept_ci_ms[1] - one.intercept_ci_ms[0]) / 2
        along = np.linspace(0.0, steps.max(), 50)
        axes.plot(along, fitted_line(one, steps, along), color=INK, linewidth=1.0)
        axes.errorbar(
            0.0, one.intercept_ms, half, color=INK, marker="s", markersize=6, markerfacecolor="none", capsize=4
        )
    axes.set_title(f"{row.population}: {intercept_text(row)}" + (" ms at zero" if row.enough else ""), loc="left",
                   fontsize=9)  # fmt: skip
    axes.set_ylabel("shift (ms)")
    axes.grid(axis="y")


def fitted_line(one: Convergence, steps: Floats, along: Floats) -> Floats:
    """The line or parabola that belongs to the intercept: residuals weigh 1/step, as in the fit of the intercept."""
    intercept = one.intercept_ms or 0.0
    slopes = np.polyfit(steps, (np.array(one.shift_ms) - intercept) / steps, 1 if one.curved else 0)
    return np.asarray(intercept + np.polyval(slopes, along) * along)


def _own(axes: Axes, row: PopulationRefinement, pair: Pair) -> None:
    axes.axhline(0.0, color=INK, linewidth=0.7)
    own = (row.reference_own, row.candidate_own)
    for name, look, one in zip(pair.names, pair.styles, own, strict=True):
        if one.spikes:
            shift = np.array(one.shift_ms) - (one.intercept_ms or 0.0)
            axes.plot(
                (*row.steps_ms, 0.0), (*shift, 0.0), color=look.colour, marker=look.marker, markersize=5,
                linestyle="--", linewidth=look.width, label=name,
            )  # fmt: skip
    axes.set_title("each against its own limit", loc="left", fontsize=9)
    axes.grid(axis="y")


def _alt(rows: tuple[PopulationRefinement, ...], pair: Pair) -> str:
    parts = []
    for row in rows:
        shifts = listed([f"{signed(shift, 4)} ms at {step:g} ms" for shift, step in
                         zip(row.between.shift_ms, row.steps_ms, strict=True)])  # fmt: skip
        own = ", ".join(
            f"{name} {signed(one.shift_ms[0] - (one.intercept_ms or 0.0))} ms from its own limit"
            for name, one in zip(pair.names, (row.reference_own, row.candidate_own), strict=True)
        )
        parts.append(f"{row.population}: {shifts}; at zero {intercept_text(row)}; at the largest step {own}")
    return f"Shift against time step. {'. '.join(parts)}."
