"""The declaration of a porting ladder: its rungs, and what each promises to keep of an earlier one.

A rung changes one thing. Everything random is drawn once, by ``Ladder.draw``, and handed to all rungs alike.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from crosssim.errors import ModelError, UnknownName
from crosssim.model.expectation import Published, Tolerance

Draws: TypeAlias = Mapping[str, npt.NDArray[Any]]
"""Everything random, by name: arrays that NumPy stores without pickling."""

MEASURES = {"rate_hz": "Hz", "shortest_interval_ms": "ms", "survival": "1"}
"""What a qualitative promise may measure, and in which unit: mean rate, shortest interspike interval, share of seeds
whose activity lives to the end."""

_FIRST_SPIKE = "first spike"


@dataclass(frozen=True)
class RungTask:
    """What the function of a rung is handed.

    ``draws`` are the arrays that all rungs share; a rung that draws numbers of its own seeds them with ``seed``.
    ``simulator`` is the name of a backend.
    """

    draws: Draws
    duration_ms: float
    timestep_ms: float
    seed: int
    simulator: str


@dataclass(frozen=True, eq=False)
class RungOutput:
    """What the function of a rung returns, by population.

    ``n_cells``: numbers of cells. ``spikes``: cells i4[n] and times f8[n] (ms) in any order; those from the duration on
    are dropped. ``v_mv``: cells and f8[samples, cells], sample k taken at k time steps. ``cell_classes``: named groups
    of cells, whose rates are reported separately.
    """

    n_cells: Mapping[str, int]
    spikes: Mapping[str, tuple[npt.ArrayLike, npt.ArrayLike]]
    v_mv: Mapping[str, tuple[npt.ArrayLike, npt.ArrayLike]] = field(default_factory=dict)
    cell_classes: Mapping[str, Mapping[str, npt.ArrayLike]] = field(default_factory=dict)


@dataclass(frozen=True)
class Identical:
    """The promise that every spike and every sample of v is the same to the last bit, and why it should be."""

    why: str

    def __post_init__(self) -> None:
        _has_reason("Identical", self.why)


@dataclass(frozen=True)
class Within:
    """The promise of spikes one to one and v sample by sample within tolerances, each with its reason.

    ``until`` a time in ms, or ``"first spike"``: each cell's v up to its own first spike (then spikes are not judged),
    and no later than ``latest_ms``, from when on the spikes of others may move it. ``None`` is the whole run.
    """

    v: Tolerance | None = None
    spikes: Tolerance | None = None
    until: float | str | None = None
    latest_ms: float = math.inf

    def __post_init__(self) -> None:
        if self.v is None and self.spikes is None:
            raise ModelError("Within() promises nothing; give v = Tolerance(...), spikes = Tolerance(...), or both")
        if isinstance(self.until, str) and self.until != _FIRST_SPIKE:
            raise ModelError(f"Within until = {self.until!r} is not known; write a time in ms or {_FIRST_SPIKE!r}")
        if self.until_first_spike and self.v is None:
            raise ModelError("Within until = 'first spike' judges v alone; give v = Tolerance(...)")
        for tolerance, unit in ((self.v, "mV"), (self.spikes, "ms")):
            if tolerance is not None and tolerance.unit != unit:
                raise ModelError(f"Within: a tolerance is in {tolerance.unit!r}; v is compared in 'mV', spikes in 'ms'")

    @property
    def until_first_spike(self) -> bool:
        """Whether each cell is judged up to its own first spike."""
        return self.until == _FIRST_SPIKE

    @property
    def until_ms(self) -> float:
        """The end of what is judged."""
        return min(float(self.until), self.latest_ms) if isinstance(self.until, int | float) else self.latest_ms


@dataclass(frozen=True)
class Margin:
    """One measure of a qualitative promise: its mean change from rung to rung is ``change``, give or take ``limit``.

    ``measure`` is one of :data:`MEASURES`, which also says the unit; ``of`` a population or cell class, empty for the
    first population. ``why`` says where change and limit come from. Rates and intervals are taken over the first
    ``window_ms`` (``None``: the whole run), which should end before the fates of different seeds part.
    """

    measure: str
    limit: float
    why: str
    change: float = 0.0
    of: str = ""
    window_ms: float | None = None

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise UnknownName("measure", self.measure, MEASURES)
        if not (math.isfinite(self.limit) and self.limit >= 0 and math.isfinite(self.change)):
            raise ModelError(f"Margin of {self.measure}: change = {self.change}, limit = {self.limit} must be finite")
        _has_reason(f"Margin of {self.measure}", self.why)

    @property
    def unit(self) -> str:
        """The unit of change and limit."""
        return MEASURES[self.measure]


@dataclass(frozen=True)
class Qualitative:
    """The promise that named measures change by what they should, on average over ``seeds`` seeds.

    A rung that is the same as the other in every bit breaks this promise: what it says it changes has not changed.
    """

    margins: tuple[Margin, ...]
    seeds: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "margins", tuple(self.margins))
        if not self.margins:
            raise ModelError("Qualitative() names no measure; give at least one Margin(measure, limit, why)")
        if self.seeds < 2:
            raise ModelError(f"Qualitative seeds = {self.seeds}: one seed is chance; give at least 2")

    def window_ms(self, duration_ms: float) -> float:
        """How long a run must be for every margin, within ``duration_ms``."""
        return max(min(one.window_ms or duration_ms, duration_ms) for one in self.margins)


Promise: TypeAlias = Identical | Within | Qualitative


@dataclass(frozen=True)
class Rung:
    """One rung: what is run, what has changed in one sentence, and what it keeps ``against`` an earlier rung.

    ``run(task)`` is called once in a process of its own and may import any simulator. ``nmodl`` is a folder of
    mechanisms beside the ladder (or one that crosssim ships), compiled and loaded first. ``draws_own`` marks a rung
    that draws random numbers of its own.
    """

    name: str
    run: Callable[[RungTask], RungOutput]
    changed: str
    keeps: tuple[Promise, ...] = ()
    against: str = ""
    simulator: str = "neuron"
    nmodl: str = ""
    draws_own: bool = False
    published: tuple[Published, ...] = ()

    def __post_init__(self) -> None:
        keeps = (self.keeps,) if isinstance(self.keeps, Identical | Within | Qualitative) else tuple(self.keeps)
        object.__setattr__(self, "keeps", keeps)
        object.__setattr__(self, "published", tuple(self.published))
        if not self.changed.strip():
            raise ModelError(f"rung {self.name}: say in `changed`, in one sentence, what it changes")
        if bool(keeps) != bool(self.against):
            lack = "names no rung to keep them against" if keeps else f"keeps nothing of rung {self.against}"
            raise ModelError(f"rung {self.name} {lack}; a promise needs both `keeps` and `against`")


@dataclass(frozen=True)
class Ladder:
    """A port, rung by rung. ``draw(seed)`` gives all that is random, as arrays that every rung is handed.

    ``shown_cell`` is the recorded cell whose v the report draws and tabulates; ``None`` for the first.
    ``checked_model`` is the model that the port ends in, a shipped name or a file beside the ladder: above the last
    rung it is checked, NEST against NEURON.
    """

    name: str
    rungs: tuple[Rung, ...]
    draw: Callable[[int], Draws]
    duration_ms: float
    timestep_ms: float = 0.1
    seed: int = 1
    summary: str = ""
    shown_cell: int | None = None
    checked_model: str = ""
    file: Path | None = None
    sources: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "rungs", tuple(self.rungs))
        if not self.rungs:
            raise ModelError(f"ladder {self.name!r} has no rungs")
        _no_gap(self)
        before: dict[str, Rung] = {}
        for rung in self.rungs:
            if rung.name in before:
                raise ModelError(f"ladder {self.name!r} has two rungs named {rung.name}; give each its own name")
            if before:
                _can_be_judged(rung, before)
            elif rung.keeps:
                raise ModelError(f"rung {rung.name} is the first, and there is no earlier one to keep anything of")
            before[rung.name] = rung

    def rung(self, name: str) -> Rung:
        """The rung of that name. Raises :class:`UnknownName`."""
        found = next((one for one in self.rungs if one.name == name), None)
        if found is None:
            raise UnknownName(f"rung of {self.name}", name, [one.name for one in self.rungs])
        return found

    def section(self, first: str | None, last: str | None) -> tuple[Rung, ...]:
        """The rungs from ``first`` to ``last``, both included. Raises :class:`UnknownName`, :class:`ModelError`."""
        names = [one.name for one in self.rungs]
        start = names.index(self.rung(first).name) if first is not None else 0
        stop = names.index(self.rung(last).name) if last is not None else len(names) - 1
        if stop < start:
            raise ModelError(f"rung {first} comes after rung {last}; write --from {last} --to {first}")
        return self.rungs[start : stop + 1]

    def with_file(self, file: Path, sources: tuple[Path, ...]) -> "Ladder":
        """This ladder, knowing the file it was declared in and all the files it is made of."""
        return replace(self, file=file, sources=sources)


def _can_be_judged(rung: Rung, before: Mapping[str, Rung]) -> None:
    if not rung.keeps:
        raise ModelError(f"rung {rung.name} promises nothing; say what it keeps of an earlier rung, and why")
    other = before.get(rung.against)
    if other is None:
        raise ModelError(
            f"rung {rung.name} is held against rung {rung.against}, which is missing; rungs before it: "
            + ", ".join(before)
        )
    own = next((one for one in (rung, other) if one.draws_own), None)
    if own is not None and not all(isinstance(one, Qualitative) for one in rung.keeps):
        raise ModelError(
            f"rung {own.name} draws its own random numbers, so rung {rung.name} against rung {other.name} can only be "
            "judged as Qualitative"
        )


def _no_gap(ladder: Ladder) -> None:
    """Rungs that are numbered are numbered without a gap: a forgotten one would change two things at once."""
    names = [one.name for one in ladder.rungs]
    if not all(name.isdigit() for name in names):
        return
    numbers = sorted(map(int, names))
    missing = sorted(set(range(numbers[0], numbers[-1])) - set(numbers))
    if missing:
        listed = ", ".join(map(str, missing))
        raise ModelError(f"ladder {ladder.name!r}: rung {listed} is missing between {numbers[0]} and {numbers[-1]}")


def _has_reason(what: str, why: str) -> None:
    if not isinstance(why, str) or not why.strip():
        raise ModelError(f"{what}: a promise without a reason; say in `why` what makes it hold")


def checked_draws(draws: Any, ladder: Ladder) -> dict[str, npt.NDArray[Any]]:
    """What ``draw`` returned, as arrays. Raises :class:`ModelError` if it is no mapping of plain arrays."""
    if not isinstance(draws, Mapping) or not draws:
        raise ModelError(f"draw of ladder {ladder.name!r} returned no arrays; return a mapping of names to arrays")
    arrays = {str(name): np.asarray(value) for name, value in draws.items()}
    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise ModelError(f"draw of ladder {ladder.name!r}: {name} is no array of numbers")
    return arrays
