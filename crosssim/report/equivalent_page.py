"""A mechanism beside its candidate as one HTML page that holds everything it shows and loads nothing."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

import crosssim
from crosssim.report.equivalent_words import (
    ALLOWED,
    COLUMNS,
    column_words,
    explanation,
    facts,
    headline,
    protocol_row,
    remarks,
    search_rows,
    title,
)
from crosssim.report.picture import Picture, inline_svg
from crosssim.report.template import page_template
from crosssim.report.views import command_line, seconds
from crosssim.studies.equivalent import EquivalentResult, JudgedCandidate
from crosssim.studies.stimuli import PROTOCOLS, REPLAY


def equivalent_page(
    result: EquivalentResult,
    pictures: Mapping[str, Picture],
    svgs: Mapping[str, str],
    command: Sequence[str],
    record_id: str = "",
) -> str:
    """The page as HTML. ``svgs`` maps the name of every picture to its SVG file, so that none is drawn twice."""
    agrees = result.candidate.is_equivalent
    winner = result.search.winner if result.search else None
    what = {one.name: one.what for one in PROTOCOLS} | {REPLAY: "the spike times of --input, the same on both sides"}
    return page_template("equivalent.html.jinja").render(
        title=title(result),
        tone="agrees" if agrees else "differs",
        mark="✓" if agrees else "✗",
        headline=headline(result),
        explanation=explanation(result),
        remarks=remarks(result),
        facts=facts(result),
        allowed=ALLOWED,
        columns=COLUMNS,
        column_words=column_words(),
        candidate=_rows(result.candidate),
        mended=_rows(result.mended) if result.mended else [],
        winner=winner.range.name if winner else "",
        search=search_rows(result),
        values=_values(result),
        protocols=[(one.name, what[one.name]) for one in result.stimuli],
        pictures=pictures,
        svg={name: Markup(inline_svg(one, svgs[name])) for name, one in pictures.items()},
        crosssim_version=crosssim.__version__,
        command=command_line(command),
        took=seconds(result.wall_s),
        record_id=record_id,
    )


def _rows(judged: JudgedCandidate) -> list[tuple[str, ...]]:
    return [protocol_row(one) for one in judged.protocols]


def _values(result: EquivalentResult) -> list[tuple[str, str, str]]:
    """Every parameter of the candidate: name, value with unit, where it comes from; then the synapses'."""
    plan = result.plan
    own = [(name, f"{value:g} {plan.units[name]}", plan.sources[name]) for name, value in plan.values.items()]
    return own + [(name, f"{value:g}", "the protocols: both sides get it") for name, value in plan.synapses.items()]
