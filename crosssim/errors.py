"""What can go wrong, and the exit status that says so.

::

    CrosssimError
    ├── UsageError            the user can mend the command or the model file   exit 2
    │   ├── UnknownName       a backend, model, parameter that is not there
    │   └── ModelError        the model file raises, or declares what cannot run
    ├── LegError              a leg was started and did not finish              exit 3
    ├── SimulatorMissing      a simulator is not installed or does not load     exit 4
    └── NotComparable         the recordings cannot be set side by side         exit 5
        └── RecordingUnreadable   a folder that is no finished leg, or of another format

A message is one sentence: what is wrong with which value, and what is allowed or what to do.
Anything that is not a ``CrosssimError`` is our own mistake and keeps its traceback.
"""

import difflib
from collections.abc import Iterable
from enum import IntEnum


class ExitStatus(IntEnum):
    """The exit status of every command."""

    AGREES = 0
    DIFFERS = 1
    USAGE = 2
    LEG_FAILED = 3
    SIMULATOR_MISSING = 4
    NOT_COMPARABLE = 5


class CrosssimError(Exception):
    """Base of all errors that crosssim raises on purpose."""

    exit_status = ExitStatus.USAGE


class UsageError(CrosssimError):
    """The command line or the declaration asks for something that cannot be."""


class UnknownName(UsageError):
    """A name that is not among the known ones; the message offers the nearest."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = sorted(known)
        nearest = difflib.get_close_matches(name, self.known, n=1, cutoff=0.5)
        hint = f"did you mean {nearest[0]!r}? " if nearest else ""
        super().__init__(f"{kind} {name!r} is not known; {hint}known: {', '.join(self.known)}")


class ModelError(UsageError):
    """The model file raises, or declares something that no backend could run alike."""


class LegError(CrosssimError):
    """A leg was started and did not finish."""

    exit_status = ExitStatus.LEG_FAILED


class SimulatorMissing(CrosssimError):
    """A simulator is not installed, or is installed and does not load."""

    exit_status = ExitStatus.SIMULATOR_MISSING


class NotComparable(CrosssimError):
    """Two recordings cannot be set side by side."""

    exit_status = ExitStatus.NOT_COMPARABLE


class RecordingUnreadable(NotComparable):
    """A folder that holds no finished leg, or one of a format this version does not read."""
