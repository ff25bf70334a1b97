"""Findings measured on NEURON: the number that each trait has, and that a mechanism without it has another."""

import shutil
from pathlib import Path

import pytest

from crosssim.errors import ExitStatus, SimulatorMissing
from crosssim.porting import FileScan, Finding, ScanResult, Severity, experiments, scan
from crosssim.porting.experiment import Measurement, Outcome
from crosssim.porting.place import Place
from crosssim.runner.experiment import Answer
from crosssim.studies.measure import Measuring, compared, measure
from tests.porting.own_files import MECHANISMS, mechanism, scanned
from tests.porting.test_table import CASES

PROGRAMS = MECHANISMS.parent / "programs"
SOUND = {
    "evaluations": (experiments.evaluations, "hinted_counter.mod", Place(16, "", "hold")),
    "pointer": (experiments.pointer, "cached_rate.mod", Place(1, "", "none")),
    "dead-time": (experiments.dead_time, "event_synapse.mod", Place(1, "")),
    "drawn-spike": (experiments.drawn_spike, "point_adex.mod", Place(1, "")),
    "clamp": (experiments.clamp, "pulse_between.mod", Place(1, "")),
    "half-step": (experiments.half_step, "event_synapse.mod", Place(1, "", "g")),
    "temperature": (experiments.temperature, "point_adex.mod", Place(1, "")),
    "two-areas": (experiments.two_areas, "point_adex.mod", Place(1, "")),
    "same-seed": (experiments.same_seed, "event_synapse.mod", Place(1, "")),
    "compiles": (experiments.compiles, "cached_rate.mod", Place(1, "")),
}
"""Each experiment put to a mechanism without the trait, as the scanner never would."""


def planted(names):
    files = []
    for name in names:
        experiment, file, place = SOUND[name]
        finding = Finding(
            MECHANISMS / file, place.line, name, Severity.NOTE, "planted", "", "", experiment(mechanism(file), place)
        )
        files.append(FileScan(MECHANISMS / file, (finding,)))
    return files


@pytest.fixture(scope="module")
def measured():
    """By file and rule, all findings of the test mechanisms measured; and those planted in sound ones."""
    names = dict.fromkeys(case[0] for case in CASES.values())
    result = measure(ScanResult(tuple(map(scanned, names))), Measuring(jobs=2))
    return {
        (one.path.name, finding.rule, finding.line): finding.measured
        for one in result.files
        for finding in one.findings
    }


@pytest.fixture(scope="module")
def sound():
    result = measure(ScanResult(tuple(planted(SOUND))), Measuring(jobs=2))
    return {finding.rule: finding.measured for one in result.files for finding in one.findings}


pytestmark = [pytest.mark.requires("neuron", "compiler")]
legs = pytest.mark.legs


@legs
def test_every_finding_has_an_answer_and_none_failed(measured):
    assert [key for key, one in measured.items() if one is None or one.outcome is Outcome.FAILED] == []


@legs
def test_countdown_runs_twice_per_step(measured, sound):
    numbers = measured["density_adex.mod", "changed-in-breakpoint", 51].numbers
    assert numbers["times_per_step"] == pytest.approx(2.0, abs=1e-9)  # sums of 0.1: exact but for rounding
    for interval_ms, step_ms in zip(numbers["intervals_ms"], numbers["steps_ms"], strict=True):
        assert 2.5 <= interval_ms <= 2.5 + 3 * step_ms + 1e-9  # half of the 5 ms written, and the steps of the spike
    assert sound["evaluations"].numbers["times_per_step"] == pytest.approx(1.0, abs=1e-9)


@legs
def test_what_the_branches_of_a_spike_do_runs_once(measured):
    """The scanner warns of every change in BREAKPOINT; the experiment shows which of them take two steps in one."""
    for line in (35, 36, 42, 43):
        assert measured["density_adex.mod", "changed-in-breakpoint", line].numbers["runs_per_step"] == 1


@legs
def test_density_mechanism_answers_a_step_late(measured):
    late = measured["density_adex.mod", "density-mechanism", 3].numbers
    assert late["lag_steps"] == 1
    assert late["v_mV"][1] > -50 and late["v_mV"][2] > 35


@legs
def test_pointer_has_no_delay_and_needs_its_target(measured):
    numbers = measured["pointer_synapse.mod", "pointer-input", 4].numbers
    assert numbers == {"lag_steps": 0, "runs_without_target": False}


@legs
def test_verbatim_is_compiled(measured, sound):
    assert measured["careful_verbatim.mod", "verbatim", 9].numbers == {"compiles": True}
    for rule, line in (("verbatim-not-cpp", 18), ("verbatim-raw-pointer", 17), ("verbatim-translator-name", 21)):
        assert "does not compile it: pointer_array.cpp:" in measured["pointer_array.mod", rule, line].sentence
    assert sound["compiles"].numbers == {"compiles": True}


@legs
def test_own_stream_goes_on_from_run_to_run(measured, sound):
    random = measured["poisson_generator.mod", "own-random-numbers", 13].numbers
    assert random == {"second_run_differs": True, "processes_agree": True}
    assert sound["same-seed"].numbers == {"second_run_differs": False, "processes_agree": True}


@legs
def test_drawn_spike_is_seen_in_v(measured, sound):
    assert measured["density_adex.mod", "spike-drawn-in-v", 37].numbers["largest_v_mV"] == pytest.approx(39.1, abs=0.1)
    assert measured["leaky_point.mod", "spike-drawn-in-v", 31].numbers["largest_v_mV"] < 0
    assert sound["drawn-spike"].numbers["largest_v_mV"] < 0


@legs
def test_clamp_does_not_reach_the_reset(measured, sound):
    held_mv = measured["density_adex.mod", "clamp-conductance", 21].numbers["v_minus_reset_mV"]
    assert held_mv[0] == pytest.approx(1.0, abs=0.1)
    assert held_mv[3] == pytest.approx(0.3 / 200, rel=0.2)  # the current over 1 S/cm2 of 20 000 um2, in mV
    assert sound["clamp"].outcome is Outcome.NOT_MEASURED


@legs
def test_pair_within_the_dead_time_counts_once(measured, sound):
    inside, just_outside, outside = measured["pointer_synapse.mod", "dead-time", 30].numbers["responses"]
    assert inside == pytest.approx(1.0, abs=1e-6)
    assert just_outside == pytest.approx(2.0, abs=0.01) == outside  # what is cut off at the end is below e-7
    assert sound["dead-time"].numbers["responses"] == pytest.approx([2.0, 2.0, 2.0], abs=0.01)


@legs
def test_moment_is_missed(measured):
    assert measured["pulse_at.mod", "compares-t-with-equals", 22].numbers["hits"] == [0, 0, 0]


@legs
def test_euler_is_of_first_order(measured, sound):
    for key in (("density_adex.mod", "explicit-euler", 55), ("pulse_at.mod", "explicit-euler", 20)):
        errors = measured[key].numbers["errors"]
        # first order, against dt/16: (1 - 1/16) / (1/2 - 1/16) = 2.14
        assert errors[0] / errors[1] == pytest.approx(2.14, abs=0.1)
    assert sound["half-step"].numbers["errors"][0] < 1e-9  # cnexp is exact under a clamped v


@legs
def test_table_interpolates_and_ends(measured):
    errors = measured["warm_channel.mod", "table-range", 30].numbers["relative_errors"]
    assert 1e-5 < errors["ninf"]["inside"] < 1e-3
    assert errors["ntau"]["inside"] < 1e-12  # the same at every v


@legs
def test_density_follows_the_area_and_a_whole_cell_current_does_not(measured, sound):
    small_na, large_na = measured["warm_channel.mod", "unit-factor", 8].numbers["currents_nA"]
    assert large_na == pytest.approx(2 * small_na, rel=1e-6)  # the clamp of the larger cell is softer by so much
    small_na, large_na = sound["two-areas"].numbers["currents_nA"]
    assert large_na == pytest.approx(small_na, rel=1e-6)


@legs
def test_temperature_moves_what_reads_it(measured, sound):
    warm = measured["warm_channel.mod", "celsius", 30].numbers["differs"]
    assert warm["n"][1] > 2 * warm["n"][0]  # 10 degrees make the gate three times as fast
    assert sound["temperature"].numbers["differs"] == {}


@pytest.fixture(scope="module")
def program():
    (one,) = measure(scan([PROGRAMS / "whole" / "program.hoc"]), Measuring()).files
    return {(finding.rule, finding.line): finding.measured for finding in one.findings}


@legs
def test_hoc_program_is_run_and_asked(program):
    assert program["zero-delay", 10].numbers == {"connections": 2, "below_one_step": 1, "step_ms": 0.025}
    assert program["gui-call", 2].numbers["ended"] is True
    assert program["unit-factor", 17].numbers["smallest_um2"] == pytest.approx(1256.637, abs=1e-3)
    assert program["celsius", 3].numbers["largest_difference_mV"] > 1e-3
    assert program["compares-t-with-equals", 20].numbers["hits"] == [0, 0, 0]


@legs
def test_unseeded_randoms_draw_the_same_stream(program):
    numbers = program["unseeded-random", 12].numbers
    assert numbers["randoms"] == 2 and numbers["different"] == 1 and numbers["processes_agree"] is True


@legs
def test_endless_program_is_ended_and_said(tmp_path):
    result = measure(scan([PROGRAMS / "endless" / "program.hoc"]), Measuring(time_limit_s=10))
    (finding,) = result.findings
    assert finding.measured.sentence.endswith("did not come to its end: it still ran after 10 s")
    assert result.exit_status is ExitStatus.DIFFERS


@legs
def test_broken_mechanism_beside_a_sound_one_is_one_sentence(tmp_path):
    """It passes the scanner's parser and not the compiler: the sound one is measured all the same."""
    for name in ("hinted_counter.mod", "warm_channel.mod"):
        shutil.copy(MECHANISMS / name, tmp_path)
    unknown = (MECHANISMS / "density_adex.mod").read_text().replace("w = 0\n", "w = nobody_knows(3)\n", 1)
    (tmp_path / "broken.mod").write_text(unknown)
    result = measure(scan([tmp_path / "broken.mod", tmp_path / "warm_channel.mod"]), Measuring())
    broken, sound = result.files
    said = {one.measured.sentence for one in broken.findings if one.measured.outcome is Outcome.NOT_MEASURED}
    assert len(said) == 1 and "cannot compile it" in said.pop()
    assert {one.measured.outcome for one in sound.findings} == {Outcome.MEASURED}


def test_failed_experiment_is_exit_3():
    failed = Measurement(Outcome.FAILED, "NEURON was ended by signal 11 (SIGSEGV)")
    finding = Finding(
        Path("x.mod"),
        1,
        "rule",
        Severity.NOTE,
        "",
        "",
        "",
        experiments.compiles(mechanism("point_adex.mod"), Place(1, "")),
        failed,
    )
    assert ScanResult((FileScan(Path("x.mod"), (finding,)),)).exit_status is ExitStatus.LEG_FAILED


def test_missing_neuron_is_exit_4(monkeypatch):
    def missing():
        raise SimulatorMissing("NEURON is not installed")

    monkeypatch.setattr("crosssim.studies.measure.neuron_version", missing)
    with pytest.raises(SimulatorMissing):
        measure(ScanResult(()), Measuring())


@pytest.mark.parametrize(("other", "agree"), [("a", True), ("b", False)])
def test_two_processes_are_compared_by_what_they_measured(other, agree):
    found = compared(Answer("measured", "drew 3", {}, "a"), Answer("measured", "drew 3", {}, other))
    assert found.numbers == {"processes_agree": agree}
    assert ("same" if agree else "different") in found.sentence
