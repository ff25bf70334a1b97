"""Commands that run one leg, or look at what is there: run, models, doctor, lint."""

import argparse
from pathlib import Path

from rich.console import Console

from crosssim.cli.options import Commands, add_json, add_sumatra, add_wishes, file_with_sumatra, wishes, write_json
from crosssim.errors import ExitStatus, LegError, SimulatorMissing, UsageError
from crosssim.model.discovery import find_model, model_names
from crosssim.porting import scan
from crosssim.recording.folder import read_recording
from crosssim.recording.rates import population_rates
from crosssim.report.doctor_text import doctor_text
from crosssim.report.leg_text import leg_text
from crosssim.report.lint_text import print_scan
from crosssim.report.model_text import model_list_text, model_text
from crosssim.runner.doctor import examine, simulators_ready
from crosssim.runner.leg.ranks import is_first_rank
from crosssim.runner.leg.recorded import OwnRecord, be_recorded_leg
from crosssim.runner.request import LegStatus
from crosssim.studies.legs import plan_legs, replayed


def add_commands(commands: Commands) -> None:
    """The commands of this module."""
    _add_run(commands)
    models = commands.add_parser("models", help="list the models, or show one with its parameters")
    models.add_argument("model", nargs="?", help="a name or a path; without it, all shipped models")
    _finish(models, _models)
    doctor = commands.add_parser("doctor", help="what is installed, what is missing, and the command that mends it")
    _finish(doctor, _doctor)
    lint = commands.add_parser("lint", help="name what bites when a Hoc and NMODL model is ported to PyNN")
    lint.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".mod and .hoc files")
    _finish(lint, _lint)


def _finish(parser: argparse.ArgumentParser, command: object) -> None:
    add_json(parser)
    parser.set_defaults(command=command)


def _add_run(commands: Commands) -> None:
    run = commands.add_parser("run", help="run a model on one backend, in this process (and its MPI ranks)")
    run.add_argument("model", help="a name from `crosssim models`, or a path")
    run.add_argument("leg", metavar="LEG", help="backend, or backend:name=value,…")
    add_wishes(run)
    run.add_argument("--input-grid", type=float, metavar="MS", help="grid of input spike times (default: the timestep)")
    run.add_argument("--replay-spikes", metavar="LEG", help="uncouple the cells and drive them by this leg's spikes …")
    run.add_argument("--replay-wiring", metavar="LEG", help="… through the connections that this leg read back")
    run.add_argument(
        "--fault", action="append", default=[], metavar="KIND;TARGET;VALUE;PARAMETER", help="plant a fault"
    )
    add_sumatra(run)
    run.set_defaults(command=_run)


def _run(asked: argparse.Namespace) -> int:
    model = find_model(asked.model)
    results = asked.out.absolute()
    (plan,) = plan_legs(model, asked.model, [asked.leg], wishes(asked), results)
    request = replayed(plan.request, asked.replay_spikes, asked.replay_wiring, asked.fault)
    outcome, folder, reused = be_recorded_leg(request, OwnRecord(results, asked.leg), fresh=asked.fresh)
    file_with_sumatra(asked, results)
    if not outcome.completed:
        if outcome.status is LegStatus.MISSING:
            raise SimulatorMissing(outcome.reason)
        raise UsageError(outcome.reason) if outcome.status is LegStatus.REFUSED else LegError(outcome.reason)
    if is_first_rank():
        recording = read_recording(folder)
        Console().print(leg_text(recording, outcome, folder, reused))
        write_json(asked, {"leg": folder, "reused": reused, "populations": population_rates(recording)})
    return int(ExitStatus.AGREES)


def _models(asked: argparse.Namespace) -> int:
    models = [find_model(asked.model)] if asked.model else list(map(find_model, model_names()))
    Console().print(model_text(models[0]) if asked.model else model_list_text(models))
    write_json(asked, [{"name": one.name, "summary": one.summary, "parameters": one.parameters} for one in models])
    return int(ExitStatus.AGREES)


def _doctor(asked: argparse.Namespace) -> int:
    findings = examine()
    Console().print(doctor_text(findings), soft_wrap=True)
    write_json(asked, findings)
    return int(ExitStatus.AGREES if simulators_ready(findings) else ExitStatus.SIMULATOR_MISSING)


def _lint(asked: argparse.Namespace) -> int:
    result = scan(asked.files)
    print_scan(result, Console())
    write_json(asked, result)
    return int(result.exit_status)
