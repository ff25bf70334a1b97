"""What a record asks, made to run again: its model, its request, and what the request points at."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import msgspec

from crosssim.errors import UsageError
from crosssim.model.declaration import Model
from crosssim.model.discovery import find_model
from crosssim.model.ladder import Ladder
from crosssim.model.ladders import find_ladder, ladder_names
from crosssim.provenance.record import SOURCES, Record
from crosssim.recording.draws import FOLDER, draws_digest, keep_draws, read_draws
from crosssim.runner.place import results_of
from crosssim.runner.request import LegRequest, Replay, RungRequest


def asked_again(
    old: Record, old_folder: Path, results: Path, kept_sources: bool
) -> tuple[Model | Ladder, LegRequest | RungRequest]:
    """The model or ladder of a leg's record, and its request for the results folder ``results``.

    ``kept_sources`` takes the copies kept with the record, else the model as it is now. Raises :class:`UsageError` if
    the record cannot be run: the model is gone, or what the leg replays, or its draws.
    """
    form = RungRequest if old.request.get("rung") else LegRequest
    try:
        request = msgspec.convert(old.request, form)
    except (msgspec.ValidationError, UsageError) as error:
        raise UsageError(f"the request in the record of run {old.id} cannot be run: {error}") from None
    text = _kept_model(old, old_folder, results) if kept_sources else _model_today(old, request)
    request = replace(request, model=text)
    if isinstance(request, RungRequest):
        ladder = find_ladder(text)
        return ladder, _with_kept_draws(old, old_folder, request, results)
    replay = None if request.replay is None else _replay_from(old, old_folder, request.replay, results)
    return find_model(text), replace(request, replay=replay)


def _model_today(old: Record, request: LegRequest) -> str:
    """The model as the user named it: from here, else from the folder where the first run was started."""
    path = Path(request.model).expanduser()
    is_name = request.model.isidentifier() and (not isinstance(request, RungRequest) or request.model in ladder_names())
    if path.is_absolute() or path.exists() or is_name:
        return request.model
    beside = Path(old.process.started_in) / path
    if beside.exists():
        return str(beside)
    raise UsageError(
        f"the model {request.model} of run {old.id} is not there any more; "
        "--kept-sources runs the copies that were kept with the record"
    )


def _kept_model(old: Record, old_folder: Path, results: Path) -> str:
    """The kept copies, copied to the new folder, so that what runs is beside what comes out."""
    kept, name = old_folder / SOURCES, old.entry.removeprefix(f"{SOURCES}/")
    if not name or "/" in name or not (kept / name).is_file():
        raise UsageError(f"no sources were kept with run {old.id}")
    shutil.copytree(
        kept, results / "model", symlinks=True, ignore=shutil.ignore_patterns("git-*.diff"), dirs_exist_ok=True
    )
    return str(results / "model" / name)


def _with_kept_draws(old: Record, old_folder: Path, request: RungRequest, results: Path) -> RungRequest:
    """The request with the draws kept with the record, copied to ``results``."""
    file = old_folder / SOURCES / FOLDER / Path(request.draws).name
    draws = read_draws(file)
    if draws_digest(draws) != request.draws_digest:
        raise UsageError(f"{file} is not what rung {request.rung} of run {old.id} was given")
    path, content = keep_draws(draws, results, old.model, file.stem)
    return replace(request, draws=path, draws_digest=content)


def _replay_from(old: Record, old_folder: Path, replay: Replay, results: Path) -> Replay:
    """The replay with paths from ``results`` to the legs that the first run replayed, wherever those lie today."""
    return Replay(
        *(_leg_from(old, old_folder, text, results) if text else "" for text in (replay.spikes, replay.wiring))
    )


def _leg_from(old: Record, old_folder: Path, text: str, results: Path) -> str:
    place = results_of(old_folder) / text
    if not place.is_dir():
        raise UsageError(f"run {old.id} replays the leg in {place}, which is not there any more; it cannot be repeated")
    return Path(os.path.relpath(place.resolve(), results.resolve())).as_posix()
