from dataclasses import replace

import numpy as np
import pytest

from crosssim.divergence.gates import GATES, judge
from crosssim.divergence.verdict import Gate, Verdict
from crosssim.errors import ExitStatus, UnknownName
from crosssim.model.expectation import Recorded, Tolerance
from crosssim.recording.data import InputSpikes, Recording, Spikes
from tests.divergence.builders import (
    EDGES,
    N_CELLS,
    RECORDED,
    SPIKES,
    added,
    changed_at,
    held_and_declared,
    inputs,
    moved,
    recording,
    regular_spikes,
    removed,
    spikes,
    swapped,
    table,
    voltage,
    wiring,
    with_cells,
    with_spikes,
    with_voltage,
    with_wiring,
)

GLIA = Recorded("glia", "spikes", Tolerance(0.1, "ms", "chosen"))


def verdict_of(candidate: Recording, **options) -> Verdict:
    return judge(recording(), candidate, RECORDED, **options).verdict


def test_equal_recordings_are_identical():
    judged = judge(recording(), recording("neuron"), RECORDED)
    assert (judged.verdict, judged.gate, judged.onset) == (Verdict.IDENTICAL, None, None)
    assert [one.gate for one in judged.gates] == [Gate.DECLARED, Gate.WIRING, Gate.TRAJECTORIES]
    assert judged.reason.endswith("lie within tolerance, all equal to the last bit")
    assert judged.verdict.exit_status is ExitStatus.AGREES


def test_a_shift_within_tolerance_is_the_same_to_the_grid():
    judged = judge(recording(), with_spikes(moved(2, 47.0, 0.1)), RECORDED)
    assert (judged.verdict, judged.gate, judged.onset) == (Verdict.SAME_TO_THE_GRID, None, None)


def test_dust_on_the_clock_is_the_same_to_the_grid():
    dusty = with_spikes(lambda train: replace(train, time_ms=train.time_ms + 9e-9))
    assert verdict_of(dusty) is Verdict.SAME_TO_THE_GRID


def lost_input() -> Recording:
    return recording("neuron", inputs={"stim": inputs(spikes([4.4, 9.0], [2.0], [], [3.0, 3.0]))})


PLANTED = {
    "a parameter held otherwise": (with_cells(held={"tau_m": np.full(N_CELLS, 20.1)}), Gate.DECLARED),
    "a parameter declared otherwise": (with_cells(**held_and_declared("cm", np.full(N_CELLS, 0.3))), Gate.DECLARED),
    "a NaN parameter": (
        with_cells(held={"tau_m": changed_at(np.full(N_CELLS, 20.0), 3, np.nan)}), Gate.DECLARED),
    "an initial value": (
        with_cells(initial_held={"v": changed_at(table().initial_held["v"], 5, 0.0)}), Gate.DECLARED),
    "a lost input spike": (lost_input(), Gate.DECLARED),
    "a moved input spike": (
        recording("neuron", inputs={"stim": inputs(spikes([1.0, 4.5, 9.0], [2.0], [], [3.0, 3.0]))}), Gate.DECLARED),
    "a missing population": (recording("neuron", cells={}), Gate.DECLARED),
    "another timestep": (replace(recording("neuron"), timestep_ms=0.05), Gate.DECLARED),
    "another length": (replace(recording("neuron"), duration_ms=50.0), Gate.DECLARED),
    "one weight": (with_wiring(*EDGES[:2], [*EDGES[2][:5], 0.61], EDGES[3]), Gate.WIRING),
    "one delay": (with_wiring(*EDGES[:3], [*EDGES[3][:5], 1.1]), Gate.WIRING),
    "one edge of a double one": (with_wiring(*[column[:4] + column[5:] for column in EDGES]), Gate.WIRING),
    "one edge more": (with_wiring([*EDGES[0], 5], [*EDGES[1], 5], [*EDGES[2], 0.1], [*EDGES[3], 1.0]), Gate.WIRING),
    "a missing projection": (recording("neuron", wiring={}), Gate.WIRING),
    "a spike moved too far": (with_spikes(moved(2, 47.0, 0.2)), Gate.TRAJECTORIES),
    "a spike lost": (with_spikes(removed(2, 47.0)), Gate.TRAJECTORIES),
    "a spike added": (with_spikes(added(2, 41.0)), Gate.TRAJECTORIES),
    "swapped cells": (with_spikes(swapped(0, 1)), Gate.TRAJECTORIES),
    "a gap in v": (with_voltage(replace(voltage(), values=voltage().values - 0.02)), Gate.TRAJECTORIES),
    "a NaN in v": (
        with_voltage(replace(voltage(), values=changed_at(voltage().values, (999, 0), np.nan))), Gate.TRAJECTORIES),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_every_planted_difference_is_seen_by_its_gate(name):
    candidate, gate = PLANTED[name]
    for reference, other in ((recording(), candidate), (candidate, recording())):
        judged = judge(reference, other, RECORDED)
        assert (judged.verdict, judged.gate) == (Verdict.DIFFERENT, gate)
        assert judged.reason == judged.result(gate).reason
        assert "\n" not in judged.reason
        assert [one.passed for one in judged.gates] == [one.gate is not gate for one in judged.gates]
        assert {one.gate for one in judged.differences} == {gate}
        assert judged.verdict.exit_status is ExitStatus.DIFFERS


def test_the_first_gate_that_fails_speaks_and_the_onset_is_still_told():
    both = replace(lost_input(), spikes=with_spikes(removed(2, 47.0)).spikes)
    judged = judge(recording(), both, RECORDED)
    assert judged.gate is Gate.DECLARED
    assert judged.reason.startswith("input spikes of stim: neuron holds 5 of 6 spikes")
    assert judged.onset.time_ms == 47.0
    assert [one.passed for one in judged.gates] == [False, True, False]


def test_the_order_of_events_and_edges_does_not_matter():
    rng = np.random.default_rng(3)
    plain = recording("neuron")
    order = rng.permutation(len(plain.spikes["exc"]))
    train = plain.spikes["exc"]
    edges = rng.permutation(len(EDGES[0]))
    mixed = replace(
        plain,
        spikes={
            "inh": plain.spikes["inh"],
            "exc": Spikes.from_events(train.cell[order], train.time_ms[order], train.n_cells, train.t_stop_ms),
        },
        wiring={"exc_exc": wiring(*[[column[k] for k in edges] for column in EDGES])},
    )
    assert verdict_of(mixed) is Verdict.IDENTICAL


ASKED = frozenset({"tau_m"})


def test_a_change_that_was_asked_for_does_not_fail_the_first_two_gates():
    changed = replace(
        with_cells(**held_and_declared("tau_m", np.full(N_CELLS, 25.0))),
        wiring=with_wiring(*EDGES[:2], [1.0] * 6, EDGES[3]).wiring,
    )
    judged = judge(recording(), changed, RECORDED, asked_for=ASKED)
    assert judged.verdict is Verdict.IDENTICAL
    assert judged.reason.endswith("; 2 differences that the command asked for")
    assert all(one.asked_for for one in judged.differences)
    assert verdict_of(changed) is Verdict.DIFFERENT


def test_a_change_that_was_asked_for_and_its_consequence_is_different_at_the_third_gate():
    changed = with_spikes(removed(2, 47.0))
    judged = judge(recording(), changed, RECORDED, asked_for=ASKED)
    assert (judged.verdict, judged.gate) == (Verdict.DIFFERENT, Gate.TRAJECTORIES)


def test_what_was_asked_for_excuses_no_lost_input():
    judged = judge(recording(), lost_input(), RECORDED, asked_for=ASKED)
    assert (judged.verdict, judged.gate) == (Verdict.DIFFERENT, Gate.DECLARED)


def fewer_cells() -> Recording:
    plain = table(declared={"tau_m": np.full(4, 20.0)}, held={"tau_m": np.full(4, 20.0)})
    fewer = replace(plain, initial_declared={"v": np.full(4, -65.0)}, initial_held={"v": np.full(4, -65.0)})
    return replace(with_spikes(lambda _: regular_spikes(4)), cells={"exc": fewer})


def test_another_number_of_cells_is_different_unless_it_was_asked_for():
    judged = judge(recording(), fewer_cells(), RECORDED)
    assert (judged.verdict, judged.gate) == (Verdict.DIFFERENT, Gate.DECLARED)
    asked = judge(recording(), fewer_cells(), RECORDED, asked_for=frozenset({"n_exc"}))
    assert (asked.verdict, asked.gate, asked.onset) == (Verdict.NOT_COMPARABLE, Gate.TRAJECTORIES, None)
    assert asked.reason == "exc has 6 cells in nest and 4 in neuron; spikes are compared cell by cell"
    assert asked.verdict.exit_status is ExitStatus.NOT_COMPARABLE


def test_recordings_with_nothing_in_common_are_not_comparable():
    here, there = recording(spikes={"exc": regular_spikes()}), recording("neuron", spikes={"glia": regular_spikes()})
    judged = judge(here, there, (SPIKES, GLIA))
    assert (judged.verdict, judged.gates) == (Verdict.NOT_COMPARABLE, ())
    assert judged.reason == ("the recordings have nothing in common: nest holds spikes of exc, neuron spikes of glia")
    empty = judge(here, recording("neuron", spikes={}), (SPIKES,))
    assert empty.verdict is Verdict.NOT_COMPARABLE
    assert empty.reason.endswith("nest holds spikes of exc, neuron nothing")


@pytest.mark.parametrize("recorded", [(), (GLIA,)])
def test_nothing_recorded_is_not_enough_data(recorded):
    judged = judge(recording(), recording("neuron"), recorded)
    assert judged.verdict is Verdict.NOT_ENOUGH_DATA
    assert judged.reason == "nothing that the model says to compare was recorded on either side"


@pytest.mark.parametrize("nobody", [spikes([], []), spikes()])
def test_silence_is_not_enough_data_to_tell(nobody):
    here, there = (recording(name, spikes={"exc": nobody}, traces={}) for name in ("nest", "neuron"))
    judged = judge(here, there, (SPIKES,))
    assert (judged.verdict, judged.gate) == (Verdict.NOT_ENOUGH_DATA, None)
    assert judged.reason == "no spikes at all on either side"


def test_a_silent_network_whose_traces_agree_can_be_told():
    here, there = (recording(name, spikes={"exc": spikes(*[[]] * 6)}) for name in ("nest", "neuron"))
    assert judge(here, there, (SPIKES, RECORDED[2])).verdict is Verdict.IDENTICAL


def test_silent_cells_and_an_empty_population_do_not_disturb_the_others():
    parts = {"exc": spikes([5.0], [], []), "inh": spikes()}
    here, there = (recording(name, spikes=parts, traces={}) for name in ("nest", "neuron"))
    assert judge(here, there, RECORDED[:2]).verdict is Verdict.IDENTICAL


def test_different_lengths_that_were_asked_for_are_compared_over_the_common_time():
    stop = {"stop_ms": 50.0}
    short = replace(
        recording("neuron"),
        duration_ms=50.0,
        spikes={"exc": regular_spikes(**stop), "inh": regular_spikes(3, **stop)},
        traces={("exc", "v"): voltage(samples=500)},
        inputs={"stim": InputSpikes(*(spikes([1.0, 4.4, 9.0], [2.0], [], [3.0, 3.0], **stop),) * 2)},
    )
    judged = judge(recording(), short, RECORDED, asked_for=frozenset({"duration"}))
    assert judged.verdict is Verdict.SAME_TO_THE_GRID
    assert "only the common 50 ms were compared" in judged.reason


def test_only_the_gates_asked_for_are_walked():
    parted = replace(lost_input(), spikes=with_spikes(removed(2, 47.0)).spikes)
    only_third = judge(recording(), parted, RECORDED, gates=(Gate.TRAJECTORIES,))
    assert (only_third.gate, len(only_third.gates)) == (Gate.TRAJECTORIES, 1)
    only_second = judge(recording(), parted, RECORDED, gates=[Gate.WIRING])
    assert only_second.verdict is Verdict.SAME_TO_THE_GRID
    assert only_second.reason == "trajectories were not compared; no difference in: wiring"


def test_gates_are_walked_cheapest_first_whatever_order_was_asked_for():
    judged = judge(recording(), recording("neuron"), RECORDED, gates=(Gate.TRAJECTORIES, Gate.DECLARED))
    assert [one.gate for one in judged.gates] == [Gate.DECLARED, Gate.TRAJECTORIES]
    assert list(GATES) == [Gate.DECLARED, Gate.WIRING, Gate.TRAJECTORIES]


def test_a_gate_that_needs_more_than_two_recordings_is_refused():
    with pytest.raises(UnknownName, match="gate 'replay' is not known"):
        judge(recording(), recording("neuron"), RECORDED, gates=(Gate.REPLAY,))
