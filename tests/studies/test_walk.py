"""The walk itself, with gates whose answers are given: which gate is asked, and what the answers mean together."""

from dataclasses import replace

import pytest

from crosssim.divergence.refinement import compare_refinement
from crosssim.divergence.refinement_gate import refinement_result
from crosssim.divergence.replay import ReplayDetails, compare_replay, replay_result
from crosssim.divergence.verdict import Gate, GateResult, Judgement, Verdict
from crosssim.errors import LegError, ModelError, UnknownName
from crosssim.recording.data import Recording
from crosssim.studies import walk
from tests.divergence.ladders import ladder
from tests.divergence.test_replay import spikes

PARTED = Judgement(
    Verdict.DIFFERENT, "first unpaired spike at 6.6 ms", Gate.TRAJECTORIES, None,
    (GateResult(Gate.TRAJECTORIES, False, "parts"),),
)  # fmt: skip


def replayed(exact, count=30):
    times = [10.0 + 5 * k for k in range(count)]
    reference = spikes(times)
    candidate = reference if exact else spikes([times[0] + 0.1, *times[1:]])
    recording = Recording("m", "neuron", 0.1, 200.0, spikes={"exc": candidate})
    table = compare_replay({"exc": reference}, recording, step_ms=0.1, labels=("nest", "neuron"))
    return replay_result(ReplayDetails(table, ()))


def refined(fault_ms=0.0):
    return refinement_result(compare_refinement(ladder(fault_ms=fault_ms)))


def raises(error):
    def run(*_, **__):
        raise error

    return run


@pytest.fixture
def walked(monkeypatch):
    def run(first=PARTED, replay=lambda *_: replayed(False), refine=lambda *_: refined(), gates=walk.ALL_GATES):
        asked = []

        def note(name, answer):
            return lambda *given: (asked.append(name), answer(*given))[1]

        monkeypatch.setattr(walk, "_first_gates", lambda pair, gates: first)
        monkeypatch.setattr(walk, "_unasked", lambda judgement, *_: judgement)
        monkeypatch.setattr(walk, "run_replay", note("replay", replay))
        monkeypatch.setattr(walk, "run_refine", note("refine", refine))
        monkeypatch.setattr(walk, "run_yardsticks", lambda *_: ())
        monkeypatch.setattr(walk, "find_suspects", note("suspects", lambda *_: ("tau_refrac",)))
        monkeypatch.setattr(walk, "_certified", lambda judgement, *_: judgement)
        return walk.judge_pair(None, None, gates), asked

    return run


def test_a_shift_that_vanishes_is_chaos_only(walked):
    judgement, asked = walked()
    assert judgement.verdict is Verdict.SAME_DYNAMICS and judgement.gate is None
    assert asked == ["replay", "refine"]
    assert judgement.reason.startswith("first unpaired spike at 6.6 ms; a time-step effect")


def test_a_shift_that_stays_is_a_difference_with_suspects(walked):
    judgement, asked = walked(refine=lambda *_: refined(-0.26))
    assert judgement.verdict is Verdict.DIFFERENT and judgement.gate is Gate.REFINEMENT
    assert asked == ["replay", "refine", "suspects"] and judgement.suspects == ("tau_refrac",)


def test_an_exact_replay_needs_no_refinement(walked):
    judgement, asked = walked(replay=lambda *_: replayed(True))
    assert asked == ["replay"] and judgement.verdict is Verdict.SAME_DYNAMICS


def test_an_exact_replay_of_few_spikes_settles_nothing(walked):
    _, asked = walked(replay=lambda *_: replayed(True, count=3))
    assert asked == ["replay", "refine"]


@pytest.mark.parametrize("gate", [Gate.DECLARED, Gate.WIRING])
def test_another_network_settles_it(walked, gate):
    first = replace(PARTED, gate=gate)
    judgement, asked = walked(first=first)
    assert asked == [] and judgement == first


@pytest.mark.parametrize("verdict", [Verdict.NOT_COMPARABLE, Verdict.NOT_ENOUGH_DATA])
def test_what_cannot_be_compared_is_not_replayed(walked, verdict):
    _, asked = walked(first=replace(PARTED, verdict=verdict))
    assert asked == []


def test_runs_that_agree_are_not_replayed(walked):
    judgement, asked = walked(first=Judgement(Verdict.SAME_TO_THE_GRID, "all paired"))
    assert asked == [] and judgement.verdict is Verdict.SAME_TO_THE_GRID


def test_a_gate_that_was_asked_for_is_asked_whatever_the_others_say(walked):
    _, asked = walked(first=Judgement(Verdict.SAME_TO_THE_GRID, "not compared"), gates=(Gate.REPLAY,))
    assert asked == ["replay"]


def test_replay_alone_that_shifts_is_a_difference(walked):
    judgement, _ = walked(gates=(Gate.TRAJECTORIES, Gate.REPLAY))
    assert judgement.verdict is Verdict.DIFFERENT and judgement.gate is Gate.REPLAY


def test_a_gate_that_cannot_be_asked_leaves_the_answer_before_it(walked):
    judgement, _ = walked(replay=raises(ModelError("plastic")), refine=raises(ModelError("plastic")))
    assert judgement.verdict is Verdict.DIFFERENT and judgement.gate is Gate.TRAJECTORIES
    assert judgement.result(Gate.REPLAY).reason == "could not be asked: plastic"


def test_gates_that_cannot_be_asked_are_no_agreement(walked):
    first = Judgement(Verdict.SAME_TO_THE_GRID, "trajectories were not compared")
    judgement, _ = walked(first=first, replay=raises(ModelError("plastic")), gates=(Gate.REPLAY,))
    assert judgement.verdict is Verdict.NOT_ENOUGH_DATA and "plastic" in judgement.reason


def test_a_shift_without_refinement_is_not_enough_to_tell(walked):
    judgement, _ = walked(refine=raises(LegError("crashed")))
    assert judgement.verdict is Verdict.NOT_ENOUGH_DATA and "crashed" in judgement.reason


def test_gates_are_named():
    assert walk.parse_gates("refinement, replay") == (Gate.REPLAY, Gate.REFINEMENT)
    with pytest.raises(UnknownName, match="did you mean 'replay'"):
        walk.parse_gates("repaly")
