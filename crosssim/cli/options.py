"""Options that several commands take, and what they mean to a study."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any, TypeAlias

from crosssim.provenance.sumatra import sync_sumatra
from crosssim.recording.disk import write_bytes_atomically
from crosssim.report.junit import write_junit
from crosssim.report.markdown import write_markdown
from crosssim.report.numbers import json_text, plain
from crosssim.report.summary import Summary
from crosssim.runner.leg.ranks import is_first_rank, launched_ranks
from crosssim.runner.progress import PROGRESS_VARIABLE
from crosssim.studies.legs import Wishes, parse_changes

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_wishes(parser: argparse.ArgumentParser) -> None:
    """What is asked of every leg alike, and where results lie."""
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="change a declared parameter")
    parser.add_argument("--duration", metavar="MS", help="simulated time")
    parser.add_argument("--timestep", metavar="MS", help="integration step")
    parser.add_argument("--seed", metavar="N", help="one number that sets all three seeds")
    for name in ("wiring", "initial", "input"):
        parser.add_argument(f"--seed-{name}", metavar="N", help=f"the seed of {name} alone")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="threads of each leg (NEST)")
    parser.add_argument("--out", type=Path, default=Path("results"), help="results folder (default: results)")
    parser.add_argument("--fresh", action="store_true", help="run again even if a finished leg could be reused")
    add_json(parser)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Every command can write its numbers."""
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers to this file too")


def add_launching(parser: argparse.ArgumentParser) -> None:
    """How the legs of a comparison are started, and what the candidate alone is given."""
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="legs side by side (default: the cores)")
    parser.add_argument(
        "--time-limit", type=_seconds, metavar="S", help="seconds that one leg may take (default: no limit)"
    )
    parser.add_argument(
        "--set-candidate", action="append", default=[], metavar="NAME=VALUE",
        help="change a parameter in every leg but the first",
    )  # fmt: skip


def add_sumatra(parser: argparse.ArgumentParser) -> None:
    """Commands that run something file it with Sumatra unless told not to."""
    parser.add_argument(
        "--no-sumatra", action="store_true", help="do not file this run with Sumatra"
    )


def file_with_sumatra(asked: argparse.Namespace, results: Path) -> None:
    """Bring the Sumatra project of ``results`` up to date; what goes wrong is told and costs nothing else.

    A leg that a study started leaves it to the study.
    """
    if asked.no_sumatra or PROGRESS_VARIABLE in os.environ or not is_first_rank():
        return
    problem = sync_sumatra(results)
    if problem:
        print(f"crosssim: {problem}", file=sys.stderr)


def add_tables(parser: argparse.ArgumentParser) -> None:
    """Reports for a continuous-integration service and for a pull request."""
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the result as JUnit XML")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the result as a Markdown table")


def write_tables(asked: argparse.Namespace, summary: Summary) -> None:
    """Write what :func:`add_tables` was asked for. Raises :class:`UsageError` if it cannot be written."""
    if asked.junit is not None:
        write_junit(summary, asked.junit)
    if asked.markdown is not None:
        write_markdown(summary, asked.markdown)


def _seconds(text: str) -> float:
    if not (value := float(text)) > 0:
        raise argparse.ArgumentTypeError(f"{text} must be more than 0 s")
    return value


def wishes(asked: argparse.Namespace) -> Wishes:
    """What :func:`add_wishes` was answered with."""
    given = {name: getattr(asked, f"seed_{name}") for name in ("wiring", "initial", "input")}
    return Wishes(
        changes=parse_changes(asked.set),
        duration=asked.duration,
        timestep=asked.timestep,
        seed=asked.seed,
        seeds={name: text for name, text in given.items() if text is not None},
        threads=asked.threads,
        ranks=launched_ranks(),
        input_grid_ms=getattr(asked, "input_grid", None),
    )


def write_json(asked: argparse.Namespace, numbers: Any) -> None:
    """Write the command's numbers where ``--json`` says. Raises :class:`UsageError` if it cannot be written."""
    if asked.json is not None:
        write_bytes_atomically(asked.json, json_text(plain(numbers)).encode())
