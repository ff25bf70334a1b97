"""Random numbers of a build: refused unless they are the same everywhere, and drawn once."""

from typing import Any

import numpy as np
import numpy.typing as npt

from crosssim.errors import ModelError

_DEFAULT_CONNECTOR_SEED = 151985012  # what PyNN 0.13 gives a connector that was handed no rng


def refuse_unseeded_connector(connector: Any, label: str) -> None:
    """Raise :class:`ModelError` if the connector of projection ``label`` would draw another network each time."""
    rng = getattr(connector, "rng", None)
    kind = connector.__class__.__name__
    if kind == "FixedTotalNumberConnector":
        raise ModelError(
            f"projection {label}: FixedTotalNumberConnector makes another network for every number of MPI ranks; "
            "write sim.FixedProbabilityConnector or draw the edges and use sim.FromListConnector"
        )
    if rng is not None:
        _refuse_generator(rng, f"projection {label}: {kind}")


def refuse_unseeded(value: Any, what: str) -> None:
    """Raise :class:`ModelError` if ``value`` is a random distribution whose generator has no seed of its own."""
    if hasattr(value, "rng") and hasattr(value, "next"):
        _refuse_generator(value.rng, what)


def _refuse_generator(rng: Any, what: str) -> None:
    write = "write rng=sim.NumpyRNG(p.seeds.wiring, parallel_safe=True)"
    if rng.__class__.__name__ != "NumpyRNG":
        raise ModelError(f"{what} draws from {rng.__class__.__name__}, which is not the same everywhere; {write}")
    if getattr(rng, "seed", None) in (None, _DEFAULT_CONNECTOR_SEED):
        raise ModelError(f"{what} has no seed of its own; {write}")
    if not rng.parallel_safe:
        raise ModelError(f"{what} draws other numbers for every number of MPI ranks; {write}")


def drawn(value: Any, cells: int, label: str | None) -> npt.NDArray[np.float64]:
    """f8[cells]: PyNN's ways to give a value (number, array, function of the position, distribution), drawn once."""
    from pyNN.parameters import LazyArray

    lazy = value if isinstance(value, LazyArray) else LazyArray(value, shape=(cells,), dtype=float)
    lazy.shape = (cells,)
    refuse_unseeded(lazy.base_value, f"population {label}: a random value")
    return np.array(lazy.evaluate(simplify=False), dtype=np.float64)
