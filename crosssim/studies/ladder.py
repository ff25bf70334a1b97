"""A porting ladder climbed: every rung run as a leg, each held against the rung it names by what it promised."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from crosssim.divergence.promises import PromiseJudgement, Standing, judge_promise, threshold_window
from crosssim.divergence.trajectories import TraceWindow
from crosssim.errors import ExitStatus, UsageError
from crosssim.model.declaration import Seeds, Timing
from crosssim.model.ladder import Ladder, Qualitative, Rung
from crosssim.model.ladders import draws_of
from crosssim.recording.data import Recording
from crosssim.recording.draws import keep_draws
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.runner.request import LegStatus, RungRequest
from crosssim.studies.finished import finished_leg
from crosssim.studies.ladder_fates import Fates, Key, fates_of
from crosssim.studies.result import CheckResult, FinishedLeg

TIME_LIMIT_S = 900.0
"""Per rung, unless the command says otherwise: a Hoc program that never ends must not hold up the others."""


@dataclass(frozen=True)
class LadderWishes:
    """What the command line asks. ``text`` is the ladder as typed; rungs ``first`` to ``last`` are judged.

    ``seeds`` = N runs N seeds from ``seed`` on at the full duration on every rung, so that fates can be counted;
    ``None`` runs as many, and as long, as the qualitative promises need. ``check`` is false to leave out the check of
    the model above the last rung.
    """

    text: str
    first: str | None = None
    last: str | None = None
    seed: int | None = None
    duration_ms: float | None = None
    seeds: int | None = None
    check: bool = True


@dataclass(frozen=True)
class RungResult:
    """One rung after its end. ``judgements`` is empty for the first rung, and for one that is only a reference.

    ``threshold`` is v of the ladder's shown cell around its first spike, here and on the rung it is held against.
    """

    rung: Rung
    leg: FinishedLeg
    judged: bool
    judgements: tuple[PromiseJudgement, ...]
    fates: Fates | None
    threshold: TraceWindow | None = None

    @property
    def standing(self) -> Standing | None:
        """The worst of its promises; ``None`` if it makes none here."""
        found = {one.standing for one in self.judgements}
        return next((one for one in (Standing.BROKEN, Standing.NOT_JUDGED, Standing.KEPT) if one in found), None)

    @property
    def first_broken(self) -> PromiseJudgement | None:
        """The broken promise, the one with the earliest onset if there are several."""
        broken = [one for one in self.judgements if one.standing is Standing.BROKEN]
        return min(broken, key=lambda one: one.onset.time_ms if one.onset else float("inf"), default=None)


@dataclass(frozen=True)
class LadderResult:
    """A ladder climbed: its rungs in order, and what was asked.

    ``check`` is that of the model above the last rung, ``None`` if none was asked for; ``check_page`` its report,
    as seen from the ladder's.
    """

    ladder: Ladder
    rungs: tuple[RungResult, ...]
    samples: tuple[FinishedLeg, ...]
    seed: int
    seeds: int | None
    duration_ms: float
    command: tuple[str, ...]
    started: str
    wall_s: float
    record_id: str = ""
    check: CheckResult | None = None
    check_page: str = ""

    @property
    def first_broken(self) -> RungResult | None:
        """The first rung that breaks a promise."""
        return next((one for one in self.rungs if one.standing is Standing.BROKEN), None)

    @property
    def failed(self) -> tuple[RungResult, ...]:
        """The rungs that did not finish."""
        return tuple(one for one in self.rungs if not one.leg.outcome.completed)

    @property
    def exit_status(self) -> ExitStatus:
        """0 all promises kept, 1 one broken, 3 a rung failed, 4 a simulator is missing, 5 one cannot be judged.

        If all are kept, that of the check.
        """
        statuses = {leg.outcome.status for leg in (*(one.leg for one in self.rungs), *self.samples)}
        if statuses - {LegStatus.COMPLETED, LegStatus.MISSING}:
            return ExitStatus.LEG_FAILED
        if self.first_broken is not None:
            return ExitStatus.DIFFERS
        if LegStatus.MISSING in statuses:
            return ExitStatus.SIMULATOR_MISSING
        if any(one.standing is Standing.NOT_JUDGED for one in self.rungs):
            return ExitStatus.NOT_COMPARABLE
        return self.check.exit_status if self.check is not None else ExitStatus.AGREES


@dataclass(frozen=True)
class LadderPlan:
    """What is to be run: the legs by rung and seed, and the rungs that are judged (the others are references)."""

    ladder: Ladder
    wishes: LadderWishes
    legs: Mapping[Key, LegPlan]
    judged: tuple[Rung, ...]

    @property
    def seed(self) -> int:
        """The seed that identities are judged on, the first of those that are run."""
        return _seed(self.ladder, self.wishes)


def run_ladder(plan: LadderPlan, launcher: Launcher, command: Sequence[str]) -> LadderResult:
    """Run every rung, judge each by its promises; a rung that fails leaves the others to be run and judged."""
    started, clock = datetime.now(UTC), time.monotonic()
    ladder, seed = plan.ladder, plan.seed
    runs = launcher.run(list(plan.legs.values()))
    legs = {key: finished_leg(run) for key, run in zip(plan.legs, runs, strict=True)}
    rungs = tuple(
        _rung_result(rung, legs, seed, ladder.shown_cell, judged=rung in plan.judged)
        for rung in ladder.rungs
        if (rung.name, seed) in legs
    )
    return LadderResult(
        ladder=ladder,
        rungs=rungs,
        samples=tuple(leg for (_, own), leg in legs.items() if own != seed),
        seed=seed,
        seeds=plan.wishes.seeds,
        duration_ms=_timing(ladder, plan.wishes).duration_ms,
        command=tuple(command),
        started=started.isoformat(timespec="seconds"),
        wall_s=round(time.monotonic() - clock, 3),
    )


def plan_ladder(ladder: Ladder, wishes: LadderWishes, results: Path) -> LadderPlan:
    """The legs that the wishes and the promises need. Writes the files of draws.

    Raises :class:`UsageError` for an unknown rung, a seed or duration that cannot be, and draws that fail.
    """
    judged = ladder.section(wishes.first, wishes.last)
    references = {rung.against for rung in judged if rung.against}
    rungs = [rung for rung in ladder.rungs if rung in judged or rung.name in references]
    seed, timing = _seed(ladder, wishes), _timing(ladder, wishes)
    wanted: dict[Key, float] = {(rung.name, seed): timing.duration_ms for rung in rungs}
    for rung in rungs if wishes.seeds else ():
        wanted |= {(rung.name, seed + k): timing.duration_ms for k in range(wishes.seeds or 0)}
    for rung in judged if not wishes.seeds else ():
        for promise in rung.keeps:
            if isinstance(promise, Qualitative):
                needed = _on_grid(promise.window_ms(timing.duration_ms), timing)
                for key in ((name, seed + k) for name in (rung.name, rung.against) for k in range(promise.seeds)):
                    wanted[key] = max(needed, wanted.get(key, 0.0))
    seeds = {one for _, one in wanted}
    kept = {one: keep_draws(draws_of(ladder, one), results, ladder.name, f"seed-{one}") for one in seeds}
    plans = {}
    for (name, one), duration_ms in wanted.items():
        request = _request(ladder.rung(name), wishes.text, replace(timing, duration_ms=duration_ms), one)
        request = replace(request, draws=kept[one][0], draws_digest=kept[one][1])
        label = f"rung {name}" if one == seed else f"rung {name}, seed {one}"
        plans[name, one] = LegPlan(label, request, rung_arguments(request, results))
    return LadderPlan(ladder, wishes, plans, judged)


def _request(rung: Rung, text: str, timing: Timing, seed: int) -> RungRequest:
    own = seed if rung.draws_own else 0  # the others are given their draws: the seed is in those
    return RungRequest(text, rung.simulator, timing, Seeds(own, own, own), timing.timestep_ms, rung=rung.name)


def rung_arguments(request: RungRequest, results: Path) -> tuple[str, ...]:
    """The command line, after ``crosssim``, that runs exactly this rung."""
    words = ["rung", request.model, request.rung, "--draws", str(results / request.draws)]
    words += ["--duration", f"{request.timing.duration_ms:.12g}"]
    words += ["--seed", str(request.seeds.wiring)] if request.seeds.wiring else []
    return (*words, "--out", str(results))


def _on_grid(duration_ms: float, timing: Timing) -> float:
    return round(duration_ms / timing.timestep_ms) * timing.timestep_ms


def _seed(ladder: Ladder, wishes: LadderWishes) -> int:
    seed = ladder.seed if wishes.seed is None else wishes.seed
    if not 0 <= seed < 2**31:
        raise UsageError(f"seed = {seed} must be a whole number from 0 to {2**31 - 1}")
    if wishes.seeds is not None and wishes.seeds < 2:
        raise UsageError(f"seeds = {wishes.seeds}: fates are counted over seeds; give at least 2")
    return seed


def _timing(ladder: Ladder, wishes: LadderWishes) -> Timing:
    duration_ms = ladder.duration_ms if wishes.duration_ms is None else wishes.duration_ms
    step_ms = ladder.timestep_ms
    return Timing(duration_ms, step_ms, min_delay_ms=step_ms, max_delay_ms=max(step_ms, 1.0))


def _rung_result(
    rung: Rung, legs: Mapping[Key, FinishedLeg], seed: int, shown_cell: int | None, *, judged: bool
) -> RungResult:
    judgements = _judge(rung, legs, seed) if judged and rung.keeps else ()
    threshold = None
    own, other = legs[rung.name, seed].recording, legs.get((rung.against, seed))
    if judged and own is not None and other is not None and other.recording is not None:
        threshold = threshold_window(other.recording, own, shown_cell)
    return RungResult(rung, legs[rung.name, seed], judged, judgements, fates_of(rung, legs), threshold)


def _judge(rung: Rung, legs: Mapping[Key, FinishedLeg], seed: int) -> tuple[PromiseJudgement, ...]:
    mains = legs[rung.against, seed], legs[rung.name, seed]
    failed = next((leg for leg in mains if leg.recording is None), None)
    if failed is not None:
        reason = f"{failed.label} did not finish"
        return tuple(PromiseJudgement(promise, Standing.NOT_JUDGED, reason) for promise in rung.keeps)
    return tuple(judge_promise(promise, _pairs(rung, legs, seed)) for promise in rung.keeps)


def _pairs(rung: Rung, legs: Mapping[Key, FinishedLeg], seed: int) -> list[tuple[Recording, Recording]]:
    """Both recordings of every seed that finished on both rungs, the ladder's own seed first."""
    seeds = sorted({own for _, own in legs}, key=lambda own: (own != seed, own))
    sides = [[legs.get((name, own)) for name in (rung.against, rung.name)] for own in seeds]
    found = []
    for reference, candidate in sides:
        if reference and candidate and reference.recording is not None and candidate.recording is not None:
            found.append((reference.recording, candidate.recording))
    return found


def ladder_report_folder(results: Path, result: LadderResult) -> Path:
    """``results/LADDER/ladder-SEED-DURATION``: another folder for another seed, duration or section."""
    names = [one.rung.name for one in result.rungs if one.judged]
    part = f"-rungs-{names[0]}-to-{names[-1]}" if len(names) < len(result.ladder.rungs) else ""
    return results / result.ladder.name / f"ladder-seed-{result.seed}-{result.duration_ms:g}-ms{part}"
