"""Commands that compare: check, replay, refine."""

import argparse
import sys

from rich.console import Console

from crosssim.cli.options import (
    Commands,
    add_launching,
    add_sumatra,
    add_tables,
    add_wishes,
    file_with_sumatra,
    wishes,
    write_json,
    write_tables,
)
from crosssim.divergence.verdict import Gate
from crosssim.errors import UsageError
from crosssim.model.discovery import find_model
from crosssim.report.live import LiveLegs
from crosssim.report.numbers import check_numbers
from crosssim.report.recorded_check import CheckOrder, ReportUnwritten, recorded_check
from crosssim.report.summary import check_summary
from crosssim.report.text import check_text
from crosssim.runner.launch import Launcher
from crosssim.runner.leg.ranks import launched_ranks
from crosssim.studies.legs import plan_legs, with_changes
from crosssim.studies.walk import ALL_GATES, parse_gates

_LEG_HELP = "backend, or backend:name=value,…; the first is the reference"


def add_commands(commands: Commands) -> None:
    """``check`` walks all gates, ``replay`` and ``refine`` ask one alone."""
    check = commands.add_parser("check", help="run a model on several backends and compare")
    _add_model(check)
    check.add_argument("legs", nargs="+", metavar="LEG", help=_LEG_HELP)
    check.add_argument("--gates", metavar="NAME,…", help=f"ask only these gates (default: {','.join(ALL_GATES)})")
    _finish(check, gates=None)
    for name, gate, words in (
        ("replay", Gate.REPLAY, "the candidate's cells, uncoupled, driven by the reference's spikes"),
        ("refine", Gate.REFINEMENT, "replay at ever smaller steps: is it the time step, or a real difference?"),
    ):
        parser = commands.add_parser(name, help=words)
        _add_model(parser)
        parser.add_argument("reference", metavar="REFERENCE", help="backend whose recorded spikes drive the cells")
        parser.add_argument(
            "candidate", metavar="CANDIDATE", help="backend whose cells are driven; or backend:name=value,…"
        )
        _finish(parser, gates=str(gate))


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", help="a name from `crosssim models`, or a path")


def _finish(parser: argparse.ArgumentParser, gates: str | None) -> None:
    add_wishes(parser)
    add_launching(parser)
    add_tables(parser)
    add_sumatra(parser)
    parser.set_defaults(command=_check, **({} if gates is None else {"gates": gates}))


def _check(asked: argparse.Namespace) -> int:
    legs = asked.legs if hasattr(asked, "legs") else [asked.reference, asked.candidate]
    if len(legs) < 2:
        raise UsageError("check compares at least two legs; name another, or use `crosssim run` for one")
    if launched_ranks() > 1:
        raise UsageError("check starts the ranks of its legs itself; run it without mpirun, and write neuron:ranks=4")
    gates = parse_gates(asked.gates) if asked.gates else ALL_GATES
    model = find_model(asked.model)
    results = asked.out.absolute()
    reference, *candidates = legs
    legs = [reference, *(with_changes(leg, asked.set_candidate) for leg in candidates)]
    plans = plan_legs(model, asked.model, legs, wishes(asked), results)
    with LiveLegs(Console(stderr=True), [plan.label for plan in plans]) as live:
        launcher = Launcher(results, model, max(1, asked.jobs), asked.time_limit, asked.fresh, live.tell)
        order = CheckOrder(model, asked.model, plans, launcher, ("crosssim", *sys.argv[1:]), gates)
        try:
            result, page = recorded_check(order)
        except ReportUnwritten as error:  # a full disk costs the page, not the answer
            write_json(asked, check_numbers(error.result))
            write_tables(asked, check_summary(error.result))
            Console().print(check_text(error.result))
            raise
    write_json(asked, check_numbers(result))
    write_tables(asked, check_summary(result))
    Console().print(check_text(result, page))
    file_with_sumatra(asked, results)
    return int(result.exit_status)
