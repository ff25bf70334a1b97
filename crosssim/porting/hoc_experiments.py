"""Which experiment shows a finding in a Hoc file: most ask the program itself, loaded and run without a screen."""

from collections.abc import Callable, Sequence

from crosssim.porting.experiment import Experiment, Showing, Unmeasured
from crosssim.porting.place import Place
from crosssim.porting.tokens import Token

Words = Sequence[Token]


def in_program(aspect: str) -> Callable[[Words, Place], Showing]:
    """What the program shows of ``aspect`` after it has run, in two fresh processes."""
    return lambda words, place: Experiment(f"program-{aspect}", processes=2)


def unmeasured(reason: str) -> Callable[[Words, Place], Showing]:
    """Nothing, and why."""
    return lambda words, place: Unmeasured(reason)


def times_that_are_hit(words: Words, place: Place) -> Showing:
    """How often NEURON's t equals a number, at several time steps."""
    try:
        at_ms = float(place.variable)
    except ValueError:
        return Unmeasured(f"{place.variable or 'what t is compared with'} has a value in the running program only")
    return Experiment("hit-times", {"at_ms": at_ms})
