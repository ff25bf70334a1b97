from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from crosssim.divergence.event_located import solve_cells
from crosssim.divergence.refinement import RefinementLevel
from crosssim.model.discovery import find_model
from crosssim.recording.data import CellTable, InputSpikes, Recording, Spikes, Wiring
from crosssim.runner.launch import Launcher
from crosssim.studies.check import finished_leg
from crosssim.studies.legs import Wishes, plan_legs
from crosssim.studies.result import Pair
from crosssim.studies.truth import run_truth, truth_of_levels

STEPS_MS = (0.1, 0.05, 0.02, 0.01)
N_CELLS, STOP_MS = 6, 150.0
PARAMETERS = {
    "cm": 0.2, "tau_m": 20.0, "v_rest": -60.0, "v_reset": -60.0, "v_thresh": -50.0, "tau_refrac": 2.0, "i_offset": 0.11,
    "tau_syn_E": 5.0, "tau_syn_I": 10.0, "e_rev_E": 0.0, "e_rev_I": -80.0,
}  # fmt: skip
LABELS = SimpleNamespace(
    model=SimpleNamespace(name="planted"), reference=SimpleNamespace(label="nest"),
    candidate=SimpleNamespace(label="neuron"),
)  # fmt: skip


def cells(celltype="IF_cond_exp", **changes):
    values = {name: np.full(N_CELLS, value) for name, value in (PARAMETERS | changes).items()}
    return CellTable(celltype, values, values, {"v": np.full(N_CELLS, -60.0)})


def recording(table, weight=0.01):
    """Cells that each hear a train of their own; what they fire is for the test to plant."""
    trains = np.sort(np.random.default_rng(1).uniform(1.0, STOP_MS - 5.0, (N_CELLS, 25)), axis=1).round(1)
    heard = Spikes.from_events(np.repeat(np.arange(N_CELLS), 25), trains.ravel(), N_CELLS, STOP_MS)
    each = np.arange(N_CELLS)
    wiring = Wiring.from_edges(
        (each, each, np.full(N_CELLS, weight), np.ones(N_CELLS)),
        populations=("exc (replayed)", "exc"),
        receptor_type="excitatory",
    )
    return Recording(
        "planted", "any", 0.1, STOP_MS, spikes={}, wiring={"exc to exc": wiring}, cells={"exc": table},
        inputs={"exc (replayed)": InputSpikes(heard, heard)},
    )  # fmt: skip


def solution(one):
    sources = {name: both.declared for name, both in one.inputs.items()}
    return solve_cells(one.cells["exc"], list(one.wiring.values()), sources, range(N_CELLS), STOP_MS)


def fires(one, spikes, shift_ms):
    moved = Spikes.from_events(spikes.cell, spikes.time_ms + shift_ms, spikes.n_cells, STOP_MS)
    return replace(one, spikes={"exc": moved})


def levels(reference, candidate, constants):
    truths = solution(reference), solution(candidate)
    return [
        RefinementLevel(
            step,
            fires(reference, truths[0], constants[0] * step),
            fires(candidate, truths[1], constants[1] * step),
        )
        for step in STEPS_MS
    ]


def test_planted_constants_are_found_and_the_nearer_backend_named():
    one = recording(cells())
    found = truth_of_levels(levels(one, one, (3.0, -1.0)), LABELS, cells=4)
    reference, candidate = found.of("exc")
    assert len(reference.convergence.cells) == 4
    assert reference.convergence.spikes >= 20
    assert reference.convergence.constant.value == pytest.approx(3.0, abs=1e-3)
    assert candidate.convergence.constant.value == pytest.approx(-1.0, abs=1e-3)
    assert found.nearer("exc") == "neuron"
    swapped = truth_of_levels(levels(one, one, (-1.0, 3.0)), LABELS, cells=4)
    assert swapped.nearer("exc") == "nest"
    assert truth_of_levels(levels(one, one, (2.0, -2.0)), LABELS, cells=4).nearer("exc") is None


def test_each_leg_is_held_against_the_equations_that_it_holds():
    """A wrong parameter is a difference between the legs, not an error of integration."""
    one, other = recording(cells()), recording(cells(tau_m=21.0))
    found = truth_of_levels(levels(one, other, (1.0, 1.0)), LABELS, cells=N_CELLS)
    assert solution(one).time_ms.size != solution(other).time_ms.size or not np.allclose(
        solution(one).time_ms, solution(other).time_ms, atol=0.05
    )
    for row in found.of("exc"):
        assert row.convergence.constant.value == pytest.approx(1.0, abs=1e-3)
        assert row.convergence.unpaired == pytest.approx((0.0,) * 4)


def test_other_weights_on_one_side_have_a_solution_of_their_own():
    one, other = recording(cells()), recording(cells(), weight=0.012)
    found = truth_of_levels(levels(one, other, (0.0, 0.0)), LABELS, cells=N_CELLS)
    assert [max(row.convergence.size_ms) for row in found.of("exc")] == pytest.approx([0.0, 0.0], abs=1e-6)


def test_a_celltype_without_solution_is_left_out_by_name():
    one = recording(cells())
    spikes = solution(one)
    strange = replace(one, cells={"exc": replace(cells(), celltype="HH_cond_exp")})
    planted = [RefinementLevel(step, fires(strange, spikes, 0.0), fires(strange, spikes, 0.0)) for step in STEPS_MS]
    found = truth_of_levels(planted, LABELS, cells=3)
    assert found.rows == ()
    assert "HH_cond_exp" in found.left_out["exc"]


def test_silence_is_left_out_too():
    one = recording(cells(i_offset=0.0), weight=0.0)
    assert truth_of_levels(levels(one, one, (0.0, 0.0)), LABELS, cells=3).left_out == {"exc": "no cell fires"}


@pytest.mark.legs
@pytest.mark.requires("nest", "neuron")
def test_real_backends_go_to_the_solution_as_the_step_goes_to_zero(tmp_path):
    """Under constant drive NEST's intervals are half a step too long on average, and NEURON's one step."""
    text = str(Path(__file__).parents[2] / "docs" / "examples" / "constant_drive.py")
    model = find_model(text)
    launcher = Launcher(tmp_path, model, 2)
    plans = plan_legs(model, text, ["nest", "neuron"], Wishes(), tmp_path)
    pair = Pair(model, *map(finished_leg, launcher.run(plans)))
    found = run_truth(pair, launcher)
    assert [row.population for row in found.rows] == ["IF", "IF", "AdExp -50", "AdExp -50", "AdExp -40", "AdExp -40"]
    for row in found.rows:
        one = row.convergence
        assert one.order.value == pytest.approx(1.0, abs=0.15)
        # all cells share one grid and no noise, so that a mean resolves the finest step (0.01 ms) and no more
        assert abs(one.intercept_ms.value) < 0.01
    nest, neuron = (row.convergence.interval_steps for row in found.of("IF"))
    assert 0.2 < nest < 0.7 < neuron < 1.3
    assert found.nearer("IF") == "nest"
