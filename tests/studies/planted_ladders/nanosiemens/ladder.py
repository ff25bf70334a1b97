"""destexhe2009 with the excitatory weight given in nS where PyNN takes uS, from rung 12 on."""

from dataclasses import replace

from models.destexhe2009_ladder import constants
from models.destexhe2009_ladder.ladder import LADDER as RIGHT


def wrongly(run):
    def run_wrongly(task):
        constants.G_EXC_US *= 1e3
        return run(task)

    return run_wrongly


LADDER = replace(
    RIGHT,
    name="planted_nanosiemens",
    rungs=[one if int(one.name) < 12 else replace(one, run=wrongly(one.run)) for one in RIGHT.rungs],
)
