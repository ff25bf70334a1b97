"""The nearest PyNN standard cell, synapse or source of a mechanism: recognisers in order, the most particular first."""

from collections.abc import Callable

from crosssim.porting.equivalent_cells import exponential_cell, leak, leaky_cell, quadratic_cell, traub_channels
from crosssim.porting.equivalent_synapses import alpha_synapse, dynamic_synapse, exponential_synapse, spike_source
from crosssim.porting.finding import Proposal
from crosssim.porting.mechanism import Mechanism

RECOGNISERS: tuple[Callable[[Mechanism], Proposal | None], ...] = (
    exponential_cell,
    quadratic_cell,
    traub_channels,
    dynamic_synapse,
    alpha_synapse,
    exponential_synapse,
    spike_source,
    leaky_cell,
    leak,
)
"""Each is a pure function from a mechanism to a proposal, or to ``None`` if it is something else."""

NONE_FOUND = "no equivalent found among PyNN's standard models"


def nearest_equivalent(mechanism: Mechanism) -> Proposal:
    """The first recogniser's proposal; one without an equivalent if none knows the mechanism."""
    for recognise in RECOGNISERS:
        proposal = recognise(mechanism)
        if proposal is not None:
            return proposal
    return Proposal(mechanism.name, mechanism.line, None, NONE_FOUND)
