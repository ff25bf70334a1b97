"""The simulators: one file each, all the same shape, listed here."""

from crosssim.errors import UnknownName
from crosssim.runner.backends.base import Backend
from crosssim.runner.backends.nest import BACKEND as NEST
from crosssim.runner.backends.neuron import BACKEND as NEURON

BACKENDS: dict[str, Backend] = {one.name: one for one in (NEST, NEURON)}


def find_backend(name: str) -> Backend:
    """The backend called ``name``. Raises :class:`UnknownName`, with the nearest known one."""
    if name not in BACKENDS:
        raise UnknownName("backend", name, BACKENDS)
    return BACKENDS[name]
