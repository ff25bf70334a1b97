"""The commands and their options: what can be asked. Imports nothing heavy, for every leg passes through here."""

import argparse
import os
from pathlib import Path
from typing import TypeAlias

from crosssim.cli import equivalent_arguments, record_arguments
from crosssim.divergence.verdict import Gate
from crosssim.runner.leg.faults import KINDS

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

_LEG_HELP = "backend, or backend:name=value,…; the first is the reference"
_MODEL_HELP = "a name from `crosssim models`, or a path"


def add_commands(commands: Commands) -> None:
    """Every command; ``command`` names its function as ``module.function`` in this room."""
    _add_check(commands)
    _add_one_gate(commands)
    _add_certify(commands)
    _add_run(commands)
    _add_ladder(commands)
    _add_looking(commands)
    equivalent_arguments.add_command(commands)
    record_arguments.add_commands(commands)


def _add_check(commands: Commands) -> None:
    check = commands.add_parser("check", help="run a model on several backends and compare")
    check.add_argument("model", help=_MODEL_HELP)
    check.add_argument("legs", nargs="+", metavar="LEG", help=_LEG_HELP)
    check.add_argument(
        "--gates", metavar="NAME,…",
        help=f"ask only these gates ({', '.join(gate for gate in Gate if gate is not Gate.STATISTICS)})",
    )  # fmt: skip
    _add_wishes(check)
    _add_launching(check)
    check.set_defaults(command="comparing.check")


def _add_one_gate(commands: Commands) -> None:
    for name, gate, words in (
        ("replay", Gate.REPLAY, "the candidate's cells, uncoupled, driven by the reference's spikes"),
        ("refine", Gate.REFINEMENT, "replay at ever smaller steps: is it the time step, or a real difference?"),
    ):
        parser = commands.add_parser(name, help=words)
        _add_pair(parser)
        parser.set_defaults(command="comparing.check", gates=str(gate), study=name)
        if gate is Gate.REFINEMENT:
            parser.add_argument(
                "--truth",
                action="store_true",
                help="hold both backends against the exact solution of some driven cells",
            )


def _add_certify(commands: Commands) -> None:
    certify = commands.add_parser("certify", help="plant faults in the candidate: what would an agreement have seen?")
    _add_pair(certify)
    certify.set_defaults(command="comparing.certify")


def _add_pair(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", help=_MODEL_HELP)
    parser.add_argument("reference", metavar="REFERENCE", help="backend whose recorded spikes drive the cells")
    parser.add_argument(
        "candidate", metavar="CANDIDATE", help="backend whose cells are driven, or backend:name=value,…"
    )
    _add_wishes(parser)
    _add_launching(parser)


def _add_run(commands: Commands) -> None:
    run = commands.add_parser("run", help="run a model on one backend, in this process (and its MPI ranks)")
    run.add_argument("model", help=_MODEL_HELP)
    run.add_argument("leg", metavar="LEG", help="backend, or backend:name=value,…")
    _add_wishes(run)
    run.add_argument("--input-grid", type=float, metavar="MS", help="grid of input spike times (default: the timestep)")
    run.add_argument(
        "--replay-spikes", metavar="FOLDER",
        help="uncouple the cells and drive them by the spikes of the leg in this folder, or folder in --out …",
    )  # fmt: skip
    run.add_argument("--replay-wiring", metavar="FOLDER", help="… through the connections that this leg read back")
    run.add_argument(
        "--v-every", type=float, metavar="MS",
        help="record v of every cell at this interval, in place of the traces that the model declares",
    )  # fmt: skip
    run.add_argument(
        "--fault", action="append", default=[], metavar="KIND;TARGET;VALUE;PARAMETER",
        help=f"plant a fault; kinds: {', '.join(KINDS)}".replace("%", "%%"),
    )  # fmt: skip
    record_arguments.add_sumatra(run)
    run.set_defaults(command="running.run")


def _add_ladder(commands: Commands) -> None:
    ladder = commands.add_parser("ladder", help="climb a port rung by rung; `ladder new FOLDER` writes a first ladder")
    ladder.add_argument("model", metavar="MODEL", help="a shipped ladder, the folder of your own, or `new`")
    ladder.add_argument("folder", nargs="?", metavar="FOLDER", help="after `new`: the folder to write")
    ladder.add_argument("--from", dest="first", metavar="RUNG", help="first rung to judge (default: the first)")
    ladder.add_argument("--to", dest="last", metavar="RUNG", help="last rung to judge (default: the last)")
    ladder.add_argument("--seed", type=int, metavar="N", help="the seed of the draws that all rungs share")
    ladder.add_argument("--duration", type=float, metavar="MS", help="simulated time")
    ladder.add_argument("--seeds", type=int, metavar="N", help="run N seeds on every rung and count their fates")
    ladder.add_argument(
        "--no-check",
        action="store_true",
        help="leave out the check of the model above the last rung, NEST against NEURON",
    )
    ladder.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="rungs side by side (default: the cores)")
    ladder.add_argument(
        "--time-limit", type=_seconds, metavar="S", help="seconds that one rung may take (default: 900)"
    )
    rung = commands.add_parser("rung", help="run one rung of a ladder, in this process")
    rung.add_argument("model", metavar="MODEL", help="a shipped ladder, or the folder of your own")
    rung.add_argument("rung", metavar="RUNG", help="the name of the rung")
    rung.add_argument(
        "--draws", type=Path, required=True, metavar="FILE", help="the .npz file of draws, as ladder writes"
    )
    rung.add_argument("--duration", type=float, metavar="MS", help="simulated time")
    rung.add_argument("--seed", type=int, default=0, metavar="N", help="for a rung that draws numbers of its own")
    for name, parser in (("ladder", ladder), ("rung", rung)):
        parser.add_argument("--out", type=Path, default=Path("results"), help="results folder (default: results)")
        parser.add_argument("--fresh", action="store_true", help="run again even if a finished leg could be reused")
        _add_json(parser)
        record_arguments.add_sumatra(parser)
        parser.set_defaults(command=f"laddering.{name}")


def _add_looking(commands: Commands) -> None:
    models = commands.add_parser("models", help="list the models, or show one with its parameters")
    models.add_argument("model", nargs="?", help="a name or a path; without it, all shipped models")
    doctor = commands.add_parser("doctor", help="what is installed, what is missing, and the command that mends it")
    lint = commands.add_parser("lint", help="name what bites when a Hoc and NMODL model is ported to PyNN")
    lint.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".mod and .hoc files")
    lint.add_argument(
        "--measure", action="store_true",
        help="show each finding by an experiment on NEURON: one cell for NMODL, the program itself for Hoc",
    )  # fmt: skip
    lint.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="experiments side by side")
    lint.add_argument("--time-limit", type=_seconds, metavar="S", help="seconds for one experiment (default: 60)")
    for name, parser in (("models", models), ("doctor", doctor), ("lint", lint)):
        _add_json(parser)
        parser.set_defaults(command=f"looking.{name}")


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
    _add_json(parser)


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers to this file too")


def _add_launching(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="legs side by side (default: the cores)")
    parser.add_argument(
        "--time-limit", type=_seconds, metavar="S", help="seconds that one leg may take (default: no limit)"
    )
    parser.add_argument(
        "--set-candidate", action="append", default=[], metavar="NAME=VALUE",
        help="change a parameter in every leg but the first",
    )  # fmt: skip
    record_arguments.add_tables(parser)
    record_arguments.add_sumatra(parser)


def _seconds(text: str) -> float:
    if not (value := float(text)) > 0:
        raise argparse.ArgumentTypeError(f"{text} must be more than 0 s")
    return value
