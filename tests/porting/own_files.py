from functools import cache
from pathlib import Path

from crosssim.porting import FileScan, scan
from crosssim.porting.finding import Unreadable
from crosssim.porting.mechanism import Mechanism
from crosssim.porting.nmodl import read_mechanism

MECHANISMS = Path(__file__).parent / "mechanisms"


@cache
def scanned(name: str) -> FileScan:
    """The scan of one of our own files: read once per test process, since each costs a child."""
    return scan([MECHANISMS / name]).files[0]


@cache
def mechanism(name: str) -> Mechanism:
    program = read_mechanism(MECHANISMS / name)
    assert not isinstance(program, Unreadable)
    return Mechanism(MECHANISMS / name, program)
