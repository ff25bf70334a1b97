"""The first gate: parameters, initial values and input spikes, as held by each simulator and as declared.

A simulator that holds something other than its own declaration always fails the gate. Declarations that differ from
each other fail it too, unless the command itself changed one of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosssim.divergence.arrays import outside
from crosssim.divergence.inputs import input_differences
from crosssim.divergence.values import RELATIVE_TOLERANCE, population_differences
from crosssim.divergence.verdict import Difference, Gate, GateResult
from crosssim.divergence.wording import asked_for_note, counted, failing_reason, quantity, side_names
from crosssim.recording.data import Recording


@dataclass(frozen=True)
class DeclaredDetails:
    """How many values and input spikes were held against their declaration, on both sides together.

    ``not_asked`` names what was declared and cannot be read back ("nest exc.v_spike").
    """

    values: int
    input_spikes: int
    not_asked: tuple[str, ...]


def compare_declared(reference: Recording, candidate: Recording, asked_for: frozenset[str] = frozenset()) -> GateResult:
    """Whether both simulators hold what was declared, and whether the same was declared on both sides.

    ``asked_for`` names what the command itself changed between the two legs (model parameters, ``timestep``,
    ``duration``); with it, declarations may differ from each other, but never a simulator from its own declaration.
    """
    names = side_names(reference, candidate)
    differences = [*_timing_differences(reference, candidate, names, asked_for)]
    for population in sorted(reference.cells.keys() | candidate.cells.keys()):
        differences += population_differences(
            population, (reference.cells.get(population), candidate.cells.get(population)), names, bool(asked_for)
        )
    differences += input_differences(reference, candidate, bool(asked_for))
    details = _details(reference, candidate, names)
    passed = all(one.asked_for for one in differences)
    reason = _passing_reason(details) + asked_for_note(differences) if passed else failing_reason(differences)
    return GateResult(Gate.DECLARED, passed, reason, tuple(differences), details)


def _details(reference: Recording, candidate: Recording, names: tuple[str, str]) -> DeclaredDetails:
    values, spikes, not_asked = 0, 0, []
    for name, recording in zip(names, (reference, candidate), strict=True):
        for population, table in sorted(recording.cells.items()):
            for declared, held in ((table.declared, table.held), (table.initial_declared, table.initial_held)):
                values += sum(len(declared[one]) for one in declared.keys() & held.keys())
                not_asked += [f"{name} {population}.{one}" for one in sorted(declared.keys() - held.keys())]
        spikes += sum(len(one.declared) for one in recording.inputs.values())
    return DeclaredDetails(values, spikes, tuple(not_asked))


def _passing_reason(details: DeclaredDetails) -> str:
    not_asked = f"; {len(details.not_asked)} cannot be read back" if details.not_asked else ""
    return (
        f"{counted(details.values, 'value')} and {counted(details.input_spikes, 'input spike')} "
        f"are held as declared{not_asked}"
    )


def _timing_differences(
    reference: Recording, candidate: Recording, names: tuple[str, str], asked_for: frozenset[str]
) -> Iterator[Difference]:
    pairs = {
        "timestep": (reference.timestep_ms, candidate.timestep_ms),
        "duration": (reference.duration_ms, candidate.duration_ms),
    }
    for measure, (here, there) in pairs.items():
        if outside(np.array(here), np.array(there), RELATIVE_TOLERANCE):
            texts = quantity(here, "ms"), quantity(there, "ms")
            detail = f"{names[0]} ran with {texts[0]}, {names[1]} with {texts[1]}"
            gap, wanted = abs(here - there), measure in asked_for
            yield Difference(Gate.DECLARED, measure, "", *texts, gap, "ms", asked_for=wanted, detail=detail)
