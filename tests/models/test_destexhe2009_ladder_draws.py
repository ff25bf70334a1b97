"""The draws of the ladder: what they must look like, and that they are handed on unchanged. No simulator needed."""

import numpy as np
import pytest

from models.destexhe2009_ladder.draws import draw, draw_edges, load
from models.destexhe2009_ladder.ladder import LADDER, draws_from
from models.destexhe2009_ladder.recording import recording
from models.destexhe2009_ladder.run_one import run_rung

DRAWS = draw(3)


def test_the_same_seed_draws_the_same_network_and_another_one_another():
    again, other = draw(3), draw(4)
    assert np.array_equal(DRAWS.exc_edges, again.exc_edges) and np.array_equal(DRAWS.stim_step, again.stim_step)
    assert not np.array_equal(DRAWS.exc_edges[:100], other.exc_edges[:100])


@pytest.mark.parametrize(("edges", "cap"), [("exc_edges", 32), ("inh_edges", 8)])
def test_in_degrees_are_a_truncated_binomial(edges, cap):
    pairs = getattr(DRAWS, edges)
    counts = np.bincount(pairs[:, 1], minlength=500)
    assert counts.max() == cap
    assert 0.4 < np.mean(counts == cap) < 0.7  # a binomial of mean ``cap`` reaches it in half of the draws
    assert np.all(pairs[:, 0] != pairs[:, 1])
    assert len(np.unique(pairs, axis=0)) == len(pairs)


def test_a_cell_that_may_connect_to_all_connects_to_the_first_and_not_to_itself():
    edges = draw_edges(np.arange(4), 6, 1.0, np.random.default_rng(0))
    assert [edges[edges[:, 1] == cell, 0].tolist() for cell in (0, 3, 5)] == [[1, 2, 3], [0, 1, 2], [0, 1, 2, 3]]


def test_the_mean_stimulus_is_that_of_2000_poisson_sources():
    counts = [len(draw(seed, 500).stim_step) for seed in range(4)]
    expected = 2000 * 50 / 70
    assert abs(np.mean(counts) - expected) < 4 * np.sqrt(expected / 4)


def test_no_source_is_high_on_two_steps_in_a_row():
    same_source = np.diff(DRAWS.stim_source) == 0
    assert np.diff(DRAWS.stim_step)[same_source].min() >= 2
    assert DRAWS.stim_step.min() >= 1 and DRAWS.stim_step.max() <= 500


def test_steps_of_a_source_and_of_a_cell():
    source = int(DRAWS.stim_source[10])
    assert DRAWS.stimulus_steps(source).tolist() == DRAWS.stim_step[DRAWS.stim_source == source].tolist()
    merged = DRAWS.stim_step[DRAWS.stim_source // 20 == 7]
    assert DRAWS.merged_stimulus_steps(7).tolist() == sorted(merged.tolist())


def test_draws_survive_a_file(tmp_path):
    DRAWS.save(tmp_path / "draws.npz")
    again = load(tmp_path / "draws.npz")
    assert again.n_cells == 500 and np.array_equal(again.is_lts, DRAWS.is_lts)
    assert all(np.array_equal(getattr(again, a), getattr(DRAWS, a)) for a in ("exc_edges", "inh_edges", "stim_source"))


def test_recorded_times_lie_on_the_grid_sorted_by_cell_and_before_the_end():
    found = recording([3, 1, 1, 2], [0.3000000001, 0.7, 0.1999999, 1.0], [np.zeros(12)], 5, 1.0)
    assert found.cell.tolist() == [1, 1, 3]
    assert found.time_ms.tolist() == [4 * 0.05, 14 * 0.05, 6 * 0.05]
    assert found.v_mV.shape == (11, 1)


def test_the_ladder_has_every_rung_of_the_article_and_hands_on_its_draws():
    assert [rung.name for rung in LADDER.rungs] == [str(k) for k in range(14)]
    assert [type(rung.keeps[0]).__name__ for rung in LADDER.rungs[1:]] == [
        "Qualitative", "Identical", "Within", "Identical", "Qualitative", "Identical", "Within", "Qualitative",
        "Identical", "Identical", "Qualitative", "Qualitative", "Qualitative",
    ]  # fmt: skip
    assert {rung.name for rung in LADDER.rungs if rung.draws_own} == {"0", "11"}
    again = draws_from({name: np.asarray(value) for name, value in LADDER.draw(3).items()})
    assert again.as_text() == DRAWS.as_text()


def test_a_wrong_rung_or_simulator_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="rung = 13 does not exist"):
        run_rung(13, DRAWS, 1.0)
    with pytest.raises(ValueError, match="simulator = nest cannot run rung 3"):
        run_rung(3, DRAWS, 1.0, "nest")
