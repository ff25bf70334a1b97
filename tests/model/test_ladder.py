"""A ladder that could not be judged is refused when it is declared."""

import numpy as np
import pytest

from crosssim import Identical, Ladder, Margin, Qualitative, Rung, Tolerance, Within
from crosssim.errors import ModelError, UnknownName
from crosssim.model.ladder import checked_draws

WHY = "the same calls"
MARGIN = Margin("rate_hz", 1.0, "chosen: for this test")


def run(task): ...


def rung(name, against="", keeps=(), **more):
    return Rung(name, run, "something", keeps=keeps, against=against, **more)


def ladder(*rungs):
    return Ladder("small", rungs, draw=lambda seed: {"x": np.zeros(1)}, duration_ms=10.0)


def test_a_ladder_knows_its_rungs_and_sections():
    found = ladder(rung("a"), rung("b", "a", Identical(WHY)), rung("c", "a", Within(v=Tolerance(1, "mV", WHY))))
    assert found.rung("b").keeps == (Identical(WHY),)
    assert [one.name for one in found.section("b", None)] == ["b", "c"]
    assert [one.name for one in found.section(None, "b")] == ["a", "b"]
    with pytest.raises(ModelError, match="rung c comes after rung a; write --from a --to c"):
        found.section("c", "a")
    with pytest.raises(UnknownName, match="rung of small 'd' is not known"):
        found.section("d", None)


@pytest.mark.parametrize(
    ("declare", "sentence"),
    [
        (lambda: Identical(" "), "Identical: a promise without a reason"),
        (lambda: Margin("rate_hz", 1.0, ""), "Margin of rate_hz: a promise without a reason"),
        (lambda: Within(v=Tolerance(1.0, "mV", "")), "has no reason"),
        (lambda: Within(), "promises nothing"),
        (lambda: Within(v=Tolerance(1.0, "ms", WHY)), "v is compared in 'mV'"),
        (lambda: Within(v=Tolerance(1.0, "mV", WHY), until="noon"), "until = 'noon' is not known"),
        (lambda: Within(spikes=Tolerance(1.0, "ms", WHY), until="first spike"), "judges v alone"),
        (lambda: Margin("mood", 1.0, WHY), "measure 'mood' is not known"),
        (lambda: Margin("rate_hz", -1.0, WHY), "must be finite"),
        (lambda: Qualitative((), seeds=3), "names no measure"),
        (lambda: Qualitative((MARGIN,), seeds=1), "one seed is chance"),
        (lambda: Rung("a", run, " "), "say in `changed`"),
        (lambda: rung("b", "a"), "keeps nothing of rung a"),
        (lambda: rung("b", keeps=Identical(WHY)), "names no rung to keep them against"),
        (lambda: ladder(), "has no rungs"),
        (lambda: ladder(rung("a"), rung("a", "a", Identical(WHY))), "two rungs named a"),
        (lambda: ladder(rung("a"), rung("b")), "rung b promises nothing"),
        (lambda: ladder(rung("b", "a", Identical(WHY))), "rung b is the first"),
        (lambda: ladder(rung("a"), rung("c", "b", Identical(WHY))), "rung c is held against rung b, which is missing"),
        (
            lambda: ladder(rung("0"), rung("1", "0", Identical(WHY)), rung("3", "1", Identical(WHY))),
            "rung 2 is missing between 0 and 3",
        ),
        (
            lambda: ladder(rung("a", draws_own=True), rung("b", "a", Identical(WHY))),
            "can only be judged as Qualitative",
        ),
        (lambda: ladder(rung("a"), rung("b", "a", Identical(WHY), draws_own=True)), "rung b draws its own"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_a_sentence(declare, sentence):
    with pytest.raises((ModelError, UnknownName), match=sentence):
        declare()


def test_a_rung_that_draws_its_own_may_be_judged_as_qualitative():
    found = ladder(rung("a", draws_own=True), rung("b", "a", Qualitative((MARGIN,), seeds=2)))
    assert found.rung("a").draws_own


def test_the_window_of_a_qualitative_promise_is_the_longest_of_its_margins():
    margins = [Margin("rate_hz", 1.0, WHY, window_ms=window) for window in (10.0, 30.0)]
    assert Qualitative(tuple(margins), 2).window_ms(100.0) == 30.0
    assert Qualitative(tuple(margins), 2).window_ms(20.0) == 20.0
    assert Qualitative((MARGIN, *margins), 2).window_ms(100.0) == 100.0


@pytest.mark.parametrize("draws", [None, {}, [1, 2], {"x": [object()]}])
def test_draws_that_are_no_arrays_are_refused(draws):
    with pytest.raises(ModelError, match="draw of ladder 'small'"):
        checked_draws(draws, ladder(rung("a")))
