"""How far a leg is: a small file that the parent reads, or lines on the terminal when the leg is run by hand."""

import contextlib
import os
import sys
import time
from pathlib import Path

import msgspec

PROGRESS_VARIABLE = "CROSSSIM_PROGRESS_FILE"
"""Environment variable in which the parent names the file."""


ENDED = ("finished", "reused", "failed")
"""The names of the phases after which a leg tells nothing more."""


class Phase(msgspec.Struct, frozen=True):
    """One line of progress: ``t_ms`` of ``duration_ms`` while running, else zeros."""

    name: str
    t_ms: float = 0.0
    duration_ms: float = 0.0

    def words(self) -> str:
        """The phase as a person reads it."""
        return f"{self.name} {self.t_ms:g} of {self.duration_ms:g} ms" if self.duration_ms else self.name


class Progress:
    """Tells phases and measures how long each took (``phases_s``, wall seconds)."""

    def __init__(self, silent: bool = False) -> None:
        named = os.environ.get(PROGRESS_VARIABLE)
        self._file = Path(named) if named else None
        self._silent = silent
        self._started = time.monotonic()
        self._current = ""
        self.phases_s: dict[str, float] = {}

    def phase(self, name: str) -> None:
        """A new phase begins."""
        self._close()
        self._current, self._started = name, time.monotonic()
        self._tell(Phase(name))

    def running(self, t_ms: float, duration_ms: float) -> None:
        """Simulated time has advanced."""
        self._tell(Phase(self._current, t_ms, duration_ms))

    def finish(self) -> None:
        """The last phase is over."""
        self._close()
        if not self._silent and self._file is None and sys.stderr.isatty():
            print(file=sys.stderr)

    def _close(self) -> None:
        if self._current:
            spent = time.monotonic() - self._started
            self.phases_s[self._current] = self.phases_s.get(self._current, 0.0) + spent

    def _tell(self, phase: Phase) -> None:
        if self._silent:
            return
        if self._file is not None:
            with contextlib.suppress(OSError):  # progress is a courtesy: a full disk must not end the leg
                part = self._file.with_suffix(".part")
                part.write_bytes(msgspec.json.encode(phase))
                part.replace(self._file)
        elif sys.stderr.isatty():
            print(f"\r\x1b[2K  {phase.words()}", end="", file=sys.stderr, flush=True)
        elif not phase.duration_ms:
            print(f"  {phase.words()}", file=sys.stderr, flush=True)


def read_progress(file: Path) -> Phase | None:
    """The last phase that a leg told, ``None`` if it has told none."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Phase)
    except (OSError, msgspec.DecodeError):
        return None
