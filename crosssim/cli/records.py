"""The commands on runs that were made before: results, verify, repeat, export."""

import argparse
import os
import shlex
from pathlib import Path

from rich.console import Console

from crosssim.cli.options import Commands, add_json, add_sumatra, file_with_sumatra, write_json
from crosssim.errors import ExitStatus, UsageError
from crosssim.provenance.record import RECORD
from crosssim.provenance.remarks import comment_on_run, tag_run
from crosssim.provenance.shelf import Shelved, find_run, find_runs, matching, ordered_by_a_study
from crosssim.provenance.verifying import verify_run
from crosssim.recording.export import export_neo
from crosssim.recording.folder import read_recording
from crosssim.report.live import LiveLegs
from crosssim.report.records_text import repeat_text, run_text, runs_text, verify_text
from crosssim.studies.repeat import RepeatWishes, run_repeat


def add_commands(commands: Commands) -> None:
    """Add the commands of this module to the command line."""
    _add_results(commands)
    verify = commands.add_parser("verify", help="hash a run again: is every byte as it was recorded?")
    _takes_run(verify)
    verify.set_defaults(command=_verify)
    _add_repeat(commands)
    export = commands.add_parser("export", help="a leg as a Neo NIX file, or any run as an RO-Crate")
    _takes_run(export)
    export.add_argument("file", type=Path, help="the .nix file to write; with --crate, a folder or a .zip")
    export.add_argument("--crate", action="store_true", help="write an RO-Crate (Process Run Crate) to publish")
    export.set_defaults(command=_export)


def _takes_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a run's id, or the first four characters of it, or its folder")
    _takes_results(parser)


def _takes_results(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=Path("results"), help="results folder (default: results)")
    add_json(parser)


def _add_results(commands: Commands) -> None:
    results = commands.add_parser("results", help="list, find, show, tag and comment the runs of a results folder")
    known = "model=… kind=… status=… label=… verdict=… tag=… user=… after=… before=…, or any word"
    results.add_argument("filter", nargs="*", metavar="FILTER", help=known)
    results.add_argument("--all", action="store_true", help="also the legs that a study ordered by itself")
    results.add_argument("--show", metavar="RUN", help="all that is known of one run")
    results.add_argument("--tag", nargs=2, metavar=("RUN", "TAG"), help="put a tag on a run")
    results.add_argument("--untag", nargs=2, metavar=("RUN", "TAG"), help="take a tag off a run")
    results.add_argument("--comment", nargs=2, metavar=("RUN", "TEXT"), help="say something of a run")
    _takes_results(results)
    results.set_defaults(command=_results)


def _add_repeat(commands: Commands) -> None:
    repeat = commands.add_parser("repeat", help="run again from the record, and tell whether the same came out")
    _takes_run(repeat)
    repeat.add_argument("--kept-sources", action="store_true", help="run the model's files as kept with the record")
    repeat.add_argument("--time-limit", type=float, metavar="S", help="seconds that one leg may take")
    add_sumatra(repeat)
    repeat.set_defaults(command=_repeat)


def _results(asked: argparse.Namespace) -> int:
    results = asked.out.absolute()
    if asked.tag or asked.untag or asked.comment:
        _remark(asked, results)
        return int(ExitStatus.AGREES)
    if asked.show:
        run = find_run(results, asked.show)
        Console().print(run_text(run))
        write_json(asked, _told(run))
        return int(ExitStatus.AGREES)
    runs = matching(find_runs(results), asked.filter)
    shown = runs if asked.all or asked.filter else [run for run in runs if not ordered_by_a_study(run)]
    Console().print(runs_text(shown, results))
    if len(shown) < len(runs):
        print(f"and {len(runs) - len(shown)} legs that studies ordered; --all lists them")
    write_json(asked, [_told(run) for run in runs])
    return int(ExitStatus.AGREES)


def _told(run: Shelved) -> dict[str, object]:
    return {"folder": run.folder, "record": run.record, "problem": run.problem, "remarks": run.remarks}


def _remark(asked: argparse.Namespace, results: Path) -> None:
    text, said = asked.tag or asked.untag or asked.comment
    folder = find_run(results, text).folder
    if asked.comment:
        comment_on_run(folder, said)
    else:
        tag_run(folder, add=[said] if asked.tag else [], remove=[said] if asked.untag else [])
    Console().print(run_text(find_run(results, str(folder))))


def _verify(asked: argparse.Namespace) -> int:
    results = asked.out.absolute()
    run = find_run(results, asked.run)
    assert run.record is not None
    beside = results if run.folder.resolve().is_relative_to(results.resolve()) else run.folder.resolve().parents[1]
    wrong = verify_run(run.folder, beside)
    Console().print(verify_text(run.record, wrong))
    write_json(asked, wrong)
    return int(ExitStatus.DIFFERS if wrong else ExitStatus.AGREES)


def _repeat(asked: argparse.Namespace) -> int:
    results = asked.out.absolute()
    run = find_run(results, asked.run)
    labels = [one.label for one in run.record.inputs if one.label] if run.record and run.record.inputs else []
    own = [run.record.label] if run.record and not labels else labels
    with LiveLegs(Console(stderr=True), own) as live:
        wishes = RepeatWishes(asked.kept_sources, os.cpu_count() or 1, asked.time_limit, live.tell)
        result = run_repeat(run, results, wishes)
    Console().print(repeat_text(result))
    file_with_sumatra(asked, results)
    write_json(asked, {"outcome": result.outcome, "folder": result.folder, "legs": result.legs})
    return int(result.exit_status)


def _export(asked: argparse.Namespace) -> int:
    if asked.crate:
        raise UsageError("not yet")
    folder = Path(asked.run)
    if not folder.is_dir() or not ((folder / "recording.json").exists() or (folder / RECORD).exists()):
        folder = find_run(asked.out.absolute(), asked.run).folder
    export_neo(read_recording(folder), asked.file)
    print(f"wrote {shlex.quote(str(asked.file))}")
    return int(ExitStatus.AGREES)
