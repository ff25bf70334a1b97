"""Commands that compare: check, replay, refine."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from crosssim.cli.options import Commands, add_launching, add_wishes, wishes, write_json
from crosssim.divergence.verdict import Gate
from crosssim.errors import ExitStatus, UsageError
from crosssim.model.declaration import Model
from crosssim.model.discovery import find_model
from crosssim.report.certificate_text import certificate_text
from crosssim.report.live import LiveLegs
from crosssim.report.numbers import check_numbers
from crosssim.report.text import check_text
from crosssim.report.write import write_check_report
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.runner.leg.ranks import launched_ranks
from crosssim.studies.certify import certificate_file, run_certify, save_certificate
from crosssim.studies.check import report_folder, run_check
from crosssim.studies.finished import completed_legs
from crosssim.studies.legs import plan_legs, with_changes
from crosssim.studies.result import Pair
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
        _add_sides(parser)
        _finish(parser, gates=str(gate))

    certify = commands.add_parser("certify", help="plant faults in the candidate: what would an agreement have seen?")
    _add_model(certify)
    _add_sides(certify)
    add_wishes(certify)
    add_launching(certify)
    certify.set_defaults(command=_certify)


def _add_sides(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reference", metavar="REFERENCE", help="backend whose recorded spikes drive the cells")
    parser.add_argument(
        "candidate", metavar="CANDIDATE", help="backend whose cells are driven; or backend:name=value,…"
    )


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", help="a name from `crosssim models`, or a path")


def _finish(parser: argparse.ArgumentParser, gates: str | None) -> None:
    add_wishes(parser)
    add_launching(parser)
    parser.set_defaults(command=_check, **({} if gates is None else {"gates": gates}))


def _check(asked: argparse.Namespace) -> int:
    gates = parse_gates(asked.gates) if asked.gates else ALL_GATES
    model, plans, results = _planned(asked)
    with LiveLegs(Console(stderr=True), [plan.label for plan in plans]) as live:
        launcher = _launcher(asked, model, live)
        result = run_check(model, plans, launcher, ("crosssim", *sys.argv[1:]), gates)
    write_json(asked, check_numbers(result))
    try:
        page = write_check_report(result, report_folder(results, result))
    except UsageError:  # a full disk costs the page, not the answer
        Console().print(check_text(result))
        raise
    Console().print(check_text(result, page))
    return int(result.exit_status)


def _certify(asked: argparse.Namespace) -> int:
    model, plans, results = _planned(asked)
    with LiveLegs(Console(stderr=True), [plan.label for plan in plans]) as live:
        launcher = _launcher(asked, model, live)
        reference, candidate = completed_legs(launcher.run(plans))
        pair = Pair(model, reference, candidate)
        certificate = run_certify(pair, launcher, tell=live.say)
    save_certificate(certificate, certificate_file(results, pair))
    write_json(asked, certificate)
    Console().print(certificate_text(certificate, certificate_file(results, pair)))
    return int(ExitStatus.AGREES)


def _planned(asked: argparse.Namespace) -> tuple[Model, list[LegPlan], Path]:
    legs = asked.legs if hasattr(asked, "legs") else [asked.reference, asked.candidate]
    if len(legs) < 2:
        raise UsageError("check compares at least two legs; name another, or use `crosssim run` for one")
    if launched_ranks() > 1:
        raise UsageError("check starts the ranks of its legs itself; run it without mpirun, and write neuron:ranks=4")
    model = find_model(asked.model)
    results = asked.out.absolute()
    reference, *candidates = legs
    texts = [reference, *(with_changes(leg, asked.set_candidate) for leg in candidates)]
    return model, plan_legs(model, asked.model, texts, wishes(asked), results), results


def _launcher(asked: argparse.Namespace, model: Model, live: LiveLegs) -> Launcher:
    return Launcher(asked.out.absolute(), model, max(1, asked.jobs), asked.time_limit, asked.fresh, live.tell)
