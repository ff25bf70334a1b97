import numpy as np
import pytest

from crosssim.divergence.values import population_differences
from tests.divergence.builders import N_CELLS, changed_at, held_and_declared, only, table

NAMES = ("nest", "neuron")


def differences(here, there, asked_for=False):
    return tuple(population_differences("exc", (here, there), NAMES, asked_for))


def planted(kind: str, name: str, values):
    """The table with one of its columns replaced."""
    return table(**{kind: {**getattr(table(), kind), name: values}})


def test_a_table_agrees_with_itself():
    assert differences(table(), table()) == ()


@pytest.mark.parametrize(
    ("held", "declared", "name", "measure"),
    [("held", "declared", "cm", "parameter cm"), ("initial_held", "initial_declared", "v", "initial v")],
)
@pytest.mark.parametrize("cell", [0, N_CELLS - 1])
def test_one_cell_that_is_not_as_declared_is_named(held, declared, name, measure, cell):
    values = getattr(table(), declared)[name]
    wrong = planted(held, name, changed_at(values, cell, values[cell] + 0.25))
    found = only(differences(table(), wrong))
    assert (found.measure, found.population, found.cell, found.count, found.total) == (measure, "exc", cell, 1, N_CELLS)
    assert found.value == pytest.approx(0.25)
    assert found.detail.startswith("neuron holds ")
    assert f"declared {values[cell]:.12g}" in found.detail
    assert f"in 1 of {N_CELLS} cells (cell {cell})" in found.detail
    assert found.reference == f"{values[cell]:.12g} {table().units[name]}"
    assert found.candidate == f"{values[cell] + 0.25:.12g} {table().units[name]}"


def test_the_side_that_is_wrong_is_the_one_named():
    wrong = planted("held", "tau_m", np.full(N_CELLS, 25.0))
    assert only(differences(wrong, table())).detail == (
        "nest holds 25 ms, declared 20 ms, in 6 of 6 cells (cells 0, 1, 2, ...)"
    )


def test_both_sides_wrong_alike_are_two_differences():
    wrong = planted("held", "tau_m", np.full(N_CELLS, 25.0))
    first, second = differences(wrong, wrong)
    assert first.detail.startswith("nest holds 25 ms")
    assert second.detail.startswith("neuron holds 25 ms")


@pytest.mark.parametrize(("relative", "seen"), [(0.5e-9, False), (2e-9, True)])
def test_the_tolerance_is_relative(relative, seen):
    values = np.array([1e-6, 0.2, 20.0, -65.0, 1e6, 1e12])
    here = table(**held_and_declared("tau_m", values))
    there = planted("held", "tau_m", values * (1 + relative))
    there = table(declared={**there.declared, "tau_m": values}, held=there.held)
    found = differences(here, there)
    assert bool(found) == seen
    assert all(one.count == N_CELLS for one in found)


@pytest.mark.parametrize("side", ["declared", "held", "both"])
def test_nan_agrees_with_nothing_not_even_itself(side):
    broken = changed_at(np.full(N_CELLS, 20.0), 2, np.nan)
    plain = table()
    columns = {
        kind: {**getattr(plain, kind), "tau_m": broken} for kind in ("declared", "held") if side in (kind, "both")
    }
    found = differences(table(**columns), table(**columns))
    assert {one.cell for one in found} == {2}
    assert all(one.count == 1 and one.value is None for one in found)
    assert any(one.detail.startswith("nest holds") for one in found)
    assert any(one.detail.startswith("neuron holds") for one in found)


def test_infinity_equals_itself_and_nothing_else():
    forever = np.full(N_CELLS, np.inf)
    assert differences(table(**held_and_declared("tau_m", forever)), table(**held_and_declared("tau_m", forever))) == ()
    found = differences(table(**held_and_declared("tau_m", forever)), table(**held_and_declared("tau_m", -forever)))
    assert only(found).count == N_CELLS


def test_a_name_that_a_simulator_cannot_be_asked_for_is_no_difference():
    held = {name: values for name, values in table().held.items() if name != "cm"}
    assert differences(table(), table(held=held)) == ()
    assert differences(table(held={}), table(held={})) == ()


def test_a_value_declared_on_one_side_only_is_a_difference():
    without = {name: values for name, values in table().declared.items() if name != "cm"}
    held = {name: values for name, values in table().held.items() if name != "cm"}
    found = only(differences(table(), table(declared=without, held=held)))
    assert (found.measure, found.reference, found.candidate) == ("parameter cm", "declared", "absent")
    assert found.detail == "declared for nest only"
    assert only(differences(table(declared=without, held=held), table())).detail == "declared for neuron only"


def test_what_was_not_declared_is_compared_as_held():
    here = table(held={**table().held, "e_leak": np.full(N_CELLS, -70.0)})
    there = table(held={**table().held, "e_leak": np.full(N_CELLS, -65.0)})
    assert only(differences(here, there)).detail.startswith("nest holds -70, neuron holds -65, in 6 of 6 cells")
    assert differences(here, table()) == ()


def test_declarations_that_differ_are_one_difference_though_held_differ_too():
    other = table(**held_and_declared("tau_m", np.full(N_CELLS, 25.0)))
    found = only(differences(table(), other))
    assert found.detail == "nest declares 20 ms, neuron declares 25 ms, in 6 of 6 cells (cells 0, 1, 2, ...)"
    assert (found.value, found.asked_for) == (5.0, False)


def test_declarations_may_differ_if_the_command_asked_for_it():
    other = table(**held_and_declared("tau_m", np.full(N_CELLS, 25.0)))
    assert only(differences(table(), other, asked_for=True)).asked_for


def test_a_simulator_may_not_differ_from_its_declaration_whatever_was_asked_for():
    wrong = planted("held", "tau_m", np.full(N_CELLS, 25.0))
    assert not only(differences(table(), wrong, asked_for=True)).asked_for


def test_swapped_cells_are_found():
    swapped = table().declared["cm"][[1, 0, 2, 3, 4, 5]]
    found = only(differences(table(), planted("held", "cm", swapped)))
    assert (found.count, found.cell) == (2, 0)
    assert "(cells 0, 1)" in found.detail


def test_another_number_of_cells_is_named():
    fewer = table(
        declared={"tau_m": np.full(4, 20.0)}, held={"tau_m": np.full(4, 20.0)}, initial_declared={}, initial_held={}
    )
    plain = table(
        declared={"tau_m": np.full(6, 20.0)}, held={"tau_m": np.full(6, 20.0)}, initial_declared={}, initial_held={}
    )
    assert only(differences(plain, fewer)).detail == "nest declares 6 values, neuron declares 4 values"


def test_an_empty_population_agrees():
    nobody = {"tau_m": np.zeros(0)}
    empty = table(declared=nobody, held=nobody, initial_declared={}, initial_held={})
    assert differences(empty, empty) == ()


@pytest.mark.parametrize(("tables", "who"), [((table(), None), "nest"), ((None, table()), "neuron")])
def test_a_population_on_one_side_only_is_named(tables, who):
    found = only(differences(*tables))
    assert (found.measure, found.detail) == ("population", f"only {who} has it")


def test_another_cell_type_is_named():
    found = only(differences(table(), table(celltype="IF_curr_exp")))
    assert (found.measure, found.reference, found.candidate) == ("cell type", "IF_cond_exp", "IF_curr_exp")
