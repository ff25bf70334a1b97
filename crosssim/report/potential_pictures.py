"""The picture of membrane potentials down the ladder of steps: what falls with the step, and what does not."""

import numpy as np
from matplotlib.axes import Axes

from crosssim.divergence.potentials import PotentialConvergence
from crosssim.divergence.refinement import PopulationRefinement, RefinementDetails
from crosssim.report.pairs import Pair
from crosssim.report.picture import Picture
from crosssim.report.potential_words import potential_left
from crosssim.report.rate_pictures import MOST_POPULATIONS
from crosssim.report.style import FAINT, INK, new_figure
from crosssim.report.words import listed

_MOST_LINES = 20
_PANELS_BESIDE = 2
_SMALLEST_MV = 1e-6
"""Below this a gap is rounding, and has no place on a logarithmic axis."""


def potentials_picture(pair: Pair, details: RefinementDetails) -> Picture | None:
    """A panel per population; ``None`` if no membrane potential was followed."""
    rows = sorted((row for row in details.rows if row.potential), key=lambda row: not row.potential_remains)
    rows = rows[:MOST_POPULATIONS]
    if not rows:
        return None
    columns = min(len(rows), _PANELS_BESIDE)
    height = -(-len(rows) // columns)
    figure = new_figure(0.6 + 2.3 * height)
    grid = figure.subplots(height, columns, sharey=True, squeeze=False)
    for axes, row in zip(grid.flat, rows, strict=False):
        if row.potential:
            _gaps(axes, row, row.potential, pair)
    for axes in grid[:, 0]:
        axes.set_ylabel("v apart (mV)")
    for axes in grid.flat[len(rows) :]:
        axes.set_axis_off()
    handles = {
        name: handle for axes in figure.axes for handle, name in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(handles.values(), handles.keys(), loc="outside upper right", ncols=3, fontsize=8.5)
    caption = (
        f"Mean distance between the membrane potentials of {pair.names[0]} and {pair.names[1]} under the same input, "
        "over samples and cells, each cell up to its first lost spike; and of each from its own finest run. What the "
        "integrators get wrong falls with the step, as the dotted line does; a cell whose distance stays level has "
        "another input, another parameter, or another equation."
    )
    return Picture(pair.name("potentials"), _title(rows), caption, _alt(rows), figure)


def _title(rows: list[PopulationRefinement]) -> str:
    cells = [
        f"{len(row.potential.counting)} of {row.population}" for row in rows if row.potential and row.potential.counting
    ]
    if not cells:
        return "The membrane potentials meet as the time step goes to zero"
    return f"The membrane potentials of some cells keep apart: {listed(cells)}"


def _gaps(axes: Axes, row: PopulationRefinement, one: PotentialConvergence, pair: Pair) -> None:
    steps = np.array(row.steps_ms)
    for k, cell in enumerate(one.counting[:_MOST_LINES]):
        axes.loglog(
            steps, cell.gaps_mv, color=INK, linewidth=0.8, alpha=0.6, label="cells that keep apart" if not k else None
        )
    for name, look, own in zip(pair.names, pair.styles, (one.reference_own, one.candidate_own), strict=True):
        shown = np.array(own.gap_mv) > _SMALLEST_MV
        axes.loglog(
            steps[shown], np.array(own.gap_mv)[shown], color=look.colour, marker=look.marker, markersize=5,
            linestyle="--", linewidth=look.width, label=f"{name} from its finest run",
        )  # fmt: skip
    gaps = np.maximum(one.gap_mv, _SMALLEST_MV)
    axes.loglog(steps, gaps, color=INK, marker="s", markersize=4, linewidth=1.6, label="against each other")
    axes.loglog(steps, gaps[0] * steps / steps[0], color=INK, linewidth=0.8, linestyle=":", label="first order")
    axes.set_title(f"{row.population}: {potential_left(one)} mV at zero", loc="left", fontsize=9)
    axes.set_xticks(steps, [f"{step:g}" for step in steps])
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.minorticks_off()
    axes.set_xlabel("time step (ms)")
    axes.grid(color=FAINT)


def _alt(rows: list[PopulationRefinement]) -> str:
    parts = []
    for row in rows:
        if row.potential:
            gaps = listed(
                [f"{gap:.2g} mV at {step:g} ms" for gap, step in zip(row.potential.gap_mv, row.steps_ms, strict=True)]
            )
            apart = f"; {len(row.potential.counting)} cells keep apart" if row.potential.counting else ""
            parts.append(f"{row.population}: {gaps}{apart}")
    return f"Distance of membrane potentials against time step. {'. '.join(parts)}."
