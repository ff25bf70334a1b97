"""The story of a ladder: what it says of kept, broken and failed rungs, in text, numbers and on the page."""

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from crosssim import Identical, Ladder, Margin, Published, Qualitative, Rung, Seeds, Timing, Tolerance, Within
from crosssim.divergence.fates import Activity, Fate, PairedChange
from crosssim.divergence.promises import judge_promise, threshold_window
from crosssim.errors import ExitStatus
from crosssim.recording.data import Recording, Spikes, Trace
from crosssim.report.ladder_numbers import ladder_numbers
from crosssim.report.ladder_text import ladder_text
from crosssim.report.ladder_write import write_ladder_report
from crosssim.runner.request import LegOutcome, LegStatus, RungRequest
from crosssim.studies.ladder import LadderResult, RungResult
from crosssim.studies.ladder_fates import Fates
from crosssim.studies.result import FinishedLeg
from tests.report import builders, gate_builders

WHY = "chosen <for> this test"
RUNGS = (
    Rung("0", print, "the Hoc program"),
    Rung("1", print, "to Python & more", keeps=Identical(WHY), against="0",
         published=(Published("RS", "rate_hz", 29.0, "Hz", "an article"),)),
    Rung("2", print, "another mechanism", keeps=Within(v=Tolerance(0.5, "mV", WHY)), against="1"),
    Rung("3", print, "a delay", keeps=Qualitative((Margin("rate_hz", 90.0, WHY),), seeds=2), against="2"),
)  # fmt: skip
LADDER = Ladder("small", RUNGS, draw=lambda seed: {"x": np.zeros(1)}, duration_ms=20.0, summary="a small port")


def recording(shift_mv=0.0, late=0):
    steps = np.array([30 + late, 80, 120])
    v = np.full((201, 1), -60.0)
    v[100:] += shift_mv
    return Recording(
        "small", "rung x", 0.1, 20.0,
        spikes={"cells": Spikes.from_events([0, 1, 1], steps * 0.1, 3, 20.0)},
        traces={("cells", "v"): Trace(v, "mV", 0.0, 0.1, np.array([0], dtype=np.int32))},
        cell_classes={"cells": {"RS": np.array([0, 1], dtype=np.int32)}},
    )  # fmt: skip


def leg(rung, one, status=LegStatus.COMPLETED, reason=""):
    request = RungRequest("small", "neuron", Timing(20.0), Seeds(0, 0, 0), 0.1, rung=rung.name)
    command = ("crosssim", "rung", "small", rung.name)
    return FinishedLeg(f"rung {rung.name}", request, LegOutcome(status, reason), Path("/x"), command, False, one)


def result(*recordings, fates=None):
    rungs = []
    for k, (rung, one) in enumerate(zip(RUNGS, recordings, strict=True)):
        if one is None:
            failed = leg(rung, None, LegStatus.CRASHED, "NEURON <fell> over")
            rungs.append(RungResult(rung, failed, True, (), None))
            continue
        before = recordings[k - 1] if k else None
        judged = tuple(judge_promise(promise, [(before, one)] * 2) for promise in rung.keeps) if before else ()
        window = threshold_window(before, one, None) if before else None
        rungs.append(RungResult(rung, leg(rung, one), True, judged, fates, window))
    return LadderResult(LADDER, tuple(rungs), (), 1, None, 20.0, ("crosssim", "ladder", "small"), "2026-01-01", 1.5)


KEPT = result(recording(), recording(), recording(0.2), recording(0.2, late=2))
BROKEN = result(recording(), recording(1.0), recording(1.0), recording(1.0, late=2))
FAILED = result(recording(), recording(), None, recording())


def shown(found):
    console = Console(width=150, file=io.StringIO())
    with console.capture() as captured:
        console.print(ladder_text(found))
    return captured.get()


def test_kept_promises_are_said():
    assert KEPT.exit_status is ExitStatus.AGREES
    text = shown(KEPT)
    assert "All promises are kept (3 rungs)." in text
    assert "of rung 0: identical" in text and "within 0.5 mV" in text and "qualitative, 2 seeds" in text
    assert "article: RS 29" in text


def test_the_first_broken_promise_is_named_with_v_around_it():
    assert BROKEN.exit_status is ExitStatus.DIFFERS
    text = shown(BROKEN)
    assert "Rung 1 is the first that breaks its promise" in text
    assert "v parts at 10 ms in cells (cell 0): -60 and -59 mV" in text
    assert "v of cells cell 0 (mV)" in text
    assert text.count("-59.000000") == 7  # the onset and six samples after it


def test_a_failed_rung_is_said_and_the_others_stay():
    assert FAILED.exit_status is ExitStatus.LEG_FAILED
    text = shown(FAILED)
    assert "rung 2 did not finish: NEURON <fell> over" in text
    assert "✓ kept" in text


def test_the_numbers_hold_every_rung():
    numbers = json.loads(json.dumps(ladder_numbers(BROKEN), allow_nan=False))
    assert numbers["first_broken"] == "1" and numbers["exit_status"] == 1
    assert numbers["rungs"]["1"]["promises"][0]["onset"]["time_ms"] == pytest.approx(10.0)
    assert numbers["rungs"]["3"]["promises"][0]["measures"][0]["seeds"] == 2
    assert numbers["rungs"]["1"]["rates"][1]["name"] == "RS"


@pytest.mark.parametrize("found", [KEPT, BROKEN, FAILED])
def test_the_page_tells_every_rung_and_loads_nothing(found, tmp_path):
    page = write_ladder_report(found, tmp_path)
    text = page.read_text()
    for rung in RUNGS:
        assert f'id="rung-{rung.name}"' in text
    assert "to Python &amp; more" in text and "chosen &lt;for&gt; this test" in text
    assert (
        "src=" not in text.replace("img-src", "") and "<script" not in text and "http://" not in text.split("<svg")[0]
    )
    assert (tmp_path / "figures" / "ladder.png").read_bytes().startswith(b"\x89PNG")
    assert ("NEURON &lt;fell&gt; over" in text) == (found is FAILED)
    assert json.loads((tmp_path / "report.json").read_text())["ladder"] == "small"


def test_fates_have_room_on_a_terminal_of_80_columns():
    activities = (Activity(Fate.DEAD, 400.0, 1.0, None, 0.0),) * 2
    fates = Fates({Fate.DEAD: 4, Fate.UP_DOWN: 14, Fate.LOCKED: 2}, activities, PairedChange(-1.3, 0.3, 10))
    with_fates = result(recording(), recording(), recording(), recording(late=2), fates=fates)
    console = Console(width=80, file=io.StringIO())
    console.print(ladder_text(with_fates))
    text = console.file.getvalue()
    assert "3     4 dead, 14 up/down, 2 locked; -1.30 ± 0.30 Hz (10 of the same fate)" in text
    assert "…" not in text


def test_the_check_above_the_last_rung_is_on_the_page_in_the_text_and_in_the_numbers(tmp_path):
    checked = replace(KEPT, check=gate_builders.same_dynamics(), check_page="../check-nest-neuron/report.html")
    text = write_ladder_report(checked, tmp_path / "a").read_text()
    assert "Above the last rung" in text and "same dynamics, chaos only" in text
    assert '<a href="../check-nest-neuron/report.html">' in text
    assert list((tmp_path / "a" / "figures").glob("check-*.svg"))
    assert json.loads((tmp_path / "a" / "report.json").read_text())["check"]["verdict"] == "same dynamics, chaos only"
    console = Console(width=200, file=io.StringIO())
    console.print(ladder_text(checked))
    assert "against neuron: same dynamics, chaos only" in console.file.getvalue()
    assert "Above the last rung" not in write_ladder_report(KEPT, tmp_path / "b").read_text()


def test_a_check_that_differs_is_the_answer_of_a_ladder_whose_promises_are_kept():
    assert KEPT.exit_status == 0
    assert replace(KEPT, check=gate_builders.same_dynamics()).exit_status == 0
    assert replace(KEPT, check=builders.different_trajectories()).exit_status == 1


def test_the_page_says_kindly_what_one_seed_can_say(tmp_path):
    activities = (Activity(Fate.DEAD, 400.0, 1.0, None, 0.0), Activity(Fate.UP_DOWN, 5000.0, 9.0, None, 0.0))
    fates = Fates({Fate.DEAD: 1, Fate.UP_DOWN: 1, Fate.LOCKED: 0}, activities, PairedChange(-1.3, 0.3, 10))
    with_fates = result(recording(), recording(), recording(), recording(late=2), fates=fates)
    text = write_ladder_report(with_fates, tmp_path / "a").read_text()
    assert "rates of one seed each" in text and "Over 2 seeds" in text and "confirmed here bit for bit" in text
    assert "confirmed here bit for bit" not in write_ladder_report(BROKEN, tmp_path / "d").read_text()
    assert "1 dead, 1 up/down; -1.30 ± 0.30 Hz (10 of the same fate)" in text
    assert "--seeds 20" in write_ladder_report(KEPT, tmp_path / "b").read_text()
    silent = replace(KEPT, rungs=tuple(replace(one, rung=replace(one.rung, published=())) for one in KEPT.rungs))
    assert "rates of one seed" not in write_ladder_report(silent, tmp_path / "c").read_text()
