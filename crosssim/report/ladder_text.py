"""A ladder on the terminal: one row per rung, the first broken promise with v around it, and the rungs that failed."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from crosssim.divergence.promises import PromiseJudgement, Standing
from crosssim.divergence.trajectories import TraceWindow
from crosssim.report.ladder_words import (
    MARKS,
    check_words,
    fate_words,
    headline,
    promise_words,
    published_words,
    rate_words,
    standing_words,
)
from crosssim.studies.ladder import LadderResult, RungResult

_STYLES = {Standing.KEPT: "green", Standing.BROKEN: "red", Standing.NOT_JUDGED: "yellow"}


def ladder_text(result: LadderResult) -> RenderableType:
    """The whole answer."""
    timing = f"{result.duration_ms:g} ms, seed {result.seed}"
    parts: list[RenderableType] = [Text.assemble((result.ladder.name, "bold"), f": {timing}"), Text(), _table(result)]
    for one in result.failed:
        parts.append(Text(f"rung {one.rung.name} did not finish: {one.leg.outcome.reason}", style="red"))
        parts.append(Text(f"  its log: {one.leg.folder}", style="dim"))
    lost = [leg for leg in result.samples if not leg.outcome.completed]
    parts += [Text(f"{leg.label} did not finish: {leg.outcome.reason}", style="red") for leg in lost]
    parts += _fates(result)
    parts.append(Text())
    broken = result.first_broken
    if broken is not None and broken.first_broken is not None:
        parts += _broken(broken, broken.first_broken)
    parts.append(Text(headline(result), style="bold"))
    parts += [Text(words)] if (words := check_words(result)) else []
    return Group(*parts)


def _table(result: LadderResult) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("rung", no_wrap=True)
    table.add_column("changed", ratio=3)
    table.add_column("must keep", ratio=3)
    table.add_column("verdict", ratio=2)
    table.add_column("rates (Hz)", no_wrap=True)
    for one in result.rungs:
        style = _STYLES.get(one.standing, "") if one.standing else ""
        verdict = Text(standing_words(one), style=style)
        rates = rate_words(one) + (f"\narticle: {published_words(one)}" if one.rung.published else "")
        table.add_row(one.rung.name, one.rung.changed, promise_words(one), verdict, rates)
    return table


def _fates(result: LadderResult) -> list[RenderableType]:
    """A line a rung, if fates were counted: the table above has no room for them at 80 columns."""
    counted = [one for one in result.rungs if one.fates]
    if not counted:
        return []
    table = Table(box=None, pad_edge=False)
    for name in ("rung", "runs by the fate of their activity; change of the mean rate"):
        table.add_column(name)
    for one in counted:
        table.add_row(one.rung.name, Text(fate_words(one)))
    return [Text(), table]


def _broken(rung: RungResult, judgement: PromiseJudgement) -> list[RenderableType]:
    words = f"{MARKS[Standing.BROKEN]} rung {rung.rung.name} against rung {rung.rung.against}: {judgement.reason}"
    windows = [Padding(_window(window, rung), (1, 0, 1, 2)) for window in judgement.windows]
    return [Text(words, style="red"), *windows]


def _window(window: TraceWindow, rung: RungResult) -> Table:
    title = f"{window.variable} of {window.population} cell {window.cell} ({window.unit})"
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    for name in ("t (ms)", f"rung {rung.rung.against}", f"rung {rung.rung.name}", "difference"):
        table.add_column(name, justify="right")
    for time_ms, here, there in zip(window.times_ms, window.reference, window.candidate, strict=True):
        style = "red" if here != there else ""
        table.add_row(f"{time_ms:.6g}", f"{here:.6f}", f"{there:.6f}", f"{there - here:.3g}", style=style)
    return table
