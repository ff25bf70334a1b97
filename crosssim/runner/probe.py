"""Does a backend work here? A process of its own: ``python -m crosssim.runner.probe nest`` prints a last line of JSON.

Two driven cells for ten milliseconds: the import, the mechanisms, the solver and the recorder all have to work for
the two spikes to come out. Started by the doctor, under mpiexec too.
"""

import contextlib
import importlib
import json
import sys
import warnings
from typing import Any

from crosssim.runner.backends import find_backend
from crosssim.runner.leg.ranks import Ranks

DURATION_MS = 10.0
EXPECTED_SPIKES = 2
"""One of each cell: 3 nA into PyNN's IF_cond_exp (20 ms, 1 nF, -65 to -50 mV) reach threshold after
20 ln(60/45) = 5.8 ms, and a second time only after the end."""


def probe(name: str) -> dict[str, int]:
    """Run the two cells on the backend ``name``: spikes of this rank's cells, and the ranks that the simulator sees."""
    backend = find_backend(name)
    ranks = Ranks()  # MPI before NEURON: imported after it, NEURON counts one rank
    backend.prepare()
    sim: Any = importlib.import_module(backend.module)
    sim.setup(timestep=0.1, min_delay=0.1, max_delay=1.0, **backend.setup_arguments)
    backend.after_setup(sim)
    cells = sim.Population(2, sim.IF_cond_exp(i_offset=3.0))
    cells.record("spikes")
    sim.run(DURATION_MS)
    spikes = ranks.concatenate(backend.spikes(cells)[1])
    return {"spikes": len(spikes), "ranks": int(sim.num_processes()), "rank": ranks.rank}


def main() -> None:
    """The command line: one argument, the backend."""
    warnings.simplefilter("ignore")
    with contextlib.redirect_stdout(sys.stderr):  # PyNN and the simulators print as they please
        found = probe(sys.argv[1])
    if found.pop("rank") == 0:
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
