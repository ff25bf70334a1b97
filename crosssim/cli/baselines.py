"""The command ``baseline``: keep a run as the reference, and hold later runs and versions against it."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from crosssim.cli.options import file_with_sumatra, write_json, write_tables
from crosssim.errors import ExitStatus, UsageError
from crosssim.provenance.baseline_store import checked_name, read_baseline, read_history
from crosssim.provenance.shelf import find_run
from crosssim.report.baseline_text import baseline_summary, baseline_text, history_text, write_history_figure
from crosssim.report.live import LiveLegs
from crosssim.report.recorded_baseline import baseline_numbers, recorded_baseline
from crosssim.studies.baseline import (
    BaselineOrder,
    BaselineResult,
    accept_baseline,
    save_baseline,
)
from crosssim.studies.walk import ALL_GATES, parse_gates


def _folder(asked: argparse.Namespace) -> Path:
    folder: Path = asked.baselines / checked_name(asked.name)
    return folder


def save(asked: argparse.Namespace) -> int:
    """Make a run the reference."""
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
        result = recorded_baseline(_folder(asked), order)
    Console().print(baseline_text(result))
    file_with_sumatra(asked, asked.out.absolute())
    return result


def check(asked: argparse.Namespace) -> int:
    """Run the legs of a baseline again and judge them; the exit status is that of the worst."""
    result = _run(asked)
    write_tables(asked, baseline_summary(result))
    write_json(asked, baseline_numbers(result))
    return int(result.exit_status)


def accept(asked: argparse.Namespace) -> int:
    """Make new runs the reference, with a reason."""
    if not asked.reason.strip():
        raise UsageError("baseline accept needs --reason: why are these the numbers from now on?")
    entry = accept_baseline(_folder(asked), _run(asked), asked.reason)
    Console().print(history_text([entry]))
    write_json(asked, entry)
    return int(ExitStatus.AGREES)


def history(asked: argparse.Namespace) -> int:
    """Every reference there was; a picture if asked for."""
    read_baseline(_folder(asked))
    entries = read_history(_folder(asked))
    Console().print(history_text(entries))
    if asked.figure is not None:
        write_history_figure(entries, asked.figure)
        print(f"wrote {asked.figure}")
    write_json(asked, entries)
    return int(ExitStatus.AGREES)
