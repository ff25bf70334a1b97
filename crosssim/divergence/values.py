"""Parameters and initial values of a population: held against declared on each side, then side against side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from crosssim.divergence.arrays import largest, outside
from crosssim.divergence.verdict import Difference, Gate
from crosssim.divergence.wording import named_cells, quantity
from crosssim.recording.data import CellTable, Floats

RELATIVE_TOLERANCE = 1e-9
"""A parameter passes through a simulator's own units and back (nF to pF, C / tau to g_L): a few roundings of 1e-16
each. A millionth of a per mille is far above that and far below anything a modeller means."""


@dataclass(frozen=True)
class _Side:
    """One value on one side, by what it was declared to be and what the simulator holds; ``None`` if absent."""

    name: str
    declared: Floats | None
    held: Floats | None

    @property
    def shown(self) -> Floats | None:
        """What a person is shown: what the simulator holds, where it can be asked."""
        return self.declared if self.held is None else self.held

    @property
    def compared(self) -> Floats | None:
        """What is set beside the other side: what was declared, where it was."""
        return self.held if self.declared is None else self.declared


@dataclass(frozen=True)
class _Value:
    """One parameter or initial value of one population, on both sides."""

    population: str
    measure: str
    unit: str
    reference: _Side
    candidate: _Side

    def differences(self, asked_for: bool) -> Iterator[Difference]:
        """Each side against its own declaration, then side against side.

        Two held values need no look of their own where both were declared: a gap between them that is not one
        between the declarations is one between a simulator and its own declaration.
        """
        for side in (self.reference, self.candidate):
            if side.declared is not None and side.held is not None:
                yield from self._row((side.held, side.declared), (f"{side.name} holds", "declared"), asked_for=False)
        here, there = self.reference.compared, self.candidate.compared
        if here is not None and there is not None:
            verbs = tuple("holds" if side.declared is None else "declares" for side in (self.reference, self.candidate))
            words = (f"{self.reference.name} {verbs[0]}", f"{self.candidate.name} {verbs[1]}")
            yield from self._row((here, there), words, asked_for)
        elif self.reference.declared is not None or self.candidate.declared is not None:
            texts = ("absent", "declared") if here is None else ("declared", "absent")
            detail = f"declared for {self.candidate.name if here is None else self.reference.name} only"
            yield Difference(Gate.DECLARED, self.measure, self.population, *texts, asked_for=asked_for, detail=detail)

    def _row(self, pair: tuple[Floats, Floats], words: tuple[str, str], asked_for: bool) -> Iterator[Difference]:
        """The row of one comparison of ``pair``, if they differ; ``words`` say whose value each of the two is."""
        first, second = pair
        if first.shape != second.shape:
            texts = f"{first.size} values", f"{second.size} values"
            detail = f"{words[0]} {texts[0]}, {words[1]} {texts[1]}"
            yield Difference(Gate.DECLARED, self.measure, self.population, *texts, asked_for=asked_for, detail=detail)
            return
        (cells,) = np.nonzero(outside(first, second, RELATIVE_TOLERANCE))
        if not cells.size:
            return
        at = int(cells[0])
        texts = quantity(first[at], self.unit), quantity(second[at], self.unit)
        yield Difference(
            Gate.DECLARED,
            self.measure,
            self.population,
            self._shown(self.reference, at),
            self._shown(self.candidate, at),
            largest(first[cells] - second[cells]),
            self.unit,
            RELATIVE_TOLERANCE * abs(float(second[at])),
            cell=at,
            count=cells.size,
            total=first.size,
            asked_for=asked_for,
            detail=f"{words[0]} {texts[0]}, {words[1]} {texts[1]}, in {cells.size} of {first.size} cells "
            f"({named_cells(cells)})",
        )

    def _shown(self, side: _Side, cell: int) -> str:
        if side.shown is None or cell >= side.shown.size:
            return "absent"
        return quantity(float(side.shown[cell]), self.unit)


def population_differences(
    population: str, tables: tuple[CellTable | None, CellTable | None], names: tuple[str, str], asked_for: bool
) -> Iterator[Difference]:
    """All differences between and within the two sides' tables of a population (reference, candidate).

    ``names`` are the sides' names. With ``asked_for`` the differences between the declarations are marked as asked
    for; those of a simulator from its own declaration never are.
    """
    here, there = tables
    if here is None or there is None:
        texts = ("missing", "present") if here is None else ("present", "missing")
        detail = f"only {names[1] if here is None else names[0]} has it"
        yield Difference(Gate.DECLARED, "population", population, *texts, asked_for=asked_for, detail=detail)
        return
    if here.celltype != there.celltype:
        texts = here.celltype, there.celltype
        detail = f"{names[0]} has {texts[0]}, {names[1]} has {texts[1]}"
        yield Difference(Gate.DECLARED, "cell type", population, *texts, asked_for=asked_for, detail=detail)
    for kind, one, columns in _columns(here, there):
        sides = [_Side(names[k], *(column.get(one) for column in columns[k])) for k in (0, 1)]
        unit = here.units.get(one) or there.units.get(one) or "1"
        yield from _Value(population, f"{kind} {one}", unit, sides[0], sides[1]).differences(asked_for)


_Columns = tuple[tuple[Mapping[str, Floats], Mapping[str, Floats]], tuple[Mapping[str, Floats], Mapping[str, Floats]]]


def _columns(here: CellTable, there: CellTable) -> Iterator[tuple[str, str, _Columns]]:
    """(kind, name, ((declared, held) of the reference, (declared, held) of the candidate)) of every value."""
    kinds: dict[str, _Columns] = {
        "parameter": ((here.declared, here.held), (there.declared, there.held)),
        "initial": ((here.initial_declared, here.initial_held), (there.initial_declared, there.initial_held)),
    }
    for kind, columns in kinds.items():
        for one in sorted(set().union(*columns[0], *columns[1])):
            yield kind, one, columns
