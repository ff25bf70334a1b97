"""A mechanism's quantities in PyNN's units, as a formula in the mechanism's names and as a number."""

from crosssim.porting.algebra import formula
from crosssim.porting.finding import ParameterMap
from crosssim.porting.mechanism import Mechanism
from crosssim.porting.syntax import Node
from crosssim.units import conversion_factor, is_unit

_SPELLINGS = {
    "umho": "uS", "micromho": "uS", "microsiemens": "uS", "nanosiemens": "nS", "mho": "S", "nanoamp": "nA",
    "picoamp": "pA", "millivolt": "mV", "millivolts": "mV", "millisecond": "ms", "msec": "ms", "degC": "", "/s": "Hz",
}  # fmt: skip
PER_CM2 = ("S/cm2", "mho/cm2")
"""How files write the unit of a conductance over the membrane area."""
US_PER_SPER_CM2_UM2 = 0.01
"""1 S/cm2 over 1 um2 = 1e-8 S = 0.01 uS."""


def mapped(name: str, unit: str, source: Node, mechanism: Mechanism, note: str = "") -> ParameterMap:
    """The PyNN parameter ``name`` in ``unit`` made of the mechanism's own, converted by its declared unit."""
    text, value = formula(source), mechanism.value(source)
    declared = mechanism.unit(source.text)
    if declared in PER_CM2:
        factor = US_PER_SPER_CM2_UM2 * conversion_factor("uS", unit)
        return ParameterMap(name, unit, f"{factor:g} * {text} * area(um2)", None, note)
    spelled = _SPELLINGS.get(declared, declared)
    if spelled == unit:
        return ParameterMap(name, unit, text, value, note)
    if spelled in ("", "1") or not is_unit(spelled):
        unsure = "no unit in the file" if not declared else f"declared in {declared}"
        return ParameterMap(name, unit, text, value, "; ".join(part for part in (note, unsure) if part))
    factor = conversion_factor(spelled, unit)
    converted = text if factor == 1 else f"{factor:g} * {text}"
    return ParameterMap(name, unit, converted, None if value is None else value * factor, note)


def membrane(mechanism: Mechanism, leak: Node | None) -> tuple[ParameterMap, ...]:
    """cm and tau_m of a PyNN cell, which are the section's: C (nF) = cm (uF/cm2) * area (um2) * 1e-5."""
    capacity = ParameterMap("cm", "nF", "1e-5 * cm(uF/cm2) * area(um2)", None, "of the section")
    if leak is not None and mechanism.unit(leak.text) in PER_CM2:
        value = mechanism.value(leak)
        at_one = 1e-3 / value if value else None
        return capacity, ParameterMap("tau_m", "ms", f"1e-3 * cm(uF/cm2) / {formula(leak)}", at_one, "at 1 uF/cm2")
    if leak is not None and mechanism.unit(leak.text) in ("uS", "umho"):
        return capacity, ParameterMap("tau_m", "ms", f"cm(nF) / {formula(leak)}", None, "with cm from above")
    return capacity, ParameterMap("tau_m", "ms", "1e-3 * cm(uF/cm2) / g_pas(S/cm2)", None, "of the section's leak")
