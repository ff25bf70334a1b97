"""Which experiment shows a finding in an NMODL file: each a pure function from the mechanism and the place."""

from typing import Any

from crosssim.porting.algebra import driving_force, is_name, terms
from crosssim.porting.experiment import Counted, Experiment, Showing, Unmeasured
from crosssim.porting.measurable import measured_name
from crosssim.porting.mechanism import Mechanism
from crosssim.porting.place import Place
from crosssim.porting.roles import reset_potential, threshold
from crosssim.porting.rules_declared import input_pointers
from crosssim.porting.syntax import Node, assignments, find, names, walk

_SHOWN_ANYWAY = ("RangeVar", "GlobalVar", "PointerVar", "BbcorePointerVar", "RandomVar", "ReadIonVar", "WriteIonVar")
_OF_NEURON = {"v", "t", "dt", "celsius", "area", "diam"}


def evaluations(mechanism: Mechanism, place: Place) -> Showing:
    """How often per step an assignment in BREAKPOINT runs; of a countdown, also how long a nominal period acts."""
    name = place.variable
    if any(_stands_in(loop, place) for loop in find(mechanism.program, "FromStatement", "WhileStatement")):
        return Unmeasured("it stands in a loop, and what would be counted are the passes of the loop")
    counts_down, nominal_ms = False, None
    for block in mechanism.every_step:
        for target, value, one in assignments(block):
            if target != name:
                continue
            if one.line == place.line:
                counts_down = counts_down or any(sign < 0 and is_name(term, "dt") for sign, term in terms(value))
            if value.kind == "Name" and value.text in mechanism.parameters:
                nominal_ms = mechanism.value(value)
    counted = Counted(place.line, name)
    scalar = name in mechanism.assigned or name in mechanism.parameters
    arguments = _bench(mechanism) | {
        "counter": counted.counter,
        "variable": name if scalar and counts_down else "",
        "nominal_ms": nominal_ms,
    }
    return Experiment("evaluations", arguments, _hidden(mechanism, name) if counts_down else (), counted=(counted,))


def first_spike(mechanism: Mechanism, place: Place) -> Showing:
    """v on the steps around the first passage of threshold."""
    threshold_mv = _threshold_mv(mechanism)
    if threshold_mv is None:
        return Unmeasured("its threshold has no default in the file")
    return Experiment("first-spike", _bench(mechanism) | {"threshold_mv": threshold_mv})


def drawn_spike(mechanism: Mechanism, place: Place) -> Showing:
    """The largest v of a driven cell."""
    tops_mv = []
    for name, value, one in assignments(mechanism.program):
        if one.line == place.line:
            targets = [value] if name == "v" else [driving_force(term) for _, term in terms(value)]
            tops_mv += [mechanism.value(target) for target in targets if target is not None]
    top_mv = max((top for top in tops_mv if top is not None), default=0.0)
    return Experiment("drawn-spike", _bench(mechanism) | {"top_mv": top_mv})


def clamp(mechanism: Mechanism, place: Place) -> Showing:
    """How far v is from the reset while the conductance holds it."""
    reset = reset_potential(mechanism)
    value = mechanism.value(reset) if reset is not None else None
    if reset is None or value is None:
        return Unmeasured("no potential is found in the file to which it clamps")
    return Experiment("clamp", _bench(mechanism) | {"reset_mv": value})


def pointer(mechanism: Mechanism, place: Place) -> Showing:
    """What follows when the target of the POINTER jumps, and what a POINTER without a target does."""
    return Experiment("pointer", _bench(mechanism) | {"pointer": place.variable})


def dead_time(mechanism: Mechanism, place: Place) -> Showing:
    """The response to a pair of inputs within the dead time and beyond it, in units of that to one."""
    if not mechanism.net_receive and not list(input_pointers(mechanism)):
        return Unmeasured("it takes no input that could be given twice")
    sides = (one.children for one in find(mechanism.program, "BinaryExpression") if one.line == place.line)
    values = [mechanism.value(side) for pair in sides for side in pair if "t" not in names(side)]
    dead_ms = next((value for value in values if value is not None and value > 0), None)
    return Experiment("dead-time", _bench(mechanism) | {"dead_time_ms": dead_ms})


def event_time(mechanism: Mechanism, place: Place) -> Showing:
    """How often the comparison was true, at several time steps."""
    guarding = [one for one in find(mechanism.program, "IfStatement", "ElseIfStatement") if _tests(one, place)]
    if not guarding:
        return Unmeasured("the comparison guards no statements that could be counted")
    counted = Counted(place.line)
    comparison = next(one for one in walk(guarding[0].children[0]) if one.text in ("==", "!="))
    values = [mechanism.value(side) for side in comparison.children if not is_name(side, "t")]
    arguments = _bench(mechanism) | {"counter": counted.counter, "at_ms": next(iter(values), None)}
    return Experiment("event-time", arguments, counted=(counted,))


def half_step(mechanism: Mechanism, place: Place) -> Showing:
    """The error of a state at the step, and at half of it."""
    if not place.variable:
        return Unmeasured("no state is found that it integrates")
    arguments = _bench(mechanism) | {"state": place.variable}
    return Experiment("half-step", arguments, _hidden(mechanism, place.variable))


def table(mechanism: Mechanism, place: Place) -> Showing:
    """What a TABLE gives between its points and outside its range, against the formula."""
    for routine in mechanism.routines.values():
        for one in find(routine, "TableStatement"):
            if one.line == place.line:
                return _table(mechanism, routine, one)
    return Unmeasured("the TABLE stands in no PROCEDURE or FUNCTION that could be called")


def _table(mechanism: Mechanism, routine: Node, one: Node) -> Showing:
    bounds = [mechanism.value(child) for child in one.children if child.kind != "Name"][-3:]
    tabulated = [child.text for child in one.children if child.kind == "Name" and child.text in mechanism.assigned]
    set_here = {name for name, _, _ in assignments(routine)}
    arguments = [child for child in routine.children if child.kind == "Argument"]
    if None in bounds or len(bounds) < 3 or len(arguments) != 1:
        return Unmeasured("its range, or the argument of its routine, is not in the file")
    values = [name for name in tabulated if name in set_here]
    return Experiment(
        "table",
        _bench(mechanism) | {"routine": routine.text, "values": values, "range": bounds},
        tabulated=_hidden(mechanism, *values),
    )


def two_areas(mechanism: Mechanism, place: Place) -> Showing:
    """The density and the whole-cell current of two membrane areas."""
    if not mechanism.currents:
        return Unmeasured("it writes no current")
    if mechanism.kind == "ARTIFICIAL_CELL":
        return Unmeasured("an ARTIFICIAL_CELL has no membrane")
    return Experiment("two-areas", _bench(mechanism) | {"threshold_mv": _threshold_mv(mechanism)})


def temperature(mechanism: Mechanism, place: Place) -> Showing:
    """The same run at two temperatures."""
    return Experiment("temperature", _bench(mechanism))


def same_seed(mechanism: Mechanism, place: Place) -> Showing:
    """The same run twice in one process, and in a fresh one."""
    return Experiment("same-seed", _bench(mechanism), processes=2)


def compiles(mechanism: Mechanism, place: Place) -> Showing:
    """Whether NEURON compiles it."""
    return Experiment("compiles", {"mechanism": mechanism.name})


def raw_pointer(mechanism: Mechanism, place: Place) -> Showing:
    """Only compiling can be shown: which address goes stale is up to the program that hands them over."""
    return Experiment("compiles", {"mechanism": mechanism.name, "then": "what it reads depends on who calls it"})


def _threshold_mv(mechanism: Mechanism) -> float | None:
    found = threshold(mechanism)
    return mechanism.value(found) if found is not None else None


def _bench(mechanism: Mechanism) -> dict[str, Any]:
    """What the bench must know to put the mechanism into a cell of its own."""
    shown = {one.text for one in find(mechanism.program, "RangeVar")} | mechanism.states | mechanism.currents
    arrays = {one.text for one in find(mechanism.program, "AssignedDefinition") if _is_array(one)}
    return {
        "mechanism": measured_name(mechanism.name),
        "kind": mechanism.kind,
        "currents": sorted(mechanism.currents),
        "observed": sorted(shown & set(mechanism.assigned) - arrays),
        "pointers": [one.text for one in input_pointers(mechanism)],
        "takes_events": bool(mechanism.net_receive),
    }


def _is_array(definition: Node) -> bool:
    return any(child.kind == "Integer" for child in definition.children)


def _hidden(mechanism: Mechanism, *wanted: str) -> tuple[str, ...]:
    """Those of the names that Hoc cannot see: bare ASSIGNED."""
    shown = {one.text for one in find(mechanism.program, *_SHOWN_ANYWAY)} | mechanism.states | mechanism.currents
    return tuple(name for name in wanted if name in mechanism.assigned and name not in shown | _OF_NEURON)


def _stands_in(loop: Node, place: Place) -> bool:
    return any(one.is_assignment and one.line == place.line for one in walk(loop))


def _tests(statement: Node, place: Place) -> bool:
    return any(one.text in ("==", "!=") and one.line == place.line for one in walk(statement.children[0]))
