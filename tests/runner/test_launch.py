"""Whatever a child does, its parent ends with an outcome, and no child outlives it."""

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from crosssim.recording.publishing import clear_abandoned, is_finished
from crosssim.runner import launch as launching
from crosssim.runner.launch import LegPlan
from crosssim.runner.log import CappedLog
from crosssim.runner.mechanisms import environment_for_legs
from crosssim.runner.progress import Phase
from crosssim.runner.request import LegStatus, read_outcome
from tests.runner.mocking import launch, mock_plans

ROOT = Path(__file__).parents[2]


def waiting_for(condition, seconds=20.0):
    """Whether ``condition`` comes true before the time is over; legs are processes, and machines are busy."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def children_of_mocks(results: Path) -> list[int]:
    return [int(one.name.removeprefix("pid-")) for one in results.glob("*/legs/pid-*")]


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_leg_that_finishes_is_a_result_and_keeps_its_log(tmp_path):
    (run,) = launch(tmp_path, "finish")
    assert run.outcome.completed
    assert not run.reused
    log = (run.folder / "log.txt").read_text()
    assert log.startswith(f"$ {shlex.quote(sys.executable)}")
    assert " finish " in log.splitlines()[0]


@pytest.mark.parametrize(
    ("deed", "status", "words"),
    [
        ("abort", LegStatus.CRASHED, "ended by signal SIGABRT after 0 s"),
        ("killed", LegStatus.CRASHED, r"ended by signal SIGKILL \(out of memory\?\) after 0 s"),
        ("terminated", LegStatus.CRASHED, "ended by signal SIGTERM"),
        ("exits", LegStatus.CRASHED, "ended with exit status 7 after 0 s; its last line: MemoryError: no room"),
        ("lies", LegStatus.CRASHED, "ended with exit status 0"),
        ("refuse", LegStatus.REFUSED, "^delay = 0 is too short$"),
    ],
)
def test_every_bad_end_is_an_outcome_with_its_reason(tmp_path, deed, status, words):
    (run,) = launch(tmp_path, deed)
    assert run.outcome.status is status
    assert re.search(words.replace("after 0 s", r"after \d+ s"), run.outcome.reason)
    assert run.folder.name.endswith(".failed")
    assert read_outcome(run.folder).reason == run.outcome.reason
    assert (run.folder / "log.txt").exists()
    assert not is_finished(Path(str(run.folder).removesuffix(".failed")))


def test_a_leg_that_fails_leaves_the_others(tmp_path):
    crashed, fine = launch(tmp_path, "abort", "slow")
    assert crashed.outcome.status is LegStatus.CRASHED
    assert fine.outcome.completed


def test_an_old_reason_is_not_taken_for_todays(tmp_path):
    (plan,) = mock_plans(tmp_path, "exits")
    failed = Path(plan.folder + ".failed")
    failed.mkdir(parents=True)
    (failed / "outcome.json").write_text('{"status": "refused", "reason": "yesterday"}')
    os.utime(failed / "outcome.json", (0, 0))
    (run,) = launch(tmp_path, "exits")
    assert "yesterday" not in run.outcome.reason


def test_a_leg_that_hangs_is_ended_at_its_time_limit(tmp_path):
    (run,) = launch(tmp_path, "leave_a_grandchild", time_limit_s=3.0)
    assert run.outcome.status is LegStatus.TIMED_OUT
    assert run.outcome.reason == (
        "still running 10 of 200 ms after its time limit of 3 s; give it more with --time-limit"
    )
    pids = children_of_mocks(tmp_path)
    assert len(pids) == 2
    assert waiting_for(lambda: not any(map(alive, pids)))


def test_a_leg_that_will_not_go_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(launching, "_GRACE_S", 0.5)
    (run,) = launch(tmp_path, "ignore", time_limit_s=2.0)
    assert run.outcome.status is LegStatus.TIMED_OUT
    assert not any(map(alive, children_of_mocks(tmp_path)))


def test_a_flood_is_read_to_its_end_and_cut_in_the_middle(tmp_path):
    (run,) = launch(tmp_path, "flood")
    assert run.outcome.completed
    log = run.folder / "log.txt"
    assert log.stat().st_size < 5 * 2**20
    assert log.read_text().endswith("the very last line\n")
    assert "bytes more; the last lines:" in log.read_text()


def test_no_more_legs_run_at_once_than_asked(tmp_path):
    started = time.monotonic()
    runs = launch(tmp_path, "slow", "slow", jobs=1)
    assert time.monotonic() - started > 2.0  # each sleeps for a second
    assert [run.plan.label for run in runs] == ["slow 0", "slow 1"]


def test_phases_are_told_with_the_label(tmp_path):
    told = []
    launch(tmp_path, "hang", time_limit_s=2.0, tell=lambda label, phase: told.append((label, phase)))
    assert ("hang 0", Phase("running", 10.0, 200.0)) in told


def test_a_finished_leg_is_reused_unless_fresh(tmp_path):
    told = []
    launch(tmp_path, "finish")
    (again,) = launch(tmp_path, "abort", tell=lambda label, phase: told.append(phase.name))
    assert again.reused
    assert again.outcome.completed
    assert told == ["reused"]
    (fresh,) = launch(tmp_path, "finish", fresh=True)
    assert not fresh.reused
    assert (fresh.folder / "log.txt").read_text().splitlines()[0].endswith(" --fresh")  # or the leg reuses itself


def test_a_damaged_finished_leg_is_an_outcome_and_the_others_run(tmp_path):
    (first,) = launch(tmp_path, "finish")
    (first.folder / "outcome.json").write_text("{")
    damaged, fine = launch(tmp_path, "finish", "slow")
    assert damaged.outcome.status is LegStatus.CRASHED
    assert "run the leg again with --fresh" in damaged.outcome.reason
    assert fine.outcome.completed


def test_a_command_that_cannot_be_started_is_a_missing_simulator(tmp_path, monkeypatch):
    (plan,) = mock_plans(tmp_path, "finish")
    monkeypatch.setattr(type(plan), "command", property(lambda self: ("/nowhere/mpiexec", "-n", "2")))
    (run,) = launch(tmp_path, "finish")
    assert run.outcome.status is LegStatus.MISSING
    assert run.outcome.reason == "/nowhere/mpiexec cannot be started: No such file or directory"


def test_several_ranks_are_started_under_mpiexec():
    (one,) = mock_plans(Path("/tmp/x"), "finish")
    plan = LegPlan("neuron", replace(one.request, ranks=3), ("run", "two_cells", "neuron"))
    assert plan.command[:4] == ("mpiexec", "--oversubscribe", "-n", "3")
    assert plan.command[-3:] == ("run", "two_cells", "neuron")


class Parent:
    """A parent in a process of its own, and the mocks it has started."""

    def __init__(self, results: Path, *deeds: str) -> None:
        self.results = results
        command = [sys.executable, "-m", "tests.runner.mock_parent", str(results), *deeds]
        environment = environment_for_legs() | {"PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)

    def end(self, number: int) -> str:
        self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=30)
        return said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_parent_takes_its_children_along_and_keeps_what_finished(tmp_path, number):
    parent = Parent(tmp_path, "finish", "hang", "ignore")
    assert waiting_for(lambda: len(children_of_mocks(tmp_path)) == 2)
    assert parent.end(number) == "interrupted\n"
    assert parent.process.returncode == 130
    assert not any(map(alive, children_of_mocks(tmp_path)))
    first, *others = mock_plans(tmp_path, "finish", "hang", "ignore")
    assert is_finished(Path(first.folder))
    assert not any(is_finished(Path(plan.folder)) for plan in others)


@pytest.mark.parametrize("after_s", [0.0, 0.3, 0.6, 1.0])
def test_interrupted_at_any_moment_no_child_stays(tmp_path, after_s):
    parent = Parent(tmp_path, *["hang"] * 4)
    time.sleep(after_s)
    parent.end(signal.SIGINT)
    assert parent.process.returncode != 0
    assert not any(map(alive, children_of_mocks(tmp_path)))


def test_children_of_a_killed_parent_end_by_themselves(tmp_path):
    parent = Parent(tmp_path, "watched", "watched")
    assert waiting_for(lambda: len(children_of_mocks(tmp_path)) == 2)
    parent.end(signal.SIGKILL)
    assert waiting_for(lambda: not any(map(alive, children_of_mocks(tmp_path))))


def test_an_unfinished_folder_is_never_a_result_and_is_cleared(tmp_path):
    parent = Parent(tmp_path, "unfinished")
    assert waiting_for(lambda: children_of_mocks(tmp_path))
    parent.end(signal.SIGKILL)
    (pid,) = children_of_mocks(tmp_path)
    os.kill(pid, signal.SIGKILL)
    assert waiting_for(lambda: not alive(pid))
    (plan,) = mock_plans(tmp_path, "unfinished")
    (left,) = tmp_path.glob("*/legs/*.unfinished-*")
    assert (left / "outcome.json").exists()
    assert not is_finished(left)
    assert not is_finished(Path(plan.folder))
    assert clear_abandoned(Path(plan.folder)) == [left]


def test_no_temporary_folder_is_one_sentence(tmp_path, monkeypatch):
    def full(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(launching.tempfile, "TemporaryDirectory", full)
    with pytest.raises(launching.UsageError, match="no temporary folder can be made: No space left on device; set"):
        launch(tmp_path, "finish")


def test_a_log_that_cannot_be_written_costs_only_the_log(tmp_path):
    reading, writing = os.pipe()
    log = CappedLog(os.fdopen(reading, "rb"), tmp_path / "nowhere" / "log.txt", "$ command")
    threading.Thread(target=lambda: (os.write(writing, b"one\n\ntwo\n"), os.close(writing))).start()
    log.close()
    assert log.last_lines(1) == "two"
    assert log.last_lines() == "one\ntwo"
