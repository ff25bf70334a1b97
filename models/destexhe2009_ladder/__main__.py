"""Run one rung: ``python -m models.destexhe2009_ladder 5 --seed 1 --mechanisms FOLDER --out rung5.npz``."""

import argparse
import time
from pathlib import Path

from .constants import DURATION_MS
from .draws import draw, load
from .run_one import BUILDERS, run_rung


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.destexhe2009_ladder", description=__doc__)
    parser.add_argument("rung", type=int, choices=range(len(BUILDERS)))
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--draws", type=Path, help="an .npz file of draws")
    source.add_argument("--seed", type=int, default=1, help="draw the network from this seed")
    parser.add_argument("--simulator", default="neuron")
    parser.add_argument("--duration", type=float, default=DURATION_MS, help="ms")
    parser.add_argument("--mechanisms", type=Path, help="where nmodl/destexhe2009 is compiled; rungs 0 to 5")
    parser.add_argument("--out", type=Path, required=True, help="the .npz file to write")
    return parser.parse_args()


def main() -> None:
    """Draw or load, run, write, and say what came out."""
    args = arguments()
    draws = load(args.draws) if args.draws else draw(args.seed)
    start = time.perf_counter()
    result = run_rung(args.rung, draws, args.duration, args.simulator, args.mechanisms)
    result.save(args.out)
    print(f"rung {args.rung} {args.simulator}: {len(result.cell)} spikes, {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
