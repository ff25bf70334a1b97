"""The real Sumatra 0.8.1: what `smt` shows of a results folder."""

import contextlib
import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crosssim.provenance.remarks import comment_on_run, tag_run
from crosssim.provenance.sumatra import sync_sumatra
from tests.provenance.builders import begun_leg, finished_leg, finished_study

SMT = Path(sys.executable).with_name("smt")


def smt(results: Path, *words: str, **environment: str) -> str:
    command = (sys.executable, SMT, *words)
    answer = subprocess.run(
        command, cwd=results, capture_output=True, text=True, check=False, env=os.environ | environment
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def rows(results: Path, query: str) -> list[tuple]:
    with contextlib.closing(sqlite3.connect(results / ".smt" / "records")) as store:
        return list(store.execute(query))


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results"


def test_legs_and_studies_are_listed_with_all_that_is_known(results):
    leg = finished_leg(results)
    study = finished_study(results, leg)
    tag_run(leg[1], add=["paper"])
    comment_on_run(study[1], "as in figure 3")
    begun_leg(results)
    assert sync_sumatra(results) == ""
    assert set(smt(results, "list").split()) == {leg[0].id, study[0].id}
    assert smt(results, "list", "paper").split() == [leg[0].id]
    told = smt(results, "list", "-l", "check")
    for text in ("identical", "as in figure 3", "0 leg", leg[0].id, "tiny/legs/nest-1/spikes.h5", "report.json"):
        assert text in told
    told = " ".join(smt(results, "list", "-l", "leg").split())
    for text in ("Main_File : tiny", "completed", "crosssim run tiny nest", '"backend": "nest"'):
        assert text in told
    assert "crosssim" in smt(results, "info")
    known = rows(results, "select name, version from django_store_dependency")
    assert {("PyNN", "0.13.0"), ("numpy", "2.0.2")} <= set(known)


def test_filling_twice_is_filling_once(results):
    finished_leg(results)
    assert sync_sumatra(results) == ""
    store = results / ".smt" / "records"
    before = store.read_bytes()
    assert sync_sumatra(results) == ""
    assert store.read_bytes() == before


def test_a_later_remark_and_a_moved_folder_are_brought_up_to_date(results, tmp_path):
    record, folder = finished_leg(results)
    sync_sumatra(results)
    tag_run(folder, add=["late"])
    sync_sumatra(results)
    assert smt(results, "list", "late").split() == [record.id]
    moved = results.rename(tmp_path / "moved results")
    assert sync_sumatra(moved) == ""
    assert smt(moved, "list").split() == [record.id]


def test_a_store_that_was_thrown_away_or_damaged_is_told_and_can_be_made_again(results):
    record, _ = finished_leg(results)
    sync_sumatra(results)
    (results / ".smt" / "records").write_bytes(b"no database")
    finished_leg(results, "nest-2")
    assert "Sumatra was not filled" in sync_sumatra(results)
    for file in (results / ".smt").iterdir():
        file.unlink()
    assert sync_sumatra(results) == ""
    assert record.id in smt(results, "list")


def test_sixteen_at_once_lose_nothing(results):
    with ThreadPoolExecutor(16) as pool:
        done = list(pool.map(lambda k: (finished_leg(results, f"nest-{k}"), sync_sumatra(results)), range(16)))
    assert [problem for _, problem in done] == [""] * 16
    assert set(smt(results, "list").split()) == {record.id for (record, _), _ in done}


def test_it_works_without_git(results, tmp_path):
    record, _ = finished_leg(results)
    sync_sumatra(results)
    assert smt(results, "list", PATH=str(tmp_path)).split() == [record.id]


def test_equal_outputs_of_two_legs_stay_two(results):
    finished_leg(results, "nest-1")
    finished_leg(results, "nest-2")
    sync_sumatra(results)
    with sqlite3.connect(results / ".smt" / "records") as store:
        paths = [
            path for (path,) in store.execute("select path from django_store_datakey where path like '%spikes.h5'")
        ]
    store.close()
    assert sorted(paths) == ["tiny/legs/nest-1/spikes.h5", "tiny/legs/nest-2/spikes.h5"]


def test_a_link_in_place_of_the_project_is_not_followed(results, tmp_path):
    finished_leg(results)
    (tmp_path / "outside").mkdir()
    (results / ".smt").symlink_to(tmp_path / "outside")
    assert "is a link" in sync_sumatra(results)
    assert list((tmp_path / "outside").iterdir()) == []


def test_code_in_the_results_folder_is_not_run(results, tmp_path):
    finished_leg(results)
    for name in ("sumatra.py", "django.py", "sitecustomize.py", "json.py"):
        (results / name).write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')\n")
    assert sync_sumatra(results) == ""
    assert not (tmp_path / "sprung").exists()
