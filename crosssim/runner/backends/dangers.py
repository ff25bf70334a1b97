"""Dangers that do not belong to one simulator: steps that time constants, delays and periods do not fit."""

import numpy as np

from crosssim.model.declaration import is_multiple
from crosssim.runner.backends.base import Danger, Plan, Severity

_STEPS_TO_RESOLVE = 5
"""A time constant below five steps is not resolved: a Brunel network with tau_syn = dt fired at 39 Hz on NEURON and
at 90 Hz on NEST (measured; docs/verdicts.md shows how to see it)."""


def common_dangers(plan: Plan) -> list[Danger]:
    """Delays and refractory periods off the grid, time constants that the step does not resolve."""
    return _delays_off_grid(plan) + _periods_off_grid(plan) + _unresolved(plan)


def _delays_off_grid(plan: Plan) -> list[Danger]:
    step = plan.timing.timestep_ms
    found = []
    for name, wiring in plan.wiring.items():
        odd = [delay for delay in np.unique(wiring.delay_ms) if not is_multiple(delay, step)]
        if odd:
            found.append(
                Danger(
                    Severity.WARN,
                    f"projection {name}: delay {odd[0]:g} ms is not a whole number of steps of {step:g} ms; "
                    "simulators round it differently",
                )
            )
    return found


def _periods_off_grid(plan: Plan) -> list[Danger]:
    step = plan.timing.timestep_ms
    found = []
    for name, table in plan.cells.items():
        odd = [period for period in np.unique(table.declared.get("tau_refrac", [])) if not is_multiple(period, step)]
        if odd:
            found.append(
                Danger(
                    Severity.WARN,
                    f"population {name}: tau_refrac = {odd[0]:g} ms is not a whole number of steps of {step:g} ms; "
                    "NEURON takes the nearest, NEST the next",
                )
            )
    return found


def _unresolved(plan: Plan) -> list[Danger]:
    step = plan.timing.timestep_ms
    found = []
    for name, table in plan.cells.items():
        for parameter, values in table.declared.items():
            if not parameter.startswith(("tau_syn", "tau_m")) or not values.size:
                continue
            smallest = float(values.min())
            if 0 < smallest < _STEPS_TO_RESOLVE * step:
                found.append(
                    Danger(
                        Severity.WARN,
                        f"population {name}: {parameter} = {smallest:g} ms is below {_STEPS_TO_RESOLVE} steps of "
                        f"{step:g} ms; the integrators will not agree, use a smaller timestep",
                    )
                )
    return found
