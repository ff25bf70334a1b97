import math

import pytest

from crosssim import Published, Recorded, Tolerance
from crosssim.errors import ModelError

ONE_STEP = Tolerance(0.1, "ms", "one step")
ONE_MV = Tolerance(1.0, "mV", "chosen: for the test")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((-0.1, "ms", "why"), "Tolerance limit = -0.1 must be a finite number, zero or more"),
        ((math.nan, "ms", "why"), "Tolerance limit = nan must be"),
        ((math.inf, "ms", "why"), "Tolerance limit = inf must be"),
        ((0.1, "fortnight", "why"), "Tolerance unit = 'fortnight' is not known"),
        ((0.1, "ms", " "), "has no reason; say in `why` where it comes from"),
    ],
)
def test_a_tolerance_is_a_number_with_a_unit_and_a_reason(arguments, sentence):
    with pytest.raises(ModelError, match=sentence):
        Tolerance(*arguments)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"variable": "spikes", "tolerance": ONE_MV}, "spike times are compared in 'ms'"),
        ({"variable": "spikes", "tolerance": ONE_STEP, "cells": (0,)}, "spikes are recorded from all cells"),
        ({"variable": "v", "tolerance": ONE_STEP}, "tolerance: ms measures time, mV measures potential"),
        ({"variable": "gsyn_exc", "tolerance": ONE_MV}, "mV measures potential, uS measures conductance"),
        ({"variable": "v", "tolerance": ONE_MV, "cells": ()}, "names no cell; leave `cells` out to record all"),
        ({"variable": "v", "tolerance": ONE_MV, "cells": (1, 1)}, "must be different positions"),
        ({"variable": "v", "tolerance": ONE_MV, "cells": (-1,)}, "must be different positions, counted from 0"),
        ({"variable": "v", "tolerance": ONE_MV, "interval_ms": 0.0}, "interval_ms = 0.0 must be above zero"),
    ],
)
def test_a_record_that_cannot_be_compared_is_refused(arguments, sentence):
    with pytest.raises(ModelError, match=sentence):
        Recorded("cells", **arguments)


def test_a_tolerance_in_another_unit_of_the_same_kind_is_taken():
    assert Recorded("cells", "v", Tolerance(50.0, "uV", "chosen: for the test")).tolerance.unit == "uV"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("RS", "cv", 0.8, "1", "a paper"), "Published measure = 'cv' in '1' is not known"),
        (("RS", "rate_hz", 29.0, "Hz", ""), "has no source; cite it"),
    ],
)
def test_a_published_value_is_a_rate_with_a_source(arguments, sentence):
    with pytest.raises(ModelError, match=sentence):
        Published(*arguments)
