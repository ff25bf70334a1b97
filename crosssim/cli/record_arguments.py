"""The commands on runs that were made before, and their options. Imports nothing heavy."""

import argparse
import os
from pathlib import Path
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

_RUN_HELP = "a run's id, or the first four characters of it, or its folder"
_OUT_HELP = "results folder (default: results)"
_FILTERS = "model=… kind=… status=… label=… verdict=… tag=… user=… after=… before=…, or any word"


def add_commands(commands: Commands) -> None:
    """results, verify, repeat, export, baseline."""
    _add_results(commands)
    verify = commands.add_parser("verify", help="hash a run again: is every byte as it was recorded?")
    _takes_run(verify)
    verify.set_defaults(command="records.verify")
    repeat = commands.add_parser("repeat", help="run again from the record, and tell whether the same came out")
    _takes_run(repeat, "results folder that takes the repeat (default: the one that the run lies in)")
    repeat.add_argument("--kept-sources", action="store_true", help="run the model's files as kept with the record")
    repeat.add_argument("--time-limit", type=float, metavar="S", help="seconds that one leg may take")
    add_sumatra(repeat)
    repeat.set_defaults(command="records.repeat", out=None)
    export = commands.add_parser("export", help="a leg as a Neo NIX file, or any run as an RO-Crate")
    _takes_run(export)
    export.add_argument("file", type=Path, help="the .nix file to write; with --crate, a new folder or a .zip")
    export.add_argument("--crate", action="store_true", help="write an RO-Crate (Process Run Crate) to publish")
    export.add_argument("--license", default="", metavar="URL", help="the licence of a crate, as an address")
    export.add_argument("--author", default="", metavar="NAME", help="the author of a crate (default: the user)")
    export.add_argument("--organization", nargs=2, metavar=("NAME", "URL"), help="who publishes a crate")
    export.set_defaults(command="records.export")
    _add_baseline(commands)


def add_sumatra(parser: argparse.ArgumentParser) -> None:
    """Commands that run something file it with Sumatra unless told not to."""
    parser.add_argument("--no-sumatra", action="store_true", help="do not file this run with Sumatra")


def add_tables(parser: argparse.ArgumentParser) -> None:
    """Reports for a continuous-integration service and for a pull request."""
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the result as JUnit XML")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the result as a Markdown table")


def _takes_run(parser: argparse.ArgumentParser, out: str = _OUT_HELP) -> None:
    parser.add_argument("run", metavar="RUN", help=_RUN_HELP)
    _takes_results(parser, out)


def _takes_results(parser: argparse.ArgumentParser, out: str = _OUT_HELP) -> None:
    parser.add_argument("--out", type=Path, default=Path("results"), help=out)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers to this file too")


def _add_results(commands: Commands) -> None:
    results = commands.add_parser("results", help="list, find, show, tag and comment the runs of a results folder")
    results.add_argument("filter", nargs="*", metavar="FILTER", help=_FILTERS)
    results.add_argument("--all", action="store_true", help="also the legs that a study ordered by itself")
    results.add_argument("--show", metavar="RUN", help="all that is known of one run")
    results.add_argument("--tag", nargs=2, metavar=("RUN", "TAG"), help="put a tag on a run")
    results.add_argument("--untag", nargs=2, metavar=("RUN", "TAG"), help="take a tag off a run")
    results.add_argument("--comment", nargs=2, metavar=("RUN", "TEXT"), help="say something of a run")
    _takes_results(results)
    results.set_defaults(command="records.results")


def _add_baseline(commands: Commands) -> None:
    baseline = commands.add_parser("baseline", help="keep a run as the reference; check later runs against it")
    actions = baseline.add_subparsers(metavar="ACTION", required=True)
    save = actions.add_parser("save", help="make a leg or a check the reference")
    _takes_name(save)
    save.add_argument("run", metavar="RUN", help=_RUN_HELP)
    save.add_argument("--reason", default="", help="why this run (kept in the history)")
    check = actions.add_parser("check", help="run the legs as they are today and judge them against the reference")
    _takes_name(check)
    _takes_running(check)
    add_tables(check)
    accept = actions.add_parser("accept", help="check, and make the new runs the reference")
    _takes_name(accept)
    _takes_running(accept)
    accept.add_argument("--reason", default="", help="why the numbers may change (kept in the history)")
    history = actions.add_parser("history", help="every reference there was, with its reason and versions")
    _takes_name(history)
    history.add_argument("--figure", type=Path, metavar="FILE", help="draw the rates (.svg or .png)")
    for name, parser in (("save", save), ("check", check), ("accept", accept), ("history", history)):
        parser.set_defaults(command=f"baselines.{name}")


def _takes_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="the name of the baseline: a folder in --baselines")
    parser.add_argument(
        "--baselines", type=Path, default=Path("baselines"), help="where baselines lie (default: baselines)"
    )
    _takes_results(parser)


def _takes_running(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="legs side by side (default: the cores)")
    parser.add_argument("--time-limit", type=float, metavar="S", help="seconds that one leg may take")
    parser.add_argument("--fresh", action="store_true", help="run again even if a finished leg could be reused")
    parser.add_argument("--gates", metavar="NAME,…", help="ask only these gates")
    add_sumatra(parser)
