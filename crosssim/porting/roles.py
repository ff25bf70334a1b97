"""Which name of a mechanism plays which part: threshold, reset, refractory time, adaptation, decay."""

from collections.abc import Iterator
from dataclasses import dataclass

from crosssim.porting.algebra import difference, driving_force, factors, is_name, terms
from crosssim.porting.carried import carried_assignments
from crosssim.porting.mechanism import Mechanism, guarded
from crosssim.porting.rules_dynamics import SPIKE_TOP_MV
from crosssim.porting.syntax import Node, assignments, find, names


@dataclass(frozen=True)
class ExponentialCurrent:
    """The parts of ``g * Delta * exp((v - V_T) / Delta)``."""

    conductance: Node
    threshold: Node
    slope: Node


@dataclass(frozen=True)
class Adaptation:
    """The parts of ``tau w' = a (v - E) - w``, and of ``w = w + b`` at a spike."""

    name: str
    a: Node
    rest: Node
    tau: Node
    b: Node | None


def exponential_current(mechanism: Mechanism) -> ExponentialCurrent | None:
    """The exponential current of an AdExp cell, wherever it is computed."""
    for block in mechanism.every_step:
        for _, value, _ in assignments(block):
            for _, term in terms(value):
                found = _exponential(term)
                if found:
                    return found
    return None


def _exponential(term: Node) -> ExponentialCurrent | None:
    above, below = factors(term)
    for call in above:
        if below or call.kind != "FunctionCall" or call.text != "exp" or len(call.children) != 1:
            continue
        top, bottom = factors(call.children[0])
        pair = difference(top[0]) if len(top) == 1 and len(bottom) == 1 else None
        slopes = [one for one in above if pair and one.text == bottom[0].text]
        others = [one for one in above if one is not call and one not in slopes and one.kind == "Name"]
        if pair and slopes and others:
            return ExponentialCurrent(others[0], pair[1], bottom[0])
    return None


def adaptation(mechanism: Mechanism) -> Adaptation | None:
    """The adaptation variable, as a differential equation or as an Euler step by hand."""
    for name, slope in slopes(mechanism):
        above, below = factors(slope)
        for factor in above:
            summands = terms(factor)
            decays = any(sign < 0 and term.text == name for sign, term in summands)
            driven = [(term, rest) for sign, term in summands if sign > 0 and (rest := driving_force(term))]
            if decays and driven and below:
                coupling = next((one for one in factors(driven[0][0])[0] if one.kind == "Name"), None)
                if coupling is not None:
                    return Adaptation(name, coupling, driven[0][1], below[0], increment(mechanism, name))
    return None


def slopes(mechanism: Mechanism) -> Iterator[tuple[str, Node]]:
    """Every ``x`` with its dx/dt: of ``x' = f``, and of ``x = x + dt * f``, where the factor dt is left in."""
    for equation in find(mechanism.program, "DiffEqExpression"):
        for name, value, _ in assignments(equation):
            yield name, value
    for block in mechanism.every_step:
        for name, value, _ in assignments(block):
            for _, term in terms(value):
                if any(is_name(one, "dt") for one in factors(term)[0]):
                    yield name, term


def increment(mechanism: Mechanism, name: str) -> Node | None:
    """What is added to ``name`` at an event: ``b`` of ``w = w + b`` under a condition or in NET_RECEIVE."""
    blocks = (*mechanism.net_receive, *(body for one in mechanism.every_step for _, body in guarded(one)))
    for block in blocks:
        for target, value, _ in assignments(block):
            added = [term for sign, term in terms(value) if sign > 0 and not is_name(term, name)]
            if target == name and name in names(value) and added and "dt" not in names(added[0]):
                return added[0]
    return None


def decays(mechanism: Mechanism) -> dict[str, Node]:
    """Every variable that decays exponentially, with its time constant: x' = -x/tau or x = x * exp(-dt/tau)."""
    found: dict[str, Node] = {}
    for equation in find(mechanism.program, "DiffEqExpression"):
        for name, value, _ in assignments(equation):
            above, below = factors(value)
            if len(below) == 1 and [one.text for one in above if one.kind == "Name"] == [name] and len(above) == 1:
                found[name] = below[0]
    for block in mechanism.every_step:
        for name, value, _ in assignments(block):
            tau = decay_factor(value, name, "dt")
            if tau is not None:
                found[name] = tau
    return found


def decay_factor(value: Node, name: str, elapsed: str) -> Node | None:
    """``tau`` of ``name * exp(-elapsed/tau)``, where ``elapsed`` is a name that the exponent holds."""
    above, _ = factors(value)
    if not any(is_name(one, name) for one in above):
        return None
    for call in above:
        if call.kind == "FunctionCall" and call.text == "exp" and elapsed in names(call):
            below = factors(call.children[0])[1]
            return below[0] if len(below) == 1 else None
    return None


def threshold(mechanism: Mechanism) -> Node | None:
    """``theta`` of a condition or WATCH ``v > theta``."""
    for one in find(mechanism.program, "BinaryExpression"):
        if one.text in (">", ">=") and is_name(one.children[0], "v"):
            return one.children[1]
    return None


def reset_potential(mechanism: Mechanism) -> Node | None:
    """What v is set to, or driven to under a condition, below any spike top."""
    for block in (*mechanism.net_receive, *mechanism.every_step):
        for name, value, _ in assignments(block):
            if name == "v" and _is_low(mechanism, value):
                return value
    for block in mechanism.every_step:
        for _, statements in guarded(block):
            for _, value, _ in assignments(statements):
                target = driving_force(value)
                if target is not None and _is_low(mechanism, target):
                    return target
    return None


def _is_low(mechanism: Mechanism, node: Node) -> bool:
    value = mechanism.value(node)
    return value is not None and value <= SPIKE_TOP_MV


def refractory_time(mechanism: Mechanism) -> tuple[Node, int] | None:
    """The refractory period and how often per step it is counted down: 1 by an event, 2 by a counter in BREAKPOINT."""
    counters = {
        one.children[0].text
        for one in carried_assignments(mechanism)
        if any(sign < 0 and is_name(term, "dt") for sign, term in terms(one.children[1]))
    }
    for block in mechanism.every_step:
        for name, value, _ in assignments(block):
            if name in counters and value.kind == "Name" and value.text in mechanism.parameters:
                return value, mechanism.evaluations_per_step
    for one in mechanism.parameters.values():
        if one.unit == "ms" and "ref" in one.name.lower():
            return Node("Name", one.name, (), one.line), 1
    return None
