"""The command equivalent: a mechanism held against a PyNN standard cell."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from crosssim.cli.options import file_with_sumatra, write_json
from crosssim.errors import UsageError
from crosssim.report.equivalent_numbers import equivalent_numbers
from crosssim.report.equivalent_text import equivalent_text
from crosssim.report.recorded_equivalent import EquivalentOrder, EquivalentUnwritten, recorded_equivalent
from crosssim.runner.bench import Bench
from crosssim.studies.equivalent import EquivalentResult
from crosssim.studies.equivalent_plan import EquivalentWishes, RecordedTrains, SectionWishes
from crosssim.studies.legs import parse_changes

_RECEPTORS = ("excitatory", "inhibitory")


def equivalent(asked: argparse.Namespace) -> int:
    """Hold the mechanism against the cell, and say which parameter explains what differs."""
    console = Console(stderr=True)
    wishes, results = _wishes(asked), asked.out.absolute()
    with console.status("") as line, Bench() as bench:

        def tell(words: str) -> None:
            line.update(words)
            if not console.is_terminal:
                console.print(words, highlight=False)

        order = EquivalentOrder(wishes, bench, results, ("crosssim", *sys.argv[1:]), tell)
        try:
            result, page = recorded_equivalent(order)
        except EquivalentUnwritten as error:  # a full disk costs the page, not the answer
            _tell_result(asked, error.result)
            raise
    _tell_result(asked, result)
    print(f"page: {page}")
    file_with_sumatra(asked, results)
    return int(result.exit_status)


def _tell_result(asked: argparse.Namespace, result: EquivalentResult) -> None:
    write_json(asked, equivalent_numbers(result))
    Console().print(equivalent_text(result))


def _wishes(asked: argparse.Namespace) -> EquivalentWishes:
    return EquivalentWishes(
        file=asked.original,
        cell=asked.cell,
        backend=asked.backend,
        changes=parse_changes(asked.set),
        candidate_changes=parse_changes(asked.set_candidate, "--set-candidate"),
        section=SectionWishes(asked.area, asked.cm, asked.leak, asked.rest, asked.threshold),
        recorded=None if asked.input is None else read_trains(asked.input),
        duration_ms=asked.duration,
        timestep_ms=asked.timestep,
    )


def read_trains(file: Path) -> RecordedTrains:
    """Spike times (ms) of a text file by receptor, in order: one to a line, "inhibitory" behind one that is.

    Empty lines and what follows a # are skipped. Raises :class:`UsageError` with the line that cannot be read.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--input {file} cannot be read: {error}") from None
    trains: dict[str, list[float]] = {name: [] for name in _RECEPTORS}
    for number, line in enumerate(lines, start=1):
        words = line.partition("#")[0].replace(",", " ").split()
        if not words:
            continue
        receptor = words[1] if len(words) > 1 else _RECEPTORS[0]
        try:
            trains[receptor].append(float(words[0]))
        except (ValueError, KeyError):
            raise UsageError(
                f"--input {file}, line {number}: {line.strip()!r} is not a time in ms, followed by nothing, "
                "excitatory or inhibitory"
            ) from None
    if not any(trains.values()):
        raise UsageError(f"--input {file} holds no spike time; write one in ms to a line")
    excitatory, inhibitory = (tuple(sorted(trains[name])) for name in _RECEPTORS)
    return excitatory, inhibitory
