from dataclasses import replace

import pytest

from crosssim.provenance.record import GitState, RunStatus, StoredFile
from crosssim.provenance.repetition import Repetition, changes_around, likeness
from tests.provenance.builders import ENVIRONMENT, fresh_record

FILES = {
    "spikes.h5": StoredFile(10, "a"),
    "wiring.h5": StoredFile(20, "b"),
    "recording.json": StoredFile(5, "c"),
    "log.txt": StoredFile(3, "d"),
    "notes/extra.csv": StoredFile(4, "e"),
}
CONTENTS = {"spikes/exc": "1", "wiring/exc_inh": "2"}
OLD = replace(fresh_record(), status=RunStatus.COMPLETED, outputs=FILES, contents=CONTENTS, environment=ENVIRONMENT)


def other(name: str) -> StoredFile:
    return StoredFile(10, f"other {name}")


def with_files(**changes) -> dict[str, StoredFile]:
    renamed = {
        name.replace("_h5", ".h5").replace("_json", ".json").replace("_txt", ".txt"): file
        for name, file in changes.items()
    }
    return {name: file for name, file in (FILES | renamed).items() if file is not None}


SWAPPED = FILES | {"spikes.h5": FILES["wiring.h5"], "wiring.h5": FILES["spikes.h5"]}
TRUTH = {
    "the same": ({}, Repetition.IDENTICAL),
    "another log": ({"outputs": with_files(log_txt=other("log"))}, Repetition.IDENTICAL),
    "no log": ({"outputs": with_files(log_txt=None)}, Repetition.IDENTICAL),
    "bytes of a recording": (
        {"outputs": with_files(spikes_h5=other("s"), recording_json=other("r"))}, Repetition.EQUIVALENT,
    ),
    "contents": (
        {"outputs": with_files(spikes_h5=other("s")), "contents": CONTENTS | {"spikes/exc": "9"}}, Repetition.DIFFERENT,
    ),
    "contents alone": ({"contents": CONTENTS | {"spikes/exc": "9"}}, Repetition.DIFFERENT),
    "a content more": ({"contents": CONTENTS | {"trace/exc/v": "3"}}, Repetition.DIFFERENT),
    "a content less": ({"contents": {"spikes/exc": "1"}}, Repetition.DIFFERENT),
    "a content renamed": ({"contents": {"spikes/inh": "1", "wiring/exc_inh": "2"}}, Repetition.DIFFERENT),
    "contents swapped": ({"contents": {"spikes/exc": "2", "wiring/exc_inh": "1"}}, Repetition.DIFFERENT),
    "a file more": ({"outputs": FILES | {"more.h5": other("m")}}, Repetition.DIFFERENT),
    "a file less": ({"outputs": with_files(wiring_h5=None)}, Repetition.DIFFERENT),
    "a file renamed": (
        {"outputs": with_files(wiring_h5=None) | {"w.h5": FILES["wiring.h5"]}}, Repetition.DIFFERENT,
    ),
    "files swapped": ({"outputs": SWAPPED}, Repetition.DIFFERENT),
    "bytes of what has no content digest": ({"outputs": FILES | {"notes/extra.csv": other("n")}}, Repetition.DIFFERENT),
    "a table of contents alone": ({"outputs": with_files(recording_json=other("r"))}, Repetition.DIFFERENT),
    "failed": ({"status": RunStatus.FAILED, "reason": "crashed"}, Repetition.FAILED),
    "interrupted": ({"status": RunStatus.INTERRUPTED}, Repetition.FAILED),
    "still running": ({"status": RunStatus.RUNNING}, Repetition.FAILED),
    "empty": ({"outputs": {}, "contents": {}}, Repetition.DIFFERENT),
}  # fmt: skip


@pytest.mark.parametrize("case", TRUTH)
def test_the_truth_table(case):
    changes, expected = TRUTH[case]
    assert likeness(OLD, replace(OLD, **changes)).outcome is expected


@pytest.mark.parametrize("case", [name for name in TRUTH if TRUTH[name][1] is not Repetition.FAILED])
def test_it_is_symmetric(case):
    changes, expected = TRUTH[case]
    assert likeness(replace(OLD, **changes), OLD).outcome is expected


def test_a_repeat_without_a_record_failed():
    assert likeness(OLD, None).outcome is Repetition.FAILED


def test_a_first_run_that_failed_is_not_matched_by_one_that_completes():
    assert likeness(replace(OLD, status=RunStatus.FAILED), OLD).outcome is Repetition.DIFFERENT


def test_the_names_are_told():
    alike = likeness(OLD, replace(OLD, outputs=with_files(wiring_h5=None) | {"w.h5": FILES["wiring.h5"]}))
    assert (alike.missing, alike.extra) == (("wiring.h5",), ("w.h5",))


def test_nothing_around_has_changed():
    assert changes_around(OLD, OLD) == ()


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"crosssim": "0.2"}, "crosssim"),
        ({"sources": {"sources/m.py": StoredFile(1, "z")}}, "source m.py"),
        ({"git": {"model": GitState("f" * 40, dirty=True)}}, "git commit of model"),
        ({"environment": ENVIRONMENT | {"packages": {"PyNN": "0.13.0", "numpy": "2.1"}}}, "package numpy"),
        ({"environment": ENVIRONMENT | {"packages": {"PyNN": "0.13.0"}}}, "package numpy"),
        ({"environment": ENVIRONMENT | {"simulator": {"version": "3.11"}}}, "simulator version"),
        ({"environment": ENVIRONMENT | {"libraries": {"/else/libnrnmech.so": "cd"}}}, "library libnrnmech.so"),
        ({"environment": ENVIRONMENT | {"host": "there"}}, "host"),
        ({"environment": ENVIRONMENT | {"packages": "damaged"}}, "package PyNN"),
    ],
)
def test_each_change_around_is_named(changes, what):
    assert what in [one.what for one in changes_around(OLD, replace(OLD, **changes))]
    assert what in [one.what for one in changes_around(replace(OLD, **changes), OLD)]
