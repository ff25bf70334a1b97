"""What `crosssim equivalent` is to run: the wishes of the command line, filled in from the mechanism and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from crosssim.errors import UnknownName, UsageError
from crosssim.model.declaration import is_multiple
from crosssim.model.stimulus import Stimulus
from crosssim.porting.original import Membrane, Original, nominal_values, read_original, with_changes
from crosssim.runner.backends import find_backend
from crosssim.studies.candidate_cells import (
    CELLS,
    SYNAPSES,
    is_conductance_based,
    refuse_impossible,
    refuse_unknown,
    synapse_names,
)
from crosssim.studies.stimuli import ONSET_MS, CellScale, stimuli
from crosssim.units import parse_quantity

AREA_UM2, CM_UF_CM2, TAU_M_MS = 20000.0, 1.0, 20.0
"""The section of a mechanism that says nothing of it: the area and time constant of destexhe2009, and a membrane's
usual capacitance."""

RecordedTrains = tuple[tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True)
class SectionWishes:
    """The section of the original, ``None`` where the mechanism's own word or a default is to be taken.

    ``leak_S_cm2`` 0 is a section without pas. ``threshold_mV`` is where v counts as a spike.
    """

    area_um2: float | None = None
    cm_uF_cm2: float = CM_UF_CM2  # noqa: N815 - F is farad
    leak_S_cm2: float | None = None  # noqa: N815 - S is siemens
    rest_mV: float | None = None  # noqa: N815 - V is volt
    threshold_mV: float | None = None  # noqa: N815


@dataclass(frozen=True)
class EquivalentWishes:
    """What the command line asks: ``changes`` are the original's parameters, ``candidate_changes`` the candidate's."""

    file: Path
    cell: str | None = None
    backend: str = "neuron"
    changes: Mapping[str, str] = field(default_factory=dict)
    candidate_changes: Mapping[str, str] = field(default_factory=dict)
    section: SectionWishes = SectionWishes()
    recorded: RecordedTrains | None = None
    duration_ms: float = 500.0
    timestep_ms: float = 0.1


@dataclass(frozen=True)
class EquivalentPlan:
    """All that decides the result.

    ``changed`` are the original's parameters that are set, ``values`` the candidate's and ``sources`` where each comes
    from, ``synapses`` what both sides get; ``scale`` scales the protocols, from nominal values.
    """

    original: Original
    changed: Mapping[str, float]
    membrane: Membrane
    rest_mV: float  # noqa: N815
    threshold_mV: float  # noqa: N815
    cell: str
    backend: str
    values: Mapping[str, float]
    sources: Mapping[str, str]
    synapses: Mapping[str, float]
    scale: CellScale
    recorded: RecordedTrains | None
    duration_ms: float
    timestep_ms: float

    @property
    def units(self) -> dict[str, str]:
        """The unit of every parameter of the candidate."""
        return {name: unit for name, (unit, _) in CELLS[self.cell].items()}

    @cached_property
    def stimuli(self) -> tuple[Stimulus, ...]:
        """What both sides are given."""
        return tuple(stimuli(self.scale, self.recorded))


def plan_equivalent(wishes: EquivalentWishes) -> EquivalentPlan:
    """Read the mechanism, find its candidate, and fill in what was not said.

    Raises :class:`UsageError` for a mechanism without a cell, for one that cannot stand alone, for an unknown name or a
    candidate that cannot be run.
    """
    _check_timing(wishes)
    backend = find_backend(wishes.backend).name
    original = read_original(wishes.file)
    cell = _candidate_cell(original, wishes.cell)
    refuse_unknown(cell, wishes.candidate_changes)
    changed = {name: parse_quantity(text, "1") for name, text in wishes.changes.items()}
    membrane, changed = _section(original, wishes.section, changed)
    values, sources = _nominal(original, cell, membrane, changed)
    rest_mv = values["v_rest"] if wishes.section.rest_mV is None else wishes.section.rest_mV
    values["v_rest"] = rest_mv
    asked = _asked(cell, wishes.candidate_changes)
    synapses = {name: asked.pop(name, SYNAPSES[name][1]) for name in synapse_names(cell)}
    leak_us = values["cm"] / values["tau_m"]
    scale = CellScale(
        rest_mv, values["v_thresh"], leak_us, values["cm"], synapses, is_conductance_based(cell), wishes.duration_ms,
        wishes.timestep_ms,
    )  # fmt: skip
    top_mv = values.get("v_spike", values["v_thresh"])
    threshold_mv = top_mv if wishes.section.threshold_mV is None else wishes.section.threshold_mV
    values, sources = {**values, **asked}, {**sources, **dict.fromkeys(asked, "--set-candidate")}
    refuse_impossible(values, backend, wishes.timestep_ms)
    return EquivalentPlan(
        original, changed, membrane, rest_mv, threshold_mv, cell, backend, values, sources, synapses, scale,
        wishes.recorded, wishes.duration_ms, wishes.timestep_ms,
    )  # fmt: skip


def _check_timing(wishes: EquivalentWishes) -> None:
    step_ms, quantum = wishes.timestep_ms, find_backend(wishes.backend).time_quantum_ms
    if not 0 < step_ms <= 1:
        raise UsageError(f"timestep = {step_ms:g} ms must be more than 0 and at most 1 ms")
    if quantum and not is_multiple(step_ms / 2, quantum):
        raise UsageError(
            f"half the timestep, {step_ms / 2:g} ms, must be a multiple of {quantum:g} ms on {wishes.backend}"
        )
    if not is_multiple(1.0, step_ms):
        raise UsageError(f"timestep = {step_ms:g} ms must divide 1 ms, on which the protocols change")
    if not wishes.duration_ms >= 5 * ONSET_MS:
        raise UsageError(f"duration = {wishes.duration_ms:g} ms must be at least {5 * ONSET_MS:g} ms")


def _candidate_cell(original: Original, asked: str | None) -> str:
    if asked is not None:
        if asked not in CELLS:
            raise UnknownName("cell", asked, CELLS)
        return asked
    proposed = original.proposal.equivalent
    fires = {"v_thresh", "v_reset"} & {row.name for row in original.proposal.parameters}
    if proposed in CELLS and fires:
        return str(proposed)
    if proposed in CELLS:
        found = f"{original.name} is a part of a cell such as {proposed}, not one that fires"
    else:
        found = f"its nearest model is {proposed}, which is no such cell" if proposed else original.proposal.because
    raise UsageError(f"{original.file.name}: {found}; name one with --cell ({', '.join(CELLS)})")


def _section(
    original: Original, wishes: SectionWishes, changed: Mapping[str, float]
) -> tuple[Membrane, dict[str, float]]:
    """The section; a mechanism that holds the area as a parameter follows the section's, unless told otherwise."""
    values = with_changes(original, changed)
    known = values.get(original.area_name, AREA_UM2)
    area_um2 = known if wishes.area_um2 is None else wishes.area_um2
    if original.area_name and area_um2 != known:
        changed = {original.area_name: area_um2, **changed}
    if not area_um2 > 0 or not wishes.cm_uF_cm2 > 0:
        raise UsageError(f"area = {area_um2:g} um2 and cm = {wishes.cm_uF_cm2:g} uF/cm2 must be more than 0")
    leak = wishes.leak_S_cm2
    if leak is None and original.holds_leak:
        leak = 0.0
    if leak is None:
        leak = original.leak_S_cm2(values, area_um2)
    if leak is None:
        leak = 1e-3 * wishes.cm_uF_cm2 / TAU_M_MS
    if leak < 0:
        raise UsageError(f"leak = {leak:g} S/cm2 must not be negative; 0 is a section without pas")
    return Membrane(area_um2, wishes.cm_uF_cm2, leak), dict(changed)


def _nominal(
    original: Original, cell: str, membrane: Membrane, changed: Mapping[str, float]
) -> tuple[dict[str, float], dict[str, str]]:
    """The candidate's parameters by the names in the file, PyNN's defaults for the others; where each comes from."""
    known = nominal_values(original, with_changes(original, changed), membrane)
    rows = {row.name: row.nominal or row.original for row in original.proposal.parameters}
    if "v_rest" not in known and "v_reset" in known:
        known["v_rest"], rows["v_rest"] = known["v_reset"], "v_reset, for want of a rest"
    values = {name: known.get(name, default) for name, (_, default) in CELLS[cell].items()}
    sources = {name: rows.get(name, "the section") if name in known else "PyNN's default" for name in values}
    return values, sources


def _asked(cell: str, changes: Mapping[str, str]) -> dict[str, float]:
    units = {name: unit for name, (unit, _) in {**SYNAPSES, **CELLS[cell]}.items()}
    return {name: parse_quantity(text, units[name]) for name, text in changes.items()}
