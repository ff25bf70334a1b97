"""The certificate: plants faults in the candidate, one kind after another, and records which gate finds each."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from crosssim.divergence.certificate import Certificate, CertificateRow
from crosssim.divergence.declared import compare_declared
from crosssim.divergence.potentials import GRAIN_MV
from crosssim.divergence.refinement import RefinementLevel, compare_refinement
from crosssim.divergence.verdict import Gate
from crosssim.divergence.wiring import compare_wiring
from crosssim.errors import CrosssimError, NotComparable
from crosssim.model.discovery import model_digest
from crosssim.recording.data import Recording
from crosssim.recording.disk import disk_errors_as_sentences, write_json_atomically
from crosssim.runner.backends import find_backend
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.runner.place import versions
from crosssim.runner.request import Fault
from crosssim.studies.faults import PlantedFault, planted_faults
from crosssim.studies.finished import finished_leg
from crosssim.studies.legs import leg_arguments
from crosssim.studies.refine import DURATION_MS, refinement_levels
from crosssim.studies.result import Pair

GATES = (Gate.DECLARED, Gate.WIRING, Gate.REFINEMENT)
"""The gates that a certificate asks. Trajectories part in a correct pair too, and replay at one step shifts in one."""


def run_certify(
    pair: Pair,
    launcher: Launcher,
    *,
    duration_ms: float = DURATION_MS,
    tell: Callable[[str], None] = lambda words: None,
) -> Certificate:
    """Plant every fault of the table; a fault that the simulator refuses is no row.

    Raises :class:`NotComparable` if the pair differs without any fault: what it would have seen means nothing then.
    """
    tell("without a fault")
    healthy = refinement_levels(pair, launcher, duration_ms=duration_ms)
    if any(row.differs for row in compare_refinement(healthy).rows):
        raise NotComparable(
            f"{pair.reference.label} and {pair.candidate.label} differ without any fault; mend that first "
            "(crosssim check says where)"
        )
    timing = pair.candidate.request.timing
    asked = planted_faults(healthy[0].candidate, timing.timestep_ms, timing.min_delay_ms)
    groups = in_few_ladders(asked)
    rows = []
    for k, group in enumerate(groups):
        tell(f"{k + 1} of {len(groups) + 1}: {'; '.join(one.words for one in group)}")
        faults = tuple(dict.fromkeys(one.fault for one in group))
        try:
            levels = refinement_levels(pair, launcher, duration_ms=duration_ms, faults=faults)
        except CrosssimError as error:
            tell(f"left out: {error}")
            continue
        rows += [_row(one, healthy, levels) for one in group]
    tell(f"{len(groups) + 1} of {len(groups) + 1}: wiring from another seed")
    rows.append(_wrong_seed(pair, launcher, duration_ms, healthy))
    return Certificate(pair.model.name, pair.reference.label, pair.candidate.label, certificate_key(pair), tuple(rows))


def in_few_ladders(asked: Sequence[PlantedFault]) -> list[list[PlantedFault]]:
    """Faults that can be planted together: one per population, for uncoupled cells do not see each other's faults."""
    groups: list[dict[str, PlantedFault]] = []
    alone = [one for one in asked if one.fault.target]
    for one in alone:
        place = next((group for group in groups if one.population not in group), None)
        if place is None:
            groups.append(place := {})
        place[one.population] = one
    shared: dict[Fault, list[PlantedFault]] = {}
    for one in asked:
        if not one.fault.target:
            shared.setdefault(one.fault, []).append(one)
    return [list(group.values()) for group in groups] + list(shared.values())


def _row(
    planted: PlantedFault, healthy: Sequence[RefinementLevel], levels: Sequence[RefinementLevel]
) -> CertificateRow:
    before, after = (_only(planted.population, one[0].candidate) for one in (healthy, levels))
    caught = _caught_by_read_back(before, after)
    row = next(one for one in compare_refinement(levels).rows if one.population == planted.population)
    if row.differs:
        caught.append(Gate.REFINEMENT)
    runs = [(one.candidate, other.candidate) for one, other in zip(healthy, levels, strict=True)]
    moved = any(_moved(planted.population, *pair) for pair in runs)
    return CertificateRow(planted.kind, planted.population, planted.words, planted.size, tuple(caught), GATES, moved)


def _moved(population: str, before: Recording, after: Recording) -> bool:
    """Whether the population did anything else, beyond what the order of a sum changes in v."""
    if before.spikes[population].content_digest != after.spikes[population].content_digest:
        return True
    place = (population, "v")
    if place not in before.traces:
        return False
    return bool((np.abs(after.traces[place].values - before.traces[place].values) > GRAIN_MV).any())


def _caught_by_read_back(before: Recording, after: Recording) -> list[Gate]:
    caught = []
    for gate, compare in ((Gate.DECLARED, compare_declared), (Gate.WIRING, compare_wiring)):
        if set(compare(before, after).differences) - set(compare(before, before).differences):
            caught.append(gate)
    return caught


def _only(population: str, recording: Recording) -> Recording:
    """What concerns one population: its cells, the projections into it, all inputs."""
    return replace(
        recording,
        cells={population: recording.cells[population]},
        wiring={name: one for name, one in recording.wiring.items() if one.post_population == population},
        spikes={population: recording.spikes[population]},
        traces={},
    )


def _wrong_seed(
    pair: Pair, launcher: Launcher, duration_ms: float, healthy: Sequence[RefinementLevel]
) -> CertificateRow:
    request = pair.candidate.request
    timing = replace(request.timing, duration_ms=min(duration_ms, request.timing.duration_ms))
    other = replace(request, timing=timing, seeds=replace(request.seeds, wiring=request.seeds.wiring + 1))
    label = f"{pair.candidate.label}, wiring from another seed"
    (run,) = launcher.run([LegPlan(label, other, leg_arguments(pair.model, other, launcher.results))])
    leg = finished_leg(run)
    caught = []
    if leg.recording is not None and pair.candidate.recording is not None:
        caught = _caught_by_read_back(
            replace(pair.candidate.recording, traces={}, inputs={}), replace(leg.recording, traces={}, inputs={})
        )
        levels = refinement_levels(replace(pair, candidate=leg), launcher, duration_ms=duration_ms)
        if any(row.differs for row in compare_refinement(levels).rows):
            caught.append(Gate.REFINEMENT)
    return CertificateRow("seed", "all", "wiring drawn from another seed", 1.0, tuple(caught), GATES)


def certificate_key(pair: Pair) -> str:
    """Of all that the certificate rests on: the model's source, both backends' versions and both legs' changes."""
    content = [
        model_digest(pair.model),
        *(
            [versions(find_backend(leg.request.backend)), msgspec.to_builtins(leg.request.changes), leg.request.seeds]
            for leg in (pair.reference, pair.candidate)
        ),
    ]
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()[:12]


def certificate_file(results: Path, pair: Pair) -> Path:
    """Where the certificate of a model and a pair of legs lies: in a folder of its own, with its record."""
    names = "-".join(leg.request.backend for leg in (pair.reference, pair.candidate))
    return results / pair.model.name / f"certify-{names}-{certificate_key(pair)}" / "certificate.json"


def save_certificate(certificate: Certificate, file: Path) -> None:
    """Write it whole or not at all. Raises :class:`UsageError` if it cannot be written."""
    with disk_errors_as_sentences(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
    write_json_atomically(file, msgspec.to_builtins(certificate))


def known_certificate(results: Path, pair: Pair) -> Certificate | None:
    """The certificate for exactly this model and these backends, if there is one that can be read."""
    try:
        return msgspec.json.decode(certificate_file(results, pair).read_bytes(), type=Certificate)
    except (OSError, msgspec.DecodeError):
        return None
