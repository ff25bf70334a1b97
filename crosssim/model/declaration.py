"""The declaration of a model: its parameters, timing and seeds, and the function that builds it in PyNN."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from crosssim.errors import ModelError, UnknownName, UsageError
from crosssim.model.expectation import Published, Recorded
from crosssim.units import is_unit, parse_quantity, unit_names

Value = bool | int | float | str
"""What a parameter may hold; all numbers in PyNN units."""

_TICKS_PER_MS = 1_000_000  # times are compared as whole numbers of nanoseconds, never as floats


@dataclass(frozen=True)
class Parameter:
    """One number (or switch) of a model that a user may change, with its unit and where its value comes from."""

    default: Value
    unit: str
    source: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Value, ...] = ()

    def __post_init__(self) -> None:
        if not is_unit(self.unit):
            raise ModelError(f"parameter unit = {self.unit!r} is not known; allowed: {', '.join(unit_names())}")
        if not self.source.strip():
            raise ModelError(f"parameter with default {self.default!r} has no source; cite it, or write 'chosen: why'")
        try:
            self.check("the default of a parameter", self.default)
        except UsageError as error:
            raise ModelError(str(error)) from None

    def check(self, name: str, value: Value) -> Value:
        """``value`` in this parameter's type, or a :class:`UsageError` that names ``name``."""
        value = self._typed(name, value)
        if self.choices and value not in self.choices:
            raise UsageError(f"{name} = {value!r} is not allowed; allowed: {', '.join(map(str, self.choices))}")
        if isinstance(value, float) and not math.isfinite(value):
            raise UsageError(f"{name} = {value} must be a finite number")
        for limit, word in ((self.minimum, "at least"), (self.maximum, "at most")):
            if limit is None or isinstance(value, str):
                continue
            if (word == "at least" and value < limit) or (word == "at most" and value > limit):
                raise UsageError(f"{name} = {value} {self.unit} must be {word} {limit}")
        return value

    def _typed(self, name: str, value: Value) -> Value:
        wanted = type(self.default)
        if wanted is bool:
            if isinstance(value, str) and value.lower() in ("true", "false"):
                return value.lower() == "true"
            if not isinstance(value, bool):
                raise UsageError(f"{name} = {value!r} must be true or false")
            return value
        if wanted is str:
            return str(value)
        if isinstance(value, bool):
            raise UsageError(f"{name} = {value} must be a number" + (f" in {self.unit}" if self.unit != "1" else ""))
        try:
            number = parse_quantity(value, self.unit) if isinstance(value, str) else float(value)
        except UsageError as error:
            raise UsageError(f"{name} = {value!r} does not fit: {error}") from None
        if wanted is int:
            if not number.is_integer():
                raise UsageError(f"{name} = {value} must be a whole number")
            return int(number)
        return number


def parameter(
    default: Value,
    unit: str,
    source: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[Value, ...] = (),
) -> Parameter:
    """Declare a parameter: its default in ``unit`` ("ms" "mV" "nA" "nF" "uS" "Hz" "1") and its source.

    The type of ``default`` is the type of the parameter. Raises :class:`ModelError` without a known unit or a source.
    """
    return Parameter(default, unit, source, minimum, maximum, tuple(choices))


@dataclass(frozen=True)
class Timing:
    """Duration, step and the range of synaptic delays, all in ms."""

    duration_ms: float
    timestep_ms: float = 0.1
    min_delay_ms: float = 0.1
    max_delay_ms: float = 10.0

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if not (isinstance(value, int | float) and math.isfinite(value) and value > 0):
                raise UsageError(f"{one.name} = {value} must be a positive number of ms")
            object.__setattr__(self, one.name, float(value))
        if self.min_delay_ms < self.timestep_ms:
            raise UsageError(
                f"min_delay_ms = {self.min_delay_ms:g} is below timestep_ms = {self.timestep_ms:g}; "
                "NEST and NEURON both need at least one step of delay"
            )
        if self.max_delay_ms < self.min_delay_ms:
            raise UsageError(f"max_delay_ms = {self.max_delay_ms:g} is below min_delay_ms = {self.min_delay_ms:g}")
        for name in ("duration_ms", "min_delay_ms", "max_delay_ms"):
            if not is_multiple(getattr(self, name), self.timestep_ms):
                raise UsageError(
                    f"{name} = {getattr(self, name):g} is not a whole number of steps of "
                    f"timestep_ms = {self.timestep_ms:g}"
                )


def is_multiple(value_ms: float, step_ms: float) -> bool:
    """Whether ``value_ms`` is a whole number of ``step_ms``, to a nanosecond."""
    value, step = round(value_ms * _TICKS_PER_MS), round(step_ms * _TICKS_PER_MS)
    return step > 0 and value % step == 0


def common_grid_ms(timesteps_ms: list[float]) -> float:
    """The finest time grid whose every point lies on the grid of every step given (least common multiple), in ms."""
    ticks = [round(step * _TICKS_PER_MS) for step in timesteps_ms]
    return math.lcm(*ticks) / _TICKS_PER_MS


_LARGEST_SEED = 2**32 - 1  # what numpy's RandomState, and so PyNN's NumpyRNG, takes


@dataclass(frozen=True)
class Seeds:
    """Three seeds, so that wiring, initial values and input can vary each alone. Whole numbers below 2**32."""

    wiring: int
    initial: int
    input: int

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST_SEED:
                raise UsageError(f"seed_{one.name} = {value} must be a whole number from 0 to {_LARGEST_SEED}")

    @classmethod
    def from_one(cls, seed: int) -> "Seeds":
        """Three different seeds from one number: 3n, 3n+1, 3n+2, so that no two numbers share any."""
        if not 0 <= seed <= _LARGEST_SEED // 3 - 1:
            raise UsageError(f"seed = {seed} must be a whole number from 0 to {_LARGEST_SEED // 3 - 1}")
        return cls(wiring=3 * seed, initial=3 * seed + 1, input=3 * seed + 2)


@dataclass(frozen=True)
class Settings:
    """The ``p`` that ``build(sim, p)`` receives: parameters as attributes, and ``p.timing``, ``p.seeds``."""

    values: Mapping[str, Value]
    timing: Timing
    seeds: Seeds

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "values":
            raise AttributeError(name)
        try:
            return self.values[name]
        except KeyError:
            raise UnknownName("parameter", name, self.values) from None


@dataclass(frozen=True)
class Network:
    """What ``build`` returns: every population and projection by name. It lives only inside a leg.

    ``cell_classes`` names groups of cells inside a population ({"exc": {"RS": positions, ...}}), whose rates are
    reported separately.
    """

    populations: Mapping[str, Any]
    projections: Mapping[str, Any] = field(default_factory=dict)
    cell_classes: Mapping[str, Mapping[str, npt.NDArray[np.integer[Any]]]] = field(default_factory=dict)


RESERVED_NAMES = frozenset(
    {
        "timing", "seeds", "values", "timestep", "duration", "seed", "seed_wiring", "seed_initial", "seed_input",
        "ranks", "threads",
    }
)  # fmt: skip
"""Names a parameter may not have: a leg's own changes (``nest:timestep=0.05``) use them."""


@dataclass(frozen=True)
class Model:
    """A network declared once. ``build(sim, p)`` is plain PyNN; ``sim`` is the PyNN backend, ``p`` the settings."""

    name: str
    build: Callable[[Any, Settings], Network]
    parameters: Mapping[str, Parameter]
    timing: Timing
    seeds: Seeds
    recorded: tuple[Recorded, ...]
    published: tuple[Published, ...] = ()
    summary: str = ""
    file: Path | None = None
    sources: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "recorded", tuple(self.recorded))
        object.__setattr__(self, "published", tuple(self.published))
        if not any(one.variable == "spikes" for one in self.recorded):
            raise ModelError(
                f"model {self.name!r} records no spikes, so nothing could be compared; add "
                "Recorded('<population>', 'spikes', Tolerance(...)) to `recorded`"
            )
        judged = [(one.population, one.variable) for one in self.recorded]
        for population, variable in judged:
            if judged.count((population, variable)) > 1:
                raise ModelError(
                    f"model {self.name!r} records {variable} of {population!r} twice; write one Recorded with all cells"
                )
        for name in self.parameters:
            if name in RESERVED_NAMES or not name.isidentifier():
                raise ModelError(f"model {self.name!r}: a parameter may not be called {name!r}")

    def settings(
        self, changes: Mapping[str, Value] | None = None, timing: Timing | None = None, seeds: Seeds | None = None
    ) -> Settings:
        """The declared values with ``changes`` checked and laid over them.

        Raises :class:`UnknownName` for a parameter that is not declared, :class:`UsageError` for a value that does
        not fit.
        """
        values = {name: one.default for name, one in self.parameters.items()}
        for name, value in (changes or {}).items():
            if name not in self.parameters:
                raise UnknownName(f"parameter of {self.name}", name, self.parameters)
            values[name] = self.parameters[name].check(name, value)
        return Settings(values, timing or self.timing, seeds or self.seeds)

    def with_file(self, file: Path, sources: tuple[Path, ...] = ()) -> "Model":
        """This model, knowing the file it was declared in and all the files it is made of."""
        return replace(self, file=file, sources=sources)
