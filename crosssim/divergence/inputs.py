"""Input spikes: as each simulator holds them against their declaration, then declaration against declaration."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from crosssim.divergence.arrays import Mask, largest
from crosssim.divergence.spikes import pair_spikes, until
from crosssim.divergence.verdict import Difference, Gate
from crosssim.divergence.wording import counted, named_cells, side_names
from crosssim.recording.data import Floats, InputSpikes, Offsets, Recording, Spikes

_MOVED_STEPS = 10
"""Conventions of delivery move a spike by one step, or by a minimum delay of a few. A spike further away is another
one, so the two count as one missing and one extra."""


@dataclass(frozen=True, eq=False)
class _Gap:
    """What parts two sets of input spikes; ``moved`` are the wanted times, ``shifts_ms`` how far each went."""

    missing: Spikes
    extra: Spikes
    moved: Spikes
    shifts_ms: Floats

    @property
    def count(self) -> int:
        return len(self.missing) + len(self.extra) + len(self.moved)

    @property
    def first(self) -> tuple[float, int]:
        """Time (ms) and cell of the earliest spike that is missing, extra or moved."""
        times = np.concatenate([one.time_ms for one in (self.missing, self.extra, self.moved)])
        cells = np.concatenate([one.cell for one in (self.missing, self.extra, self.moved)])
        earliest = int(np.argmin(times))
        return round(float(times[earliest]), 6), int(cells[earliest])

    def __str__(self) -> str:
        words = []
        for name, spikes in (("missing", self.missing), ("extra", self.extra), ("moved", self.moved)):
            if len(spikes):
                order = np.argsort(spikes.time_ms, kind="stable")
                cells = list(dict.fromkeys(spikes.cell[order].tolist()))
                first_ms = spikes.time_ms[order[0]]
                words.append(f"{len(spikes)} {name} (first at {first_ms:.9g} ms; {named_cells(cells)})")
        return ", ".join(words)


def input_differences(reference: Recording, candidate: Recording, asked_for: bool) -> Iterator[Difference]:
    """All differences of input spikes, population by population.

    Held and declared spikes agree if they are one to one per cell within half a time step of that recording: a
    simulator may only move a spike to the grid point it lies on. Declared times of the two sides agree if they are
    equal. With ``asked_for`` the latter are marked as asked for.
    """
    names = side_names(reference, candidate)
    for population in sorted(reference.inputs.keys() | candidate.inputs.keys()):
        sides = (reference.inputs.get(population), candidate.inputs.get(population))
        texts = ["absent" if one is None else _held(one) for one in sides]
        shown = Difference(Gate.DECLARED, "input spikes", population, texts[0], texts[1])
        for name, side, recording in zip(names, sides, (reference, candidate), strict=True):
            if side is not None:
                yield from _against_declaration(shown, side, name, recording)
        if sides[0] is None or sides[1] is None:
            detail = f"declared for {names[1] if sides[0] is None else names[0]} only"
            yield replace(shown, asked_for=asked_for, detail=detail)
        else:
            declared = (sides[0].declared, sides[1].declared)
            yield from _declarations(replace(shown, asked_for=asked_for), declared, names)


def _held(side: InputSpikes) -> str:
    return f"{len(side.held)} of {counted(len(side.declared), 'spike')}"


def _against_declaration(row: Difference, side: InputSpikes, name: str, recording: Recording) -> Iterator[Difference]:
    if side.declared.n_cells != side.held.n_cells:
        yield replace(row, detail=f"{name} holds {side.held.n_cells} cells, declared {side.declared.n_cells}")
        return
    limit_ms = recording.timestep_ms / 2
    # the half step before the end is not judged: NEST returns a spike at the very end, NEURON does not
    stop_ms = min(recording.duration_ms, side.held.t_stop_ms) - limit_ms
    gap = _gap(side.declared, side.held, limit_ms, stop_ms, _MOVED_STEPS * recording.timestep_ms)
    yield from _row(row, gap, limit_ms, len(side.declared), f"{name} holds {_held(side)} declared")


def _declarations(row: Difference, sides: tuple[Spikes, Spikes], names: tuple[str, str]) -> Iterator[Difference]:
    here, there = sides
    if here.n_cells != there.n_cells:
        yield replace(row, detail=f"{names[0]} declares {here.n_cells} cells, {names[1]} {there.n_cells}")
        return
    gap = _gap(here, there, 0.0, min(here.t_stop_ms, there.t_stop_ms), 0.0)
    words = f"{names[0]} declares {counted(len(here), 'spike')}, {names[1]} {len(there)}"
    yield from _row(row, gap, 0.0, len(here), words)


def _row(row: Difference, gap: _Gap, limit_ms: float, total: int, words: str) -> Iterator[Difference]:
    if not gap.count:
        return
    onset_ms, cell = gap.first
    yield replace(
        row,
        value=largest(gap.shifts_ms),
        unit="ms",
        tolerance=limit_ms,
        onset_ms=onset_ms,
        cell=cell,
        count=gap.count,
        total=total,
        detail=f"{words}: {gap}",
    )


def _gap(wanted: Spikes, found: Spikes, limit_ms: float, stop_ms: float, moved_ms: float) -> _Gap:
    """What has no partner within ``limit_ms`` up to ``stop_ms``; *moved* if it has one within ``moved_ms``."""
    pairing = pair_spikes(wanted, found, limit_ms)
    lost = until(_without_partner(wanted, pairing.candidate_of), stop_ms)
    added = until(_without_partner(found, pairing.reference_of), stop_ms)
    strays = pair_spikes(lost, added, moved_ms)
    moved = strays.candidate_of >= 0
    missing, extra = _without_partner(lost, strays.candidate_of), _without_partner(added, strays.reference_of)
    return _Gap(missing, extra, _chosen(lost, moved), strays.shift_ms[moved])


def _without_partner(spikes: Spikes, partner: Offsets) -> Spikes:
    return _chosen(spikes, partner < 0)


def _chosen(spikes: Spikes, mask: Mask) -> Spikes:
    return Spikes(spikes.cell[mask], spikes.time_ms[mask], spikes.n_cells, spikes.t_stop_ms)
