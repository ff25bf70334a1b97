"""Ladders on real simulators: what is kept, what a planted change breaks, and what a bad rung leaves to the others."""

from pathlib import Path

import pytest

from crosssim.errors import ExitStatus, UnknownName, UsageError
from crosssim.runner.request import LegStatus

from .climbing import climb, standings, template

PLANTED = Path(__file__).parent / "planted_ladders"

pytestmark = [pytest.mark.legs, pytest.mark.requires("neuron", "compiler")]


# ---- the template ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    folder = tmp_path_factory.mktemp("first")
    return climb(template(folder / "port"), folder / "results", duration_ms=100.0)


def test_the_template_runs_and_keeps_its_promises(first):
    assert standings(first) == {"2": "kept", "3": "kept"}
    assert first.exit_status is ExitStatus.AGREES
    assert first.first_broken is None
    assert len(first.rungs[0].leg.recording.spikes["cells"]) > 20


def test_every_rung_is_a_leg_that_can_be_typed_again_and_is_reused(first):
    one = first.rungs[1].leg
    assert one.command[2:6] == ("rung", first.command[2], "2", "--draws")
    assert {"request.json", "outcome.json", "recording.json", "log.txt"} <= {file.name for file in one.folder.iterdir()}
    again = climb(first.command[2], one.folder.parents[2], duration_ms=100.0)
    assert all(rung.leg.reused for rung in again.rungs)
    assert standings(again) == standings(first)


def test_qualitative_promises_are_judged_over_their_seeds(first):
    (judgement,) = first.rungs[2].judgements
    assert judgement.measures[0].seeds == 4
    assert {one.label for one in first.samples} == {f"rung {k}, seed {seed}" for k in (2, 3) for seed in (2, 3, 4)}


def test_a_section_is_judged_and_its_references_are_run(first):
    found = climb(first.command[2], first.rungs[0].leg.folder.parents[2], duration_ms=100.0, first="2", last="2")
    assert [(one.rung.name, one.judged) for one in found.rungs] == [("1", False), ("2", True)]
    assert standings(found) == {"2": "kept"}


def test_fates_are_counted_over_seeds_on_every_rung(tmp_path):
    found = climb(template(tmp_path / "port"), tmp_path / "results", duration_ms=1000.0, seeds=2)
    assert [sum(one.fates.counts.values()) for one in found.rungs] == [2, 2, 2]
    assert found.rungs[0].fates.change is None
    assert found.rungs[1].fates.change.mean == 0 and found.rungs[1].fates.change.pairs == 2
    assert found.rungs[2].judgements[0].measures[0].seeds == 2
    assert found.exit_status is ExitStatus.AGREES


def test_runs_that_are_the_same_for_every_seed_are_counted_once(tmp_path):
    folder = template(tmp_path / "port", ("ladder.py", "default_rng(seed)", "default_rng(1)"))
    result = climb(folder, tmp_path / "results", seeds=2, duration_ms=1000.0, last="2")
    assert [one.fates.one_run for one in result.rungs] == [True, True]
    assert [sum(one.fates.counts.values()) for one in result.rungs] == [1, 1]
    assert [one.fates.change for one in result.rungs] == [None, None]


# ---- planted changes -------------------------------------------------------------------------------------------


def test_a_planted_weight_is_named_with_onset_and_v_around_it(tmp_path):
    folder = template(tmp_path / "port", ("rungs.py", "connection.weight[0] = 0.002", "connection.weight[0] = 0.0021"))
    found = climb(folder, tmp_path / "results", duration_ms=50.0, last="2")
    assert found.first_broken.rung.name == "2"
    broken = found.first_broken.first_broken
    assert 0 < broken.onset.time_ms < 50
    (window,) = broken.windows
    assert window.cell == 0 and window.reference != window.candidate
    assert found.exit_status is ExitStatus.DIFFERS


@pytest.mark.parametrize(
    ("planted", "first_rung", "last_rung", "expected", "duration_ms"),
    [
        ("refractory", "3", "4", {"3": "broken", "4": "kept"}, 60.0),
        ("dead_time", "4", "6", {"4": "kept", "5": "broken"}, 20.0),
        ("nanosiemens", "10", "12", {"10": "kept", "12": "broken"}, 50.0),
    ],
)
def test_a_planted_change_makes_exactly_its_rung_fail(shared, planted, first_rung, last_rung, expected, duration_ms):
    found = climb(PLANTED / planted, shared, first=first_rung, last=last_rung, duration_ms=duration_ms)
    assert found.failed == ()
    assert {name: standings(found)[name] for name in expected} == expected
    assert [name for name, standing in standings(found).items() if standing == "broken"] == [
        found.first_broken.rung.name
    ]


@pytest.mark.requires("nest")
def test_the_shipped_ladder_keeps_all_its_promises(shared):
    found = climb("destexhe2009", shared, duration_ms=100.0)
    assert found.failed == ()
    assert set(standings(found).values()) == {"kept"} and len(standings(found)) == 13
    assert found.exit_status is ExitStatus.AGREES


# ---- bad input -------------------------------------------------------------------------------------------------

PYTHON_PORT = 'def python_port(task, delay_ms=0.0):\n    """The same, in Python."""\n'


def second_fails(tmp_path, *changes, time_limit_s=300.0):
    """Climb the template with something planted in rung 2; the other rungs must have run. Returns its reason."""
    folder = template(tmp_path / "port", *changes)
    found = climb(folder, tmp_path / "results", time_limit_s, duration_ms=20.0, last="2")
    by_name = {one.rung.name: one for one in found.rungs}
    assert by_name["1"].leg.outcome.completed, by_name["1"].leg.outcome.reason
    assert [one.rung.name for one in found.failed] == ["2"]
    assert standings(found) == {"2": "not judged"}
    assert found.exit_status is ExitStatus.LEG_FAILED
    return by_name["2"].leg.outcome


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("    return output([], [], [], 10).spikes\n", "rung 2 returned dict"),
        ("    return RungOutput({}, {})\n", "rung 2 recorded nothing"),
        ("    return output([], [], [], 10)\n", "rung 2 recorded 0 samples of v where 20 ms make 201"),
        ("    return output([99], [1.0], [0] * 201, 10)\n", "cell 99 lies outside a population of 10"),
        ("    1 / 0\n", "`1 / 0`: ZeroDivisionError"),
        ("    from neuron import h\n    h.quit()\n", "ended with exit status 0"),
    ],
)
def test_a_rung_that_goes_wrong_is_one_sentence_and_the_others_are_kept(tmp_path, code, sentence):
    outcome = second_fails(tmp_path, ("rungs.py", PYTHON_PORT, PYTHON_PORT + code))
    assert sentence in outcome.reason
    assert "\n" not in outcome.reason


def test_a_program_that_never_ends_is_ended(tmp_path):
    outcome = second_fails(
        tmp_path, ("rungs.py", PYTHON_PORT, PYTHON_PORT + "    while True: pass\n"), time_limit_s=30.0
    )
    assert outcome.status is LegStatus.TIMED_OUT
    assert "still running after its time limit of 30 s" in outcome.reason


def test_a_mechanism_that_does_not_compile_names_its_line(tmp_path):
    folder = template(tmp_path / "port", ("ladder.py", 'against="1",', 'against="1", nmodl="mechanisms",'))
    (folder / "mechanisms").mkdir()
    (folder / "mechanisms" / "broken.mod").write_text("NEURON {\n    SUFFIX Broken\n}\nBREAKPOINT {\n    x = = 2\n}\n")
    found = climb(folder, tmp_path / "results", duration_ms=20.0, last="2")
    (failed,) = found.failed
    assert "rung 2: the mechanisms of" in failed.leg.outcome.reason
    assert "line 5 in file broken.mod" in failed.leg.outcome.reason
    assert found.rungs[0].leg.outcome.completed


def test_another_number_of_cells_breaks_the_promise(tmp_path):
    folder = template(
        tmp_path / "port", ("rungs.py", "return output(spike_cells, spike_times, v, n_cells)",
                            "return output(spike_cells, spike_times, v, n_cells + 1)")
    )  # fmt: skip
    found = climb(folder, tmp_path / "results", duration_ms=20.0, last="2")
    assert "rung 2 has 11 cells in 'cells' where rung 1 has 10" in found.first_broken.first_broken.reason


def test_wishes_that_cannot_be_are_refused_before_anything_runs(tmp_path):
    folder = template(tmp_path / "port")
    with pytest.raises(UnknownName, match="rung of first_ladder '9'"):
        climb(folder, tmp_path / "results", last="9")
    with pytest.raises(UsageError, match="fates are counted over seeds"):
        climb(folder, tmp_path / "results", seeds=1)
    with pytest.raises(UsageError, match=r"duration_ms = 0\.05 is not a whole number of steps"):
        climb(folder, tmp_path / "results", duration_ms=0.05)
    with pytest.raises(UsageError, match="seed = -1 must be"):
        climb(folder, tmp_path / "results", seed=-1)
    assert not (tmp_path / "results").exists()
