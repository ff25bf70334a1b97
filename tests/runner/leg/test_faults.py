import numpy as np
import pytest

from crosssim.errors import UsageError
from crosssim.runner.leg.faults import IN_WIRING, input_lateness_ms, loses_input, refuse_unplantable, with_faults
from crosssim.runner.request import Fault
from tests.studies.networks import wiring

GIVEN = wiring("exc", "exc", 0.006)


def planted(kind, value=0.0, target="exc to exc"):
    return with_faults("exc to exc", GIVEN, (Fault(kind, target, value),))


def test_weights_are_scaled():
    assert planted("weights scaled by 1 + value", 0.02).weight == pytest.approx(GIVEN.weight * 1.02)


def test_delays_are_longer():
    assert planted("delays longer by value ms", 0.1).delay_ms == pytest.approx(GIVEN.delay_ms + 0.1)


def test_the_receptor_type_is_swapped():
    assert planted("receptor type swapped").receptor_type == "inhibitory"


def test_one_synapse_in_ten_is_lost():
    assert len(planted("share of synapses lost", 0.1)) == len(GIVEN) - 2


def test_listed_synapses_are_lost_once_each_and_others_stay():
    listed = ",".join(f"{pre}>{post}" for pre, post in zip(GIVEN.pre[[3, 7]], GIVEN.post[[3, 7]], strict=True))
    left = with_faults("exc to exc", GIVEN, (Fault("listed synapses lost", "exc to exc", 0.0, f"{listed},19>19"),))
    assert np.array_equal(left.pre, np.delete(GIVEN.pre, [3, 7]))
    assert np.array_equal(left.post, np.delete(GIVEN.post, [3, 7]))


def test_a_lost_projection_has_no_edges():
    assert len(planted("projection lost")) == 0


def test_a_fault_elsewhere_leaves_the_wiring_alone():
    for kind in IN_WIRING:
        assert planted(kind, 0.5, target="another").fingerprint == GIVEN.fingerprint


def test_the_given_wiring_is_left_as_it_was():
    before = GIVEN.weight.copy()
    planted("weights scaled by 1 + value", 0.5)
    assert np.array_equal(GIVEN.weight, before)


def test_late_and_lost_input():
    faults = (Fault("inputs late by value ms", value=0.1), Fault("one input spike lost"))
    assert input_lateness_ms(faults) == 0.1 and loses_input(faults)
    assert input_lateness_ms(()) == 0.0 and not loses_input(())


def test_a_fault_in_the_wiring_needs_a_wiring_that_was_read_back():
    fault = (Fault("projection lost", "exc to exc"),)
    refuse_unplantable(fault, replayed=True)
    with pytest.raises(UsageError, match="name its leg: --replay-wiring"):
        refuse_unplantable(fault, replayed=False)
