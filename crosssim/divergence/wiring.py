"""The second gate: the same edges, weights and delays in every projection."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from crosssim.divergence.edges import (
    DELAY_TOLERANCE_MS,
    WEIGHT_RELATIVE_TOLERANCE,
    EdgeDifference,
    ProjectionComparison,
    compare_projection,
)
from crosssim.divergence.verdict import Difference, Gate, GateResult
from crosssim.divergence.wording import asked_for_note, counted, failing_reason, quantity, side_names
from crosssim.recording.data import Recording, Wiring


@dataclass(frozen=True)
class WiringDetails:
    """Every projection that both sides have."""

    projections: tuple[ProjectionComparison, ...]


def compare_wiring(reference: Recording, candidate: Recording, asked_for: frozenset[str] = frozenset()) -> GateResult:
    """Whether every projection has the same edges, weights (relative 1e-9) and delays (1e-9 ms) on both sides.

    If ``asked_for`` names anything that the command itself changed between the legs, differences are listed and do
    not fail the gate.
    """
    names = side_names(reference, candidate)
    rows: list[Difference] = []
    projections = []
    for name in sorted(reference.wiring.keys() | candidate.wiring.keys()):
        here, there = reference.wiring.get(name), candidate.wiring.get(name)
        if here is None or there is None:
            texts = ("missing", "present") if here is None else ("present", "missing")
            detail = f"only {names[1] if here is None else names[0]} has it"
            rows.append(Difference(Gate.WIRING, "projection", name, *texts, detail=detail))
            continue
        compared = compare_projection(name, here, there)
        projections.append(compared)
        rows += [*_kind_rows(name, here, there, names), *_lone_rows(compared, names), *_changed_rows(compared)]
    differences = tuple(replace(one, asked_for=bool(asked_for)) for one in rows)
    passed = all(one.asked_for for one in differences)
    reason = _passing_reason(projections) + asked_for_note(differences) if passed else failing_reason(differences)
    return GateResult(Gate.WIRING, passed, reason, differences, WiringDetails(tuple(projections)))


def _passing_reason(projections: list[ProjectionComparison]) -> str:
    if not projections:
        return "no projection was read back on both sides"
    edges = sum(one.reference_edges for one in projections)
    same = all(not one.first for one in projections)
    verb = "are the same" if same else "were compared"
    return f"{counted(edges, 'edge')} of {counted(len(projections), 'projection')} {verb}"


def _kind_rows(name: str, here: Wiring, there: Wiring, names: tuple[str, str]) -> Iterator[Difference]:
    for measure in ("pre_population", "post_population", "receptor_type", "weight_unit"):
        texts = getattr(here, measure), getattr(there, measure)
        if texts[0] != texts[1]:
            detail = f"{names[0]} has {texts[0]}, {names[1]} has {texts[1]}"
            yield Difference(Gate.WIRING, measure.replace("_", " "), name, *texts, detail=detail)


def _lone_rows(compared: ProjectionComparison, names: tuple[str, str]) -> Iterator[Difference]:
    count = compared.missing + compared.extra
    if not count:
        return
    edges = (compared.reference_edges, compared.candidate_edges)
    words = []
    for measure, lone, name in (("missing", compared.missing, names[0]), ("extra", compared.extra, names[1])):
        shown = ", ".join(f"{one.pre}→{one.post}" for one in compared.examples(measure))
        words += [f"{lone} only in {name} (first {shown})"] if lone else []
    yield Difference(
        Gate.WIRING,
        "edges",
        compared.name,
        counted(edges[0], "edge"),
        counted(edges[1], "edge"),
        float(count),
        count=count,
        total=max(edges),
        detail=f"{' and '.join(words)}, of {edges[0]} and {edges[1]} edges",
    )


def _changed_rows(compared: ProjectionComparison) -> Iterator[Difference]:
    kinds = (
        ("weight", compared.weight_changed, compared.largest_weight_gap),
        ("delay", compared.delay_changed, compared.largest_delay_gap_ms),
    )
    for measure, count, gap in kinds:
        if not count:
            continue
        shown = compared.examples(measure)
        texts = [_texts(one) for one in shown]
        places = ", ".join(f"{one.pre}→{one.post} {a} / {b}" for one, (a, b) in zip(shown, texts, strict=True))
        tolerance = (
            DELAY_TOLERANCE_MS if measure == "delay" else WEIGHT_RELATIVE_TOLERANCE * abs(shown[0].reference or 0.0)
        )
        yield Difference(
            Gate.WIRING,
            measure,
            compared.name,
            *texts[0],
            gap,
            shown[0].unit,
            tolerance,
            count=count,
            total=compared.reference_edges,
            detail=f"{count} of {compared.reference_edges} edges differ (first {places})",
        )


def _texts(edge: EdgeDifference) -> tuple[str, str]:
    absent = "absent"
    return (
        absent if edge.reference is None else quantity(edge.reference, edge.unit),
        absent if edge.candidate is None else quantity(edge.candidate, edge.unit),
    )
