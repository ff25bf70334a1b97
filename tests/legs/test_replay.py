"""Replay, refinement and suspects on the real simulators: the identity they must pass, the faults they must find."""

from dataclasses import replace

import numpy as np
import pytest

from crosssim.divergence.refinement import compare_refinement
from crosssim.divergence.verdict import Gate, Verdict
from crosssim.model.discovery import find_model
from crosssim.provenance.record import read_record
from crosssim.provenance.verifying import verify_run
from crosssim.runner.launch import Launcher
from crosssim.runner.request import Fault
from crosssim.studies.certify import known_certificate
from crosssim.studies.finished import completed_legs
from crosssim.studies.legs import Wishes, plan_legs
from crosssim.studies.recorded_certify import CertifyOrder, recorded_certify
from crosssim.studies.refine import refinement_levels
from crosssim.studies.replay import run_replay
from crosssim.studies.result import Pair
from crosssim.studies.walk import judge_pair
from tests.legs.running import MODELS, crosssim, said

pytestmark = [pytest.mark.legs, pytest.mark.requires("nest", "neuron")]

SMALL = MODELS / "small_network.py"


@pytest.fixture
def launcher(shared):
    return Launcher(shared, find_model(str(SMALL)), jobs=2, time_limit_s=300)


@pytest.fixture
def pair(launcher):
    plans = plan_legs(launcher.model, str(SMALL), ["nest", "neuron"], Wishes(), launcher.results)
    return Pair(launcher.model, *completed_legs(launcher.run(plans)))


def planted(pair, *faults):
    """The pair whose candidate has the faults, whatever its free leg did."""
    return replace(pair, candidate=replace(pair.candidate, request=replace(pair.candidate.request, faults=faults)))


def test_the_network_is_alive(pair):
    for recording in pair.recordings():
        assert all(len(spikes) > 2 * spikes.n_cells for spikes in recording.spikes.values())


def test_self_replay_is_exact_on_both_backends(pair, launcher):
    details = run_replay(pair, launcher).details
    assert [table.exact_share for table in details.self_replays] == [1.0, 1.0]
    assert details.between.exact_share > 0.3  # the two integrators, and not the harness, part them
    assert sum(row.missing + row.extra for row in details.between.rows) < 0.1 * sum(
        row.reference_spikes for row in details.between.rows
    )


def test_replayed_cells_hold_what_was_declared_and_receive_what_was_recorded(pair, launcher):
    levels = refinement_levels(pair, launcher)
    for recording in (levels[0].reference, levels[0].candidate):
        twin = recording.inputs["exc (replayed)"]
        assert len(twin.held) == len(twin.declared) > 0
        assert abs(twin.held.time_ms - twin.declared.time_ms).max() < 0.05
        assert recording.wiring["inh to exc"].fingerprint == pair.recordings()[0].wiring["inh to exc"].fingerprint


def test_the_same_network_on_two_simulators_is_chaos_only(pair, launcher):
    judgement = judge_pair(pair, launcher)
    assert judgement.verdict is Verdict.SAME_DYNAMICS, judgement.reason
    assert judgement.onset is not None
    assert {stick.leg for stick in judgement.yardsticks} == {"", "nest", "neuron"}


@pytest.mark.parametrize(
    ("fault", "suspect"),
    [
        (Fault("parameter times value", "exc", 0.5, "tau_refrac"), "tau_refrac of exc"),
        (Fault("weights scaled by 1 + value", "exc to inh", 0.05), "weights of exc to inh"),
        (Fault("inputs late by value ms", value=0.1), "input spikes"),
    ],
)
def test_a_planted_fault_is_found_and_named(pair, launcher, fault, suspect):
    judgement = judge_pair(planted(pair, fault), launcher, (Gate.REFINEMENT,))
    assert judgement.verdict is Verdict.DIFFERENT and judgement.gate is Gate.REFINEMENT
    assert suspect in [one.name for one in judgement.suspects], judgement
    assert max(one.removed_share for one in judgement.suspects if one.name == suspect) > 0.8


def test_a_lost_synapse_is_named_with_its_two_cells(pair, launcher):
    recorded = pair.recordings()[0]
    wiring, spikes = recorded.wiring["exc to inh"], recorded.spikes["exc"]
    busiest = int(np.argmax(np.diff(spikes.offsets)[wiring.pre]))
    pre, post = int(wiring.pre[busiest]), int(wiring.post[busiest])
    lost = Fault("listed synapses lost", "exc to inh", 0.0, f"{pre}>{post}")
    judgement = judge_pair(planted(pair, lost), launcher, (Gate.REFINEMENT,))
    assert judgement.verdict is Verdict.DIFFERENT, judgement.reason
    (suspect,) = [one for one in judgement.suspects if one.name == "synapses of exc to inh"]
    assert f"without one synapse of exc to inh ({pre}→{post})" in suspect.evidence
    assert suspect.removed_share > 0.8


def test_membrane_potentials_meet_at_first_order_and_nest_is_nearly_exact_between_spikes(pair, launcher):
    exc, inh = (row.potential for row in compare_refinement(refinement_levels(pair, launcher)).rows)
    assert exc.apart == inh.apart == ()
    assert exc.order == pytest.approx(1.0, abs=0.1)
    assert exc.reference_own.gap_mv[0] < 0.1 * exc.candidate_own.gap_mv[0]


def test_a_fault_in_one_population_leaves_the_other_alone(pair, launcher):
    levels = refinement_levels(planted(pair, Fault("parameter plus value", "inh", 1.0, "e_rev_E")), launcher)
    differs = {row.population: row.differs for row in compare_refinement(levels).rows}
    assert differs == {"exc": False, "inh": True}


def test_the_command_finds_a_wrong_parameter_of_the_candidate(shared, tmp_path):
    numbers = tmp_path / "numbers.json"
    finished = crosssim(
        "refine", SMALL, "nest", "neuron", "--set-candidate", "tau_refrac=1.0", "--out", shared, "--json", numbers
    )
    assert finished.returncode == 1, finished.stderr
    assert '"tau_refrac of exc"' in numbers.read_text()


def test_a_certificate_is_kept_and_found_by_the_next_check(pair, launcher, monkeypatch):
    monkeypatch.setattr("crosssim.studies.certify.planted_faults", lambda *_: [])
    plans = plan_legs(launcher.model, str(SMALL), ["nest", "neuron"], Wishes(), launcher.results)
    order = CertifyOrder(launcher.model, str(SMALL), plans, launcher, ["crosssim", "certify"], print)
    certificate, file = recorded_certify(order)
    assert certificate.rows[-1].words == "wiring drawn from another seed"
    assert set(certificate.rows[-1].caught) >= {Gate.WIRING, Gate.REFINEMENT}
    assert known_certificate(launcher.results, pair) == certificate
    record = read_record(file.parent)
    assert (record.kind, record.verdict) == ("certify", "1 of 1 faults caught")
    roles = [one.role for one in record.inputs]
    assert roles[:2] == ["reference", "candidate"] and len(roles) > 8
    assert verify_run(file.parent, launcher.results) == ()


@pytest.mark.requires("mpi")
def test_a_replay_on_two_ranks_is_the_replay_on_one(pair, launcher):
    ranked = replace(pair.candidate, request=replace(pair.candidate.request, ranks=2))
    one, two = (
        refinement_levels(replace(pair, candidate=leg), launcher, divisors=(1, 2, 4))[0].candidate
        for leg in (pair.candidate, ranked)
    )
    assert two.spikes["exc"].content_digest == one.spikes["exc"].content_digest


def test_plastic_synapses_are_refused_with_a_sentence(shared):
    finished = crosssim("replay", MODELS / "plastic.py", "nest", "neuron", "--out", shared)
    assert "replay holds the weights fixed" in finished.stdout
    assert finished.returncode == 5


def test_replay_needs_both_legs(tmp_path):
    finished = crosssim("replay", SMALL, "nest", "neurn", "--out", tmp_path)
    assert finished.returncode == 2 and "did you mean 'neuron'" in said(finished)
