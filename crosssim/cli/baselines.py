"""The command ``baseline``: keep a run as the reference, and hold later runs and versions against it."""

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console

from crosssim.cli.options import (
    Commands,
    add_json,
    add_sumatra,
    add_tables,
    file_with_sumatra,
    write_json,
    write_tables,
)
from crosssim.errors import ExitStatus, UsageError
from crosssim.provenance.baseline_store import checked_name, read_baseline, read_history
from crosssim.provenance.shelf import find_run
from crosssim.report.baseline_text import baseline_summary, baseline_text, history_text, write_history_figure
from crosssim.report.live import LiveLegs
from crosssim.studies.baseline import (
    BASELINES,
    BaselineOrder,
    BaselineResult,
    accept_baseline,
    check_baseline,
    save_baseline,
)
from crosssim.studies.walk import ALL_GATES, parse_gates


def add_commands(commands: Commands) -> None:
    """``baseline save``, ``check``, ``accept`` and ``history``."""
    baseline = commands.add_parser("baseline", help="keep a run as the reference; check later runs against it")
    actions = baseline.add_subparsers(metavar="ACTION", required=True)
    save = actions.add_parser("save", help="make a leg or a check the reference")
    _takes_name(save)
    save.add_argument("run", metavar="RUN", help="a run's id, or the first four characters of it, or its folder")
    save.add_argument("--reason", default="", help="why this run (kept in the history)")
    save.set_defaults(command=_save)
    check = actions.add_parser("check", help="run the legs as they are today and judge them against the reference")
    _takes_name(check)
    _takes_running(check)
    add_tables(check)
    check.set_defaults(command=_check)
    accept = actions.add_parser("accept", help="check, and make the new runs the reference")
    _takes_name(accept)
    _takes_running(accept)
    accept.add_argument("--reason", default="", help="why the numbers may change (kept in the history)")
    accept.set_defaults(command=_accept)
    history = actions.add_parser("history", help="every reference there was, with its reason and versions")
    _takes_name(history)
    history.add_argument("--figure", type=Path, metavar="FILE", help="draw the rates (.svg or .png)")
    history.set_defaults(command=_history)


def _takes_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="the name of the baseline: a folder in --baselines")
    parser.add_argument("--baselines", type=Path, default=BASELINES, help="where baselines lie (default: baselines)")
    parser.add_argument("--out", type=Path, default=Path("results"), help="results folder (default: results)")
    add_json(parser)


def _takes_running(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="legs side by side (default: the cores)")
    parser.add_argument("--time-limit", type=float, metavar="S", help="seconds that one leg may take")
    parser.add_argument("--fresh", action="store_true", help="run again even if a finished leg could be reused")
    add_sumatra(parser)
    parser.add_argument("--gates", metavar="NAME,…", help=f"ask only these gates (default: {','.join(ALL_GATES)})")


def _folder(asked: argparse.Namespace) -> Path:
    folder: Path = asked.baselines / checked_name(asked.name)
    return folder


def _save(asked: argparse.Namespace) -> int:
    entry = save_baseline(find_run(asked.out.absolute(), asked.run), _folder(asked), asked.reason)
    Console().print(history_text([entry]))
    print(f"baseline: {_folder(asked)}")
    write_json(asked, entry)
    return int(ExitStatus.AGREES)


def _run(asked: argparse.Namespace) -> BaselineResult:
    labels = list(read_baseline(_folder(asked)).legs)
    gates = parse_gates(asked.gates) if asked.gates else ALL_GATES
    with LiveLegs(Console(stderr=True), labels) as live:
        order = BaselineOrder(
            results=asked.out.absolute(),
            jobs=max(1, asked.jobs),
            time_limit_s=asked.time_limit,
            fresh=asked.fresh,
            gates=gates,
            tell=live.tell,
            command=("crosssim", *sys.argv[1:]),
        )
        result = check_baseline(_folder(asked), order)
    Console().print(baseline_text(result))
    file_with_sumatra(asked, asked.out.absolute())
    return result


def _check(asked: argparse.Namespace) -> int:
    result = _run(asked)
    write_tables(asked, baseline_summary(result))
    write_json(asked, _numbers(result))
    return int(result.exit_status)


def _numbers(result: BaselineResult) -> dict[str, object]:
    legs = {
        one.label: {"judgement": one.judgement, "rates": one.rates, "changes": one.changes} for one in result.legs
    }  # fmt: skip
    return {"baseline": result.baseline, "entry": result.entry, "verdict": result.worst.verdict, "legs": legs}


def _accept(asked: argparse.Namespace) -> int:
    if not asked.reason.strip():
        raise UsageError("baseline accept needs --reason: why are these the numbers from now on?")
    entry = accept_baseline(_folder(asked), _run(asked), asked.reason)
    Console().print(history_text([entry]))
    write_json(asked, entry)
    return int(ExitStatus.AGREES)


def _history(asked: argparse.Namespace) -> int:
    read_baseline(_folder(asked))
    entries = read_history(_folder(asked))
    Console().print(history_text(entries))
    if asked.figure is not None:
        write_history_figure(entries, asked.figure)
        print(f"wrote {asked.figure}")
    write_json(asked, entries)
    return int(ExitStatus.AGREES)
