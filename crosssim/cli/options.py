"""What the options mean to a study, and where the numbers go."""

import argparse
from typing import Any

from crosssim.runner.leg.ranks import launched_ranks
from crosssim.studies.legs import Wishes, parse_changes


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


def write_json(asked: argparse.Namespace, numbers: Any) -> None:
    """Write the command's numbers where ``--json`` says. Raises :class:`UsageError` if it cannot be written."""
    if asked.json is not None:
        from crosssim.recording.disk import write_bytes_atomically
        from crosssim.report.numbers import json_text, plain  # heavy, and most legs write none

        write_bytes_atomically(asked.json, json_text(plain(numbers)).encode())
