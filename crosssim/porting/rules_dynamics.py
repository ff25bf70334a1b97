"""Rules on what a mechanism does at each step: counters, spikes, dead times, integration."""

from collections import Counter
from collections.abc import Iterator

from crosssim.porting.algebra import driving_force, factors, formula, is_name, terms
from crosssim.porting.carried import carried_assignments
from crosssim.porting.mechanism import Mechanism, guarded, local_names
from crosssim.porting.place import Place
from crosssim.porting.syntax import Node, assignments, find, names

SPIKE_TOP_MV = -30.0
"""A potential above this that is written into v, or clamped to, is the top of a drawn spike and not a reset."""
CLAMP_US = 100.0
"""No membrane conductance of one compartment comes near this (a cell's leak is about 0.01 uS)."""
CLAMP_S_PER_CM2 = 0.5
"""The largest channel density of NEURON's own files is 0.12 S/cm2; the squid's sodium channel has it."""
_COMPARISONS = ("<", ">", "<=", ">=", "==", "!=")
_CLAMP_LIMITS = {"uS": CLAMP_US, "umho": CLAMP_US, "S/cm2": CLAMP_S_PER_CM2, "mho/cm2": CLAMP_S_PER_CM2}


def changed_in_breakpoint(mechanism: Mechanism) -> Iterator[Place]:
    """Variables that keep a value between evaluations and are changed where NEURON evaluates twice per step.

    One that is set in a single place, to something that does not hold it, is a cached value: set twice, it is the same.
    """
    times = mechanism.evaluations_per_step
    if times < 2:
        return
    changes = carried_assignments(mechanism)
    places = Counter(one.children[0].text for one in changes)
    moving = {one.children[0].text for one in changes if one.children[0].text in names(one.children[1])}
    for one in changes:
        if one.children[0].text in moving or places[one.children[0].text] > 1:
            yield Place(
                one.line, f"{formula(one)} runs {times} times per step{_effect(one, times)}", one.children[0].text
            )


def _effect(one: Node, times: int) -> str:
    name, summands = one.children[0], terms(one.children[1])
    if name.kind != "Name" or not any(sign > 0 and is_name(term, name.text) for sign, term in summands):
        return ""
    if any(is_name(term, "dt") for _, term in summands):
        return f": a nominal 5 ms in {name.text} acts as {5 / times:g} ms"
    return f", so {name.text} can move {times} times as far"


def explicit_euler(mechanism: Mechanism) -> Iterator[Place]:
    """SOLVE … METHOD euler, or ``x = x + dt * …`` by hand; a bare counter ``x = x - dt`` is not an integration."""
    for block in mechanism.breakpoints:
        for solve in find(block, "SolveBlock"):
            if any(child.text == "euler" for child in solve.children):
                yield Place(solve.line, f"SOLVE {solve.text} METHOD euler", _first_state(mechanism, solve.text))
    for block in mechanism.every_step:
        for name, value, one in assignments(block):
            if name not in local_names(block) and _is_euler_step(name, value):
                yield Place(one.line, f"{formula(one)} is one explicit Euler step", name)


def _first_state(mechanism: Mechanism, block: str) -> str:
    """The first variable with an equation in a DERIVATIVE block, "" if it has none."""
    equations = (
        name
        for one in find(mechanism.program, "DerivativeBlock")
        if one.text == block
        for equation in find(one, "DiffEqExpression")
        for name, _, _ in assignments(equation)
    )
    return next(equations, "")


def _is_euler_step(name: str, value: Node) -> bool:
    summands = terms(value)
    keeps = any(sign > 0 and is_name(term, name) for sign, term in summands)
    return keeps and any(_times_dt(term) for _, term in summands)


def _times_dt(term: Node) -> bool:
    above, _ = factors(term)
    others = set().union(*(names(one) for one in factors(term)[0] + factors(term)[1])) - {"dt"}
    return any(is_name(one, "dt") for one in above) and bool(others)


def spike_drawn_in_v(mechanism: Mechanism) -> Iterator[Place]:
    """v set to a potential above :data:`SPIKE_TOP_MV`, or a current towards one that is switched on by a condition."""
    for block in (*mechanism.net_receive, *mechanism.every_step):
        if "v" in local_names(block):
            continue
        for name, value, one in assignments(block):
            top = mechanism.value(value)
            if name == "v" and top is not None and top > SPIKE_TOP_MV:
                yield Place(one.line, f"{formula(one)} puts v at {top:g} mV")
    for block in mechanism.every_step:
        for _, guardedly in guarded(block):
            yield from _driven_up(mechanism, guardedly)


def _driven_up(mechanism: Mechanism, statements: Node) -> Iterator[Place]:
    for _, value, one in assignments(statements):
        for _, term in terms(value):
            target = driving_force(term)
            top = mechanism.value(target) if target else None
            if top is not None and top > 0:
                yield Place(one.line, f"{formula(one)} drives v to {top:g} mV under a condition")


def clamp_conductance(mechanism: Mechanism) -> Iterator[Place]:
    """Conductance parameters so large that they hold v still, in code that makes a current of them."""
    used = {name for block in (*mechanism.every_step, *mechanism.net_receive) for name in names(block)}
    for one in mechanism.parameters.values():
        limit = _CLAMP_LIMITS.get(one.unit)
        if limit is not None and one.value is not None and one.value >= limit and one.name in used:
            yield Place(one.line, f"{one.name} = {one.value:g} {one.unit} clamps v", one.name)


def dead_time(mechanism: Mechanism) -> Iterator[Place]:
    """Conditions on the time since a stored moment: ``t - last > deadtime`` where ``last = t`` stands somewhere."""
    stored = {name for name, value, _ in assignments(mechanism.program) if is_name(value, "t")}
    for one in find(mechanism.program, "BinaryExpression"):
        if one.text in _COMPARISONS and any(_since(side, stored) for side in one.children):
            yield Place(one.line, f"IF ({formula(one)}) ignores what comes sooner")


def _since(side: Node, stored: set[str]) -> bool:
    summands = terms(side)
    now = any(sign > 0 and is_name(term, "t") for sign, term in summands)
    return now and any(sign < 0 and term.text in stored for sign, term in summands)


def compares_t_with_equals(mechanism: Mechanism) -> Iterator[Place]:
    """``t == something``, but for 0, which t is exactly at the start."""
    for one in find(mechanism.program, "BinaryExpression"):
        with_t = one.text in ("==", "!=") and any(is_name(side, "t") for side in one.children)
        if with_t and 0 not in [mechanism.value(side) for side in one.children if side.kind != "Name"]:
            yield Place(one.line, formula(one))
