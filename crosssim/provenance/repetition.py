"""What a repeat has shown: two records held against each other, but for what no repeat has again."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from crosssim.provenance.record import Record, RunStatus, StoredFile
from crosssim.recording.contents import CONTENTS
from crosssim.recording.publishing import LOG, OUTCOME, REQUEST


class Repetition(StrEnum):
    """How near a repeat came, nearest first."""

    IDENTICAL = "identical"
    EQUIVALENT = "equivalent"
    DIFFERENT = "different"
    FAILED = "failed"


ABOUT_THE_RUN = frozenset({LOG, OUTCOME, REQUEST})
"""Outputs that tell how the run went: times, process numbers and paths, which no repeat has again."""


@dataclass(frozen=True)
class Likeness:
    """``outcome``, one sentence, and the names of the files and contents that differ between the two runs."""

    outcome: Repetition
    reason: str
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """Something around the run that is not as it was: "" stands for nothing there."""

    what: str
    before: str
    after: str


def likeness(old: Record, new: Record | None) -> Likeness:
    """Hold a repeat against the first run. Symmetric: what is extra counts as what is missing.

    *identical*: the same outputs, byte for byte. *equivalent*: bytes of recordings differ, and every spike, sample,
    edge and parameter in them is the same. *different*: anything else. *failed*: the repeat did not complete.
    """
    if new is None or new.status is not RunStatus.COMPLETED:
        return Likeness(Repetition.FAILED, f"the repeat did not complete: {new.reason if new else 'it left no record'}")
    if old.status is not RunStatus.COMPLETED:
        return Likeness(Repetition.DIFFERENT, f"the repeat completed, and the first run did not: {old.reason}")
    then, today = _data(old), _data(new)
    missing, extra = tuple(sorted(then.keys() - today.keys())), tuple(sorted(today.keys() - then.keys()))
    changed = tuple(sorted(name for name in then.keys() & today.keys() if then[name] != today[name]))
    names = sorted({*old.contents, *new.contents})
    contents = tuple(name for name in names if old.contents.get(name) != new.contents.get(name))
    elsewhere = {name: {file for other, file in then.items() if other != name} for name in changed}
    moved = tuple(name for name in changed if today[name] in elsewhere[name])
    outcome, reason = _judged(missing, extra, changed, contents, moved)
    return Likeness(outcome, reason, missing, extra, changed, contents)


def _data(record: Record) -> dict[str, StoredFile]:
    return {name: file for name, file in record.outputs.items() if name not in ABOUT_THE_RUN}


def _judged(
    missing: tuple[str, ...],
    extra: tuple[str, ...],
    changed: tuple[str, ...],
    contents: tuple[str, ...],
    moved: tuple[str, ...],
) -> tuple[Repetition, str]:
    for names, words in (
        (missing, "in the first run and not in the repeat"),
        (extra, "in the repeat and not in the first run"),
        (contents, "recorded with other content"),
        (moved, "holding what another file held in the first run"),
        (tuple(name for name in changed if not _is_recording(name)), "of other bytes"),
        (changed if changed == (CONTENTS,) else (), "of other bytes, although the files it lists are the same"),
    ):
        if names:
            return Repetition.DIFFERENT, f"{_listed(names)}: {words}"
    if changed:
        return Repetition.EQUIVALENT, f"every recorded value is the same; the bytes of {_listed(changed)} are not"
    return Repetition.IDENTICAL, "every output is the same, byte for byte"


def _is_recording(name: str) -> bool:
    """Whether the content of the file is told by content digests, so that its bytes may differ."""
    return name == CONTENTS or ("/" not in name and name.endswith(".h5"))


def _listed(names: tuple[str, ...], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def changes_around(old: Record, new: Record) -> tuple[Change, ...]:
    """What else is not as it was: crosssim, sources, git, packages, simulator, libraries, machine."""
    pairs = _facts(old), _facts(new)
    names = [*pairs[0], *(name for name in pairs[1] if name not in pairs[0])]
    told = [(name, pairs[0].get(name, ""), pairs[1].get(name, "")) for name in names]
    return tuple(Change(name, before, after) for name, before, after in told if before != after)


def _facts(record: Record) -> dict[str, str]:
    around = record.environment
    facts = {"crosssim": record.crosssim}
    facts |= {f"source {_own_name(name)}": file.sha256[:12] for name, file in record.sources.items()}
    facts |= {f"git commit of {what}": _commit(state) for what, state in record.git.items()}
    for name in ("python", "system", "processor", "cores", "memory_gb", "host", "ranks", "threads"):
        facts[name] = str(around.get(name, ""))
    for group, words in (("packages", "package"), ("simulator", "simulator"), ("variables", "variable")):
        facts |= {f"{words} {name}": str(value) for name, value in _mapping(around.get(group)).items()}
    facts |= {
        f"library {name.rpartition('/')[2]}": str(value) for name, value in _mapping(around.get("libraries")).items()
    }
    return facts


def _own_name(name: str) -> str:
    return name.removeprefix("sources/")


def _commit(state: Any) -> str:
    return f"{state.commit[:12]}{' with changes' if state.dirty else ''}"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
