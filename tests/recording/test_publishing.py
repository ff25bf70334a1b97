import os
import socket
import subprocess
import sys
import time

import pytest

from crosssim.errors import UsageError
from crosssim.recording.publishing import OUTCOME, clear_abandoned, is_finished, publish, unfinished_folder


def finish(folder, text="{}"):
    (folder / OUTCOME).write_text(text)
    return folder


@pytest.fixture
def final(tmp_path):
    return tmp_path / "results" / "nest-0123456789ab"


@pytest.fixture
def dead_pid():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def beside(final, kind, pid, host=None):
    folder = final.with_name(f"{final.name}.{kind}-{host or socket.gethostname()}-{pid}")
    folder.mkdir(parents=True)
    return folder


def test_a_folder_is_finished_only_under_its_final_name(final):
    unfinished = unfinished_folder(final)
    assert unfinished.parent == final.parent and unfinished.is_dir()
    assert not is_finished(unfinished) and not is_finished(final)
    finish(unfinished)
    assert not is_finished(unfinished)
    publish(unfinished, final)
    assert is_finished(final) and not unfinished.exists()


def test_a_folder_without_an_outcome_is_not_finished(final):
    final.mkdir(parents=True)
    assert not is_finished(final)
    with pytest.raises(ValueError, match=r"holds no outcome\.json"):
        publish(unfinished_folder(final), final)
    assert not is_finished(final)


def test_what_this_process_left_before_is_gone(final):
    (unfinished_folder(final) / "spikes.h5").touch()
    assert not any(unfinished_folder(final).iterdir())


def test_a_finished_leg_is_not_replaced_unless_asked(final):
    publish(finish(unfinished_folder(final), "first"), final)
    second = finish(unfinished_folder(final), "second")
    with pytest.raises(UsageError, match="is there already; --fresh"):
        publish(second, final)
    assert (final / OUTCOME).read_text() == "first"
    publish(second, final, replace=True)
    assert (final / OUTCOME).read_text() == "second"
    assert [one.name for one in final.parent.iterdir()] == [final.name]


def test_a_failed_publication_keeps_both(final, monkeypatch):
    publish(finish(unfinished_folder(final), "first"), final)
    second = finish(unfinished_folder(final), "second")
    rename = type(final).rename

    def refuse_the_new(self, target):
        if self == second:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(type(final), "rename", refuse_the_new)
    with pytest.raises(UsageError, match="No space left"):
        publish(second, final, replace=True)
    assert (final / OUTCOME).read_text() == "first"
    assert (second / OUTCOME).read_text() == "second"


def test_a_results_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"cannot be written: Not a directory; .*--out"):
        unfinished_folder(tmp_path / "file" / "leg")


def test_what_dead_processes_left_is_removed_and_nothing_else(final, dead_pid):
    abandoned = beside(final, "unfinished", dead_pid)
    elsewhere = beside(final, "unfinished", dead_pid, host="another-node")
    other_leg = beside(final.with_name(final.name + "x"), "unfinished", dead_pid)
    mine = unfinished_folder(final)
    publish(finish(beside(final, "unfinished", 0)), final)
    assert clear_abandoned(final) == [abandoned]
    assert not abandoned.exists()
    assert all(one.is_dir() for one in (elsewhere, other_leg, mine)) and is_finished(final)


def test_a_process_number_that_another_process_has_now(final):
    reused = beside(final, "unfinished", os.getpid())
    assert clear_abandoned(final) == []
    before_any_process = time.time() - 10 * 365 * 86400
    os.utime(reused, (before_any_process, before_any_process))
    assert clear_abandoned(final) == [reused]


def test_a_kill_between_the_two_renames_gives_the_former_result_back(final, dead_pid):
    finish(beside(final, "replaced", dead_pid), "former")
    assert clear_abandoned(final) == []
    assert is_finished(final) and (final / OUTCOME).read_text() == "former"


def test_a_former_result_whose_successor_stands_is_removed(final, dead_pid):
    former = finish(beside(final, "replaced", dead_pid), "former")
    publish(finish(unfinished_folder(final), "new"), final)
    assert clear_abandoned(final) == [former]
    assert (final / OUTCOME).read_text() == "new"


def test_nothing_to_clear(final):
    assert clear_abandoned(final) == []
