"""A mechanism as the original of a port: what a simulation must know of it, and its parameters in PyNN's units."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crosssim.errors import UnknownName, UsageError
from crosssim.porting.algebra import driving_force, factors, terms
from crosssim.porting.conversion import PER_CM2
from crosssim.porting.equivalents import nearest_equivalent
from crosssim.porting.finding import Proposal, Unreadable
from crosssim.porting.mechanism import Mechanism
from crosssim.porting.nmodl import read_mechanism
from crosssim.porting.roles import exponential_current
from crosssim.porting.syntax import assignments, find

_AREAS = ("um2", "micron2", "microns2")
_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip


@dataclass(frozen=True)
class Membrane:
    """The section that a mechanism lies in; ``leak_S_cm2`` is the conductance of its ``pas``, 0 for none."""

    area_um2: float
    cm_uF_cm2: float  # noqa: N815 - F is farad
    leak_S_cm2: float  # noqa: N815 - S is siemens

    @property
    def capacitance_nF(self) -> float:  # noqa: N802
        """Of the whole cell: 1 uF/cm2 over 1 um2 is 1e-5 nF."""
        return 1e-5 * self.cm_uF_cm2 * self.area_um2


@dataclass(frozen=True)
class Original:
    """A mechanism and its nearest PyNN standard model.

    ``sends_events``: its spikes are net_events. ``holds_leak``: its current has the leak in it, so that its section
    needs none. ``leak_name`` and ``area_name`` are its parameters for the leak conductance and for the membrane area,
    "" without one.
    """

    file: Path
    name: str
    kind: str
    defaults: Mapping[str, float]
    proposal: Proposal
    sends_events: bool
    holds_leak: bool
    leak_name: str
    leak_is_density: bool
    area_name: str

    def leak_S_cm2(self, values: Mapping[str, float], area_um2: float) -> float | None:  # noqa: N802
        """The leak conductance that the mechanism names, over the area; ``None`` if it names none."""
        value = values.get(self.leak_name)
        if value is None or self.leak_is_density:
            return value
        return 100 * value / area_um2  # 1 uS over 1 um2 is 100 S/cm2


def read_original(file: Path) -> Original:
    """Read one NMODL file as the original of a port.

    Raises :class:`UsageError` for a file that is not there or cannot be read, for an artificial cell, which has no v,
    and for one that reads others through a POINTER and so cannot stand alone; :class:`SimulatorMissing` without nmodl.
    """
    if file.suffix != ".mod" or not file.is_file():
        raise UsageError(f"{file} is not a .mod file that can be read; give the NMODL file of one cell's mechanism")
    program = read_mechanism(file)
    if isinstance(program, Unreadable):
        raise UsageError(program.message)
    mechanism = Mechanism(file, program)
    pointers = [one.text for one in find(program, "PointerVar", "BbcorePointerVar")]
    if pointers:
        raise UsageError(
            f"{file.name}: {mechanism.name} reads {', '.join(pointers)} of another object through a POINTER; a single "
            "cell can only be driven by currents and events, so replace the pointer first"
        )
    if mechanism.kind not in ("SUFFIX", "POINT_PROCESS"):
        raise UsageError(f"{file.name}: {mechanism.name} is an ARTIFICIAL_CELL; it has no membrane to compare")
    current = exponential_current(mechanism)
    leak = current.conductance.text if current else ""
    return Original(
        file=file,
        name=mechanism.name,
        kind=mechanism.kind,
        defaults=mechanism.defaults,
        proposal=nearest_equivalent(mechanism),
        sends_events=any(one.text == "net_event" for one in find(program, "FunctionCall")),
        holds_leak=_holds_leak(mechanism, leak),
        leak_name=leak,
        leak_is_density=mechanism.unit(leak) in PER_CM2,
        area_name=next((one.name for one in mechanism.parameters.values() if one.unit in _AREAS), ""),
    )


def _holds_leak(mechanism: Mechanism, leak: str) -> bool:
    """Whether a term ``leak * (v - E)`` stands in what it computes at each step."""
    values = (value for block in mechanism.every_step for _, value, _ in assignments(block))
    products = (term for value in values for _, term in terms(value) if driving_force(term) is not None)
    return any(leak and leak in {one.text for one in factors(term)[0]} for term in products)


def with_changes(original: Original, changes: Mapping[str, float]) -> dict[str, float]:
    """The mechanism's parameters: its defaults, and what was asked for. Raises :class:`UnknownName`."""
    for name in changes:
        if name not in original.defaults:
            raise UnknownName(f"parameter of {original.name}", name, original.defaults)
    return {**original.defaults, **changes}


def nominal_values(original: Original, values: Mapping[str, float], membrane: Membrane) -> dict[str, float]:
    """The proposal's PyNN parameters by the names in the file, in PyNN's units; without those that cannot be known.

    What the mechanism makes of a name (it counts a refractory period down twice per step) is not corrected here.
    """
    found = {}
    for row in original.proposal.parameters:
        value = _evaluated(row.nominal or row.original, values, membrane)
        if value is not None:
            found[row.name] = value
    if membrane.leak_S_cm2 > 0:
        found["tau_m"] = 1e-3 * membrane.cm_uF_cm2 / membrane.leak_S_cm2
    return found


def _evaluated(formula: str, values: Mapping[str, float], membrane: Membrane) -> float | None:
    """A formula of a ParameterMap as a number, ``None`` where it names something that is not known."""
    section = {
        "cm(uF/cm2)": membrane.cm_uF_cm2, "area(um2)": membrane.area_um2, "cm(nF)": membrane.capacitance_nF,
        "g_pas(S/cm2)": membrane.leak_S_cm2,
    }  # fmt: skip
    for written, value in section.items():
        formula = formula.replace(written, repr(value))
    try:
        return _number(ast.parse(formula, mode="eval").body, values)
    except (SyntaxError, KeyError, TypeError, ZeroDivisionError):
        return None


def _number(node: ast.expr, values: Mapping[str, float]) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(node.operand, values)
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)](_number(node.left, values), _number(node.right, values))
    raise TypeError(f"{ast.dump(node)} is no sum or product")
