"""Uncoupled cells under constant currents of different strength: what each backend makes of one interval after another.

Integrate-and-fire cells, and adapting exponential ones with v_spike at v_thresh and 10 mV above it.
"""

import numpy as np

from crosssim import Model, Network, Recorded, Seeds, Timing, Tolerance, parameter

PARAMETERS = {
    "cells": parameter(12, "1", "chosen: enough for a mean over cells", minimum=2),
    "weakest": parameter(1.1, "1", "chosen: of the current that just makes a cell fire", minimum=1.0),
    "strongest": parameter(1.9, "1", "chosen: intervals of 20 to 50 ms", minimum=1.0),
}
SHARED = {"cm": 0.2, "tau_m": 20.0, "v_rest": -60.0, "v_reset": -60.0, "v_thresh": -50.0, "tau_refrac": 2.6}
ADAPTING = SHARED | {"delta_T": 2.5, "a": 1.0, "b": 0.005, "tau_w": 600.0}
RHEOBASE_NA = 0.1  # 10 mV times the leak of 10 nS; a fifth more for adapting cells


def build(sim, p):
    drive = RHEOBASE_NA * np.linspace(p.weakest, p.strongest, p.cells)
    kinds = {
        "IF": (sim.IF_cond_exp(i_offset=drive, **SHARED), {"v": -60.0}),
        "AdExp -50": (
            sim.EIF_cond_exp_isfa_ista(i_offset=1.2 * drive, v_spike=-50.0, **ADAPTING), {"v": -60.0, "w": 0.0}
        ),
        "AdExp -40": (
            sim.EIF_cond_exp_isfa_ista(i_offset=1.2 * drive, v_spike=-40.0, **ADAPTING), {"v": -60.0, "w": 0.0}
        ),
    }  # fmt: skip
    return Network(
        {
            name: sim.Population(p.cells, cell, initial_values=initial, label=name)
            for name, (cell, initial) in kinds.items()
        }
    )


ONE_STEP = Tolerance(0.1, "ms", "one step: each simulator reports a threshold crossing on the grid")

MODEL = Model(
    name="constant_drive",
    summary="uncoupled cells under constant currents",
    build=build,
    parameters=PARAMETERS,
    timing=Timing(duration_ms=200.0),
    seeds=Seeds.from_one(1),
    recorded=[Recorded(name, "spikes", ONE_STEP) for name in ("IF", "AdExp -50", "AdExp -40")],
)
