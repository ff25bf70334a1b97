"""The state of a git working tree, asked without touching it."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from crosssim.provenance.record import GitState

_TIME_LIMIT_S = 20.0
_LARGEST_DIFF = 4 * 2**20
# Nothing that a repository's own settings name is run, and the index is not refreshed on disk.
_HARMLESS = (
    "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.pager=cat",
    "-c", "diff.external=", "-c", "submodule.recurse=false",
)  # fmt: skip


def git_state(folder: Path) -> tuple[GitState, bytes] | None:
    """Commit, branch, whether tracked files were changed, and the difference to the commit.

    ``None`` where there is no git, no repository or no commit yet. A difference of more than 4 MB is left out.
    """
    if shutil.which("git") is None or not folder.is_dir():
        return None
    try:
        commit = _git(folder, "rev-parse", "--verify", "HEAD")
        if commit is None:
            return None
        lines = (_git(folder, "status", "--porcelain", "--ignore-submodules=all") or b"").splitlines()
        untracked = sum(line.startswith(b"??") for line in lines)
        branch = _git(folder, "rev-parse", "--abbrev-ref", "HEAD") or b""
        remote = _git(folder, "config", "--get", "remote.origin.url") or b""
        state = GitState(
            _text(commit), _text(branch), len(lines) > untracked, untracked, _without_secret(_text(remote))
        )
        if not state.dirty:
            return state, b""
        diff = _git(folder, "diff", "--no-ext-diff", "--no-textconv", "--no-color", "HEAD") or b""
    except (OSError, subprocess.TimeoutExpired):
        return None
    return (state, diff) if len(diff) <= _LARGEST_DIFF else (replace(state, diff="more than 4 MB, not kept"), b"")


def _git(folder: Path, *words: str) -> bytes | None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    answer = subprocess.run(
        ("git", *_HARMLESS, "-C", str(folder), *words),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=_TIME_LIMIT_S,
        env=environment | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
        check=False,
    )
    return answer.stdout if answer.returncode == 0 else None


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").strip()


def _without_secret(url: str) -> str:
    """A remote's address without the user name and password that some carry."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
