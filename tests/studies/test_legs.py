"""From what is typed to requests, and back to what can be typed."""

from dataclasses import replace
from pathlib import Path

import pytest

from crosssim.cli import _parser
from crosssim.cli.options import wishes
from crosssim.errors import UnknownName, UsageError
from crosssim.model.discovery import find_model, model_digest
from crosssim.runner.backends import find_backend
from crosssim.runner.launch import LegPlan
from crosssim.runner.place import leg_folder, versions
from crosssim.runner.request import Fault, LegRequest, Replay
from crosssim.studies.legs import (
    Wishes,
    asked_differences,
    fault_text,
    leg_arguments,
    parse_changes,
    parse_fault,
    plan_legs,
    replayed,
    sampled,
)

MODEL = find_model("two_cells")
OUT = Path("/tmp/results")


def plan(*legs: str, **wished) -> list[LegPlan]:
    return plan_legs(MODEL, "two_cells", legs, Wishes(**wished), OUT)


def request(leg: str = "nest", **wished) -> LegRequest:
    return plan(leg, **wished)[0].request


def test_a_plain_leg_is_the_declaration():
    one = request()
    assert (one.model, one.backend, one.changes) == ("two_cells", "nest", {})
    assert (one.timing, one.seeds, one.input_grid_ms) == (MODEL.timing, MODEL.seeds, 0.1)


def test_a_legs_own_changes_come_after_those_of_all():
    one, two = plan("nest", "neuron:weight=0.5,timestep=0.05,seed_input=9", changes={"weight": "0.4"}, duration="0.1 s")
    assert one.request.changes == {"weight": 0.4}
    assert two.request.changes == {"weight": 0.5}
    assert one.request.timing.duration_ms == two.request.timing.duration_ms == 100.0
    assert two.request.timing.timestep_ms == 0.05
    assert two.request.seeds == replace(MODEL.seeds, input=9)


def test_what_is_set_to_the_default_is_no_change():
    assert request("nest:weight=0.3").changes == {}
    assert request(changes={"delay": "0.001 s"}).changes == {}


@pytest.mark.parametrize(("steps", "grid"), [(("0.1", "0.05"), 0.1), (("0.05", "0.025"), 0.05), (("0.1", "0.02"), 0.1)])
def test_all_legs_share_the_finest_grid_that_each_can_deliver(steps, grid):
    plans = plan(*(f"nest:timestep={step}" for step in steps))
    assert [one.request.input_grid_ms for one in plans] == [grid, grid]


def test_equal_legs_get_labels_of_their_own():
    assert [one.label for one in plan("nest", "nest", "nest:weight=1")] == ["nest", "nest (2)", "nest:weight=1"]


@pytest.mark.parametrize(
    "leg",
    [
        "nest",
        "neuron:timestep=0.05,weight=0.123456789012345,delay=2.0",
        "nest:seed=7,threads=2,duration=50",
        "nest:seed_wiring=3,input_rate=0.1",
    ],
)
def test_the_command_line_of_a_leg_asks_for_exactly_that_leg(leg):
    plans = plan(leg, "nest:timestep=0.1")
    asked = _parser()[0].parse_args(plans[0].arguments)
    (again,) = plan_legs(find_model(asked.model), asked.model, [asked.leg], wishes(asked), asked.out)
    assert again.request == plans[0].request


def test_a_replay_with_faults_survives_its_command_line():
    fault = Fault("weights scaled by 1 + value", "first to second", 0.1 + 0.2)
    assert parse_fault(fault_text(fault)) == fault
    one = replayed(request(), Replay("a", "b"), [fault_text(fault)])
    assert (one.replay.spikes, one.replay.wiring, one.faults) == ("a", "b", (fault,))
    with pytest.raises(UsageError, match="value 'much' is not a number"):
        parse_fault("weights scaled by 1 + value;first to second;much")


def test_v_of_every_cell_survives_its_command_line():
    one = sampled(request(), 0.2)
    words = leg_arguments(MODEL, one, OUT)
    asked = _parser()[0].parse_args(words)
    assert asked.v_every == one.v_every_ms == 0.2
    assert sampled(request(), None) == request()
    assert "--v-every" not in leg_arguments(MODEL, request(), OUT)


def test_changes_need_a_name_and_a_value():
    assert parse_changes([" a = 1 ", "b=x=y"]) == {"a": "1", "b": "x=y"}
    for bad in ("a", "=1", "a=", " = "):
        with pytest.raises(UsageError, match="is not of the form name=value"):
            parse_changes([bad])


def test_an_unknown_change_lists_what_there_is():
    with pytest.raises(UnknownName, match=r"nest:thread=2: parameter of two_cells 'thread' is not known; did you mean"):
        request("nest:thread=2")


def test_differences_that_were_asked_for():
    def between(one: str, two: str) -> set[str]:
        return set(asked_differences(request(one), request(two), MODEL))

    assert between("nest", "neuron") == set()
    assert between("nest", "nest:weight=0.5,timestep=0.05") == {"weight", "timestep"}
    assert between("nest:weight=0.5", "nest:weight=0.5") == set()
    assert between("nest:duration=50", "nest:seed_input=4") == {"duration", "seed_input"}


def test_everything_that_decides_a_result_changes_the_key():
    nest = find_backend("nest")
    folders = {
        leg_folder(OUT, MODEL, request(leg), find_backend(leg.partition(":")[0]))
        for leg in ("nest", "neuron", "nest:weight=0.5", "nest:seed_input=9", "nest:timestep=0.05", "nest:threads=2")
    }
    assert len(folders) == 6
    digest, known = model_digest(MODEL), versions(nest)
    key = request().key(digest, known)
    assert key == request().key(digest, dict(reversed(known.items())))
    assert key != request().key("0" * 64, known)
    assert key != request().key(digest, known | {"nest-simulator": "3.11.0"})
    assert key != replace(request(), input_grid_ms=0.2).key(digest, known)
    assert {"crosssim", "nest-simulator", "PyNN", "numpy"} == set(known)
