import os
import subprocess

import pytest

from crosssim.provenance.git import git_state


def git(folder, *words):
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(("git", *who, "-C", folder, *words), check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "tree"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "model.py").write_text("x = 1\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def test_a_clean_tree(tree):
    state, diff = git_state(tree)
    assert len(state.commit) == 40
    assert (state.branch, state.dirty, state.untracked, diff) == ("main", False, 0, b"")


def test_a_change_and_a_new_file(tree):
    (tree / "model.py").write_text("x = 2\n")
    (tree / "new.py").write_text("")
    state, diff = git_state(tree)
    assert (state.dirty, state.untracked) == (True, 1)
    assert b"-x = 1\n+x = 2\n" in diff


def test_a_staged_change_counts(tree):
    (tree / "model.py").write_text("x = 2\n")
    git(tree, "add", ".")
    assert git_state(tree)[0].dirty


def test_the_tree_is_not_touched(tree):
    (tree / "model.py").write_text("x = 2\n")
    os.utime(tree / "model.py", (1, 1))  # stale in the index: a plain `git status` would write it anew
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in tree.rglob("*")}
    git_state(tree)
    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in tree.rglob("*")} == before


def test_what_a_repository_wants_run_is_not_run(tree, tmp_path):
    trap, sprung = tmp_path / "trap", tmp_path / "sprung"
    trap.write_text(f"#!/bin/sh\ntouch {sprung}\n")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "diff.external", "core.pager"):
        git(tree, "config", name, str(trap))
    (tree / "model.py").write_text("x = 3\n")
    state, diff = git_state(tree)
    assert state.dirty and diff
    assert not sprung.exists()


def test_a_password_in_the_remote_is_not_kept(tree):
    git(tree, "remote", "add", "origin", "https://me:secret@example.org/a/b.git")
    assert git_state(tree)[0].remote == "https://example.org/a/b.git"


def test_no_repository_no_commit_no_git(tree, tmp_path, monkeypatch):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert git_state(empty) is None
    git(empty, "init", "-q")
    assert git_state(empty) is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_state(tree) is None
