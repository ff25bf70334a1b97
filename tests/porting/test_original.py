"""A mechanism as the original of a port: what is read off the file, and its parameters in PyNN's units."""

from pathlib import Path

import pytest

from crosssim.errors import UnknownName, UsageError
from crosssim.porting.original import Membrane, nominal_values, read_original, with_changes

SHIPPED = Path(__file__).parents[2] / "nmodl" / "destexhe2009" / "adexp_fake_conductance.mod"
MECHANISMS = Path(__file__).parent / "mechanisms"
SECTION = Membrane(20000.0, 1.0, 5e-5)


@pytest.fixture(scope="module")
def adexp():
    return read_original(SHIPPED)


def test_the_shipped_mechanism_gives_its_nominal_parameters(adexp):
    values = nominal_values(adexp, adexp.defaults, SECTION)
    assert values == pytest.approx(
        {"cm": 0.2, "tau_m": 20.0, "v_rest": -60.0, "v_thresh": -50.0, "delta_T": 2.5, "tau_w": 600.0, "a": 1.0,
         "b": 0.005, "v_reset": -60.0, "v_spike": -50.0, "tau_refrac": 5.0}
    )  # fmt: skip


def test_the_proposal_still_halves_what_is_counted_down_twice(adexp):
    (row,) = [one for one in adexp.proposal.parameters if one.name == "tau_refrac"]
    assert (row.original, row.value, row.nominal) == ("refractory / 2", 2.5, "refractory")


def test_the_candidate_follows_a_changed_parameter(adexp):
    values = with_changes(adexp, {"refractory": 3.0, "b": 0.04})
    found = nominal_values(adexp, values, SECTION)
    assert (found["tau_refrac"], found["b"]) == (3.0, 0.04)


def test_the_area_and_the_leak_of_a_density_mechanism(adexp):
    assert (adexp.kind, adexp.sends_events, adexp.holds_leak) == ("SUFFIX", False, False)
    assert adexp.area_name == "cell_area"
    assert adexp.leak_S_cm2(adexp.defaults, 999.0) == 5e-5


def test_a_leak_in_whole_cell_units_is_spread_over_the_area():
    point = read_original(MECHANISMS / "point_adex.mod")
    assert (point.kind, point.sends_events, point.area_name) == ("POINT_PROCESS", True, "")
    assert point.leak_S_cm2(point.defaults, 20000.0) == pytest.approx(5e-5)


def test_a_leak_in_the_mechanism_itself_is_seen(tmp_path):
    source = (MECHANISMS / "density_adex.mod").read_text()
    own = tmp_path / "own_leak.mod"
    own.write_text(source.replace("i = -gleak * slope", "i = gleak * (v - vrest) - gleak * slope"))
    assert read_original(own).holds_leak
    assert not read_original(MECHANISMS / "density_adex.mod").holds_leak


def test_an_unknown_parameter_is_named_with_the_nearest(adexp):
    with pytest.raises(
        UnknownName, match="parameter of adexp_fake 'refractry' is not known; did you mean 'refractory'"
    ):
        with_changes(adexp, {"refractry": 1.0})


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nowhere.mod", "is not a .mod file that can be read"),
        ("batch_program.hoc", "is not a .mod file that can be read"),
        ("broken.mod", "nmodl cannot read it"),
        ("pointer_synapse.mod", "through a POINTER; a single cell can only be driven by currents and events"),
    ],
)
def test_what_cannot_be_an_original_is_refused(name, sentence):
    with pytest.raises(UsageError, match=sentence):
        read_original(MECHANISMS / name)


def test_an_artificial_cell_is_refused(tmp_path):
    file = tmp_path / "artificial.mod"
    file.write_text("NEURON { ARTIFICIAL_CELL Ticker }\nNET_RECEIVE (weight) { net_event(t) }\n")
    with pytest.raises(UsageError, match="Ticker is an ARTIFICIAL_CELL; it has no membrane"):
        read_original(file)
