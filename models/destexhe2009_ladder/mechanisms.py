"""Loads the compiled mechanisms of nmodl/destexhe2009 into this process."""

from pathlib import Path


def load(folder: Path | None) -> None:
    """Load the library compiled in ``folder``, before PyNN's mechanisms are.

    The order matters in the last digit: NEURON adds the currents of a cell in the order in which mechanisms were
    loaded, and the reference has the synapses before AdExpIF. Raises ValueError without a folder, or if it holds none.
    """
    from neuron import h, load_mechanisms

    if hasattr(h, "PointerExcSyn"):
        return
    if folder is None:
        raise ValueError(
            "mechanisms = none, and this rung needs those of nmodl/destexhe2009; hand in a compiled folder"
        )
    if not load_mechanisms(str(folder)):
        raise ValueError(f"mechanisms = {folder} holds no compiled library; compile nmodl/destexhe2009 first")
