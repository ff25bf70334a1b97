"""The `sim` that a model's build receives: PyNN itself, watched.

It passes every name through, and does three things a plain module cannot: it refuses what could not be the same on
two simulators (unseeded or simulator-own random numbers), it moves input spikes to times that every backend delivers
alike, and it remembers what was declared, so that it can be held against what the simulator holds.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from crosssim.errors import ModelError
from crosssim.runner.leg.declared import Declared, InputGrid
from crosssim.runner.leg.populations import watched_population
from crosssim.runner.leg.projections import deferred_projection, watched_projection

_REFUSED = {
    "SpikeSourcePoisson": "each simulator draws it from its own generator; draw the times once with "
    "crosssim.poisson_spike_times(rate_hz, start_ms, stop_ms, np.random.default_rng(p.seeds.input)) and give them to "
    "sim.SpikeSourceArray(spike_times=...)",
    "NativeRNG": "it is another generator on every simulator; write sim.NumpyRNG(p.seeds.wiring)",
    "NoisyCurrentSource": "each simulator draws its own noise; draw the values once with numpy from p.seeds.input and "
    "give them to sim.StepCurrentSource",
} | dict.fromkeys(
    ("setup", "run", "run_for", "run_until", "reset", "end"),
    "crosssim sets up and runs the simulation; build only returns the Network",
)
_REFUSED["SpikeSourcePoissonRefractory"] = _REFUSED["SpikeSourceGamma"] = _REFUSED["SpikeSourcePoisson"]
_REFUSED["create"] = _REFUSED["connect"] = (
    "write sim.Population(...) or sim.Projection(...), and name it in the Network"
)


class GuardedSimulator:
    """A PyNN backend module, watched. ``sim.Population`` and ``sim.Projection`` are watched subclasses.

    With ``deferred``, build only says what it connects; ``real_projection`` and ``sources`` connect afterwards.
    """

    def __init__(self, sim: Any, grid: InputGrid, *, deferred: bool = False) -> None:
        self._sim = sim
        self._grid = grid
        self.declared = Declared()
        self.Population = watched_population(sim, self.declared, grid)
        self.real_projection = watched_projection(sim, self.declared)
        self.Projection = deferred_projection(self.declared) if deferred else self.real_projection

    def sources(self, trains: list[npt.NDArray[np.float64]], label: str) -> Any:
        """A population of sources that fire ``trains`` (ms), on time whatever was asked of the model's own inputs."""
        from pyNN.parameters import Sequence

        population = watched_population(self._sim, self.declared, replace(self._grid, late_by_ms=0.0, loses_one=False))
        celltype = self._sim.SpikeSourceArray(spike_times=[Sequence(train) for train in trains])
        return population(len(trains), celltype, label=label)

    def __getattr__(self, name: str) -> Any:
        if name in _REFUSED:
            raise ModelError(f"sim.{name} is not for a model that runs on several simulators: {_REFUSED[name]}")
        return getattr(self._sim, name)
