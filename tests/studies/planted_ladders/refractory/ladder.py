"""destexhe2009 with the nominal refractory period of 5 ms in AdExpIF, from rung 3 on: nobody saw that it is halved."""

from dataclasses import replace

from models.destexhe2009_ladder import constants
from models.destexhe2009_ladder.ladder import LADDER as RIGHT


def wrongly(run):
    def run_wrongly(task):
        constants.REFRACTORY_MS = 5.0
        return run(task)

    return run_wrongly


LADDER = replace(
    RIGHT,
    name="planted_refractory",
    rungs=[one if int(one.name) < 3 else replace(one, run=wrongly(one.run)) for one in RIGHT.rungs],
)
