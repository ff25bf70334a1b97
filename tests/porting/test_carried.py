from crosssim.porting.carried import carried_assignments
from tests.porting.own_files import mechanism


def carried(name):
    return {(one.children[0].text, one.line) for one in carried_assignments(mechanism(name))}


def test_counters_and_states_changed_in_breakpoint_and_in_what_it_calls():
    assert carried("density_adex.mod") == {("fired", 35), ("hold", 36), ("fired", 42), ("w", 43), ("hold", 51)}


def test_variable_set_before_it_is_read_is_not_carried():
    assert carried("point_adex.mod") == set()
    assert carried("pulse_between.mod") == set()


def test_block_named_by_solve_is_not_followed():
    assert carried("pointer_synapse.mod") == set()


def test_value_set_under_a_condition_is_carried():
    assert carried("cached_rate.mod") == {("seen", 16), ("factor", 17)}
