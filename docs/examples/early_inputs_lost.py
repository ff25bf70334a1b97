"""destexhe2009 as it was published: a leg may lose the inputs that come before a time, as NEST then did.

pyNN.nest subtracts the minimum delay from the times of a SpikeSourceArray and drops what would be negative. crosssim
moves such inputs to where every backend delivers them; here ``lose_before`` = 0.1 ms (one minimum delay) on the NEST
leg drops them again: `nest:lose_before=0.1`.
"""

from dataclasses import replace

from crosssim import parameter
from models.destexhe2009 import MODEL as WHOLE


class WithoutEarlyInputs:
    """The simulator, with spike sources that lose what comes before a time."""

    def __init__(self, sim, lose_before):
        self._sim, self._lose_before = sim, lose_before

    def __getattr__(self, name):
        return getattr(self._sim, name)

    def SpikeSourceArray(self, spike_times):
        return self._sim.SpikeSourceArray(spike_times=[times[times >= self._lose_before] for times in spike_times])


def build(sim, p):
    return WHOLE.build(WithoutEarlyInputs(sim, p.lose_before), p)


MODEL = replace(
    WHOLE,
    name="destexhe2009_early_inputs_lost",
    build=build,
    parameters={
        **WHOLE.parameters,
        "lose_before": parameter(0.0, "ms", "chosen: nothing is lost unless a leg asks for it", minimum=0.0),
    },
    summary="destexhe2009, where a leg may lose its first inputs",
)
