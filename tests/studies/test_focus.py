"""What suspects are held against: membrane potentials where they keep apart, spikes otherwise."""

from dataclasses import replace

import numpy as np
import pytest

from crosssim.divergence.refinement import Convergence, OddCell, PopulationRefinement
from crosssim.studies.focus import PotentialFocus, SpikeFocus, focuses
from crosssim.studies.scene import Scene
from tests.divergence.test_potentials import TIMES_MS, compare_potentials, levels, recording

STEPS_MS = (0.1, 0.05, 0.02, 0.01)
V = np.full((TIMES_MS.size, 6), -60.0)
SPIKES = ([0, 1, 2], [20.0, 40.0, 60.0])
TWO_CELLS = levels(cells=6, left_mv=1.0, where=slice(1, 3))
LATE = ([0, 1, 2], [20.0, 41.0, 60.0])


def row(**changes):
    settled = Convergence((0.0,) * 4, 100, None, 0.0, (-0.001, 0.001), (0.0,) * 4)
    whole = PopulationRefinement("exc", STEPS_MS, settled, settled, settled, ((1.0, 1.0),) * 4, ())
    return replace(whole, **changes)


def apart():
    return compare_potentials(TWO_CELLS, STEPS_MS, "exc")


def scene(reference, candidate):
    finer = tuple(
        (replace(reference, timestep_ms=step), replace(candidate, timestep_ms=step)) for step in STEPS_MS[-2:]
    )
    return Scene(None, None, 0.1, reference, candidate, finer)


def moved(size_mv):
    """A run in which v of cells 1 and 2 lies higher."""
    return recording(V + size_mv * np.isin(np.arange(6), (1, 2)), 0.1, SPIKES)


def test_potentials_come_first_and_spikes_only_where_they_differ_too():
    one = scene(moved(0), moved(1))
    assert [type(focus) for focus in focuses(one, row(potential=apart()))] == [PotentialFocus]
    odd = (OddCell(1, 0.4, 0.05, 9),)
    assert [type(focus) for focus in focuses(one, row(odd_cells=odd))] == [SpikeFocus]
    assert [type(focus) for focus in focuses(one, row(odd_cells=odd, potential=apart()))] == [
        PotentialFocus,
        SpikeFocus,
    ]
    lost = replace(row().between, unpaired=(0.3, 0.3, 0.3, 0.3))
    plain = focuses(one, row(between=lost, potential=apart()))
    assert [type(focus) for focus in plain] == [SpikeFocus, PotentialFocus]


def test_the_answer_of_potentials_is_the_change_at_comparable_samples_of_the_cells_that_keep_apart():
    (focus,) = focuses(scene(moved(0), moved(1.0)), row(potential=apart()))
    assert sorted(focus.cells) == [1, 2]
    answer = focus.answer(moved(0.4))
    assert answer == pytest.approx(np.full(answer.size, 0.4))
    assert answer.size == 2 * (TIMES_MS.size - 41)  # 1 ms before and 3 ms after the one spike of each, with both ends
    assert (focus.answer(moved(0)) == 0).all()


def test_what_is_left_of_a_gap_falls_as_the_run_nears_the_candidate():
    (focus,) = focuses(scene(moved(0), moved(1.0)), row(potential=apart()))
    before, half, none = (focus.by_cell(moved(size))[focus.cells].sum() for size in (0.0, 0.5, 1.0))
    assert half == pytest.approx(before / 2) and none == 0.0
    assert focus.by_cell(moved(0))[0] == 0.0


def test_words_say_which_cells_and_a_whole_population_is_not_listed():
    (focus,) = focuses(scene(moved(0), moved(1.0)), row(potential=apart()))
    assert focus.words in ("the gap of v in cells 1, 2", "the gap of v in cells 2, 1")
    whole = compare_potentials(levels(cells=6, left_mv=1.0, where=slice(0, 6)), STEPS_MS, "exc")
    assert focuses(scene(moved(0), moved(1.0)), row(potential=whole))[0].words == "the gap of v"


def test_what_the_integrators_get_wrong_is_not_to_be_explained():
    finer = tuple((with_step(moved(0), step), with_step(moved(1.0 + 3 * step), step)) for step in STEPS_MS[-2:])
    one = Scene(None, None, 0.1, moved(0), moved(1.3), finer)
    (focus,) = focuses(one, row(potential=apart()))
    assert focus.disagreement == pytest.approx(np.full(focus.disagreement.size, 1.0))
    assert focus.total(focus.by_cell(moved(1.0))) == pytest.approx(0.0, abs=1e-9)


def with_step(one, step_ms):
    return replace(one, timestep_ms=step_ms)


def test_few_cells_are_asked_for_lost_synapses_worst_first():
    (focus,) = focuses(scene(moved(0), moved(1.0)), row(potential=apart()))
    assert sorted(focus.deviating()) == [1, 2]
    many = replace(focus, cells=np.arange(50))
    assert many.deviating().size == 0


def test_spikes_of_odd_cells_alone_are_looked_at():
    candidate = recording(V, 0.1, LATE)
    (focus,) = focuses(scene(recording(V, 0.1, SPIKES), candidate), row(odd_cells=(OddCell(1, 0.4, 0.05, 9),)))
    assert focus.cells.tolist() == [1]
    assert focus.answer(candidate) == pytest.approx([1.0])
    assert focus.by_cell(recording(V, 0.1, SPIKES))[1] == pytest.approx(1.0)
    assert focus.grain == 0.1
    assert focus.deviating().tolist() == [1]
    assert replace(focus, cells=np.array([3])).deviating().size == 0


def test_only_the_first_spikes_are_looked_at_where_only_they_differ():
    first = Convergence((0.05,) * 4, 100, None, 0.05, (0.04, 0.06), (0.0,) * 4)
    (focus,) = focuses(scene(recording(V, 0.1, SPIKES), recording(V, 0.1, LATE)), row(first=first))
    assert focus.until_ms == pytest.approx(30.0) and len(focus.reference) == 1
