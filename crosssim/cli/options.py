"""What the options mean to a study, and where the numbers go."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosssim.runner.leg.ranks import is_first_rank, launched_ranks
from crosssim.runner.progress import PROGRESS_VARIABLE
from crosssim.studies.legs import Wishes, parse_changes

if TYPE_CHECKING:
    from crosssim.report.summary import Summary


def wishes(asked: argparse.Namespace) -> Wishes:
    """What the command line asks of every leg alike."""
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


def write_tables(asked: argparse.Namespace, summary: "Summary") -> None:
    """Write JUnit and Markdown where asked. Raises :class:`UsageError` if they cannot be written."""
    from crosssim.report.junit import write_junit
    from crosssim.report.markdown import write_markdown

    if asked.junit is not None:
        write_junit(summary, asked.junit)
    if asked.markdown is not None:
        write_markdown(summary, asked.markdown)


def file_with_sumatra(asked: argparse.Namespace, results: Path) -> None:
    """Bring the Sumatra project of ``results`` up to date; what goes wrong is told and costs nothing else.

    A leg that a study started leaves it to the study.
    """
    if asked.no_sumatra or PROGRESS_VARIABLE in os.environ or not is_first_rank():
        return
    from crosssim.provenance.sumatra import sync_sumatra

    problem = sync_sumatra(results)
    if problem:
        print(f"crosssim: {problem}", file=sys.stderr)


def write_json(asked: argparse.Namespace, numbers: Any) -> None:
    """Write the command's numbers where ``--json`` says. Raises :class:`UsageError` if it cannot be written."""
    if asked.json is not None:
        from crosssim.recording.disk import write_bytes_atomically
        from crosssim.report.numbers import json_text, plain  # heavy, and most legs write none

        write_bytes_atomically(asked.json, json_text(plain(numbers)).encode())
