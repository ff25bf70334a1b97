"""Variables that BREAKPOINT carries from one evaluation to the next: read before they are set, and set."""

from dataclasses import dataclass, field

from crosssim.porting.mechanism import Mechanism, local_names
from crosssim.porting.syntax import Node


@dataclass
class _Pass:
    """One pass through the code in the order it runs, calls followed."""

    mechanism: Mechanism
    settled: set[str] = field(default_factory=set)
    read_early: set[str] = field(default_factory=set)
    written: list[Node] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)


def carried_assignments(mechanism: Mechanism) -> tuple[Node, ...]:
    """The assignments in BREAKPOINT, and in what it calls, to variables that keep a value between evaluations.

    A variable that is always set before it is read (a current, a rate) is not one; SOLVE is not followed, because it
    runs once per step.
    """
    walked = _Pass(mechanism)
    for block in mechanism.breakpoints:
        _visit(block, walked, local_names(block))
    unique = {id(one): one for one in walked.written if one.children[0].text in walked.read_early}
    return tuple(unique.values())


def _visit(node: Node, walked: _Pass, local: set[str]) -> None:
    if node.kind == "SolveBlock":
        return
    if node.is_assignment:
        _visit_assignment(node, walked, local)
    elif node.kind in ("IfStatement", "WhileStatement", "FromStatement"):
        _visit_branches(node, walked, local)
    elif node.kind == "FunctionCall":
        _visit_call(node, walked, local)
    else:
        if node.kind in ("Name", "IndexedName") and node.text not in local | walked.settled:
            walked.read_early.add(node.text)
        for child in node.children:
            _visit(child, walked, local)


def _visit_assignment(node: Node, walked: _Pass, local: set[str]) -> None:
    target, value = node.children
    _visit(value, walked, local)
    for index in target.children:
        _visit(index, walked, local)
    if target.text in local:
        return
    walked.written.append(node)
    if target.kind == "Name":
        walked.settled.add(target.text)


def _visit_branches(node: Node, walked: _Pass, local: set[str]) -> None:
    """A variable is settled after an IF only if every branch, an ELSE included, sets it; after a loop never."""
    before = set(walked.settled)
    ends: list[set[str]] = []
    for child in node.children:
        inner = child.children if child.kind in ("ElseIfStatement", "ElseStatement") else (child,)
        walked.settled = set(before)
        for one in inner:
            _visit(one, walked, local)
        if any(one.kind == "StatementBlock" for one in inner):
            ends.append(walked.settled)
    complete = node.kind == "IfStatement" and any(child.kind == "ElseStatement" for child in node.children)
    walked.settled = set.intersection(*ends) if complete and ends else before


def _visit_call(node: Node, walked: _Pass, local: set[str]) -> None:
    for argument in node.children:
        _visit(argument, walked, local)
    routine = walked.mechanism.routines.get(node.text)
    if routine is not None and node.text not in walked.calls:
        walked.calls.append(node.text)
        for child in routine.children:
            if child.kind == "StatementBlock":
                _visit(child, walked, local_names(routine))
        walked.calls.pop()
