"""Is a PyNN standard cell the equivalent of an NMODL mechanism, and if not, which parameter explains the difference?

Both get the same input under every protocol. What they disagree by is held against what the time step alone does to
each: its own run at half the step. A jitter of the initial v would not do: one cell under a given input forgets it,
and only a network keeps it alive.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crosssim.divergence.responses import JudgedProtocol, disagreement, total_disagreement
from crosssim.errors import ExitStatus
from crosssim.model.stimulus import Stimulus
from crosssim.recording.response import Response, Responses
from crosssim.runner.bench import Bench
from crosssim.runner.driven import DrivenCells, OriginalCell
from crosssim.runner.mechanism_library import library_of
from crosssim.studies.candidate_cells import impossible
from crosssim.studies.equivalent_plan import EquivalentPlan
from crosssim.studies.parameter_search import ParameterSearch, search_parameters, search_ranges

Tell = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class JudgedCandidate:
    """A candidate with its parameters: every protocol judged, its responses, and the mean over protocols.

    ``total`` is the mean of the protocols' disagreements, ``spread`` that of the original's own spreads.
    """

    values: Mapping[str, float]
    protocols: tuple[JudgedProtocol, ...]
    responses: tuple[Response, ...]

    @property
    def total(self) -> float:
        """The mean disagreement."""
        return float(np.mean([one.disagreement.total for one in self.protocols]))

    @property
    def spread(self) -> float:
        """The mean of the original's own spread."""
        return float(np.mean([one.original_spread for one in self.protocols]))

    @property
    def differing(self) -> tuple[JudgedProtocol, ...]:
        """The protocols in which integration does not explain the disagreement."""
        return tuple(one for one in self.protocols if not one.agrees)

    @property
    def is_equivalent(self) -> bool:
        """Whether every protocol agrees."""
        return not self.differing


@dataclass(frozen=True, eq=False)
class EquivalentResult:
    """What was asked, the candidate as given, the search (``None`` if it is equivalent), and the winner tried out.

    ``mended`` is the candidate with the winner at its best value, ``None`` without a winner.
    """

    plan: EquivalentPlan
    stimuli: tuple[Stimulus, ...]
    original: tuple[Response, ...]
    candidate: JudgedCandidate
    search: ParameterSearch | None
    mended: JudgedCandidate | None
    wall_s: float

    @property
    def exit_status(self) -> ExitStatus:
        """0 if the candidate as given is equivalent, else 1."""
        return ExitStatus.AGREES if self.candidate.is_equivalent else ExitStatus.DIFFERS


def run_equivalent(plan: EquivalentPlan, bench: Bench, tell: Tell) -> EquivalentResult:
    """Run both sides under every protocol, judge, and search for the parameter that explains a difference.

    Raises :class:`UsageError` for a mechanism that does not compile or a candidate that cannot be run,
    :class:`LegError` for a process that fails, :class:`SimulatorMissing`.
    """
    started = time.monotonic()
    library, known_as = library_of(plan.original.file, plan.original.name, tell)
    original = _original_cell(plan, library, known_as)
    step_ms = plan.timestep_ms
    tell("both cells under every protocol, at the time step and at half of it")
    own, half, *sides = _only_sets(
        bench.run(
            *(_driven(plan, "neuron", [plan.synapses], one, original) for one in (step_ms, step_ms / 2)),
            *(_driven(plan, plan.backend, [plan.values], one) for one in (step_ms, step_ms / 2)),
        )
    )
    candidate = _judged(plan, plan.values, (own, half), (sides[0], sides[1]))
    search = mended = None
    if not candidate.is_equivalent:
        search = _search(plan, own, candidate.total, bench, tell)
        if search.winner is not None:
            values = {**plan.values, search.winner.range.name: search.winner.best}
            tell(f"with {search.winner.range.name} = {search.winner.best:g}")
            both = _only_sets(
                bench.run(*(_driven(plan, plan.backend, [values], one) for one in (step_ms, step_ms / 2)))
            )
            mended = _judged(plan, values, (own, half), (both[0], both[1]))
    return EquivalentResult(plan, plan.stimuli, own, candidate, search, mended, time.monotonic() - started)


def _original_cell(plan: EquivalentPlan, library: Path, known_as: str) -> OriginalCell:
    membrane = plan.membrane
    return OriginalCell(
        library=str(library),
        mechanism=known_as,
        is_point_process=plan.original.kind == "POINT_PROCESS",
        sends_events=plan.original.sends_events,
        threshold_mV=plan.threshold_mV,
        parameters=dict(plan.changed),
        area_um2=membrane.area_um2,
        cm_uF_cm2=membrane.cm_uF_cm2,
        leak_S_cm2=membrane.leak_S_cm2,
        rest_mV=plan.rest_mV,
    )


def _driven(
    plan: EquivalentPlan,
    backend: str,
    sets: Sequence[Mapping[str, float]],
    timestep_ms: float,
    original: OriginalCell | None = None,
) -> DrivenCells:
    return DrivenCells(
        backend=backend,
        cell=plan.cell,
        parameter_sets=tuple({**plan.synapses, **one} for one in sets),
        stimuli=plan.stimuli,
        duration_ms=plan.duration_ms,
        timestep_ms=timestep_ms,
        sample_ms=plan.timestep_ms,
        initial_mV=plan.rest_mV,
        original=original,
    )


def _only_sets(runs: Sequence[Responses]) -> list[tuple[Response, ...]]:
    """The responses of runs that had one parameter set each."""
    return [run[0] for run in runs]


def _judged(
    plan: EquivalentPlan,
    values: Mapping[str, float],
    original: tuple[tuple[Response, ...], tuple[Response, ...]],
    candidate: tuple[tuple[Response, ...], tuple[Response, ...]],
) -> JudgedCandidate:
    """Each side is given at the time step and at half of it."""
    judged = []
    for k, stimulus in enumerate(plan.stimuli):
        own, half, there, there_half = (side[k] for side in (*original, *candidate))
        apart, spread, other = (
            disagreement(stimulus.name, one, two, plan.rest_mV)
            for one, two in ((own, there), (own, half), (there, there_half))
        )
        judged.append(JudgedProtocol(apart, spread, other))
    return JudgedCandidate(values, tuple(judged), candidate[0])


def _search(
    plan: EquivalentPlan, own: tuple[Response, ...], before: float, bench: Bench, tell: Tell
) -> ParameterSearch:
    def evaluate(changes: Sequence[tuple[str, float]]) -> list[float]:
        sets = [{**plan.values, name: value} for name, value in changes]
        possible = [k for k, one in enumerate(sets) if not impossible(one, plan.backend, plan.timestep_ms)]
        scores = [float("nan")] * len(sets)
        if possible:
            asked = _driven(plan, plan.backend, [sets[k] for k in possible], plan.timestep_ms)
            for k, one in zip(possible, bench.run(asked)[0], strict=True):
                scores[k] = total_disagreement(own, one, plan.rest_mV)
        return scores

    ranges = search_ranges(plan.values, plan.units, plan.scale.rheobase_nA, plan.timestep_ms)
    return search_parameters(ranges, before, evaluate, tell)


def report_folder(results: Path, result: EquivalentResult) -> Path:
    """``results/equivalent/MECHANISM-CELL-BACKEND``."""
    plan = result.plan
    return results / "equivalent" / f"{plan.original.name}-{plan.cell}-{plan.backend}"
