"""A mechanism as the rules see it: its declarations by name, and which code runs when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from crosssim.porting.algebra import number
from crosssim.porting.syntax import Node, find, walk

ROUTINES = ("FunctionBlock", "ProcedureBlock")
_SOLVED = ("ProcedureBlock", "DerivativeBlock", "KineticBlock", "DiscreteBlock")


@dataclass(frozen=True)
class Quantity:
    """A declared parameter or variable: its unit as written in the file, its default (``None`` if it has none)."""

    name: str
    unit: str
    value: float | None
    line: int


@dataclass(frozen=True)
class Mechanism:
    """One NMODL file; every view below is read off the syntax tree."""

    path: Path
    program: Node

    @cached_property
    def _suffix(self) -> Node:
        return next(find(self.program, "Suffix"), Node("Suffix", "", (Node("Name", "SUFFIX"), Node("Name", ""))))

    @property
    def kind(self) -> str:
        """SUFFIX (a density mechanism), POINT_PROCESS or ARTIFICIAL_CELL."""
        return self._suffix.children[0].text

    @property
    def name(self) -> str:
        """The name Hoc and Python know it by; the file's if it declares none."""
        return self._suffix.children[-1].text or self.path.stem

    @property
    def line(self) -> int:
        """The line of the name."""
        return self._suffix.line or 1

    @cached_property
    def currents(self) -> frozenset[str]:
        """The membrane currents it writes."""
        written = {one.text for one in find(self.program, "NonspecificCurVar", "ElectrodeCurVar")}
        for ion in find(self.program, "Useion"):
            written |= {one.text for one in find(ion, "WriteIonVar") if one.text == f"i{ion.text}"}
        return frozenset(written)

    @cached_property
    def states(self) -> frozenset[str]:
        """The names in STATE."""
        return frozenset(
            one.text for block in find(self.program, "StateBlock") for one in find(block, "AssignedDefinition")
        )

    @cached_property
    def parameters(self) -> Mapping[str, Quantity]:
        """PARAMETER and CONSTANT, by name."""
        declared = find(self.program, "ParamAssign", "ConstantVar")
        return {one.text: quantity for one in declared if (quantity := _quantity(one)).name}

    @cached_property
    def assigned(self) -> Mapping[str, Quantity]:
        """ASSIGNED and STATE, by name."""
        return {one.text: _quantity(one) for one in find(self.program, "AssignedDefinition")}

    @cached_property
    def defaults(self) -> Mapping[str, float]:
        """The parameters that have a default."""
        return {name: one.value for name, one in self.parameters.items() if one.value is not None}

    def unit(self, name: str) -> str:
        """The unit a name is declared with, "" if none."""
        declared = self.parameters.get(name) or self.assigned.get(name)
        return declared.unit if declared else ""

    @cached_property
    def routines(self) -> Mapping[str, Node]:
        """FUNCTION and PROCEDURE blocks by name."""
        return {one.text: one for one in find(self.program, *ROUTINES)}

    @cached_property
    def breakpoints(self) -> tuple[Node, ...]:
        """The BREAKPOINT block, if there is one."""
        return tuple(find(self.program, "BreakpointBlock"))

    @cached_property
    def net_receive(self) -> tuple[Node, ...]:
        """The NET_RECEIVE block, if there is one."""
        return tuple(find(self.program, "NetReceiveBlock"))

    @cached_property
    def solved(self) -> tuple[Node, ...]:
        """The blocks named by SOLVE: run once per step."""
        named = {one.text for block in self.breakpoints for one in find(block, "SolveBlock")}
        return tuple(one for one in find(self.program, *_SOLVED) if one.text in named)

    @cached_property
    def verbatim(self) -> tuple[Node, ...]:
        """All VERBATIM blocks, wherever they stand."""
        return tuple(find(self.program, "Verbatim"))

    @property
    def evaluations_per_step(self) -> int:
        """How often NEURON's fixed step runs BREAKPOINT without its SOLVE: measured on NEURON 9.0.2.

        Twice where it writes a current (at v and at v + 0.001 mV, for the slope), once where it writes none or gives
        the slope itself by CONDUCTANCE.
        """
        by_hand = any(True for block in self.breakpoints for _ in find(block, "ConductanceHint"))
        return 2 if self.currents and not by_hand else 1

    def reached(self, *blocks: Node) -> tuple[Node, ...]:
        """The blocks, and every FUNCTION and PROCEDURE that they call, directly or not."""
        seen: dict[str, Node] = {}
        waiting = list(blocks)
        while waiting:
            for call in find(waiting.pop(), "FunctionCall"):
                routine = self.routines.get(call.text)
                if routine is not None and call.text not in seen:
                    seen[call.text] = routine
                    waiting.append(routine)
        return (*blocks, *seen.values())

    @cached_property
    def every_step(self) -> tuple[Node, ...]:
        """All code that runs at each step: BREAKPOINT, what it solves and what these call."""
        return self.reached(*self.breakpoints, *self.solved)

    def value(self, node: Node) -> float | None:
        """The value of an expression for the default parameters, ``None`` where it cannot be known."""
        return number(node, self.defaults)


def local_names(block: Node) -> set[str]:
    """The names that live only inside a block: LOCAL, arguments, loop counters, and a function's own result."""
    own = {one.text for one in find(block, "LocalVar", "Argument", "FromStatement")}
    return own | ({block.text} if block.kind == "FunctionBlock" else set())


def guarded(block: Node) -> Iterator[tuple[Node, Node]]:
    """Each condition of an IF with the statements it guards."""
    for one in walk(block):
        if one.kind in ("IfStatement", "ElseIfStatement"):
            yield one.children[0], one.children[1]


def _quantity(node: Node) -> Quantity:
    units = [child.text for child in node.children if child.kind == "Unit"]
    values = [value for child in node.children if (value := number(child, {})) is not None]
    return Quantity(node.text, units[0] if units else "", values[0] if values else None, node.line)
