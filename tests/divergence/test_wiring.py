import numpy as np
import pytest

from crosssim.divergence.verdict import Gate
from crosssim.divergence.wiring import compare_wiring
from tests.divergence.builders import EDGES, only, recording, wiring, with_wiring


def test_equal_wiring_passes():
    result = compare_wiring(recording(), recording("neuron"))
    assert (result.gate, result.passed, result.differences) == (Gate.WIRING, True, ())
    assert result.reason == "6 edges of 1 projection are the same"
    (projection,) = result.details.projections
    assert (projection.name, projection.reference_edges, projection.candidate_edges) == ("exc_exc", 6, 6)


def test_no_projections_pass_and_say_so():
    bare = recording(wiring={})
    result = compare_wiring(bare, bare)
    assert result.passed
    assert result.reason == "no projection was read back on both sides"


def test_a_rounded_delay_is_named():
    result = compare_wiring(
        recording(wiring={"exc_exc": wiring(*EDGES[:3], [0.6] * 6)}), with_wiring(*EDGES[:3], [0.55] * 6)
    )
    found = only(result.differences)
    assert (found.measure, found.population, found.count, found.total) == ("delay", "exc_exc", 6, 6)
    assert (found.reference, found.candidate, found.unit) == ("0.6 ms", "0.55 ms", "ms")
    assert found.value == pytest.approx(0.05)
    assert not result.passed
    assert result.reason == (
        "delay of exc_exc: 6 of 6 edges differ (first 2→0 0.6 ms / 0.55 ms, 2→0 0.6 ms / 0.55 ms, 0→1 0.6 ms / 0.55 ms)"
    )


def test_one_weight_is_named():
    result = compare_wiring(recording(), with_wiring(*EDGES[:2], [*EDGES[2][:5], 0.7], EDGES[3]))
    found = only(result.differences)
    assert found.detail == "1 of 6 edges differ (first 3→5 0.6 uS / 0.7 uS)"
    assert (found.value, found.unit) == (pytest.approx(0.1), "uS")


def test_a_nan_weight_has_no_size():
    found = only(compare_wiring(recording(), with_wiring(*EDGES[:2], [*EDGES[2][:5], np.nan], EDGES[3])).differences)
    assert found.value is None
    assert found.candidate == "nan uS"


def test_lost_and_added_edges_are_one_row():
    result = compare_wiring(recording(), with_wiring([*EDGES[0][1:], 4], [*EDGES[1][1:], 4], EDGES[2], EDGES[3]))
    rows = {one.measure: one for one in result.differences}
    assert rows["edges"].count == 2
    assert rows["edges"].detail == "1 only in nest (first 0→1) and 1 only in neuron (first 4→4), of 6 and 6 edges"


def test_a_projection_on_one_side_only_is_named():
    extra = recording("neuron", wiring={"exc_exc": wiring(), "exc_inh": wiring()})
    result = compare_wiring(recording(), extra)
    assert not result.passed
    assert result.reason == "projection of exc_inh: only neuron has it"
    assert not compare_wiring(extra, recording()).passed


@pytest.mark.parametrize(
    ("changes", "measure"),
    [
        ({"receptor_type": "inhibitory"}, "receptor type"),
        ({"populations": ("inh", "exc")}, "pre population"),
        ({"populations": ("exc", "inh")}, "post population"),
        ({"weight_unit": "nA"}, "weight unit"),
    ],
)
def test_what_a_projection_is_must_be_the_same(changes, measure):
    result = compare_wiring(recording(), with_wiring(**changes))
    assert not result.passed
    assert only(result.differences).measure == measure


def test_what_the_command_changed_is_listed_and_passes():
    result = compare_wiring(recording(), with_wiring(*[column[1:] for column in EDGES]), frozenset({"p_connect"}))
    assert result.passed
    assert only(result.differences).asked_for
    assert result.reason == "6 edges of 1 projection were compared; 1 difference that the command asked for"
