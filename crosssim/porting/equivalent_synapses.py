"""Recognisers of synapses and of spike sources: each gives a proposal, or ``None`` if it is something else."""

from crosssim.porting.algebra import driving_force, factors, formula, is_name, terms
from crosssim.porting.conversion import mapped
from crosssim.porting.finding import ParameterMap, Proposal
from crosssim.porting.mechanism import Mechanism
from crosssim.porting.roles import decay_factor, decays, increment
from crosssim.porting.rules_declared import RANDOM_FUNCTIONS, own_random_numbers
from crosssim.porting.rules_dynamics import dead_time
from crosssim.porting.syntax import Node, assignments, find, names, walk

EXCITATORY_ABOVE_MV = -50.0
"""A reversal potential above a usual threshold excites."""
_DELAY = "PyNN's connection has a delay of at least one step, and its weight is set per connection."


def dynamic_synapse(mechanism: Mechanism) -> Proposal | None:
    """Facilitation U (1 − u) and recovery between events → TsodyksMarkramSynapse."""
    use = _use_parameter(mechanism)
    if use is None:
        return None
    variable, parameter = use
    times = _decays_between_events(mechanism)
    released = {
        target for target, value, _ in _received(mechanism) if any(_holds(term, variable) for _, term in terms(value))
    }
    others = {name: tau for name, tau in times.items() if name != variable}
    recovery = [tau for name, tau in others.items() if name not in released or len(others) == 1]
    rows = [mapped("U", "1", parameter, mechanism)]
    rows += [mapped("tau_rec", "ms", tau, mechanism) for tau in recovery[:1]]
    rows += [mapped("tau_facil", "ms", times[variable], mechanism)] if variable in times else []
    active = [others[name] for name in others if name in released and len(others) > 1]
    synaptic = next(iter([*active, *decays(mechanism).values()]), None)
    if synaptic is not None:
        rows.append(mapped("tau_syn", "ms", synaptic, mechanism, "of the target cell: tau_syn_E or tau_syn_I"))
    differences = [_DELAY, "PyNN starts each synapse at u = 0 unless it is initialised; compare the first amplitudes."]
    if any(True for _ in own_random_numbers(mechanism)):
        differences.append("Its release is drawn at random; the standard synapse is deterministic.")
    because = f"{variable} rises by {formula(parameter)} * (1 - {variable}) at each event and resources recover"
    return _proposal(mechanism, "TsodyksMarkramSynapse", because, rows, tuple(differences))


def _holds(term: Node, variable: str) -> bool:
    above, _ = factors(term)
    return len(above) > 1 and any(is_name(one, variable) for one in above)


def _use_parameter(mechanism: Mechanism) -> tuple[str, Node] | None:
    """``(u, U)`` of ``u = u + U * (1 - u)``."""
    for name, value, _ in _received(mechanism):
        for _, term in terms(value):
            above, _ = factors(term)
            rest = [one for one in above if one.text == "-" and names(one) == {name}]
            parameter = [one for one in above if one.text in mechanism.parameters]
            if rest and parameter:
                return name, parameter[0]
    return None


def _decays_between_events(mechanism: Mechanism) -> dict[str, Node]:
    return {name: tau for name, value, _ in _received(mechanism) if (tau := decay_factor(value, name, "t")) is not None}


def _received(mechanism: Mechanism) -> list[tuple[str, Node, Node]]:
    return [one for block in mechanism.net_receive for one in assignments(block)]


def alpha_synapse(mechanism: Mechanism) -> Proposal | None:
    """x exp(1 − x) → IF_cond_alpha, or IF_curr_alpha where no driving force stands beside it."""
    shaped = any(
        call.text == "exp" and any(term.kind in ("Integer", "Double") for _, term in terms(call.children[0]))
        and any(is_name(one, name) for name in names(call) for one in factors(product)[0])
        for product in find(mechanism.program, "BinaryExpression")
        for call in factors(product)[0]
        if call.kind == "FunctionCall" and call.children
    )  # fmt: skip
    if not shaped or not mechanism.currents or not mechanism.net_receive:
        return None
    times = [one for one in mechanism.parameters.values() if one.unit == "ms" and one.name.lower().startswith("tau")]
    rest = _reversal(mechanism)
    cell = "IF_cond_alpha" if rest is not None else "IF_curr_alpha"
    rows = _receptor(mechanism, Node("Name", times[0].name) if times else None, rest)
    return _proposal(mechanism, cell, "each event starts x * exp(1 - x)", rows, (_DELAY,))


def exponential_synapse(mechanism: Mechanism) -> Proposal | None:
    """One decaying conductance, or current, that events add to → IF_cond_exp, or IF_curr_exp."""
    decaying = {name: tau for name, tau in decays(mechanism).items() if _is_input(mechanism, name)}
    if len(decaying) != 1:
        return None
    ((name, tau),) = decaying.items()
    rest = _reversal(mechanism)
    if rest is None and name not in mechanism.currents:
        return None
    cell = "IF_cond_exp" if rest is not None else "IF_curr_exp"
    differences = [_DELAY]
    if any(True for _ in dead_time(mechanism)):
        differences.append("The dead time between events is not there: every event counts.")
    if any(is_name(one, "dt") for one in walk(mechanism.program)):
        differences.append("The decay is multiplied in once per step; PyNN's cells integrate it with v.")
    what = "conductance" if rest is not None else "current"
    because = f"one {what} {name} that events add to and that decays with {formula(tau)}"
    rows = _receptor(mechanism, tau, rest)
    quantum = increment(mechanism, name) if not mechanism.net_receive else None
    if quantum is not None:
        rows[-1] = mapped("weight", "uS", quantum, mechanism, "added per event")
    return _proposal(mechanism, cell, because, rows, tuple(differences))


def _is_input(mechanism: Mechanism, name: str) -> bool:
    """Whether events add to it: a weight in NET_RECEIVE, or a quantum per presynaptic event seen by pointer."""
    weights = {one.text for block in mechanism.net_receive for one in block.children if one.kind == "Argument"}
    for target, value, _ in _received(mechanism):
        if target == name and name in names(value) and weights & names(value):
            return True
    by_pointer = bool(mechanism.verbatim) or any(True for _ in find(mechanism.program, "PointerVar"))
    return not mechanism.net_receive and by_pointer and increment(mechanism, name) is not None


def _reversal(mechanism: Mechanism) -> Node | None:
    for block in mechanism.every_step:
        for name, value, _ in assignments(block):
            if name in mechanism.currents:
                return driving_force(value)
    return None


def _receptor(mechanism: Mechanism, tau: Node | None, rest: Node | None) -> list[ParameterMap]:
    """tau_syn and e_rev of the receptor that the reversal potential points to, and the weight."""
    value = mechanism.value(rest) if rest is not None else None
    letter = "E" if value is None or value > EXCITATORY_ABOVE_MV else "I"
    rows = [mapped(f"tau_syn_{letter}", "ms", tau, mechanism)] if tau is not None else []
    if rest is not None:
        rows.append(mapped(f"e_rev_{letter}", "mV", rest, mechanism))
    unit = "uS" if rest is not None else "nA"
    sign = "negative for a current that inhibits" if rest is None else "positive for both receptors"
    return [*rows, ParameterMap("weight", unit, "the NetCon's weight", None, sign)]


def spike_source(mechanism: Mechanism) -> Proposal | None:
    """A generator that no current leaves and that draws its intervals, or replays a list → SpikeSourceArray."""
    draws = [place.what for place in own_random_numbers(mechanism) if "seed" not in place.what]
    replays = any("vector_" in block.text or "_vec" in block.text for block in mechanism.verbatim)
    sends = any(call.text == "net_event" for call in find(mechanism.program, "FunctionCall"))
    writes_pointer = any(True for _ in find(mechanism.program, "PointerVar")) and not sends
    if mechanism.currents or writes_pointer or not (draws or replays):
        return None
    if not sends and (mechanism.kind == "SUFFIX" or mechanism.net_receive):
        return None
    because = f"it draws its own intervals ({draws[0]}) and makes no current" if draws else "it replays a list of times"
    rows = [ParameterMap("spike_times", "ms", "drawn once, outside, and handed to every backend")]
    rows += [
        mapped("mean interval", "ms", Node("Name", one.name), mechanism)
        for one in mechanism.parameters.values()
        if one.unit == "ms" and _scales_a_draw(mechanism, one.name)
    ]
    differences = ("NEST drops times below min_delay and rounds others up to the grid: put them on the grid.",)
    return _proposal(mechanism, "SpikeSourceArray", because, rows, differences)


def _scales_a_draw(mechanism: Mechanism, name: str) -> bool:
    """Whether a parameter multiplies a draw, or is the argument of one."""
    for one in find(mechanism.program, "BinaryExpression", "FunctionCall"):
        calls = {call.text for call in find(one, "FunctionCall")}
        if name in names(one) and calls & RANDOM_FUNCTIONS and one.text in RANDOM_FUNCTIONS | {"*"}:
            return True
    return False


def _proposal(
    mechanism: Mechanism, equivalent: str, because: str, rows: list[ParameterMap], differences: tuple[str, ...]
) -> Proposal:
    return Proposal(mechanism.name, mechanism.line, equivalent, because, tuple(rows), differences)
