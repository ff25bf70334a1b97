"""A leg that nobody launched (``crosssim run``) writes its own record, by rank 0."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from crosssim.errors import CrosssimError
from crosssim.model.discovery import find_model
from crosssim.model.ladders import find_ladder
from crosssim.provenance.keeping import forget, interrupt
from crosssim.runner.leg.process import be_leg
from crosssim.runner.leg.ranks import is_first_rank
from crosssim.runner.leg.rung import be_rung
from crosssim.runner.progress import PROGRESS_VARIABLE
from crosssim.runner.records import adopt_leg, begin_leg, finish_leg, leg_record
from crosssim.runner.request import LegOutcome, LegRequest, RungRequest, read_outcome


@dataclass(frozen=True)
class OwnRecord:
    """What the record of a leg needs beside its request: where it lies, what the user typed."""

    results: Path
    label: str
    command: Sequence[str] = tuple(sys.argv)


def be_recorded_leg(request: LegRequest, own: OwnRecord, *, fresh: bool = False) -> tuple[LegOutcome, Path, bool]:
    """Be the leg or rung, with a record, unless a parent launched this and writes it.

    Raises as :func:`be_leg` and :func:`be_rung` do.
    """
    if isinstance(request, RungRequest):
        be = partial(be_rung, request, own.results, fresh=fresh)
    else:
        be = partial(be_leg, request, own.results, fresh=fresh)
    if PROGRESS_VARIABLE in os.environ or not is_first_rank():
        return be()
    model = find_ladder(request.model) if isinstance(request, RungRequest) else find_model(request.model)
    place = own.results / model.name
    record = leg_record(model, own.label, request, own.command)
    begun = begin_leg(place, model, record)
    try:
        outcome, folder, reused = be()
    except BaseException as error:
        if begun is not None:
            interrupt(begun, f"{error.__class__.__name__}: {error}".removesuffix(": "))
        raise
    if not reused:
        return finish_leg(begun, folder, _written(folder, outcome)), folder, False
    if begun is not None:
        forget(begun)
    adopt_leg(place, folder, record, outcome)
    return outcome, folder, True


def _written(folder: Path, outcome: LegOutcome) -> LegOutcome:
    """The outcome as it stands in the folder, with the digests of what was recorded."""
    try:
        return replace(read_outcome(folder), notes=outcome.notes)
    except CrosssimError:
        return outcome
