"""The page: everything is there, in order, escaped, reachable with a keyboard, and nothing is loaded."""

import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from crosssim.report.figures import check_pictures
from crosssim.report.page import check_page
from crosssim.report.picture import svg_file
from crosssim.report.style import house_style
from tests.report import builders
from tests.report.gate_builders import VARIANTS

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """Tags with their attributes in order, balanced, and the text of each element with an id of its own."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, attrs)
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if not {"style", "svg"} & set(self._open):
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.text))


@pytest.mark.parametrize("variant", VARIANTS)
class TestEveryKindOfResult:
    def test_verdict_and_reason_come_first(self, page, variant):
        result, words = VARIANTS[variant](), Page(page(variant)).words
        verdict, reason = words.index(f"Verdict: {result.worst.verdict.value}"), words.index(result.worst.reason)
        others = [words.index(text) for text in ("What was run", "The words used here")]
        assert reason < verdict < min(others)

    def test_ids_are_unique_and_links_lead_somewhere(self, page, variant):
        parsed = Page(page(variant))
        ids = [attributes["id"] for _, attributes in parsed.tags if "id" in attributes]
        assert sorted(ids) == sorted(set(ids))
        targets = {link["href"].removeprefix("#") for link in parsed.all("a")}
        assert "main" in targets
        assert targets <= set(ids)
        assert {tag["aria-labelledby"] for tag in parsed.all("section")} <= set(ids)

    def test_headings_do_not_skip_a_level(self, page, variant):
        levels = [int(tag[1]) for tag, _ in Page(page(variant)).tags if re.fullmatch("h[1-6]", tag)]
        assert levels[:2] == [1, 2]
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))

    def test_landmarks_tables_and_pictures_speak(self, page, variant):
        parsed = Page(page(variant))
        for landmark in ("header", "main", "nav", "footer"):
            assert len(parsed.all(landmark)) == 1
        assert parsed.all("html")[0]["lang"] == "en"
        assert len(parsed.all("table")) == len(parsed.all("caption"))
        assert all(head.get("scope") in ("col", "row", "colgroup") for head in parsed.all("th"))
        pictures = [one for _, one in parsed.tags if one.get("role") == "img"]
        assert len(pictures) == len(parsed.all("figure")) == len(parsed.all("svg"))
        assert all(len(one["aria-label"]) > 30 and one["tabindex"] == "0" for one in pictures)
        assert all("alt" in one for one in parsed.all("img"))

    def test_nothing_is_loaded_and_nothing_can_run(self, page, variant):
        html = page(variant)
        parsed = Page(html)
        assert not {"script", "link", "iframe", "object", "embed"} & {tag for tag, _ in parsed.tags}
        for _, attributes in parsed.tags:
            for name in ("src", "href", "xlink:href", "data", "poster", "srcset"):
                assert attributes.get(name, "#").startswith(("#", "data:image/png;base64,"))
            assert not any(name.startswith("on") for name in attributes)
        assert "@import" not in html
        assert not re.findall(r"url\((?!#)", html)
        (policy,) = [one["content"] for one in parsed.all("meta") if one.get("http-equiv")]
        assert policy.startswith("default-src 'none'")


def test_parts_of_a_difference_stand_in_the_order_of_the_spec(page):
    words = Page(page("different_trajectories")).words
    order = [
        "The runs are different", "Each gate asks one question", "The spikes agree up to 104.3 ms", "It begins in exc",
        "v of exc cell 17 around the onset", "Spikes and mean rates", "median cell", "By 140 ms more than half",
        "Differences: 1 found", "To do it again", "toy network on nest After", "The words used here",
    ]  # fmt: skip
    places = [words.index(text) for text in order]
    assert places == sorted(places)


def test_table_around_the_onset_marks_what_lies_beyond_the_tolerance(page):
    rows = re.findall(
        r"<tr( class=\"beyond\")?><th scope=\"row\" class=\"number\">([\d.]+)</th>", page("different_trajectories")
    )
    assert [time for beyond, time in rows if not beyond] == ["103.8", "103.9", "104.0", "104.1", "104.2"]
    beyond = [time for marked, time in rows if marked]
    assert beyond[0] == "104.3"
    assert beyond[-1] == "104.9"  # a planted NaN lies beyond every tolerance
    assert page("different_trajectories").count("← onset") == 1


def test_rates_classes_and_published_values(page):
    words = Page(page("different_trajectories")).words
    assert "29 Hz Destexhe 2009, Figure 7; one seed" in words
    assert "they are not judged" in words
    assert "published" not in Page(page("identical")).words.split("they are not judged")[1]


def test_asked_for_differences_are_marked_and_counted_apart(page):
    words = Page(page("asked_for_difference")).words
    assert "Differences: 1 found, 1 asked for by the command" in words
    assert "parameter tau_refrac asked for" in words


def test_commands_versions_seeds_notes_and_reuse(page):
    words = Page(page("identical")).words
    for text in (
        "crosssim check 'toy network' nest neuron", "python run.py nest --model 'toy network'", "reused",
        "Python 3.11.2, PyNN 0.13.0, nest-simulator 3.10.0", "wiring 1, initial values 2, input 3",
        "2 input times were moved to the grid", "12.3 s (11.9 s of CPU)", "build 1.2 s, run 10 s, write 0.4 s",
    ):  # fmt: skip
        assert text in words


def test_legs_that_failed_say_why(page):
    words = Page(page("crashed")).words
    assert "neuron ✗ crashed" in words
    assert words.count("signal 11 while running 120 of 300 ms") >= 2
    assert "NEST is not installed; pip install nest-simulator" in Page(page("missing")).words


def test_three_legs_have_a_heading_per_pair(page):
    words = Page(page("three_legs")).words
    assert words.count("neuron against nest ✓ same to the grid") == 4
    assert words.count("brian2 against nest ✗ different") == 4


def test_glossary_explains_the_words_that_were_used(page):
    words = Page(page("different_trajectories")).words.split("The words used here")[1]
    for text in ("different", "gate: declared", "gate: wiring", "gate: trajectories", "onset", "tolerance"):
        assert text in words
    assert "statistically equivalent" not in words


def test_what_others_wrote_is_text_and_never_markup():
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    result = builders.different_trajectories()
    recording = result.legs[1].recording
    spikes = {evil: recording.spikes["exc"], "inh": recording.spikes["inh"]}
    judged = result.comparisons[0].judgement
    bad = replace(
        result,
        model=builders.model(evil, summary=evil),
        legs=tuple(
            replace(leg, label=leg.label + evil, command=(evil,), reused=True,
                    outcome=replace(leg.outcome, notes=(evil,)),
                    recording=replace(recording, model=evil, spikes=spikes, traces={}, cell_classes={}))
            for leg in result.legs
        ),
        comparisons=tuple(
            replace(one, reference=one.reference + evil, candidate=one.candidate + evil,
                    judgement=replace(judged, reason=evil))
            for one in result.comparisons
        ),
    )  # fmt: skip
    pictures = check_pictures(bad)
    with house_style():
        html = check_page(bad, pictures, {one.name: svg_file(one) for one in pictures.all})
    parsed = Page(html)
    assert "script" not in {tag for tag, _ in parsed.tags}
    assert not [one for _, one in parsed.tags if "onerror" in one]
    assert "<script>alert(1)</script>" in parsed.words  # shown, not run


def test_a_recorded_check_says_how_to_prove_it_again():
    def html(result):
        with house_style():
            pictures = check_pictures(result)
            return check_page(result, pictures, {one.name: svg_file(one) for one in pictures.all})

    assert "crosssim verify" not in html(builders.identical())
    page = html(replace(builders.identical(), record_id="4f1e2d3c"))
    assert "<dt>recorded</dt><dd>4f1e2d3c" in page
    assert "<code>crosssim verify 4f1e2d3c</code>" in page and "<code>crosssim repeat 4f1e2d3c</code>" in page
