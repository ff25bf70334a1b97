"""The words that all gates share: names of the two sides, values with units, lists of cells."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from crosssim.divergence.verdict import Difference
from crosssim.recording.data import Recording

SHOWN_PLACES = 3
"""How many cells, pairs or spikes a sentence names before it stops."""


def side_names(reference: Recording, candidate: Recording) -> tuple[str, str]:
    """What the two sides are called in a sentence: their backends, or their roles where the backends are the same."""
    if reference.backend == candidate.backend:
        return f"the reference ({reference.backend})", f"the candidate ({candidate.backend})"
    return reference.backend, candidate.backend


def quantity(value: float, unit: str) -> str:
    """A value as a person reads it; twelve digits, so that values a tolerance tells apart do not look alike."""
    return f"{value:.12g}" if unit == "1" else f"{value:.12g} {unit}"


def counted(count: int, noun: str) -> str:
    """``1 spike``, ``2 spikes``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def named_cells(cells: Sequence[int] | npt.NDArray[np.int64]) -> str:
    """``cell 4``, ``cells 1, 4, 7, ...``: the first few."""
    shown = ", ".join(str(int(cell)) for cell in cells[:SHOWN_PLACES])
    return f"cell{'s' if len(cells) > 1 else ''} {shown}" + (", ..." if len(cells) > SHOWN_PLACES else "")


def failing_reason(differences: Sequence[Difference]) -> str:
    """One sentence about the first difference that nobody asked for, and how many more there are."""
    failing = [one for one in differences if not one.asked_for]
    first = failing[0]
    place = f" of {first.population}" if first.population else ""
    more = f"; {counted(len(failing) - 1, 'more difference')}" if len(failing) > 1 else ""
    return f"{first.measure}{place}: {first.detail}{more}"


def asked_for_note(differences: Sequence[Difference]) -> str:
    """What a passing gate adds to its sentence when the command itself made the sides differ; else nothing."""
    count = sum(one.asked_for for one in differences)
    return f"; {counted(count, 'difference')} that the command asked for" if count else ""
