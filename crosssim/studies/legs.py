"""From what a user types to the legs of a study, and from a leg back to what a user types."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from crosssim.errors import UnknownName, UsageError
from crosssim.model.declaration import (
    RESERVED_NAMES,
    Model,
    Seeds,
    Timing,
    Value,
    common_grid_ms,
    is_multiple,
)
from crosssim.runner.backends import find_backend
from crosssim.runner.launch import LegPlan
from crosssim.runner.leg.faults import KINDS as FAULT_KINDS
from crosssim.runner.place import path_in_results
from crosssim.runner.request import Fault, LegRequest, Replay
from crosssim.units import parse_quantity

_LEG_NAMES = tuple(sorted(RESERVED_NAMES - {"timing", "seeds", "values"}))


@dataclass(frozen=True)
class Wishes:
    """What the command line asks of all legs alike; ``None`` leaves the model's own value.

    ``changes`` are texts as typed (``--set name=value``). ``input_grid_ms`` is set only for a leg whose study has
    chosen it.
    """

    changes: Mapping[str, str] = field(default_factory=dict)
    duration: str | None = None
    timestep: str | None = None
    seed: str | None = None
    seeds: Mapping[str, str] = field(default_factory=dict)
    threads: int = 1
    ranks: int = 1
    input_grid_ms: float | None = None


def parse_changes(texts: Sequence[str], where: str = "--set") -> dict[str, str]:
    """``["name=value", …]`` as a mapping. Raises :class:`UsageError` for a text without an equals sign."""
    changes = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError(f"{where} {text!r} is not of the form name=value")
        changes[name.strip()] = value.strip()
    return changes


def plan_legs(model: Model, model_text: str, leg_texts: Sequence[str], wishes: Wishes, results: Path) -> list[LegPlan]:
    """The legs of a study: each text is ``backend`` or ``backend:name=value,name=value``.

    All legs share the finest grid of input times that each of their steps can deliver. Raises :class:`UsageError`
    before anything runs.
    """
    requests = [_leg_request(model, model_text, text, wishes) for text in leg_texts]
    grid = wishes.input_grid_ms or common_grid_ms([one.timing.timestep_ms for one in requests])
    requests = [replace(one, input_grid_ms=grid) for one in requests]
    labels = _distinct(list(leg_texts))
    return [
        LegPlan(label, request, leg_arguments(model, request, results))
        for label, request in zip(labels, requests, strict=True)
    ]


def with_changes(leg_text: str, changes: Sequence[str]) -> str:
    """A leg as typed with more changes of its own (``--set-candidate``): ``neuron`` becomes ``neuron:name=value``."""
    parse_changes(changes, "--set-candidate")
    return leg_text + (":" if ":" not in leg_text else ",") + ",".join(changes) if changes else leg_text


def _distinct(labels: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    found = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        found.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return found


def _leg_request(model: Model, model_text: str, leg_text: str, wishes: Wishes) -> LegRequest:
    name, _, own_text = leg_text.partition(":")
    backend = find_backend(name)
    own = parse_changes([one for one in own_text.split(",") if one], leg_text)
    for change in own:
        if change not in model.parameters and change not in _LEG_NAMES:
            raise UnknownName(f"{leg_text}: parameter of {model.name}", change, [*model.parameters, *_LEG_NAMES])
    reserved = {key: own.pop(key) for key in list(own) if key in _LEG_NAMES}
    values: dict[str, Value] = {**wishes.changes, **own}
    settings = model.settings(values)
    timing = _timing(model, reserved.get("duration", wishes.duration), reserved.get("timestep", wishes.timestep))
    ranks = _count("ranks", reserved.get("ranks", str(wishes.ranks)))
    threads = _count("threads", reserved.get("threads", str(wishes.threads)))
    if threads > 1 and not backend.takes_threads:
        raise UsageError(f"{leg_text}: threads = {threads}, but {backend.label} runs on one thread")
    return LegRequest(
        model=model_text,
        backend=backend.name,
        timing=timing,
        seeds=_seeds(model, wishes, reserved),
        input_grid_ms=timing.timestep_ms,
        changes={name: value for name, value in settings.values.items() if value != model.parameters[name].default},
        ranks=ranks,
        threads=threads,
    )


def _timing(model: Model, duration: str | None, timestep: str | None) -> Timing:
    timing = model.timing
    return replace(
        timing,
        duration_ms=timing.duration_ms if duration is None else _named_quantity("duration", duration),
        timestep_ms=timing.timestep_ms if timestep is None else _named_quantity("timestep", timestep),
    )


def _named_quantity(name: str, text: str) -> float:
    try:
        return parse_quantity(text, "ms")
    except UsageError as error:
        raise UsageError(f"{name} = {text!r} does not fit: {error}") from None


def _count(name: str, text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise UsageError(f"{name} = {text!r} must be a whole number, at least 1")
    return int(text)


def _seeds(model: Model, wishes: Wishes, own: Mapping[str, str]) -> Seeds:
    seed = own.get("seed", wishes.seed)
    seeds = model.seeds if seed is None else Seeds.from_one(_seed("seed", seed))
    single = {**wishes.seeds, **{name.removeprefix("seed_"): own[name] for name in own if name.startswith("seed_")}}
    return replace(seeds, **{name: _seed(f"seed_{name}", text) for name, text in single.items()})


def _seed(name: str, text: str) -> int:
    if not text.isdigit():
        raise UsageError(f"{name} = {text!r} must be a whole number, zero or more")
    return int(text)


def leg_arguments(model: Model, request: LegRequest, results: Path) -> tuple[str, ...]:
    """The command line, after ``crosssim``, that runs exactly this leg."""
    words = ["run", request.model, request.backend]
    for name, value in sorted(request.changes.items()):
        words += ["--set", f"{name}={str(value).lower() if isinstance(value, bool) else value}"]
    timing = request.timing
    if timing.duration_ms != model.timing.duration_ms:
        words += ["--duration", f"{timing.duration_ms:.12g}"]
    if timing.timestep_ms != model.timing.timestep_ms:
        words += ["--timestep", f"{timing.timestep_ms:.12g}"]
    for name in ("wiring", "initial", "input"):
        if getattr(request.seeds, name) != getattr(model.seeds, name):
            words += [f"--seed-{name}", str(getattr(request.seeds, name))]
    if request.input_grid_ms != timing.timestep_ms:
        words += ["--input-grid", f"{request.input_grid_ms:.12g}"]
    if request.replay is not None:
        words += ["--replay-spikes", request.replay.spikes] if request.replay.spikes else []
        words += ["--replay-wiring", request.replay.wiring]
    if request.v_every_ms:
        words += ["--v-every", f"{request.v_every_ms:.12g}"]
    for fault in request.faults:
        words += ["--fault", fault_text(fault)]
    if request.threads > 1:
        words += ["--threads", str(request.threads)]
    return (*words, "--out", str(results))


@dataclass(frozen=True)
class ReplayTexts:
    """The folders of a replay as typed: whose spikes, and whose wiring; ``None`` where nothing was typed."""

    spikes: str | None
    wiring: str | None

    def parsed(self, results: Path) -> Replay | None:
        """The replay that is meant. Raises :class:`UsageError` for spikes without wiring."""
        if self.wiring is None:
            if self.spikes is not None:
                raise UsageError("--replay-spikes needs --replay-wiring: the leg through whose connections they go")
            return None
        spikes, wiring = (path_in_results(text, results) if text else "" for text in (self.spikes, self.wiring))
        return Replay(spikes, wiring)


def replayed(request: LegRequest, replay: Replay | None, faults: Sequence[str]) -> LegRequest:
    """The request as a replay, and with faults, if the command line says so. Raises :class:`UsageError`."""
    return replace(request, replay=replay, faults=tuple(map(parse_fault, faults)))


def sampled(request: LegRequest, v_every_ms: float | None) -> LegRequest:
    """The request with v of every cell sampled at this interval, if one is given. Raises :class:`UsageError`."""
    if v_every_ms is None:
        return request
    step_ms = request.timing.timestep_ms
    if not 0 < v_every_ms < math.inf or not is_multiple(v_every_ms, step_ms):
        raise UsageError(f"--v-every = {v_every_ms:g} ms must be a whole multiple of the time step of {step_ms:g} ms")
    return replace(request, v_every_ms=v_every_ms)


def fault_text(fault: Fault) -> str:
    """A fault as the command line takes it."""
    return ";".join((fault.kind, fault.target, repr(fault.value), fault.parameter))


def parse_fault(text: str) -> Fault:
    """The inverse of :func:`fault_text`. Raises :class:`UsageError`."""
    kind, target, value, parameter = (text.split(";") + [""] * 3)[:4]
    if kind not in FAULT_KINDS:
        raise UnknownName("--fault: kind", kind, FAULT_KINDS)
    try:
        return Fault(kind, target, float(value or 0.0), parameter)
    except ValueError:
        raise UsageError(
            f"--fault {text!r}: value {value!r} is not a number; write KIND;TARGET;VALUE;PARAMETER"
        ) from None


def asked_differences(reference: LegRequest, candidate: LegRequest, model: Model) -> frozenset[str]:
    """The names that the command set differently on the two legs: differences in them were asked for."""
    one, two = model.settings(reference.changes).values, model.settings(candidate.changes).values
    names = {name for name in one if one[name] != two[name]}
    if reference.timing != candidate.timing:
        names |= {
            name.removesuffix("_ms")
            for name in ("duration_ms", "timestep_ms")
            if getattr(reference.timing, name) != getattr(candidate.timing, name)
        }
    for name in ("wiring", "initial", "input"):
        if getattr(reference.seeds, name) != getattr(candidate.seeds, name):
            names.add(f"seed_{name}")
    return frozenset(names)
