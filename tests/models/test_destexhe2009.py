"""The facts of the specification, checked on the numbers that are drawn: no simulator needed."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from crosssim.model.discovery import find_model

MODEL = find_model("destexhe2009")

destexhe2009 = sys.modules[MODEL.build.__module__]


def settings(seed=0, **changes):
    return MODEL.settings(changes, seeds=replace(MODEL.seeds, wiring=seed, input=seed + 1))


def in_degree(edges, cells):
    return np.bincount(edges[:, 1], minlength=cells)


def test_no_cell_has_more_inputs_than_the_cap_and_many_reach_it():
    _, edges = destexhe2009.draw_network(settings())
    for post, cells in (("exc", 400), ("inh", 100)):
        from_exc, from_inh = in_degree(edges["exc", post], cells), in_degree(edges["inh", post], cells)
        assert from_exc.max() == 32 and from_inh.max() == 8
        # a binomial of mean 32 (8) reaches its mean in about half of the draws
        assert 0.3 < np.mean(from_exc == 32) < 0.75
        assert 0.3 < np.mean(from_inh == 8) < 0.75


def test_no_cell_connects_to_itself_and_no_pair_twice():
    _, edges = destexhe2009.draw_network(settings())
    for (pre, post), pairs in edges.items():
        assert len(np.unique(pairs, axis=0)) == len(pairs)
        if pre == post:
            assert np.all(pairs[:, 0] != pairs[:, 1])


def test_the_number_of_edges_is_that_of_the_truncated_binomial():
    expected = 0.0
    for candidates, cap, cells in ((399, 32, 400), (400, 32, 100), (100, 8, 400), (99, 8, 100)):
        inputs = np.arange(candidates + 1)
        expected += cells * np.sum(np.minimum(inputs, cap) * binom.pmf(inputs, candidates, 0.08))
    counts = [sum(map(len, destexhe2009.draw_network(settings(seed))[1].values())) for seed in range(10)]
    # 500 cells with a spread of about 3 inputs each: 70 edges a network, 22 in the mean of ten
    assert abs(np.mean(counts) - expected) < 5 * 22


def test_candidates_are_scanned_in_order_until_the_cap_is_reached():
    everyone = destexhe2009.truncated_binomial_edges(10, 2, 1.0, 3, np.random.default_rng(1))
    assert everyone.tolist() == [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]]
    without_self = destexhe2009.truncated_binomial_edges(4, 4, 1.0, 2, np.random.default_rng(1), same=True)
    assert without_self[without_self[:, 1] == 0].tolist() == [[1, 0], [2, 0]]
    assert without_self[without_self[:, 1] == 3].tolist() == [[0, 3], [1, 3]]


def test_a_cell_draws_for_itself_too():
    draws = np.random.default_rng(7).random((5, 5)) < 0.5
    np.fill_diagonal(draws, False)
    edges = destexhe2009.truncated_binomial_edges(5, 5, 0.5, 5, np.random.default_rng(7), same=True)
    found = np.zeros((5, 5), dtype=bool)
    found[edges[:, 1], edges[:, 0]] = True
    assert np.array_equal(found, draws)


def test_one_excitatory_cell_in_twenty_is_lts():
    masks = np.concatenate([destexhe2009.draw_network(settings(seed))[0] for seed in range(20)])
    assert masks.size == 8000
    assert abs(masks.mean() - 0.05) < 5 * np.sqrt(0.05 * 0.95 / 8000)  # five standard errors


def test_the_stimulus_is_twenty_poisson_sources_on_a_fifth_of_the_cells_for_50_ms():
    trains = [train for seed in range(10) for train in destexhe2009.draw_stimulus(settings(seed))]
    assert len(trains) == 10 * 100
    spikes = np.concatenate(trains)
    assert spikes.min() >= 0.0 and spikes.max() < 50.0
    expected = 10 * 100 * 20 * 50 / 70
    assert abs(spikes.size - expected) < 5 * np.sqrt(expected)


def test_each_seed_moves_its_own_draws_only():
    p = settings()
    other_input = MODEL.settings(seeds=replace(p.seeds, input=99))
    other_wiring = MODEL.settings(seeds=replace(p.seeds, wiring=99))
    edges, again, moved = (destexhe2009.draw_network(one)[1]["exc", "exc"] for one in (p, other_input, other_wiring))
    assert np.array_equal(edges, again) and not np.array_equal(edges, moved)
    first, same, other = (np.concatenate(destexhe2009.draw_stimulus(one)) for one in (p, other_wiring, other_input))
    assert np.array_equal(first, same) and not np.array_equal(first, other)


@pytest.mark.parametrize("cells", [250, 500, 1003, 2000])
def test_the_caps_stay_when_the_network_grows(cells):
    _, edges = destexhe2009.draw_network(settings(N=cells))
    n_exc = cells - cells // 5
    assert in_degree(edges["exc", "exc"], n_exc).max() == 32
    assert in_degree(edges["inh", "exc"], n_exc).max() == (8 if cells % 5 == 0 else 7)  # floor(200 * 40 / 1003)


def test_a_spike_is_seen_below_the_voltage_where_neurons_implicit_step_fails():
    p = settings()
    limit = p.v_thresh + p.delta_T * np.log(p.tau_m / p.timing.timestep_ms)
    assert p.v_spike < limit
