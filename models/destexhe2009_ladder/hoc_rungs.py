"""Rungs 0 and 1: the Hoc program, loaded into this process so that its vectors can be read."""

import tempfile
from pathlib import Path

from neuron import h

from .draws import Draws
from .recording import RungRecording, recording

PROGRAM = Path(__file__).with_name("original.hoc")


class HocProgram:
    """Rung 1: the Hoc program with the draws handed in, where the article set explicit seeds."""

    def __init__(self, draws: Draws) -> None:
        if not h.load_file(1, str(PROGRAM)):
            raise RuntimeError(f"{PROGRAM.name} did not load; NEURON's message is above")
        self.build(draws)

    def build(self, draws: Draws) -> None:
        """Hand the draws over in a text file."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "draws.txt"
            path.write_text(draws.as_text())
            h.build_from_file(str(path))

    def run(self, duration_ms: float) -> RungRecording:
        """Simulate; the program takes half a step off the detection times itself."""
        h.simulate(duration_ms)
        v_mv = [h.v_traces[k].as_numpy() for k in range(int(h.n_recorded))]
        times_ms = h.spike_times.as_numpy()
        return recording(h.spike_cells.as_numpy(), times_ms, v_mv, int(h.n_cells), duration_ms)


class UnseededHocProgram(HocProgram):
    """Rung 0: the Hoc program as it was, with NEURON's random numbers. It draws its own: judge it by its fate only."""

    def build(self, draws: Draws) -> None:
        """The draws are not used."""
        h.build_with_own_draws()
