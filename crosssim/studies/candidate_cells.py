"""PyNN's integrate-and-fire cells as candidates: their parameters, what the protocols own, and what cannot be run."""

from collections.abc import Mapping
from math import log

from crosssim.errors import UnknownName, UsageError

SYNAPSES = {"tau_syn_E": ("ms", 5.0), "tau_syn_I": ("ms", 10.0), "e_rev_E": ("mV", 0.0), "e_rev_I": ("mV", -80.0)}
"""Unit and default of the synapses' parameters. They belong to the protocols: both sides get the same."""

_LEAKY = {
    "v_rest": ("mV", -65.0), "cm": ("nF", 1.0), "tau_m": ("ms", 20.0), "tau_refrac": ("ms", 0.1),
    "v_reset": ("mV", -65.0), "v_thresh": ("mV", -50.0),
}  # fmt: skip
_EXPONENTIAL = {
    "v_rest": ("mV", -70.6), "cm": ("nF", 0.281), "tau_m": ("ms", 9.3667), "tau_refrac": ("ms", 0.1),
    "v_reset": ("mV", -70.6), "v_thresh": ("mV", -50.4), "v_spike": ("mV", -40.0), "delta_T": ("mV", 2.0),
    "tau_w": ("ms", 144.0), "a": ("nS", 4.0), "b": ("nA", 0.0805),
}  # fmt: skip
CELLS: dict[str, dict[str, tuple[str, float]]] = {
    "IF_cond_exp": _LEAKY,
    "IF_cond_alpha": _LEAKY,
    "IF_curr_exp": _LEAKY,
    "IF_curr_alpha": _LEAKY,
    "EIF_cond_exp_isfa_ista": _EXPONENTIAL,
    "EIF_cond_alpha_isfa_ista": _EXPONENTIAL,
}
"""Unit and PyNN's default of every parameter of the membrane and the spike; i_offset is left out, it is an input."""


def is_conductance_based(cell: str) -> bool:
    """Whether its synapses are conductances."""
    return "_cond_" in cell


def synapse_names(cell: str) -> list[str]:
    """The parameters of its synapses."""
    return [name for name in SYNAPSES if is_conductance_based(cell) or name.startswith("tau")]


def refuse_unknown(cell: str, changes: Mapping[str, object]) -> None:
    """Raise :class:`UnknownName` for a parameter that the candidate has not."""
    known = [*CELLS[cell], *synapse_names(cell)]
    for name in changes:
        if name not in known:
            raise UnknownName(f"parameter of {cell}", name, known)


def impossible(values: Mapping[str, float], backend: str, timestep_ms: float) -> str:
    """Why a candidate with these parameters cannot be run, "" if it can.

    NEURON's implicit step loses AdExp spikes above v_thresh + delta_T * ln(tau_m / dt); NEST refuses v_spike below
    v_thresh.
    """
    for name in ("cm", "tau_m", "tau_w", "delta_T"):
        if name in values and not values[name] > 0:
            return f"{name} = {values[name]:g} must be more than 0"
    top = values.get("v_spike", values["v_thresh"])
    if not values["v_reset"] < top:
        return f"v_reset = {values['v_reset']:g} mV must be below {top:g} mV, where a spike is detected"
    if "v_spike" not in values:
        return ""
    limit = values["v_thresh"] + values["delta_T"] * log(max(values["tau_m"] / timestep_ms, 1.0))
    if backend == "neuron" and top > limit:
        return (
            f"v_spike = {top:g} mV is above v_thresh + delta_T * ln(tau_m / timestep) = {limit:.2f} mV, where NEURON "
            "loses spikes without a message; lower v_spike or the timestep"
        )
    if backend == "nest" and top < values["v_thresh"]:
        return f"v_spike = {top:g} mV must not be below v_thresh = {values['v_thresh']:g} mV on NEST"
    return ""


def refuse_impossible(values: Mapping[str, float], backend: str, timestep_ms: float) -> None:
    """Raise :class:`UsageError` for a candidate that cannot be run."""
    why = impossible(values, backend, timestep_ms)
    if why:
        raise UsageError(f"candidate: {why}")
