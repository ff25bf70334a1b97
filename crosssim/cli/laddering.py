"""Commands of a porting ladder: ladder (also ``ladder new``), and rung, which is one of its legs."""

import argparse
import shlex
import sys
from pathlib import Path

from rich.console import Console

from crosssim.cli.options import file_with_sumatra, write_json
from crosssim.errors import ExitStatus, LegError, SimulatorMissing, UsageError
from crosssim.model.declaration import Seeds, Timing
from crosssim.model.ladder_template import write_ladder_template
from crosssim.model.ladders import find_ladder
from crosssim.recording.draws import draws_digest, keep_draws, read_draws
from crosssim.recording.folder import read_recording
from crosssim.recording.rates import population_rates
from crosssim.report.ladder_numbers import ladder_numbers
from crosssim.report.ladder_text import ladder_text
from crosssim.report.leg_text import leg_text
from crosssim.report.live import LiveLegs
from crosssim.report.recorded_ladder import LadderUnwritten, recorded_ladder
from crosssim.runner.launch import Launcher
from crosssim.runner.leg.recorded import OwnRecord, be_recorded_leg
from crosssim.runner.place import path_in_results
from crosssim.runner.request import LegStatus, RungRequest
from crosssim.studies.ladder import TIME_LIMIT_S, LadderWishes, plan_ladder


def ladder(asked: argparse.Namespace) -> int:
    """Climb a ladder and say which promises were kept; ``ladder new FOLDER`` writes a first one."""
    if asked.model == "new":
        return _new(asked)
    if asked.folder is not None:
        raise UsageError(f"ladder {asked.model} {asked.folder}: a folder is given only to `crosssim ladder new FOLDER`")
    found = find_ladder(asked.model)
    results = asked.out.absolute()
    wishes = LadderWishes(
        asked.model, asked.first, asked.last, asked.seed, asked.duration, asked.seeds, not asked.no_check
    )
    plan = plan_ladder(found, wishes, results)
    with LiveLegs(Console(stderr=True), [one.label for one in plan.legs.values()]) as live:
        limit = TIME_LIMIT_S if asked.time_limit is None else asked.time_limit
        launcher = Launcher(results, found, max(1, asked.jobs), limit, asked.fresh, live.tell)
        try:
            result, page = recorded_ladder(plan, launcher, ("crosssim", *sys.argv[1:]))
        except LadderUnwritten as error:  # a full disk costs the page, not the answer
            write_json(asked, ladder_numbers(error.result))
            Console().print(ladder_text(error.result))
            raise
    write_json(asked, ladder_numbers(result))
    Console().print(ladder_text(result))
    print(f"page: {page}")
    file_with_sumatra(asked, results)
    return int(result.exit_status)


def _new(asked: argparse.Namespace) -> int:
    if asked.folder is None:
        raise UsageError("ladder new: name the folder to write, as in `crosssim ladder new my_port`")
    folder = Path(asked.folder)
    files = write_ladder_template(folder)
    for file in files:
        print(f"wrote {shlex.quote(str(file))}")
    print(f"next: crosssim ladder {shlex.quote(_typable(folder))}")
    return int(ExitStatus.AGREES)


def _typable(folder: Path) -> str:
    """A path that is taken for one, not for a name."""
    return str(folder) if len(folder.parts) > 1 else f"./{folder}"


def rung(asked: argparse.Namespace) -> int:
    """One rung in this process, and what it recorded in a table."""
    found, results = find_ladder(asked.model), asked.out.absolute()
    one = found.rung(asked.rung)
    draws, content = _kept_draws(asked.draws, results, found.name)
    duration_ms = found.duration_ms if asked.duration is None else asked.duration
    step_ms = found.timestep_ms
    request = RungRequest(
        asked.model,
        one.simulator,
        Timing(duration_ms, step_ms, min_delay_ms=step_ms, max_delay_ms=max(step_ms, 1.0)),
        Seeds(asked.seed, asked.seed, asked.seed),
        step_ms,
        rung=one.name,
        draws=draws,
        draws_digest=content,
    )
    outcome, folder, reused = be_recorded_leg(request, OwnRecord(results, f"rung {one.name}"), fresh=asked.fresh)
    file_with_sumatra(asked, results)
    if not outcome.completed:
        if outcome.status is LegStatus.MISSING:
            raise SimulatorMissing(outcome.reason)
        raise UsageError(outcome.reason) if outcome.status is LegStatus.REFUSED else LegError(outcome.reason)
    recording = read_recording(folder)
    Console().print(leg_text(recording, outcome, folder, reused))
    write_json(asked, {"leg": folder, "reused": reused, "populations": population_rates(recording)})
    return int(ExitStatus.AGREES)


def _kept_draws(file: Path, results: Path, ladder: str) -> tuple[str, str]:
    """The file's path in the results folder, into which it is copied from elsewhere, and the digest of its content."""
    draws = read_draws(file)
    inside = path_in_results(str(file.absolute()), results)
    if not Path(inside).is_absolute():
        return inside, draws_digest(draws)
    return keep_draws(draws, results, ladder, file.stem)
