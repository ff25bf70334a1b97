"""Dangers that do not belong to one simulator: delays and time constants that do not fit the step."""

import numpy as np

from crosssim.model.declaration import is_multiple
from crosssim.runner.backends.base import Danger, Plan, Severity

_HAIR_MS = 1e-9  # float dust in a delay that is exactly the shortest

_STEPS_TO_RESOLVE = 5
"""A time constant below five steps is not resolved: a Brunel network with tau_syn = dt fired at 39 Hz on NEURON and
at 90 Hz on NEST (measured; docs/verdicts.md shows how to see it)."""


def common_dangers(plan: Plan) -> list[Danger]:
    """Delays too short, refractory periods off the grid, time constants that the step does not resolve."""
    return _short_delays(plan) + _periods_off_grid(plan) + _unresolved(plan)


def _short_delays(plan: Plan) -> list[Danger]:
    """What build refuses already where it can see it: here also delays that came by another way."""
    shortest = plan.timing.min_delay_ms
    return [
        Danger(
            Severity.REFUSE,
            f"projection {name}: delay = {wiring.delay_ms.min():g} ms is below min_delay_ms = {shortest:g}; "
            "lengthen it, or lower min_delay_ms in the model's Timing",
        )
        for name, wiring in plan.wiring.items()
        if len(wiring) and wiring.delay_ms.min() < shortest - _HAIR_MS
    ]


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
