"""What a single cell is given: a current, and spikes through its two synapses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stimulus:
    """One input to one cell.

    The current is ``amplitudes_nA[k]`` from ``times_ms[k]`` on, 0 before the first. ``excitatory_ms`` and
    ``inhibitory_ms`` are spike times, in order, each of its ``weight``: uS for a cell with synaptic conductances, else
    nA (the inhibitory one is negative there). All times are on the time grid.
    """

    name: str
    times_ms: tuple[float, ...] = ()
    amplitudes_nA: tuple[float, ...] = ()  # noqa: N815 - A is ampere
    excitatory_ms: tuple[float, ...] = ()
    inhibitory_ms: tuple[float, ...] = ()
    excitatory_weight: float = 0.0
    inhibitory_weight: float = 0.0
