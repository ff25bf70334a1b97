"""Arguments → study → report → exit status. No logic of its own."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import FrameType

import crosssim
from crosssim.cli.arguments import add_commands
from crosssim.errors import CrosssimError, UnknownName
from crosssim.runner.backends import BACKENDS

DEFAULT_MODEL = "destexhe2009"
_SWITCHES = ("--fresh", "--no-sumatra")  # options without a value; all others take one
_INTERRUPTED, _PIPE_CLOSED = 130, 141  # as shells count: 128 + SIGINT, 128 + SIGPIPE

_EPILOG = """\
a model is a name from `crosssim models` or the path of a file that declares MODEL;
a backend is one of: {backends}; a leg may carry its own changes: nest:timestep=0.05,N=1000

examples
  crosssim check destexhe2009 nest neuron        the network on both, where they part, and the report
  crosssim check my_model.py nest nest:timestep=0.05
  crosssim replay destexhe2009 nest neuron       NEURON's cells, uncoupled, driven by NEST's spikes
  crosssim refine destexhe2009 nest neuron       the same at ever smaller steps: time step, or real difference?
  crosssim run destexhe2009 nest --duration 500  one leg
  mpirun -n 2 crosssim run destexhe2009 neuron   one leg on two MPI ranks
  crosssim ladder destexhe2009                   a port from Hoc to PyNN, rung by rung: which promises are kept?
  crosssim equivalent cell.mod                   the nearest PyNN cell: is it the same, and which parameter is not?
  python run.py nest neuron                      short for: crosssim check {model} nest neuron
  python run.py nest                             short for: crosssim run {model} nest

exit status
  0 the legs agree   1 they differ   2 the command or the model must be mended
  3 a leg failed   4 a simulator is missing   5 not comparable, or not enough data to tell
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status (see :class:`crosssim.errors.ExitStatus`)."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        parser, names = _parser()
        asked = parser.parse_args(_with_command(list(sys.argv[1:] if arguments is None else arguments), names))
        module, _, name = asked.command.partition(".")
        command: Callable[[argparse.Namespace], int] = getattr(import_module(f"crosssim.cli.{module}"), name)
        status = int(command(asked))
        sys.stdout.flush()
        return status
    except CrosssimError as error:
        print(f"crosssim: {error}", file=sys.stderr)
        return int(error.exit_status)
    except KeyboardInterrupt:
        print("\ncrosssim: interrupted; finished legs are kept", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        return _nobody_listens()
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # as Rich ends the program
            return _nobody_listens()
        raise


def _nobody_listens() -> int:
    """The end of `crosssim … | head`: quiet, also when Python flushes what is left, and no verdict."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _PIPE_CLOSED


def _as_interrupt(signal_number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _with_command(words: list[str], names: Sequence[str]) -> list[str]:
    """``nest neuron …`` is short for ``check MODEL nest neuron …``, ``nest …`` for ``run MODEL nest …``.

    Raises :class:`UnknownName` if the first word is neither a command (one of ``names``) nor a backend.
    """
    shorthand = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    shorthand.add_argument("--model", default=DEFAULT_MODEL)
    asked, rest = shorthand.parse_known_args(words)
    own = [word for before, word in zip(["", *rest], rest, strict=False) if not _belongs_to_option(before, word)]
    first = own[0].partition(":")[0] if own else ""
    if not own or first in names:
        return words
    if first not in BACKENDS:
        raise UnknownName("command or backend", first, [*names, *BACKENDS])
    return ["check" if len(own) > 1 else "run", asked.model, *rest]


def _belongs_to_option(before: str, word: str) -> bool:
    return word.startswith("-") or (before.startswith("--") and "=" not in before and before not in _SWITCHES)


def _parser() -> tuple[argparse.ArgumentParser, list[str]]:
    """The parser, and the names of its commands."""
    parser = argparse.ArgumentParser(
        prog="crosssim",
        description="Run one spiking network on several simulators and see where, why and whether they differ.",
        epilog=_EPILOG.format(backends=", ".join(BACKENDS), model=DEFAULT_MODEL),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"crosssim {crosssim.__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    add_commands(commands)
    return parser, list(commands.choices)
