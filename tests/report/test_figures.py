"""The pictures: the right data in each, words that carry the numbers, and files that stay light."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest

from crosssim.recording.data import Spikes
from crosssim.report.figures import check_pictures
from crosssim.report.picture import inline_svg, png_file, svg_file
from crosssim.report.style import INK, house_style
from tests.report import builders
from tests.report.builders import Side, leg
from tests.report.gate_builders import VARIANTS


def names(pictures) -> list[str]:
    return [one.name for one in pictures.all]


def markers(axes) -> dict[str, int]:
    """Number of points drawn with each marker."""
    counts: dict[str, int] = {}
    for line in axes.lines:
        if line.get_linestyle() == "None":
            counts[line.get_marker()] = counts.get(line.get_marker(), 0) + len(line.get_xdata())
    return counts


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ("identical", {"rasters", "traces", "rates", "rate-histograms", "paired-share"}),
        ("different_trajectories", {"rasters", "onset", "onset-traces", "traces", "rates", "paired-share"}),
        ("different_wiring", {"rasters", "traces", "rates"}),
        ("without_traces", {"rasters", "rates", "paired-share"}),
        ("silent", {"rasters", "rates", "rate-histograms"}),
        ("crashed", {"rasters", "rates", "figure7-1-nest"}),
    ],
)
def test_pictures_that_a_result_has(drawn, variant, expected):
    assert expected <= set(names(drawn(variant)[1]))


@pytest.mark.parametrize(
    ("variant", "absent"),
    [
        ("identical", {"onset", "onset-traces"}),
        ("without_traces", {"traces", "onset-traces"}),
        ("silent", {"paired-share", "onset"}),
        ("crashed", {"onset", "traces", "figure7-2-neuron"}),
    ],
)
def test_pictures_that_a_result_cannot_have(drawn, variant, absent):
    assert not absent & set(names(drawn(variant)[1]))


@pytest.mark.parametrize("variant", VARIANTS)
def test_names_are_unique_and_all_words_are_there(drawn, variant):
    pictures = drawn(variant)[1].all
    assert len(set(names(drawn(variant)[1]))) == len(pictures)
    for one in pictures:
        assert one.title
        assert one.caption
        assert len(one.alt) > 30


def test_raster_shows_every_spike_of_every_leg(drawn):
    result, pictures, _ = drawn("different_trajectories")
    for axes, one in zip(pictures.rasters[0].figure.axes, result.legs, strict=True):
        assert sum(markers(axes).values()) == sum(len(spikes) for spikes in one.recording.spikes.values())


def test_zoom_tells_spikes_with_a_partner_from_those_without():
    exc = Spikes.from_events([0, 1, 2], [100.0, 104.0, 110.0], 200, builders.DURATION_MS)
    other = Spikes.from_events([0, 1, 2, 2], [100.1, 104.0, 112.0, 120.0], 200, builders.DURATION_MS)
    none = builders.spikes(50, 0.0, 1)
    legs = (leg("nest", Side(exc, none)), leg("neuron", Side(other, none)))
    pictures = check_pictures(builders.check(legs, (builders.judged_parted(),)))
    (zoom,) = [one for one in pictures.all if one.name == "onset"]
    assert markers(zoom.figure.axes[0]) == {".": 2, "o": 1, "x": 2}
    assert "2 on both legs, 1 only on nest, 2 only on neuron" in zoom.alt


def test_onset_line_stands_at_the_onset(drawn):
    pictures = drawn("different_trajectories")[1]
    for one in pictures.all:
        if one.name in ("rasters", "onset", "onset-traces", "traces", "paired-share"):
            for axes in one.figure.axes:
                assert [line for line in axes.lines if list(line.get_xdata()) == [104.3, 104.3]], one.name


def test_trace_pictures_show_what_was_recorded(drawn):
    result, pictures, _ = drawn("different_trajectories")
    (whole,) = [one for one in pictures.all if one.name == "traces"]
    first = whole.figure.axes[0]
    assert first.get_title(loc="left") == "exc cell 17"  # the onset's cell comes first
    for line, one in zip(first.lines, result.legs, strict=False):
        np.testing.assert_array_equal(line.get_ydata(), one.recording.traces["exc", "v"].of(17))


def test_legs_differ_in_line_as_well_as_in_colour(drawn):
    axes = next(one for one in drawn("three_legs")[1].rates).figure.axes[0]
    assert len({patch.get_linestyle() for patch in axes.patches}) == 3
    assert len({patch.get_edgecolor() for patch in axes.patches}) == 3


def test_titles_say_the_finding(drawn):
    titles = {one.name: one.title for one in drawn("different_trajectories")[1].all}
    assert titles["rasters"] == "The spikes agree up to 104.3 ms, then they part"
    assert titles["onset"] == "It begins in exc cell 17 at 104.3 ms"
    assert titles["rates"] == "exc fires at 30.02 Hz on nest and 29.23 Hz on neuron"
    assert titles["paired-share"] == "By 140 ms more than half of the spikes have no partner"
    assert {one.title for one in drawn("identical")[1].all} >= {"Every spike has its partner"}
    assert drawn("silent")[1].rasters[0].title == "No cell spiked on any leg"


def test_an_onset_in_a_trace_is_not_told_as_one_of_spikes():
    side = Side()
    judged = replace(builders.judged_parted(), onset=replace(builders.ONSET, what="v beyond tolerance"))
    pictures = check_pictures(builders.check((leg("nest", side), leg("neuron", side)), (judged,)))
    assert pictures.rasters[0].title == "It parts at 104.3 ms: v beyond tolerance"


@pytest.mark.parametrize("variant", ["different_trajectories", "three_legs", "silent"])
def test_inline_svg_is_well_formed_and_its_references_lead_somewhere(drawn, variant):
    _, pictures, svgs = drawn(variant)
    seen: set[str] = set()
    for one in pictures.all:
        svg = inline_svg(one, svgs[one.name])
        root = ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns:xlink="http://www.w3.org/1999/xlink" ', 1))
        ids = {node.get("id") for node in root.iter() if node.get("id")}
        assert all(name.startswith(f"{one.name}-") for name in ids)
        assert not ids & seen
        seen |= ids
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) <= ids
        assert "<style" not in svg  # it would reach the whole page
        assert INK not in svg


def test_a_raster_of_many_spikes_stays_light():
    exc = builders.spikes(4000, 100.0, 1)
    assert len(exc) > 100_000
    legs = (leg("nest", Side(exc)), leg("neuron", Side(exc)))
    pictures = check_pictures(builders.check(legs, (builders.judged_same(),)))
    with house_style():
        assert len(svg_file(pictures.rasters[0])) < 2_000_000


def test_the_same_result_gives_the_same_file(drawn):
    result, _, svgs = drawn("identical")
    again = check_pictures(result)
    with house_style():
        assert svg_file(again.rates[0]) == svgs["rates"]
        assert png_file(again.rates[0]).startswith(b"\x89PNG")


def test_names_with_dollars_and_foreign_letters_are_drawn():
    side = Side()
    result = builders.identical()
    spikes = {"$x$_{": side.exc, "錐体": side.inh}
    legs = tuple(
        replace(one, recording=replace(one.recording, spikes=spikes, traces={}, cell_classes={})) for one in result.legs
    )
    pictures = check_pictures(replace(result, legs=legs))
    with house_style():
        svg = svg_file(pictures.rasters[0])
    assert "$x$_{" in svg
    assert "錐体" in svg


def test_the_callers_settings_of_matplotlib_come_back():
    before = dict(mpl.rcParams)
    check_pictures(builders.silent())
    assert dict(mpl.rcParams) == before
