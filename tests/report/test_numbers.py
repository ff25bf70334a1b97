"""report.json: the names that issue and docs promise, strict JSON, every kind of result."""

import json
import math

import numpy as np
import pytest

from crosssim.divergence.verdict import Gate
from crosssim.report.numbers import check_numbers, json_text, plain, write_numbers
from tests.report import builders
from tests.report.gate_builders import VARIANTS


def strict(text: str):
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("name", VARIANTS)
def test_every_kind_of_result_is_strict_json_with_the_promised_names(name):
    result = VARIANTS[name]()
    numbers = strict(json_text(check_numbers(result)))
    assert numbers["schema"] == 1
    assert numbers["verdict"] == result.worst.verdict.value
    assert numbers["reason"] == result.worst.reason
    assert numbers["exit_status"] == int(result.exit_status)
    for leg in numbers["legs"].values():
        assert {"status", "wall_s", "populations", "versions", "seeds", "command", "reused", "folder"} <= leg.keys()
        for population in leg["populations"].values():
            assert {"cells", "spikes", "rate_hz"} <= population.keys()


def test_gate_and_onset_of_a_difference():
    numbers = check_numbers(builders.different_trajectories())
    assert numbers["gate"] == "trajectories"
    assert {key: numbers["onset"][key] for key in ("time_ms", "population", "cell")} == {
        "time_ms": 104.3, "population": "exc", "cell": 17,
    }  # fmt: skip


def test_no_gate_and_no_onset_are_null():
    numbers = check_numbers(builders.identical())
    assert numbers["gate"] is None
    assert numbers["onset"] is None


def test_populations_and_classes_have_their_own_numbers():
    result = builders.identical()
    exc = check_numbers(result)["legs"]["nest"]["populations"]["exc"]
    spikes = result.legs[0].recording.spikes["exc"]
    assert (exc["cells"], exc["spikes"]) == (200, len(spikes))
    assert exc["rate_hz"] == pytest.approx(len(spikes) / 200 / 0.3, rel=1e-12)
    assert exc["classes"]["LTS"]["spikes"] == int(np.count_nonzero(spikes.cell < 5))


def test_versions_seeds_and_command_of_a_leg():
    leg = check_numbers(builders.identical())["legs"]["nest"]
    assert leg["versions"]["PyNN"] == "0.13.0"
    assert leg["versions"]["Python"] == "3.11.2"
    assert leg["seeds"] == {"wiring": 1, "initial": 2, "input": 3}
    assert leg["command"][:3] == ["python", "run.py", "nest"]
    assert leg["reused"] is True


def test_a_failed_leg_keeps_status_and_reason_and_has_no_populations():
    numbers = check_numbers(builders.crashed())
    assert numbers["legs"]["neuron"]["status"] == "crashed"
    assert "signal 11" in numbers["legs"]["neuron"]["reason"]
    assert numbers["legs"]["neuron"]["populations"] == {}
    assert (numbers["verdict"], numbers["exit_status"]) == ("not run", 3)
    assert check_numbers(builders.missing())["exit_status"] == 4


def test_comparisons_hold_differences_and_details_of_the_gates():
    (one,) = check_numbers(builders.asked_for_difference())["comparisons"]
    assert [(d["measure"], d["asked_for"]) for d in one["differences"]] == [
        ("parameter tau_refrac", True), ("spike time", False),
    ]  # fmt: skip
    trajectories = next(gate for gate in one["gates"] if gate["gate"] == Gate.TRAJECTORIES.value)
    assert trajectories["details"]["shares"][0]["share"] == 1.0
    assert trajectories["details"]["windows"][0]["candidate"][-1] is None  # planted NaN


def test_a_label_used_twice_is_numbered_and_neither_leg_is_lost():
    legs = (builders.leg("nest", builders.Side()), builders.leg("nest", builders.Side(), reused=True))
    numbers = check_numbers(builders.check(legs, (builders.judged_same(),)))
    assert list(numbers["legs"]) == ["nest", "nest (2)"]
    assert [numbers["legs"][name]["reused"] for name in numbers["legs"]] == [False, True]
    assert (numbers["comparisons"][0]["reference"], numbers["comparisons"][0]["candidate"]) == ("nest", "nest (2)")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan"), np.float32("inf")])
def test_what_is_not_finite_becomes_null(value):
    assert plain({"a": [value, np.array([1.0, value])]}) == {"a": [None, [1.0, None]]}


def test_numpy_numbers_and_keys_of_pairs_become_plain():
    made = plain({("exc", "v"): (np.int32(3), np.bool_(True), np.float64(0.5)), "none": None})
    assert made == {"exc/v": [3, True, 0.5], "none": None}
    assert [type(one) for one in made["exc/v"]] == [int, bool, float]


def test_written_file_reads_back_equal_and_no_temporary_name_stays(tmp_path):
    result = builders.three_legs()
    path = write_numbers(result, tmp_path / "report.json")
    assert strict(path.read_text()) == check_numbers(result)
    assert [one.name for one in tmp_path.iterdir()] == ["report.json"]
