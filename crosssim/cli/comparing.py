"""Commands that compare: check (also as replay and refine, which ask one gate) and certify."""

import argparse
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from crosssim.cli.options import file_with_sumatra, wishes, write_json, write_tables
from crosssim.errors import ExitStatus, UsageError
from crosssim.model.declaration import Model
from crosssim.model.discovery import find_model
from crosssim.report.certificate_text import certificate_text
from crosssim.report.live import LiveLegs
from crosssim.report.numbers import check_numbers
from crosssim.report.recorded_check import CheckOrder, ReportUnwritten, recorded_check
from crosssim.report.summary import check_summary
from crosssim.report.text import check_text
from crosssim.report.truth_text import truth_text
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.runner.leg.ranks import launched_ranks
from crosssim.studies.legs import plan_legs, with_changes
from crosssim.studies.recorded_certify import CertifyOrder, recorded_certify
from crosssim.studies.result import CheckResult
from crosssim.studies.walk import ALL_GATES, parse_gates


def check(asked: argparse.Namespace) -> int:
    """Run the legs, walk the gates, write the report; the exit status says the verdict."""
    gates = parse_gates(asked.gates) if asked.gates else ALL_GATES
    model, plans, results = _planned(asked)
    with LiveLegs(Console(stderr=True), [plan.label for plan in plans]) as live:
        launcher = _launcher(asked, model, live)
        order = CheckOrder(
            model, asked.model, plans, launcher, ("crosssim", *sys.argv[1:]), gates,
            kind=getattr(asked, "study", "check"),
            with_truth=getattr(asked, "truth", False),
        )  # fmt: skip
        try:
            done = recorded_check(order)
        except ReportUnwritten as error:  # a full disk costs the page, not the answer
            _write(asked, error.result, {})
            Console().print(check_text(error.result))
            raise
    _write(asked, done.result, {} if done.truth is None else {"truth": done.truth})
    Console().print(check_text(done.result, done.page))
    if done.truth is not None:
        Console().print(truth_text(done.truth))
    file_with_sumatra(asked, results)
    return int(done.result.exit_status)


def _write(asked: argparse.Namespace, result: CheckResult, more: dict[str, Any]) -> None:
    write_json(asked, check_numbers(result) | more)
    write_tables(asked, check_summary(result))


def certify(asked: argparse.Namespace) -> int:
    """Plant faults and keep the certificate where checks of the same pair find it."""
    model, plans, results = _planned(asked)
    with LiveLegs(Console(stderr=True), [plan.label for plan in plans]) as live:
        launcher = _launcher(asked, model, live)
        certificate, file = recorded_certify(
            CertifyOrder(model, asked.model, plans, launcher, ("crosssim", *sys.argv[1:]), live.say)
        )
    write_json(asked, certificate)
    Console().print(certificate_text(certificate, file))
    file_with_sumatra(asked, results)
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
