"""Arguments → study → report → exit status. No logic of its own."""

import argparse
import os
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from rich.console import Console

import crosssim
from crosssim.errors import CrosssimError, ExitStatus, LegError, SimulatorMissing, UsageError
from crosssim.model.discovery import find_model, model_names
from crosssim.recording.export import export_neo
from crosssim.recording.folder import read_recording
from crosssim.report.doctor_text import doctor_text
from crosssim.report.leg_text import leg_text
from crosssim.report.live import LiveLegs
from crosssim.report.model_text import model_list_text, model_text
from crosssim.report.text import check_text
from crosssim.report.write import write_check_report
from crosssim.runner.backends import BACKENDS
from crosssim.runner.doctor import examine, simulators_ready
from crosssim.runner.launch import Launcher
from crosssim.runner.leg.process import be_leg
from crosssim.runner.leg.ranks import launched_ranks
from crosssim.runner.request import LegStatus
from crosssim.studies.check import report_folder, run_check
from crosssim.studies.legs import Wishes, parse_changes, plan_legs

DEFAULT_MODEL = "destexhe2009"
_INTERRUPTED = 130  # as shells count: 128 + SIGINT

_EPILOG = """\
a model is a name from `crosssim models` or the path of a file that declares MODEL;
a backend is one of: {backends}; a leg may carry its own changes: nest:timestep=0.05,N=1000

examples
  crosssim check destexhe2009 nest neuron        the network on both, where they part, and the report
  crosssim check my_model.py nest nest:timestep=0.05
  crosssim run destexhe2009 nest --duration 500  one leg
  mpirun -n 4 crosssim run destexhe2009 neuron   one leg on four MPI ranks
  python run.py nest neuron                      short for: crosssim check {model} nest neuron
  python run.py nest                             short for: crosssim run {model} nest

exit status
  0 the legs agree   1 they differ   2 the command or the model must be mended
  3 a leg failed   4 a simulator is missing   5 not comparable, or not enough data to tell
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status (see :class:`crosssim.errors.ExitStatus`)."""
    words = _with_command(list(sys.argv[1:] if arguments is None else arguments))
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        asked = _parser().parse_args(words)
        command: Callable[[argparse.Namespace], int] = asked.command
        return int(command(asked))
    except CrosssimError as error:
        print(f"crosssim: {error}", file=sys.stderr)
        return int(error.exit_status)
    except KeyboardInterrupt:
        print("\ncrosssim: interrupted; finished legs are kept", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `crosssim … | head`: nobody listens any more
        return int(ExitStatus.AGREES)


def _as_interrupt(signal_number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _with_command(words: list[str]) -> list[str]:
    """``nest neuron …`` is short for ``check MODEL nest neuron …``, ``nest …`` for ``run MODEL nest …``."""
    if not words or words[0].partition(":")[0] not in BACKENDS:
        return words
    model = DEFAULT_MODEL
    if "--model" in words[:-1]:
        place = words.index("--model")
        model = words[place + 1]
        words = words[:place] + words[place + 2 :]
    legs = 0
    while legs < len(words) and not words[legs].startswith("-"):
        legs += 1
    return ["check" if legs > 1 else "run", model, *words]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="crosssim",
        description="Run one spiking network on several simulators and see where, why and whether they differ.",
        epilog=_EPILOG.format(backends=", ".join(BACKENDS), model=DEFAULT_MODEL),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"crosssim {crosssim.__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_check(commands)
    _add_run(commands)
    models = commands.add_parser("models", help="list the models, or show one with its parameters")
    models.add_argument("model", nargs="?", help="a name or a path; without it, all shipped models")
    models.set_defaults(command=_models)
    doctor = commands.add_parser("doctor", help="what is installed, what is missing, and the command that mends it")
    doctor.set_defaults(command=_doctor)
    export = commands.add_parser("export", help="write the recording of a leg as a Neo NIX file")
    export.add_argument("leg", type=Path, help="the folder of a leg")
    export.add_argument("file", type=Path, help="the .nix file to write")
    export.set_defaults(command=_export)
    return parser


def _add_check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = commands.add_parser("check", help="run a model on several backends and compare")
    check.add_argument("model", help="a name from `crosssim models`, or a path")
    check.add_argument(
        "legs", nargs="+", metavar="LEG", help="backend, or backend:name=value,…; the first is reference"
    )
    _add_wishes(check)
    check.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="legs side by side (default: the cores)")
    check.add_argument(
        "--time-limit", type=float, metavar="S", help="seconds that one leg may take (default: no limit)"
    )
    check.set_defaults(command=_check)


def _add_run(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    run = commands.add_parser("run", help="run a model on one backend, in this process (and its MPI ranks)")
    run.add_argument("model", help="a name from `crosssim models`, or a path")
    run.add_argument("leg", metavar="LEG", help="backend, or backend:name=value,…")
    _add_wishes(run)
    run.add_argument("--input-grid", type=float, metavar="MS", help="grid of input spike times (default: the timestep)")
    run.set_defaults(command=_run)


def _add_wishes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="change a declared parameter")
    parser.add_argument("--duration", metavar="MS", help="simulated time")
    parser.add_argument("--timestep", metavar="MS", help="integration step")
    parser.add_argument("--seed", metavar="N", help="one number that sets all three seeds")
    for name in ("wiring", "initial", "input"):
        parser.add_argument(f"--seed-{name}", metavar="N", help=f"the seed of {name} alone")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="threads of each leg (NEST)")
    parser.add_argument("--out", type=Path, default=Path("results"), help="results folder (default: results)")
    parser.add_argument("--fresh", action="store_true", help="run again even if a finished leg could be reused")


def _wishes(asked: argparse.Namespace) -> Wishes:
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


def _check(asked: argparse.Namespace) -> int:
    if len(asked.legs) < 2:
        raise UsageError("check compares at least two legs; name another, or use `crosssim run` for one")
    model = find_model(asked.model)
    results = asked.out.absolute()
    plans = plan_legs(model, asked.model, asked.legs, _wishes(asked), results)
    command = ("crosssim", *sys.argv[1:])
    console = Console(stderr=True)
    with LiveLegs(console, [plan.label for plan in plans]) as live:
        launcher = Launcher(results, model, max(1, asked.jobs), asked.time_limit, asked.fresh, live.tell)
        result = run_check(model, plans, launcher, command)
    page = write_check_report(result, report_folder(results, result))
    Console().print(check_text(result, page))
    return int(result.exit_status)


def _run(asked: argparse.Namespace) -> int:
    model = find_model(asked.model)
    results = asked.out.absolute()
    (plan,) = plan_legs(model, asked.model, [asked.leg], _wishes(asked), results)
    outcome, folder, reused = be_leg(plan.request, results, fresh=asked.fresh)
    if not outcome.completed:
        if outcome.status is LegStatus.MISSING:
            raise SimulatorMissing(outcome.reason)
        raise UsageError(outcome.reason) if outcome.status is LegStatus.REFUSED else LegError(outcome.reason)
    if folder is not None and os.environ.get("OMPI_COMM_WORLD_RANK", "0") == "0":
        Console().print(leg_text(read_recording(folder), outcome, folder, reused))
    return int(ExitStatus.AGREES)


def _models(asked: argparse.Namespace) -> int:
    shown = model_text(find_model(asked.model)) if asked.model else model_list_text(map(find_model, model_names()))
    Console().print(shown)
    return int(ExitStatus.AGREES)


def _doctor(asked: argparse.Namespace) -> int:
    findings = examine()
    Console().print(doctor_text(findings), soft_wrap=True)
    return int(ExitStatus.AGREES if simulators_ready(findings) else ExitStatus.SIMULATOR_MISSING)


def _export(asked: argparse.Namespace) -> int:
    export_neo(read_recording(asked.leg), asked.file)
    print(f"wrote {shlex.quote(str(asked.file))}")
    return int(ExitStatus.AGREES)
