"""Reports that are costly to draw, drawn once per process."""

from functools import cache

import pytest

from crosssim.report.figures import check_pictures
from crosssim.report.page import check_page
from crosssim.report.picture import svg_file
from crosssim.report.style import house_style
from tests.report.gate_builders import VARIANTS


@cache
def _drawn(name):
    result = VARIANTS[name]()
    pictures = check_pictures(result)
    with house_style():
        svgs = {one.name: svg_file(one) for one in pictures.all}
    return result, pictures, svgs


@cache
def _page(name):
    return check_page(*_drawn(name))


@pytest.fixture
def drawn():
    """(result, pictures, SVG texts) of a variant by name."""
    return _drawn


@pytest.fixture
def page():
    """The page of a variant by name."""
    return _page
