"""The porting ladder of destexhe2009: the rungs, what each changes, and what it must keep.

`crosssim ladder destexhe2009` climbs it. The rungs are those of A. Davison, "Porting a model from NEURON to PyNN: a
case study" (2012), from the Hoc program of A. Destexhe (2009) to pure PyNN; the last one runs the result on NEST.
No simulator is imported before a rung is run.
"""

import numpy as np

from crosssim import (
    Identical,
    Ladder,
    Margin,
    Published,
    Qualitative,
    Rung,
    RungOutput,
    Tolerance,
    Within,
)

from .constants import DURATION_MS, TIMESTEP_MS
from .draws import Draws
from .draws import draw as draw_network
from .recording import RungRecording, recorded_cells
from .run_one import run_rung

PORT = "Davison 2012, port of Destexhe 2009 to PyNN"
ONE_SEED = "one seed of the original's random numbers"
MECHANISMS = "destexhe2009"


def draw(seed):
    """The arrays of a network drawn from ``seed``."""
    return dict(draw_network(seed).__dict__)


def draws_from(arrays):
    """The inverse: draws as the rungs take them."""
    return Draws(**{name: int(array) if name == "n_cells" else array for name, array in arrays.items()})


def network(number):
    """The function of a rung: the network of that number, built from the draws that all rungs share."""

    def run(task):
        draws = draws_from(task.draws)
        return output(run_rung(number, draws, task.duration_ms, task.simulator, seed=max(task.seed, 1)), draws)

    return run


def output(recorded: RungRecording, draws: Draws) -> RungOutput:
    """All cells are one population: excitatory (RS or LTS) first, then inhibitory (FS)."""
    n_cells, n_exc = draws.n_cells, draws.n_exc
    classes = {
        "RS": np.flatnonzero(~draws.is_lts),
        "LTS": np.flatnonzero(draws.is_lts),
        "FS": np.arange(n_exc, n_cells),
    }
    return RungOutput(
        n_cells={"cells": n_cells},
        spikes={"cells": (recorded.cell, recorded.time_ms)},
        v_mv={"cells": (recorded_cells(n_cells), recorded.v_mV)},
        cell_classes={"cells": classes},
    )


def rates(window_ms, rs_hz, fs_hz, why):
    """Margins of the rates of both large classes in the first ``window_ms``, from (mean, scatter) of their change.

    Those were measured over the seeds 1 to 8. A window is short enough for the course of the activity not to have
    parted altogether on the two rungs, except where a rung draws other random numbers.
    """
    return tuple(
        Margin(
            "rate_hz",
            limit=round(3 * scatter, 2),
            change=mean,
            why=f"{why}; measured over 8 seeds: {mean:+g} Hz with a scatter of {scatter:g} Hz, and three times that is "
            "six standard errors of a mean of four seeds",
            of=of,
            window_ms=window_ms,
        )
        for of, (mean, scatter) in (("RS", rs_hz), ("FS", fs_hz))
    )


REFRACTORY = Margin(
    "shortest_interval_ms",
    0.3,
    "three steps of 0.1 ms: over seeds the shortest interval is 3.0 or 3.1 ms on every rung, and it follows the "
    "refractory period, whatever the network does",
    window_ms=50.0,
)
SAME_CALLS = Identical("the same calls to the simulator in the same order: only the code has moved")

LADDER = Ladder(
    name="destexhe2009",
    summary="from the Hoc program of Destexhe (2009) to PyNN on NEURON and NEST, as Davison (2012) ported it",
    draw=draw,
    duration_ms=DURATION_MS,
    timestep_ms=TIMESTEP_MS,
    seed=1,
    shown_cell=170,
    checked_model="destexhe2009",
    rungs=(
        Rung(
            "0",
            network(0),
            "the original Hoc program, which draws its own random numbers",
            nmodl=MECHANISMS,
            draws_own=True,
        ),
        Rung(
            "1",
            network(1),
            "explicit random numbers: drawn once and handed in (the article set seeds)",
            keeps=Qualitative(
                (
                    *rates(100.0, (-1.5, 13.0), (-4.4, 5.7), "other random numbers make another network"),
                    REFRACTORY,
                ),
                seeds=4,
            ),
            against="0",
            nmodl=MECHANISMS,
        ),
        Rung(
            "2",
            network(2),
            "Hoc to Python, one to one",
            keeps=Identical("the same calls to NEURON in the same order, with the same mechanisms"),
            against="1",
            nmodl=MECHANISMS,
            published=(Published("RS", "rate_hz", 29.0, "Hz", PORT, ONE_SEED),),
        ),
        Rung(
            "3",
            network(3),
            "the cell's density mechanism to PyNN's AdExpIF, with a refractory period of 2.5 ms plus one step",
            keeps=(
                Within(
                    v=Tolerance(
                        1e-7,
                        "mV",
                        "the same equation, but w by implicit instead of explicit Euler: 1e-9 mV after some ms, "
                        "doubled by the exponential every 0.3 ms near threshold",
                    ),
                    until="first spike",
                    latest_ms=8.0,  # over 8 seeds the second spikes of others move a cell's v from 9.3 ms on
                ),
                Within(
                    spikes=Tolerance(
                        0.05, "ms", "the same spikes on the same steps; the original stores the middle of its step"
                    ),
                    until=8.0,
                ),
                Qualitative(
                    (
                        *rates(
                            20.0,
                            (-0.2, 0.6),
                            (0.1, 0.4),
                            "v is drawn differently for one step of a spike, and nothing else has changed",
                        ),
                        REFRACTORY,
                    ),
                    seeds=4,
                ),
            ),
            against="2",
            nmodl=MECHANISMS,
            published=(Published("RS", "rate_hz", 33.0, "Hz", PORT, ONE_SEED),),
        ),
        Rung(
            "4",
            network(4),
            "cells become objects of three classes",
            keeps=SAME_CALLS,
            against="3",
            nmodl=MECHANISMS,
        ),
        Rung(
            "5",
            network(5),
            "pointer synapses to ExpSyn and NetCon; no dead time",
            keeps=Qualitative(
                (
                    *rates(
                        10.0,
                        (-1.1, 3.2),
                        (1.8, 1.4),
                        "an event starts to decay one step later, and every input counts as before",
                    ),
                    REFRACTORY,
                ),
                seeds=4,
            ),
            against="4",
            nmodl=MECHANISMS,
        ),
        Rung(
            "6",
            network(6),
            "generators to event sources that play the drawn times",
            keeps=Identical("every generator is high on single steps, and each is one event at the same time"),
            against="5",
            nmodl=MECHANISMS,
        ),
        Rung(
            "7",
            network(7),
            "own cell classes to the BretteGerstnerIF of pyNN.neuron",
            keeps=Within(
                spikes=Tolerance(0.0, "ms", "the same equations on the same grid"),
                v=Tolerance(
                    1e-10,
                    "mV",
                    "PyNN's compartment has five times the area, densities to match: a v of 60 mV carries 7e-15 mV of "
                    "rounding, which threshold and network multiply by a thousand",
                ),
            ),
            against="6",
        ),
        Rung(
            "8",
            network(8),
            "synaptic delay 0 to 0.1 ms, one step, so that the network can run in parallel",
            keeps=Qualitative(
                (
                    *rates(15.0, (-2.7, 3.2), (-0.4, 1.1), "every input comes one step later"),
                    REFRACTORY,
                ),
                seeds=4,
            ),
            against="7",
        ),
        Rung(
            "9",
            network(9),
            "list of cells to a PyNN Population",
            keeps=SAME_CALLS,
            against="8",
        ),
        Rung(
            "10",
            network(10),
            "NetCon to pyNN.connect()",
            keeps=SAME_CALLS,
            against="9",
        ),
        Rung(
            "11",
            network(11),
            "nothing but PyNN: Projections, SpikeSourcePoisson, and the spike is no longer drawn into v",
            keeps=Qualitative(
                (
                    *rates(
                        50.0,
                        (-3.4, 9.3),
                        (0.1, 5.4),
                        "SpikeSourcePoisson draws another stimulation of the same statistics",
                    ),
                    REFRACTORY,
                ),
                seeds=6,
            ),
            against="10",
            draws_own=True,
        ),
        Rung(
            "12",
            network(12),
            "SpikeSourcePoisson to SpikeSourceArray: the drawn stimulation again, the same on every simulator",
            keeps=Qualitative(
                (
                    *rates(
                        10.0,
                        (0.6, 1.2),
                        (-0.3, 0.5),
                        "the stimulation of rung 10 again, where only inputs of the first step come one step later",
                    ),
                    REFRACTORY,
                ),
                seeds=4,
            ),
            against="10",
        ),
        Rung(
            "13",
            network(12),
            "NEURON to NEST, nothing else",
            keeps=Qualitative(
                (
                    *rates(
                        10.0,
                        (-0.7, 3.1),
                        (-1.7, 2.7),
                        "the same inputs and wiring; another integrator, which shifts a spike by a few steps",
                    ),
                    REFRACTORY,
                ),
                seeds=4,
            ),
            against="12",
            simulator="nest",
        ),
    ),
)
