"""The divergence time of the free-running network against the time step: a table, and a picture."""

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FormatStrFormatter, NullLocator
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from crosssim.report.picture import Picture
from crosssim.report.style import INK, house_style, new_figure
from crosssim.studies.divergence_time import MEASURES, DivergenceTimes, Growth

_SPREAD = 0.03  # of the abscissa's decades, so that the dots of one step do not hide each other


def divergence_time_text(times: DivergenceTimes) -> RenderableType:
    """Medians over networks by step, and what an e-fold of a smaller step buys; then each measure in words."""
    changed = "".join(f", {name} = {value}" for name, value in times.changes.items())
    head = Text.assemble(
        (times.model, "bold"),
        f"{changed}: {' against '.join(times.legs)}, {len(times.seeds)} networks (seeds "
        f"{', '.join(map(str, times.seeds))}), {times.duration_ms:g} ms",
    )
    table = Table(
        box=None, pad_edge=False, title="median divergence time (ms) at each time step (ms)", title_justify="left"
    )
    table.add_column("measure")
    for step in times.steps_ms:
        table.add_column(f"{step:g}", justify="right")
    table.add_column("ms per e-fold", justify="right")
    for one in times.growth:
        table.add_row(one.measure, *_medians(one, times), _per_efold(one))
    words = [Padding(Text(f"{name}: {words}", style="dim"), (0, 0, 0, 2)) for name, words in MEASURES.items()]
    return Group(head, Text(), table, Text(), *words, *_first_lost(times))


def _first_lost(times: DivergenceTimes) -> list[RenderableType]:
    """The first lost spike of every network at the finest step, and whether the equations know of it."""
    lost = [one for one in times.networks if one.step_ms == min(times.steps_ms) and one.first_lost is not None]
    if not lost:
        return []
    table = Table(
        box=None, pad_edge=False, title=f"the first lost spike of every network at {min(times.steps_ms):g} ms",
        title_justify="left",
    )  # fmt: skip
    for name in ("seed", "ms", "cell", "fired on", "spikes before", "moved by at most"):
        table.add_column(name, justify="right")
    table.add_column("the exact solution")
    for network in lost:
        one = network.first_lost
        assert one is not None
        table.add_row(
            str(network.seed), f"{one.time_ms:.6g}", f"{one.population} {one.cell}", times.legs[one.fired_on],
            str(one.spikes_before), f"{round(one.largest_shift_ms, 6):g} ms", _SOLUTION_WORDS[one.both_right],
        )  # fmt: skip
    note = "exact solution: of the equations of this cell, hearing what the one run fired, and what the other did"
    return [Text(), table, Text(), Padding(Text(note, style="dim"), (0, 0, 0, 2))]


_SOLUTION_WORDS = {True: "agrees with both", False: "contradicts one", None: "unknown"}


def _medians(one: Growth, times: DivergenceTimes) -> list[str]:
    """A median of which half or more never parted is only a lower bound."""
    bound = [">" if 2 * censored >= len(times.seeds) else "" for censored in one.censored]
    return [f"{mark}{median:.1f}" for mark, median in zip(bound, one.median_ms, strict=True)]


def _per_efold(one: Growth) -> str:
    found = one.per_efold_ms
    return "–" if found is None else f"{found.value:+.1f} ({found.low:+.1f} to {found.high:+.1f})"


def divergence_time_picture(times: DivergenceTimes) -> Picture:
    """Every network as a dot and the medians as a line, one panel for each measure."""
    with house_style():
        figure = new_figure(2.8)
        panels = figure.subplots(1, len(times.growth), sharey=True, squeeze=False)[0]
        for axes, one in zip(panels, times.growth, strict=True):
            _panel(axes, one, times)
        panels[0].set_ylabel("divergence time (ms)")
        panels[0].set_ylim(0.0, None)
        shown = {label: mark for axes in panels for mark, label in zip(*axes.get_legend_handles_labels(), strict=True)}
        figure.legend(list(shown.values()), list(shown), loc="outside upper right", ncols=len(shown))
    last = times.growth[-1]
    title = f"{' and '.join(times.legs)} part {_growth_words(last)}"
    caption = (
        "The same network, with delays, refractory periods and inputs held fixed, on two backends at smaller and "
        "smaller time steps. Left: " + "; then: ".join(MEASURES[one.measure] for one in times.growth) + "."
    )
    alt = "; ".join(
        f"{one.measure}: median {', '.join(_medians(one, times))} ms at steps of "
        f"{', '.join(f'{step:g}' for step in times.steps_ms)} ms" for one in times.growth
    )  # fmt: skip
    return Picture("divergence-time", title, caption, f"Divergence time over the time step. {alt}.", figure)


def _growth_words(one: Growth) -> str:
    found = one.per_efold_ms
    if found is None:
        return "at too few steps to say how their divergence time grows"
    if found.low <= 0 <= found.high:
        return "no later at a smaller time step"
    return f"{found.value:.1f} ms {'later' if found.value > 0 else 'earlier'} for each e-fold of a smaller time step"


def _panel(axes: Axes, one: Growth, times: DivergenceTimes) -> None:
    order = {seed: k - (len(times.seeds) - 1) / 2 for k, seed in enumerate(times.seeds)}
    for parted in (True, False):
        dots = [found for found in times.networks if (found.times_ms[one.measure] is not None) is parted]
        if dots:
            steps = [dot.step_ms * 10 ** (_SPREAD * order[dot.seed] / 2) for dot in dots]
            heights = [times.duration_ms if (at := dot.times_ms[one.measure]) is None else at for dot in dots]
            axes.plot(
                steps, heights, color=INK, marker="o" if parted else "^", markersize=3.5, linestyle="none",
                alpha=0.45, label="one network" if parted else "not before the end",
            )  # fmt: skip
    axes.plot(times.steps_ms, one.median_ms, color=INK, marker="s", linewidth=1.6, label="median")
    axes.set_xscale("log")
    axes.invert_xaxis()
    axes.xaxis.set_major_locator(FixedLocator(list(times.steps_ms)))
    axes.xaxis.set_major_formatter(FormatStrFormatter("%g"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("time step (ms)")
    axes.set_title(one.measure, loc="left", fontsize=9)
    axes.grid(axis="y")
