import pytest

from crosssim.porting import hoc_rules
from crosssim.porting.tokens import HOC, tokens


def found(rule, source):
    return [place.line for place in rule(tuple(tokens(source, HOC)))]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("nc.delay = 0", [1]),
        ("nc.delay = 0.0 nc.weight = 1", []),
        ("nc.delay = 0\nnc.weight = 1", [1]),
        ("nc[i].delay=0}", [1]),
        ("nc.delay = 0.1", []),
        ("delay = 0", []),
        ("if (nc.delay == 0) x = 1", []),
        ("nc = new NetCon(a, b, f(1, 2), 0, 0.5)", [1]),
        ("nc = new NetCon(a, b, 10, f(0), 0.5)", []),
        ("nc = new NetCon(a, b)", []),
    ],
)
def test_zero_delay(source, lines):
    assert found(hoc_rules.zero_delay, source) == lines


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("if (t == 5) stop", [1]),
        ("if (5 == t) stop", [1]),
        ("if (t == 0) start()", []),
        ("if (a.t == 5 || tt == 5) stop", []),
        ("proc p() { local t\n if (t == 5) stop }", []),
        ("proc p() { local t\n t = 1 }\nproc q() { if (t == 5) stop }", [3]),
    ],
)
def test_compares_t_with_equals(source, lines):
    assert found(hoc_rules.compares_t_with_equals, source) == lines


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("r = new Random()", [1]),
        ("r = new Random(7)", []),
        ("list.append(new Random())", [1]),
        ("r = new Random()\nq.Random123(1)", [1]),
        ("r[i] = new Random()\nr[i].ACG(1)", []),
    ],
)
def test_unseeded_random(source, lines):
    assert found(hoc_rules.unseeded_random, source) == lines


def test_file_loaded_without_a_window_is_no_gui_call():
    assert found(hoc_rules.gui_call, 'load_file("stdrun.hoc") xopen("cell.hoc")') == []
    assert found(hoc_rules.gui_call, 'xopen("windows.ses")') == [1]


@pytest.mark.parametrize(
    "source", ["new", "new NetCon(", "nc.delay =", "t ==", "== t", "load_file(", "area(", "[ ] = new Random("]
)
def test_program_cut_short_is_scanned_to_its_end(source):
    for rule in (value for value in vars(hoc_rules).values() if getattr(value, "__module__", "") == hoc_rules.__name__):
        if not rule.__name__.startswith("_"):
            assert isinstance(found(rule, source), list)
