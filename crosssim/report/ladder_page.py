"""The story of a ladder as one HTML page that holds everything it shows and loads nothing."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

import crosssim
from crosssim.divergence.margins import MeasuredChange
from crosssim.divergence.promises import PromiseJudgement, Standing
from crosssim.divergence.trajectories import TraceWindow
from crosssim.errors import ExitStatus
from crosssim.report.ladder_pictures import CHECK_PICTURE
from crosssim.report.ladder_words import (
    MARKS,
    fate_words,
    headline,
    margin_words,
    one_seed_note,
    promise_reasons,
    promise_words,
    published_words,
    rate_words,
    standing_words,
)
from crosssim.report.picture import Picture, inline_svg
from crosssim.report.plain_words import check_words
from crosssim.report.tables import leg_names
from crosssim.report.template import page_template
from crosssim.report.views import command_line, rates_view, seconds
from crosssim.report.words import VERDICT_WORDS, gate_rows, listed
from crosssim.studies.ladder import LadderResult, RungResult

_TONES = {Standing.KEPT: "agrees", Standing.BROKEN: "differs", Standing.NOT_JUDGED: "unknown", None: "quiet"}


def ladder_page(result: LadderResult, pictures: Mapping[str, Picture], svgs: Mapping[str, str]) -> str:
    """The page as HTML. ``svgs`` maps the name of every picture to its SVG file, so that none is drawn twice."""
    tone = {ExitStatus.AGREES: "agrees", ExitStatus.DIFFERS: "differs"}.get(result.exit_status, "unknown")
    broken = result.first_broken
    return page_template("ladder.html.jinja").render(
        result=result,
        title=f"The ladder of {result.ladder.name}",
        headline=headline(result),
        tone=tone,
        mark={"agrees": "✓", "differs": "✗"}.get(tone, "?"),
        reason=broken.first_broken.reason if broken and broken.first_broken else "",
        note=one_seed_note(result),
        with_fates=any(one.fates for one in result.rungs),
        with_published=any(one.rung.published for one in result.rungs),
        rungs=[_rung(one, pictures) for one in result.rungs],
        check=_check(result, pictures),
        lost=[(leg.label, leg.outcome.reason) for leg in result.samples if not leg.outcome.completed],
        whole=pictures["ladder"],
        svg={name: Markup(inline_svg(one, svgs[name])) for name, one in pictures.items()},
        crosssim_version=crosssim.__version__,
        command=command_line,
        seconds=seconds,
    )


def _rung(one: RungResult, pictures: Mapping[str, Picture]) -> dict[str, Any]:
    broken = one.first_broken
    windows = broken.windows if broken else ()
    return {
        "name": one.rung.name,
        "changed": one.rung.changed,
        "against": one.rung.against,
        "simulator": one.rung.simulator,
        "draws_own": one.rung.draws_own,
        "promise": promise_words(one),
        "verdict": standing_words(one),
        "tone": _TONES[one.standing] if one.leg.outcome.completed else "unknown",
        "rates": rate_words(one) or "–",
        "published": published_words(one),
        "fates": fate_words(one),
        "failure": "" if one.leg.outcome.completed else one.leg.outcome.reason,
        "judgements": [_judgement(judgement) for judgement in one.judgements],
        "windows": [_window(window) for window in windows],
        "threshold": _window(one.threshold) if one.threshold and not windows else None,
        "picture": next((p for name, p in pictures.items() if name == f"rung-{_file_name(one.rung.name)}"), None),
        "command": one.leg.command,
        "folder": one.leg.folder,
        "took": "reused" if one.leg.reused else seconds(one.leg.outcome.wall_s),
    }


def _check(result: LadderResult, pictures: Mapping[str, Picture]) -> dict[str, Any] | None:
    """The check of the model above the last rung, in short; its own page has the rest."""
    if result.check is None:
        return None
    names = leg_names(result.check)
    rates = rates_view(result.check)
    return {
        "title": f"{result.check.model.name}: {listed([name.upper() for name in names])}",
        "words": VERDICT_WORDS[result.check.worst.verdict],
        "verdict": result.check.worst.verdict.value,
        "paragraph": check_words(result.check).paragraph,
        "gates": gate_rows(result.check.worst),
        "names": names,
        "rates": rates,
        "has_published": any(row["published"] for row in rates),
        "pictures": [one for name, one in pictures.items() if name.startswith(CHECK_PICTURE.format(""))],
        "page": result.check_page,
    }


def _file_name(name: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in name)


def _judgement(judgement: PromiseJudgement) -> dict[str, Any]:
    return {
        "mark": MARKS[judgement.standing],
        "tone": _TONES[judgement.standing],
        "kind": type(judgement.promise).__name__.lower(),
        "reason": judgement.reason,
        "reasons": promise_reasons(judgement.promise) if judgement.promise else [],
        "measures": [_measure(one) for one in judgement.measures],
    }


def _measure(one: MeasuredChange) -> dict[str, Any]:
    return {
        "words": margin_words(one.margin),
        "reference": f"{one.reference:.3g}",
        "candidate": f"{one.candidate:.3g}",
        "change": f"{one.change:+.3g} ± {one.standard_error:.2g}" if one.seeds else one.words,
        "seeds": one.seeds,
        "kept": {True: "✓", False: "✗", None: "?"}[one.kept],
        "broken": one.kept is False,
    }


def _window(window: TraceWindow) -> dict[str, Any]:
    rows = zip(window.times_ms, window.reference, window.candidate, strict=True)
    return {
        "title": f"{window.variable} of {window.population} cell {window.cell} ({window.unit})",
        "rows": [
            {
                "time": f"{time_ms:.6g}",
                "reference": f"{here:.4f}",
                "candidate": f"{there:.4f}",
                "gap": f"{there - here:.3g}",
                "differs": here != there,
            }
            for time_ms, here, there in rows
        ],
    }
