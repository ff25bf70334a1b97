"""PyNN's cells as candidates: the table is PyNN's own, and what cannot run is said."""

import subprocess
import sys

import pytest

from crosssim.errors import UnknownName, UsageError
from crosssim.studies.candidate_cells import (
    CELLS,
    SYNAPSES,
    impossible,
    refuse_impossible,
    refuse_unknown,
    synapse_names,
)

ADEXP = {name: value for name, (_, value) in CELLS["EIF_cond_exp_isfa_ista"].items()} | {"v_spike": -48.0}


@pytest.mark.parametrize("name", CELLS)
def test_the_table_is_that_of_pynn(name):
    """Asked in a process of its own: the tests load no simulator either."""
    code = (
        f"from pyNN.standardmodels import cells; cell = cells.{name}\n"
        "print({n: (cell.units[n], v) for n, v in cell.default_parameters.items()})"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    pynn = eval(answer.stdout)
    own = CELLS[name]
    assert set(pynn) == {*own, *synapse_names(name), "i_offset"}
    assert {key: pynn[key] for key in own} == own
    assert {key: pynn[key][0] for key in synapse_names(name)} == {key: SYNAPSES[key][0] for key in synapse_names(name)}


@pytest.mark.parametrize(
    ("changes", "backend", "why"),
    [
        ({}, "neuron", ""),
        ({}, "nest", ""),
        ({"v_spike": -20.0}, "neuron", "where NEURON loses spikes without a message"),
        ({"v_spike": -20.0}, "nest", ""),
        ({"v_spike": -52.0}, "nest", "must not be below v_thresh"),
        ({"v_spike": -52.0}, "neuron", ""),
        ({"v_reset": -47.0}, "neuron", "v_reset = -47 mV must be below -48 mV"),
        ({"cm": 0.0}, "neuron", "cm = 0 must be more than 0"),
    ],
)
def test_what_a_backend_cannot_run(changes, backend, why):
    found = impossible({**ADEXP, **changes}, backend, 0.1)
    assert why in found
    assert bool(found) is bool(why)


def test_a_leaky_cell_resets_below_its_threshold():
    leaky = {name: value for name, (_, value) in CELLS["IF_cond_exp"].items()}
    refuse_impossible(leaky, "nest", 0.1)
    with pytest.raises(UsageError, match="candidate: v_reset = -40 mV must be below -50 mV"):
        refuse_impossible({**leaky, "v_reset": -40.0}, "nest", 0.1)


def test_a_parameter_that_the_cell_has_not_is_named():
    refuse_unknown("IF_curr_exp", {"tau_m": 1, "tau_syn_E": 1})
    with pytest.raises(UnknownName, match="parameter of IF_curr_exp 'e_rev_E' is not known"):
        refuse_unknown("IF_curr_exp", {"e_rev_E": 0})
