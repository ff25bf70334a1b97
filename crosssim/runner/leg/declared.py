"""What build declared, kept so that it can be held against what the simulator holds."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from crosssim.recording.data import Spikes


@dataclass
class Declared:
    """What build declared: by id() of the population, values by name; and what was told to the modeller.

    ``odd_delays_ms`` is the first delay of a projection, by its id(), that is not a whole number of steps.
    """

    parameters: dict[int, dict[str, npt.NDArray[np.float64]]] = field(default_factory=dict)
    initial: dict[int, dict[str, npt.NDArray[np.float64]]] = field(default_factory=dict)
    inputs: dict[int, list[npt.NDArray[np.float64]]] = field(default_factory=dict)
    populations: list[Any] = field(default_factory=list)
    projections: list[Any] = field(default_factory=list)
    odd_delays_ms: dict[int, float] = field(default_factory=dict)
    moved_inputs: int = 0
    total_inputs: int = 0
    farthest_move_ms: float = 0.0

    def input_spikes(self, population: Any, t_stop_ms: float) -> Spikes:
        """The declared spikes of a source population, up to the end of the run."""
        trains = [times[times <= t_stop_ms] for times in self.inputs[id(population)]]
        cells = np.repeat(np.arange(len(trains)), [len(train) for train in trains])
        return Spikes.from_events(cells, np.concatenate([np.zeros(0), *trains]), len(trains), t_stop_ms)


@dataclass(frozen=True)
class InputGrid:
    """The grid on which input spikes are delivered: points every ``step_ms``, none before ``earliest_ms``.

    ``early_by_ms`` is taken off each time that a simulator is given: a time that float dust puts a hair after a grid
    point would be delivered one step late (findings: 4.4 - 0.1). ``late_by_ms`` and ``loses_one`` (one spike
    of the first source is kept back) are faults planted on purpose.
    """

    step_ms: float
    earliest_ms: float
    early_by_ms: float = 1e-6
    late_by_ms: float = 0.0
    loses_one: bool = False
