"""Recognisers of whole cells and of the parts of one: each gives a proposal, or ``None`` if it is something else."""

from crosssim.porting.algebra import NUMBERS, driving_force, factors, is_name, terms
from crosssim.porting.conversion import mapped, membrane
from crosssim.porting.finding import ParameterMap, Proposal
from crosssim.porting.mechanism import Mechanism
from crosssim.porting.roles import (
    Adaptation,
    adaptation,
    exponential_current,
    refractory_time,
    reset_potential,
    threshold,
)
from crosssim.porting.rules_declared import own_random_numbers
from crosssim.porting.rules_dynamics import spike_drawn_in_v
from crosssim.porting.syntax import Node, assignments, find

TRAUB_NUMBERS = {0.32, 0.28, 0.128, 0.032, 0.5, 13.0, 40.0, 17.0, 18.0, 15.0}
"""The rate constants of Traub and Miles' sodium and potassium channels, as HH_cond_exp has them."""
_INTEGRATOR = "Each backend integrates by its own method: spike times differ in the order of dt."
_SYNAPSES = "tau_syn_E, tau_syn_I, e_rev_E and e_rev_I come from the synapses' own mechanisms."


def exponential_cell(mechanism: Mechanism) -> Proposal | None:
    """An exponential integrate-and-fire cell with adaptation → EIF_cond_exp_isfa_ista."""
    current, slow = exponential_current(mechanism), adaptation(mechanism)
    if current is None or slow is None or _random(mechanism):
        return None
    parameters = [
        *membrane(mechanism, current.conductance),
        mapped("v_rest", "mV", slow.rest, mechanism),
        mapped("v_thresh", "mV", current.threshold, mechanism, "V_T of the exponential"),
        mapped("delta_T", "mV", current.slope, mechanism),
        *_adapting(mechanism, slow),
        *_spiking(mechanism),
    ]
    detected = threshold(mechanism)
    if detected is not None:
        parameters.append(mapped("v_spike", "mV", detected, mechanism, "where a spike is detected"))
    because = f"an exponential current in v and an adaptation variable {slow.name}"
    return _cell(mechanism, "EIF_cond_exp_isfa_ista", because, parameters)


def _adapting(mechanism: Mechanism, slow: Adaptation) -> list[ParameterMap]:
    rows = [mapped("tau_w", "ms", slow.tau, mechanism), mapped("a", "nS", slow.a, mechanism)]
    return rows + ([mapped("b", "nA", slow.b, mechanism)] if slow.b is not None else [])


def quadratic_cell(mechanism: Mechanism) -> Proposal | None:
    """0.04 v² + 5 v + 140 − u → Izhikevich."""
    square = any(
        0.04 in {mechanism.value(one) for one in factors(term)[0]}
        and sum(is_name(one, "v") for one in factors(term)[0]) == 2
        for term in find(mechanism.program, "BinaryExpression")
    )
    if not square:
        return None
    found = [
        ParameterMap(name, unit, name, mechanism.defaults.get(name))
        for name, unit in {"a": "/ms", "b": "/ms", "c": "mV", "d": "mV/ms"}.items()
        if name in mechanism.parameters
    ]
    because = "0.04 * v * v with 5 * v and 140"
    return Proposal(mechanism.name, mechanism.line, "Izhikevich", because, tuple(found), (_INTEGRATOR,))


def traub_channels(mechanism: Mechanism) -> Proposal | None:
    """Sodium and potassium channels with Traub and Miles' rates → HH_cond_exp."""
    present = {mechanism.value(one) for one in find(mechanism.program, *NUMBERS)}
    if not present >= TRAUB_NUMBERS or not mechanism.currents & {"ina", "ik"}:
        return None
    rows = []
    for name, current in (("gbar_Na", "ina"), ("gbar_K", "ik"), ("g_leak", "il")):
        density = next(
            (one for one in mechanism.parameters if one.startswith("g") and one[1:].startswith(current[1:])), None
        )
        if density is not None:
            rows.append(mapped(name, "uS", Node("Name", density), mechanism))
    rows += [
        mapped(pynn, "mV", Node("Name", name), mechanism)
        for pynn, name in (("e_rev_leak", "el"), ("v_offset", "vT"))
        if name in mechanism.parameters
    ]
    differs = (
        "e_rev_Na and e_rev_K are the section's ena and ek.",
        "A TABLE gives interpolated rates; NEST has the exact ones.",
    )
    because = "the rate constants of Traub and Miles"
    return Proposal(mechanism.name, mechanism.line, "HH_cond_exp", because, tuple(rows), differs)


def leaky_cell(mechanism: Mechanism) -> Proposal | None:
    """A threshold on v (or an event) and a reset, without a spike mechanism of its own → IF_cond_exp."""
    reset = reset_potential(mechanism)
    if reset is None or _random(mechanism) or mechanism.states or exponential_current(mechanism):
        return None
    rows = [*membrane(mechanism, None), *_spiking(mechanism)]
    limit = threshold(mechanism)
    if limit is not None:
        rows.append(mapped("v_thresh", "mV", limit, mechanism))
    return _cell(mechanism, "IF_cond_exp", "v is reset after a spike and nothing else moves it", rows)


def leak(mechanism: Mechanism) -> Proposal | None:
    """One current g (v − e) and nothing else → the leak of a PyNN cell."""
    written = [(name, value) for block in mechanism.breakpoints for name, value, _ in assignments(block)]
    if len(written) != 1 or mechanism.states or mechanism.net_receive or mechanism.kind != "SUFFIX":
        return None
    name, value = written[0]
    rest = driving_force(value)
    conductance = next((one for one in factors(value)[0] if one.kind == "Name"), None)
    if name not in mechanism.currents or len(terms(value)) != 1 or rest is None or conductance is None:
        return None
    if any(one.text not in mechanism.parameters for one in (rest, conductance)):
        return None
    rows = (*membrane(mechanism, conductance), mapped("v_rest", "mV", rest, mechanism))
    because = "one current g * (v - e): the leak of any of PyNN's cells"
    return Proposal(mechanism.name, mechanism.line, "IF_cond_exp", because, rows, (_SYNAPSES,))


def _spiking(mechanism: Mechanism) -> list[ParameterMap]:
    rows = []
    reset, held = reset_potential(mechanism), refractory_time(mechanism)
    if reset is not None:
        rows.append(mapped("v_reset", "mV", reset, mechanism))
    if held is not None:
        time, times = held
        row = mapped("tau_refrac", "ms", time, mechanism)
        if times > 1:
            value = None if row.value is None else row.value / times
            halved, why = f"{row.original} / {times}", "counted down twice per step; + dt"
            row = ParameterMap("tau_refrac", "ms", halved, value, why, nominal=row.original)
        rows.append(row)
    return rows


def _cell(mechanism: Mechanism, name: str, because: str, rows: list[ParameterMap]) -> Proposal:
    differences = [_INTEGRATOR, _SYNAPSES]
    if any(True for _ in spike_drawn_in_v(mechanism)):
        differences.append("The spike is not drawn in v.")
    return Proposal(mechanism.name, mechanism.line, name, because, tuple(rows), tuple(differences))


def _random(mechanism: Mechanism) -> bool:
    return any(True for _ in own_random_numbers(mechanism))
