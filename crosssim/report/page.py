"""report.html: one page that holds everything it shows and loads nothing."""

from collections.abc import Mapping

from markupsafe import Markup

import crosssim
from crosssim.report.figures import CheckPictures
from crosssim.report.gate_views import LATER_SECTIONS
from crosssim.report.picture import inline_svg
from crosssim.report.plain_words import check_words
from crosssim.report.tables import leg_names
from crosssim.report.template import page_template
from crosssim.report.views import PairView, command_line, glossary, leg_view, pair_views, rates_view, seconds
from crosssim.report.words import VERDICT_WORDS, brief, counted
from crosssim.studies.result import CheckResult

_LATER_HEADINGS = {
    "replay": "Replay: the same input",
    "refinement": "Refinement: smaller time steps",
    "suspects": "Suspects",
    "yardsticks": "Yardsticks: how far apart is the same?",
    "certificate": "Certificate",
}


def check_page(result: CheckResult, pictures: CheckPictures, svgs: Mapping[str, str]) -> str:
    """The page as HTML. ``svgs`` maps the name of every picture to its SVG file, so that none is drawn twice."""
    views = pair_views(result, pictures)
    rates = rates_view(result)
    judged = result.worst
    return page_template("page.html.jinja").render(
        result=result,
        judged=judged,
        title=f"{result.model.name} on {' and '.join(leg_names(result))}",
        words=VERDICT_WORDS[judged.verdict],
        plain=check_words(result),
        facts=_facts(result),
        later=_later_sections(views),
        later_headings=_LATER_HEADINGS.items(),
        contents=_contents(views, pictures, bool(rates)),
        views=views,
        pictures=pictures,
        svg={one.name: Markup(inline_svg(one, svgs[one.name])) for one in pictures.all},
        rates=rates,
        has_published=any(row["published"] for row in rates),
        leg_names=leg_names(result),
        legs=[leg_view(name, leg) for name, leg in zip(leg_names(result), result.legs, strict=True)],
        glossary=glossary(result),
        crosssim_version=crosssim.__version__,
        command=command_line,
        seconds=seconds,
        sentence=_sentence,
    )


def _sentence(text: str) -> str:
    return text if not text or text[-1] in ".!?" else text + "."


def _facts(result: CheckResult) -> list[dict[str, str]]:
    facts = []
    onset = result.worst.onset
    if onset:
        where = f"{onset.population} cell {onset.cell}: {onset.what}"
        facts.append({"term": "first parting", "value": f"{brief(onset.time_ms, 6)} ms", "note": where})
    for name, leg in zip(leg_names(result), result.legs, strict=True):
        done = leg.outcome.completed
        how = "reused" if leg.reused else seconds(leg.outcome.wall_s)
        if leg.recording:
            value = counted(sum(len(one) for one in leg.recording.spikes.values()), "spike")
        else:
            value = "completed" if done else leg.outcome.status.value
        facts.append({"term": name, "value": value, "note": how})
    timing = result.legs[0].request.timing
    facts.append(
        {"term": "simulated", "value": f"{timing.duration_ms:g} ms", "note": f"in steps of {timing.timestep_ms:g} ms"}
    )
    if result.record_id:
        facts.append({"term": "recorded", "value": result.record_id, "note": "to verify and repeat it by"})
    return facts


def _later_sections(views: tuple[PairView, ...]) -> set[str]:
    """Which of the sections of the later gates any comparison fills."""
    return {section for section in LATER_SECTIONS if any(view.later.has(section) for view in views)}


def _contents(views: tuple[PairView, ...], pictures: CheckPictures, rates: bool) -> list[tuple[str, str]]:
    later = _later_sections(views)
    wanted = (
        ("gates", "Gates", bool(views)),
        ("onset", "Spikes and traces", bool(pictures.rasters)),
        *((section, section.capitalize(), section in later) for section in LATER_SECTIONS),
        ("rates", "Rates", rates),
        ("paired", "Paired spikes", any(view.share_pictures for view in views)),
        ("differences", "Differences", bool(views)),
        ("run", "What was run", True),
        ("each", "Each leg", bool(pictures.legs)),
        ("words", "Words", True),
    )
    return [(anchor, text) for anchor, text, there in wanted if there]
