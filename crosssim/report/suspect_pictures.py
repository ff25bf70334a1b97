"""Pictures of suspects, ranked by what they explain, and of yardsticks beside the comparison."""

from collections.abc import Sequence

from crosssim.divergence.sensitivity import Yardstick
from crosssim.divergence.suspects import Suspect
from crosssim.divergence.trajectories import PairedShare
from crosssim.report.pairs import Pair
from crosssim.report.picture import Picture
from crosssim.report.style import FAINT, INK, LegStyle, leg_style, new_figure
from crosssim.report.tables import yardstick_parts
from crosssim.report.words import brief, percent

_NAMED_PERCENT = 50.0  # below this a change is no explanation and is not named
_AFTER_MS = 80.0  # shown after the last onset: by then the shares have fallen to chance


def suspects_picture(pair: Pair, suspects: Sequence[Suspect]) -> Picture:
    """Ranked bars of the share of the disagreement that each suspect removed."""
    figure = new_figure(0.8 + 0.36 * len(suspects))
    axes = figure.subplots()
    for at, one in enumerate(suspects):
        axes.barh(at, 100 * one.removed_share, 0.6, color=INK, alpha=0.75)
        axes.text(101.5, at, percent(one.removed_share), va="center", fontsize=9)
    axes.set_yticks(range(len(suspects)), [suspect_name(one) for one in suspects])
    axes.set_ylim(len(suspects) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, 112)
    axes.set_xticks(range(0, 101, 25))
    axes.axvline(_NAMED_PERCENT, color=FAINT, linewidth=1.2, zorder=0)
    axes.axvline(100.0, color=FAINT, linewidth=1.2, zorder=0)
    axes.set_xlabel("disagreement removed (%)")
    first = suspects[0]
    caption = (
        f"Each bar is one change, made in {pair.names[0]} and run again with the same input: how much of the "
        f"disagreement with {pair.names[1]} it removed. Changes that remove less than half are not named."
    )
    alt = "; ".join(f"{suspect_name(one)} removes {percent(one.removed_share)}" for one in suspects)
    title = f"{first.name} explains {percent(first.removed_share)} of what differs in {first.population}"
    return Picture(pair.name("suspects"), title, caption, f"Ranked bars of suspects: {alt}.", figure)


def suspect_name(one: Suspect) -> str:
    """The suspect, with the population where it shows unless its name says that already."""
    return one.name if one.population in one.name else f"{one.name}, in {one.population}"


def yardsticks_picture(pair: Pair) -> Picture | None:
    """Share of paired spikes over time: between the legs, and of each backend against its own twin."""
    between, own = yardstick_parts(pair.judgement)
    shares = between.shares if between else pair.details.shares if pair.details else ()
    curves = [(f"{pair.names[1]} against {pair.names[0]}", shares, LegStyle(INK, "-", 2.0, ""))]
    curves += [(one.what, one.shares, _look(one, own, pair)) for one in own]
    curves = [(name, shares, look) for name, shares, look in curves if any(one.share is not None for one in shares)]
    if not curves:
        return None
    figure = new_figure(2.5 + 0.09 * len(curves))
    axes = figure.subplots()
    for name, shares, look in curves:
        edges = [shares[0].start_ms, *(one.stop_ms for one in shares)]
        values = [float("nan") if one.share is None else 100 * one.share for one in shares]
        axes.stairs(
            values, edges, baseline=None, color=look.colour, linestyle=look.dash, linewidth=look.width, label=name
        )
    onsets = [one.time_ms for one in (pair.judgement.onset, *(each.onset for each in own)) if one]
    last = max(shares[-1].stop_ms for _, shares, _ in curves)
    axes.set_xlim(0, min(last, max(onsets) + _AFTER_MS) if onsets else last)
    axes.set_ylim(0, 104)
    axes.set_xlabel("time (ms)")
    axes.set_ylabel("paired (%)")
    axes.grid(axis="y")
    figure.legend(loc="outside lower left", ncols=2, fontsize=8.5)
    caption = (
        "Share of spikes that have a partner, per 10 ms. The solid line is the comparison; the others, in the colour "
        "of their leg, are one backend against itself with a trifle changed. Where the solid line falls with them, "
        "chaos alone does it."
    )
    said = "; ".join(f"{name} {whole_share(shares)} paired over the whole run" for name, shares, _ in curves)
    return Picture(pair.name("yardsticks"), _yardsticks_title(pair, own), caption, f"{said}.", figure)


def _look(one: Yardstick, own: Sequence[Yardstick], pair: Pair) -> LegStyle:
    """The colour of its leg; the yardsticks of one leg are told apart by their lines."""
    position = pair.positions[pair.names.index(one.leg)] if one.leg in pair.names else len(pair.names)
    look = leg_style(position)
    dashes = ("--", ":", "-.", (0, (6, 1, 1, 1, 1, 1)))
    at = [each.what for each in own if each.leg == one.leg].index(one.what)
    return LegStyle(look.colour, dashes[at % len(dashes)], 1.5, look.marker)  # type: ignore[arg-type]


def whole_share(shares: Sequence[PairedShare]) -> str:
    """Paired spikes over all, for the whole run."""
    most = sum(max(one.reference_spikes, one.candidate_spikes) for one in shares)
    return percent(sum(one.paired for one in shares) / most) if most else "–"


def _yardsticks_title(pair: Pair, yardsticks: Sequence[Yardstick]) -> str:
    own = [one.onset.time_ms for one in yardsticks if one.onset]
    onset = pair.judgement.onset
    if not own:
        return "No backend parts from its own twin"
    at = f"{brief(min(own), 6)} ms"
    if onset is None:
        return f"The legs do not part; a backend parts from its own twin at {at}"
    order = "no earlier than" if onset.time_ms >= min(own) else "before"
    return f"The legs part at {brief(onset.time_ms, 6)} ms, {order} a backend from its own twin ({at})"
