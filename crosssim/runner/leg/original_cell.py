"""An NMODL mechanism as a cell type of pyNN.neuron, so that it is driven and recorded by the code of every other."""

from collections.abc import Mapping
from math import pi, sqrt
from pathlib import Path
from typing import Any

from crosssim.errors import UsageError
from crosssim.runner.driven import OriginalCell


def load_library(original: OriginalCell) -> None:
    """Load the mechanism's own library. Raises :class:`UsageError` if NEURON does not take it."""
    import neuron

    if not neuron.load_mechanisms(original.library):
        raise UsageError(f"{original.mechanism} was compiled and does not load from {Path(original.library)}")


def original_cell_type(original: OriginalCell, standard: Any) -> Any:
    """A native cell type with the synapses of the PyNN cell type ``standard`` on a section with the mechanism."""
    from pyNN.neuron import NativeCellType
    from pyNN.neuron.cells import SingleCompartmentNeuron, StandardReceptorTypesMixin

    kinds = dict(standard.extra_parameters)

    class Cell(SingleCompartmentNeuron, StandardReceptorTypesMixin):  # type: ignore[misc]
        def __init__(self, tau_e: float, tau_i: float, e_e: float = 0.0, e_i: float = 0.0) -> None:
            SingleCompartmentNeuron.__init__(self, original.cm_uF_cm2, 0.0)
            self.L = self.seg.diam = sqrt(original.area_um2 / pi)
            StandardReceptorTypesMixin.__init__(self, kinds["syn_type"], kinds["syn_shape"], tau_e, tau_i, e_e, e_i)
            self.set_parameters()
            self.mechanism = _insert(self, original)
            self.source, self.rec = _spikes(self, original)

    synapses = _SYNAPSES if standard.conductance_based else _SYNAPSES[:2]

    class CellType(NativeCellType):  # type: ignore[misc]
        model = Cell
        default_parameters = {name: standard.default_parameters[pynn] for name, pynn in synapses}  # noqa: RUF012
        default_initial_values = {"v": original.rest_mV}  # noqa: RUF012
        units = {"v": "mV"}  # noqa: RUF012
        recordable = ("spikes", "v")
        receptor_types = ("excitatory", "inhibitory")
        conductance_based = standard.conductance_based

        def can_record(self, variable: str, location: Any = None) -> bool:
            return variable in self.recordable

    return CellType


_SYNAPSES = (("tau_e", "tau_syn_E"), ("tau_i", "tau_syn_I"), ("e_e", "e_rev_E"), ("e_i", "e_rev_I"))


def native_names(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """PyNN's parameters of synapses by the names of the cell type above."""
    return {name: parameters[pynn] for name, pynn in _SYNAPSES if pynn in parameters}


def _insert(section: Any, original: OriginalCell) -> Any:
    """Put the leak and the mechanism into the section and set its parameters; the mechanism."""
    from neuron import h

    if original.leak_S_cm2 > 0:
        section.insert("pas")
        section.seg.pas.g, section.seg.pas.e = original.leak_S_cm2, original.rest_mV
    if original.is_point_process:
        mechanism = getattr(h, original.mechanism)(section.seg)
    else:
        section.insert(original.mechanism)
        mechanism = getattr(section.seg, original.mechanism)
    for name, value in original.parameters.items():
        try:
            setattr(mechanism, name, value)
        except (AttributeError, LookupError):
            setattr(h, f"{name}_{original.mechanism}", value)  # a parameter without RANGE is one for all cells
    return mechanism


def _spikes(section: Any, original: OriginalCell) -> tuple[Any, Any]:
    """What sends the spikes, and the connection that records them."""
    from neuron import h

    if original.sends_events:
        return section.mechanism, h.NetCon(section.mechanism, None)
    source = section.seg._ref_v
    detector = h.NetCon(source, None, sec=section)
    detector.threshold = original.threshold_mV
    return source, detector
