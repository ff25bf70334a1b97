"""Tags and comments that a person puts on a run: ``remarks.json`` beside the record, which stays as it was sealed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
from filelock import FileLock

from crosssim.errors import RecordingUnreadable, UsageError
from crosssim.provenance.digests import REMARKS
from crosssim.provenance.record import Process, now
from crosssim.recording.disk import disk_errors_as_sentences, write_json_atomically

SCHEMA = 1
_LARGEST = 4 * 2**20


@dataclass(frozen=True)
class Comment:
    """What a person said of a run, and when (UTC)."""

    text: str
    user: str
    time: str


@dataclass(frozen=True)
class Remarks:
    """All that was said of one run; ``problem`` is a sentence if the file could not be read."""

    schema: int = SCHEMA
    tags: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    problem: str = ""


def read_remarks(folder: Path) -> Remarks:
    """The remarks on the run in ``folder``; none, with a sentence in ``problem``, if they cannot be read."""
    path = folder / REMARKS
    try:
        if path.is_symlink() or (path.exists() and path.stat().st_size > _LARGEST):
            return Remarks(problem=f"{path} is not a file of remarks")
        remarks = msgspec.json.decode(path.read_bytes(), type=Remarks)
    except FileNotFoundError:
        return Remarks()
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        return Remarks(problem=f"{path} cannot be read: {error}")
    if remarks.schema != SCHEMA:
        return Remarks(problem=f"{path} has schema {remarks.schema}; this crosssim reads {SCHEMA}")
    return remarks


def tag_run(folder: Path, add: Sequence[str] = (), remove: Sequence[str] = ()) -> Remarks:
    """Put tags on the run in ``folder``, take others off. Raises :class:`UsageError` for a tag that is not one word."""
    for tag in (*add, *remove):
        if not tag or not tag.isprintable() or any(sign.isspace() or sign == "," for sign in tag):
            raise UsageError(f"tag {tag!r} must be one word, without commas")

    def changed(before: Remarks) -> Remarks:
        kept = [tag for tag in dict.fromkeys([*before.tags, *add]) if tag not in remove]
        return replace(before, tags=kept)

    return _change(folder, changed)


def comment_on_run(folder: Path, text: str) -> Remarks:
    """Add a comment to the run in ``folder``. Raises :class:`UsageError` for an empty one."""
    if not text.strip():
        raise UsageError("a comment must say something")
    comment = Comment(text.strip(), Process.this().user, now())
    return _change(folder, lambda before: replace(before, comments=[*before.comments, comment]))


def _change(folder: Path, changed: Callable[[Remarks], Remarks]) -> Remarks:
    with disk_errors_as_sentences(folder), FileLock(folder / f".{REMARKS}.lock"):
        before = read_remarks(folder)
        if before.problem:
            raise RecordingUnreadable(f"{before.problem}; move the file away before you say more of this run")
        after = changed(before)
        write_json_atomically(folder / REMARKS, msgspec.to_builtins(after))
    return after
