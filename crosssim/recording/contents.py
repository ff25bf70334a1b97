"""The table of contents of a recording: what stands in its folder, and the SHA-256 that each file must have."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from crosssim.errors import RecordingUnreadable
from crosssim.recording.data import Recording

CONTENTS = "recording.json"

FORMAT_NUMBER = 1
"""The format that this version writes, and the only one it reads; it changes with every change of the layout."""


@dataclass(frozen=True)
class Contents:
    """What ``recording.json`` says; the lists keep the order of the recording. ``seal`` is a digest of the rest."""

    format: int
    model: str
    backend: str
    timestep_ms: float
    duration_ms: float
    spikes: list[str]
    traces: list[tuple[str, str]]
    wiring: list[str]
    cells: list[str]
    inputs: list[str]
    cell_classes: dict[str, list[str]]
    files: dict[str, str]
    seal: str = ""

    @property
    def populations(self) -> set[str]:
        """Every population of which anything was recorded."""
        traced = {population for population, _ in self.traces}
        return {*self.spikes, *self.cells, *self.inputs, *self.cell_classes, *traced}

    def as_builtins(self) -> dict[str, Any]:
        """Plain lists and dictionaries, for JSON."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    def sealed(self) -> "Contents":
        """This, with the digest of everything in it."""
        unsealed = msgspec.json.encode(replace(self, seal=""))
        return replace(self, seal=hashlib.sha256(unsealed).hexdigest())


def contents_of(recording: Recording, files: Mapping[str, str]) -> Contents:
    """The table of contents of a recording whose ``files`` have these SHA-256."""
    return Contents(
        format=FORMAT_NUMBER,
        model=recording.model,
        backend=recording.backend,
        timestep_ms=float(recording.timestep_ms),
        duration_ms=float(recording.duration_ms),
        spikes=list(recording.spikes),
        traces=list(recording.traces),
        wiring=list(recording.wiring),
        cells=list(recording.cells),
        inputs=list(recording.inputs),
        cell_classes={population: list(classes) for population, classes in recording.cell_classes.items()},
        files=dict(files),
    ).sealed()


def read_contents(folder: Path) -> Contents:
    """The table of contents in ``folder``. Raises :class:`RecordingUnreadable`, with what to do, if there is none."""
    path = folder / CONTENTS
    mend = "run the leg again with --fresh"
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise RecordingUnreadable(f"{folder} holds no finished recording: {CONTENTS} is missing; {mend}") from None
    except OSError as error:
        raise RecordingUnreadable(f"{path} cannot be read: {error.strerror}; {mend}") from None
    _check_format(path, raw)
    try:
        contents = msgspec.json.decode(raw, type=Contents)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RecordingUnreadable(f"{path} is not a table of contents of format {FORMAT_NUMBER}; {mend}") from None
    if contents.sealed() != contents:
        raise RecordingUnreadable(f"{path} is damaged or was changed since it was recorded; {mend}")
    return contents


def _check_format(path: Path, raw: bytes) -> None:
    """Before anything else is asked of the file: another format may have other fields."""
    try:
        found = msgspec.json.decode(raw)["format"]
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, RecursionError):
        found = None
    if not isinstance(found, int):
        raise RecordingUnreadable(f"{path} is damaged: it has no format number; run the leg again with --fresh")
    if found < FORMAT_NUMBER:
        raise RecordingUnreadable(
            f"{path} has format {found}, older than the format {FORMAT_NUMBER} that this crosssim reads; "
            "run the leg again with --fresh"
        )
    if found > FORMAT_NUMBER:
        raise RecordingUnreadable(
            f"{path} has format {found}, newer than the format {FORMAT_NUMBER} that this crosssim reads; "
            "upgrade crosssim, or run the leg again with --fresh"
        )
