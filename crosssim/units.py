"""Unit names and their factors: the only place that multiplies by 1000.

The units of a declaration are PyNN's own (ms, mV, nA, nF, uS, Hz), and ``"1"`` for a plain number.
"""

import re

from crosssim.errors import UsageError

_DIMENSIONS: dict[str, dict[str, float]] = {
    "time": {"us": 1e-3, "ms": 1.0, "s": 1e3},
    "potential": {"uV": 1e-3, "mV": 1.0, "V": 1e3},
    "current": {"pA": 1e-3, "nA": 1.0, "uA": 1e3},
    "capacitance": {"pF": 1e-3, "nF": 1.0, "uF": 1e3},
    "conductance": {"nS": 1e-3, "uS": 1.0, "mS": 1e3},
    "frequency": {"Hz": 1.0, "kHz": 1e3},
    "number": {"1": 1.0},
}
_UNIT_OF = {unit: (dimension, size) for dimension, units in _DIMENSIONS.items() for unit, size in units.items()}
_QUANTITY = re.compile(r"\s*(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(?P<unit>[A-Za-zµμ]*)\s*$")

MS_PER_S = 1e3
"""Milliseconds in a second: rates are in Hz (spikes per second), times in ms."""


def is_unit(name: str) -> bool:
    """Whether ``name`` is a unit that a declaration may use."""
    return name in _UNIT_OF


def unit_names() -> list[str]:
    """All unit names that a declaration may use."""
    return list(_UNIT_OF)


def conversion_factor(from_unit: str, to_unit: str) -> float:
    """The number that a value in ``from_unit`` is multiplied by to be in ``to_unit``.

    Raises :class:`UsageError` if a unit is not known or the two measure different things.
    """
    for unit in (from_unit, to_unit):
        if unit not in _UNIT_OF:
            raise UsageError(f"unit {unit!r} is not known; allowed: {', '.join(_UNIT_OF)}")
    (from_dimension, from_size), (to_dimension, to_size) = _UNIT_OF[from_unit], _UNIT_OF[to_unit]
    if from_dimension != to_dimension:
        raise UsageError(f"{from_unit} measures {from_dimension}, {to_unit} measures {to_dimension}")
    return from_size / to_size


def parse_quantity(text: str, unit: str) -> float:
    """The number in ``text`` ("5", "5.0 ms", "0.005s"), in ``unit``; a bare number is in ``unit`` already.

    Raises :class:`UsageError` if there is no number, or its unit does not fit.
    """
    match = _QUANTITY.match(text)
    if not match:
        raise UsageError(f"{text!r} is not a number" + (f" in {unit}" if unit != "1" else ""))
    number = float(match["number"])
    given = match["unit"].replace("µ", "u").replace("μ", "u")
    return number * conversion_factor(given, unit) if given else number
