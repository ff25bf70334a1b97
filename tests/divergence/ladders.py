"""Recordings of two integrators down a ladder of steps, with a real difference of known size between them."""

import numpy as np

from crosssim.divergence.refinement import RefinementLevel
from crosssim.recording.data import Recording, Spikes

STEPS_MS = (0.1, 0.05, 0.02, 0.01)
DURATION_MS = 300.0


def ladder(
    *,
    cells=40,
    per_cell=25,
    slopes=(0.5, -1.0),
    fault_ms=0.0,
    odd_cell=None,
    lost_share=0.0,
    hairs=0.0,
    early_ms=0.0,
    bend=0.0,
    seed=1,
):
    """Both sides fire at the same true times, plus ``slope * step``; the candidate also ``fault_ms`` later.

    ``odd_cell`` alone has the fault if it is given; ``lost_share`` of the candidate's spikes are missing at every
    step; spikes of the first tenth are ``early_ms`` later; ``hairs`` is the share of spikes that jump by a
    millisecond at one step, as those that barely fire do; ``bend`` (1/ms) shifts the candidate by ``bend * step²``.
    """
    draw = np.random.default_rng(seed)
    cell = np.repeat(np.arange(cells), per_cell)
    true = np.sort(draw.uniform(10, DURATION_MS - 10, (cells, per_cell)), axis=1)
    true = (true * 0.02 + np.arange(per_cell) * (DURATION_MS - 30) / per_cell + 10).ravel()  # never closer than 4 ms
    late = np.full(true.size, fault_ms) if odd_cell is None else np.where(cell == odd_cell, fault_ms, 0.0)
    late = late + np.where(true < 0.1 * DURATION_MS, early_ms, 0.0)
    kept = draw.uniform(size=true.size) >= lost_share
    levels = []
    for step in STEPS_MS:
        jump = np.where(draw.uniform(size=true.size) < hairs, draw.choice([-1.0, 1.0], true.size), 0.0)
        reference = _recording("nest", cell, _on_grid(true + slopes[0] * step, step), step, cells)
        shifted = _on_grid(true + slopes[1] * step + bend * step**2 + late + jump, step)
        candidate = _recording("neuron", cell[kept], shifted[kept], step, cells)
        levels.append(RefinementLevel(step, reference, candidate))
    return levels


def _on_grid(times_ms, step_ms):
    return np.ceil(times_ms / step_ms) * step_ms


def _recording(backend, cell, times_ms, step_ms, cells):
    spikes = Spikes.from_events(cell, times_ms, cells, DURATION_MS)
    return Recording("ladder", backend, step_ms, DURATION_MS, spikes={"exc": spikes})
