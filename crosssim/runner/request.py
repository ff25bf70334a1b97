"""What crosses the border between the parent and a leg: a request in, an outcome out, both JSON."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from crosssim.model.declaration import Seeds, Timing, Value


class LegStatus(StrEnum):
    """How a leg ended."""

    COMPLETED = "completed"
    MISSING = "missing simulator"
    REFUSED = "refused"
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    WRONG_RANKS = "wrong ranks"


@dataclass(frozen=True)
class LegRequest:
    """One leg: a model on a backend with its own changes. ``input_grid_ms`` is shared by all legs of a study.

    ``model`` is a name or a path; ``changes`` are parameters that differ from the declaration.
    """

    model: str
    backend: str
    timing: Timing
    seeds: Seeds
    input_grid_ms: float
    changes: Mapping[str, Value] = field(default_factory=dict)
    ranks: int = 1
    threads: int = 1

    def key(self, model_digest: str, versions: Mapping[str, str]) -> str:
        """A name made of everything that decides the result: the request, the model's source, the versions."""
        content = msgspec.to_builtins(self) | {"model": model_digest, "versions": dict(versions)}
        return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()[:12]


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
