"""Projections that are watched while build connects them, or put off until a replay makes them."""

from typing import Any

import numpy as np

from crosssim.errors import ModelError
from crosssim.model.declaration import is_multiple
from crosssim.runner.leg.declared import Declared
from crosssim.runner.leg.randomness import refuse_unseeded, refuse_unseeded_connector

_HAIR_MS = 1e-9  # float dust in a delay that is exactly the shortest


def watched_projection(sim: Any, declared: Declared) -> type:
    """A subclass of the backend's Projection that refuses random numbers that were not handed a seed."""

    class Projection(sim.Projection):  # type: ignore[misc]
        """A PyNN projection whose randomness is checked before it connects."""

        def __init__(self, presynaptic: Any, postsynaptic: Any, connector: Any, *args: Any, **named: Any) -> None:
            label = named.get("label") or f"{presynaptic.label} to {postsynaptic.label}"
            for side in (presynaptic, postsynaptic):
                if isinstance(side, sim.Assembly):
                    raise ModelError(f"projection {label}: write one projection per population instead of an Assembly")
            refuse_unseeded_connector(connector, label)
            synapse = named.get("synapse_type", args[0] if args else None)
            for name, value in getattr(synapse, "parameter_space", {}).items():
                _judge(name, getattr(value, "base_value", None), label, sim)
            super().__init__(presynaptic, postsynaptic, connector, *args, **named)
            declared.projections.append(self)

        def set(self, **values: Any) -> None:
            for name, value in values.items():
                _judge(name, value, self.label, sim)
            super().set(**values)

        def _convergent_connect(self, presynaptic: Any, postsynaptic: Any, *args: Any, **parameters: Any) -> None:
            _refuse_short(parameters.get("delay", np.inf), self.label, sim)
            _remember_odd(parameters.get("delay", []), self, declared, sim.get_time_step())
            super()._convergent_connect(presynaptic, postsynaptic, *args, **parameters)

    return Projection


def _judge(name: str, value: Any, label: str, sim: Any) -> None:
    """Refuse what can be seen of a synaptic parameter before PyNN evaluates it for each edge."""
    refuse_unseeded(value, f"projection {label}: {name}")
    if name == "delay" and isinstance(value, int | float | np.ndarray):
        _refuse_short(value, label, sim)


def _remember_odd(delay_ms: Any, projection: Any, declared: Declared, step_ms: float) -> None:
    odd = [one for one in np.unique(delay_ms) if not is_multiple(one, step_ms)]
    if odd:
        declared.odd_delays_ms.setdefault(id(projection), float(odd[0]))


def _refuse_short(delay_ms: Any, label: str, sim: Any) -> None:
    """NEST lengthens such a delay without a word, and then says that it has always been so; NEURON keeps it."""
    shortest, declared_ms = float(sim.get_min_delay()), float(np.min(delay_ms, initial=np.inf))
    if declared_ms < shortest - _HAIR_MS:
        raise ModelError(
            f"projection {label}: delay = {declared_ms:g} ms is below min_delay_ms = {shortest:g}, and NEST and NEURON "
            "would not deliver it alike; lengthen it, or lower min_delay_ms in the model's Timing"
        )


def deferred_projection(declared: Declared) -> type:
    """A stand-in for Projection that keeps what build says and connects nothing yet."""

    class Projection:
        """A projection that will be made after build, from the wiring that was read back."""

        def __init__(
            self,
            presynaptic: Any,
            postsynaptic: Any,
            connector: Any,
            synapse_type: Any = None,
            *rest: Any,
            **named: Any,
        ) -> None:
            kind = synapse_type.__class__.__name__
            self.label = named.get("label") or f"{presynaptic.label} to {postsynaptic.label}"
            if synapse_type is not None and kind != "StaticSynapse":
                raise ModelError(
                    f"projection {self.label} uses {kind}; replay holds the weights fixed, so it takes only "
                    "StaticSynapse: compare this model with the gates up to trajectories"
                )
            self.pre, self.post = presynaptic, postsynaptic
            declared.projections.append(self)

        def set(self, **values: Any) -> None:
            """Nothing: what set() changes stands in the wiring that was read back."""

    return Projection
