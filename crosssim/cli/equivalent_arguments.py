"""What the command equivalent can be asked."""

import argparse
from pathlib import Path
from typing import TypeAlias

from crosssim.cli import record_arguments

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

_EPILOG = """\
The mechanism lies in one section of NEURON, beside a leak; the candidate is a PyNN standard cell with the parameters
that the file names, as it names them. Both get the same steps, ramp, frozen noise, paired pulses and synaptic
bombardment, scaled to the cell. What they disagree by is told in units of what halving the time step does to the
original. If that is too much, each parameter of the candidate is moved alone, a potential by 10 mV to either side, all
else from a quarter of its value to four times, and the one that removes most of the disagreement is named.

examples
  crosssim equivalent cell.mod                                    with the cell that crosssim lint proposes
  crosssim equivalent cell.mod --set-candidate tau_refrac=2.6     a candidate mended by hand: is it equivalent now?
  crosssim equivalent cell.mod --cell IF_cond_exp --backend nest
  crosssim equivalent cell.mod --input spikes.txt                 and under recorded spikes: one time in ms to a line

exit status
  0 equivalent   1 not equivalent   2 the command must be mended   3 a run failed   4 a simulator is missing
"""


def add_command(commands: Commands) -> None:
    """``equivalent`` and its options."""
    parser = commands.add_parser(
        "equivalent",
        help="hold an NMODL mechanism against a PyNN cell: equivalent, or which parameter explains the difference?",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("original", type=Path, metavar="ORIGINAL.mod", help="NMODL file of one cell's mechanism")
    parser.add_argument(
        "--cell", metavar="NAME", help="PyNN standard cell (default: the one that crosssim lint proposes)"
    )
    parser.add_argument(
        "--backend", default="neuron", metavar="NAME", help="where the candidate runs (default: neuron)"
    )
    _add_parameters(parser)
    _add_section(parser)
    parser.add_argument(
        "--input", type=Path, metavar="FILE",
        help="spike times (ms) to replay to both, one to a line; write inhibitory behind one that is",
    )  # fmt: skip
    parser.add_argument("--duration", type=float, default=500.0, metavar="MS", help="of each protocol (default: 500)")
    parser.add_argument("--timestep", type=float, default=0.1, metavar="MS", help="integration step (default: 0.1)")
    parser.add_argument("--out", type=Path, default=Path("results"), help="results folder (default: results)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers to this file too")
    record_arguments.add_sumatra(parser)
    parser.set_defaults(command="equivalent.equivalent")


def _add_parameters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE",
        help="change a parameter of the original, in the file's unit; the candidate follows",
    )  # fmt: skip
    parser.add_argument(
        "--set-candidate", action="append", default=[], metavar="NAME=VALUE",
        help="change a parameter of the candidate alone (one of its synapses: of both)",
    )  # fmt: skip


def _add_section(parser: argparse.ArgumentParser) -> None:
    for name, metavar, words in (
        ("area", "UM2", "membrane area (default: what the file says, else 20000)"),
        ("leak", "S/CM2", "leak conductance beside the mechanism, 0 for none (default: what the file says)"),
        ("rest", "MV", "reversal potential of the leak, and v at the start (default: what the file says)"),
        ("threshold", "MV", "v above it is a spike (default: the candidate's; events count where it sends them)"),
    ):
        parser.add_argument(f"--{name}", type=float, metavar=metavar, help=words)
    parser.add_argument("--cm", type=float, default=1.0, metavar="UF/CM2", help="membrane capacitance (default: 1)")
