"""What crosses the border between the parent and a leg: a request in, an outcome out, both JSON."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from crosssim.errors import ExitStatus, RecordingUnreadable
from crosssim.model.declaration import Seeds, Timing, Value
from crosssim.recording.publishing import OUTCOME


class LegStatus(StrEnum):
    """How a leg ended."""

    COMPLETED = "completed"
    MISSING = "missing simulator"
    REFUSED = "refused"
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    WRONG_RANKS = "wrong ranks"


@dataclass(frozen=True)
class Replay:
    """Makes a leg a replay: folders of the leg whose spikes are fired, and of the leg whose wiring they go through.

    Without ``spikes`` the cells stay coupled, by exactly the connections of that wiring. Folders in the results folder
    are relative to it, so that it can be moved.
    """

    spikes: str
    wiring: str

    def inside(self, results: Path) -> "Replay":
        """The same with folders that can be opened from anywhere."""
        return Replay(str(results / self.spikes) if self.spikes else "", str(results / self.wiring))


@dataclass(frozen=True)
class Fault:
    """A fault planted on purpose, to see whether a comparison finds it (see :mod:`crosssim.studies.faults`).

    ``target`` is a projection, a population, or empty for the whole model; ``parameter`` a PyNN parameter of its cells,
    or the synapses that are meant ("pre>post,pre>post"). What ``value`` means depends on ``kind``.
    """

    kind: str
    target: str = ""
    value: float = 0.0
    parameter: str = ""


@dataclass(frozen=True)
class LegRequest:
    """One leg: a model on a backend with its own changes. ``input_grid_ms`` is shared by all legs of a study.

    ``model`` is a name or a path; ``changes`` are parameters that differ from the declaration. With ``v_every_ms`` the
    membrane potential of every cell is recorded at this interval, in place of the traces that the model declares.
    """

    model: str
    backend: str
    timing: Timing
    seeds: Seeds
    input_grid_ms: float
    changes: Mapping[str, Value] = field(default_factory=dict)
    ranks: int = 1
    threads: int = 1
    replay: Replay | None = None
    faults: tuple[Fault, ...] = ()
    v_every_ms: float = 0.0

    def key(self, model_digest: str, versions: Mapping[str, str]) -> str:
        """A name made of everything that decides the result: the request, the model's source, the versions."""
        content = msgspec.to_builtins(self) | {"model": model_digest, "versions": dict(versions)}
        return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()[:12]


@dataclass(frozen=True)
class RungRequest(LegRequest):
    """A leg that is a rung of a porting ladder: ``model`` is the ladder, ``backend`` the simulator it runs on.

    ``draws`` is the file of what the rungs share, relative to the results folder, ``draws_digest`` its content, which
    decides the result where the name of the file does not. ``seeds`` matter to a rung that draws numbers of its own.
    """

    rung: str = ""
    draws: str = ""
    draws_digest: str = ""

    def key(self, model_digest: str, versions: Mapping[str, str]) -> str:
        """As of any leg, without the places where ladder and draws lie: what they hold counts, not where."""
        placeless = replace(self, model="", draws="")
        return super(RungRequest, placeless).key(model_digest, versions)


@dataclass(frozen=True)
class LegOutcome:
    """How a leg ended, and what it says of itself. ``reason`` is one sentence, empty when it completed."""

    status: LegStatus
    reason: str = ""
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_memory_mb: float = 0.0
    phases_s: Mapping[str, float] = field(default_factory=dict)
    surroundings: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)

    @property
    def completed(self) -> bool:
        """Whether the folder holds a result."""
        return self.status is LegStatus.COMPLETED

    @property
    def exit_status(self) -> ExitStatus:
        """What the command that ran this leg alone says at its end."""
        return _EXIT_STATUS.get(self.status, ExitStatus.LEG_FAILED)


_EXIT_STATUS = {
    LegStatus.COMPLETED: ExitStatus.AGREES,
    LegStatus.REFUSED: ExitStatus.USAGE,
    LegStatus.MISSING: ExitStatus.SIMULATOR_MISSING,
}


def read_outcome(folder: Path) -> LegOutcome:
    """The outcome that a leg left in its folder. Raises :class:`RecordingUnreadable` if there is none."""
    file = folder / OUTCOME
    try:
        return msgspec.json.decode(file.read_bytes(), type=LegOutcome)
    except OSError:
        raise RecordingUnreadable(f"{folder} holds no {OUTCOME}: the leg was not finished; run it again") from None
    except msgspec.DecodeError as error:
        raise RecordingUnreadable(f"{file} cannot be read ({error}); run the leg again with --fresh") from None
