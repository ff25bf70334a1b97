import pytest

from crosssim.divergence.inputs import input_differences
from crosssim.recording.data import Spikes
from tests.divergence.builders import INPUT_TRAINS, STEP_MS, inputs, only, recording, regular_spikes, spikes


def trains(**changed: list[float]) -> Spikes:
    """The declared input trains with some cells' times replaced (``c0=[...]``)."""
    return spikes(*[changed.get(f"c{cell}", list(train)) for cell, train in enumerate(INPUT_TRAINS)])


def differences(*stimuli, asked_for=False):
    sides = [
        recording(name, inputs={} if stimulus is None else {"stim": stimulus})
        for name, stimulus in zip(("nest", "neuron"), stimuli, strict=True)
    ]
    return tuple(input_differences(*sides, asked_for))


def test_inputs_with_dust_agree():
    assert differences(inputs(), inputs()) == ()


@pytest.mark.parametrize(
    ("held", "words", "onset_ms", "cell"),
    [
        (trains(c0=[4.4, 9.0]), "nest holds 5 of 6 spikes declared: 1 missing (first at 1 ms; cell 0)", 1.0, 0),
        (trains(c3=[3.0]), "nest holds 5 of 6 spikes declared: 1 missing (first at 3 ms; cell 3)", 3.0, 3),
        (trains(c2=[7.0]), "nest holds 7 of 6 spikes declared: 1 extra (first at 7 ms; cell 2)", 7.0, 2),
        (trains(c0=[1.0, 4.5, 9.0]), "nest holds 6 of 6 spikes declared: 1 moved (first at 4.4 ms; cell 0)", 4.4, 0),
    ],
    ids=["lost", "one of two at once lost", "added", "moved by a step"],
)
def test_a_planted_difference_is_named(held, words, onset_ms, cell):
    found = only(differences(inputs(held), inputs()))
    assert found.detail == words
    assert (found.measure, found.population) == ("input spikes", "stim")
    assert (found.onset_ms, found.cell, found.count, found.total) == (pytest.approx(onset_ms), cell, 1, 6)
    assert not found.asked_for


def test_how_far_a_spike_was_moved_is_told():
    found = only(differences(inputs(), inputs(trains(c0=[1.0, 4.7, 9.0]))))
    assert found.value == pytest.approx(0.3)
    assert found.detail.startswith("neuron holds")


def test_a_spike_far_away_is_another_one():
    found = only(differences(inputs(trains(c0=[1.0, 4.4, 60.0])), inputs()))
    assert "1 missing (first at 9 ms; cell 0), 1 extra (first at 60 ms; cell 0)" in found.detail
    assert (found.count, found.value, found.onset_ms) == (2, None, 9.0)


@pytest.mark.parametrize(("by_ms", "seen"), [(0.49 * STEP_MS, False), (0.51 * STEP_MS, True)])
def test_half_a_step_is_the_limit(by_ms, seen):
    found = differences(inputs(trains(c1=[2.0 + by_ms])), inputs())
    assert bool(found) == seen


def test_swapped_cells_are_found():
    swapped = spikes(INPUT_TRAINS[1], INPUT_TRAINS[0], *INPUT_TRAINS[2:])
    found = only(differences(inputs(swapped), inputs()))
    assert "missing" in found.detail
    assert "extra" in found.detail


def test_a_spike_at_the_very_end_may_be_missing():
    declared = trains(c2=[99.9, 100.0])
    held = trains(c2=[99.9])
    assert differences(inputs(held, declared), inputs(declared=declared)) == ()
    assert (
        "1 missing (first at 99.9 ms; cell 2)"
        in only(differences(inputs(trains(), declared), inputs(declared=declared))).detail
    )


def test_declarations_that_differ_are_named():
    other = trains(c0=[1.0, 4.4, 9.0, 12.0])
    found = only(differences(inputs(), inputs(declared=other)))
    assert found.detail == "nest declares 6 spikes, neuron 7: 1 extra (first at 12 ms; cell 0)"
    assert not found.asked_for
    assert only(differences(inputs(), inputs(declared=other), asked_for=True)).asked_for


def test_a_declaration_moved_by_less_than_half_a_step_is_seen():
    found = only(differences(inputs(), inputs(declared=trains(c1=[2.01]))))
    assert found.value is None
    assert "1 missing (first at 2 ms; cell 1), 1 extra (first at 2.01 ms; cell 1)" in found.detail


def test_what_was_held_wrong_was_not_asked_for():
    found = only(differences(inputs(trains(c1=[])), inputs(), asked_for=True))
    assert not found.asked_for


def test_another_number_of_cells_is_named():
    found = only(differences(inputs(held=regular_spikes(3)), inputs()))
    assert found.detail == "nest holds 3 cells, declared 4"
    across = only(differences(inputs(), inputs(declared=regular_spikes(3))))
    assert across.detail == "nest declares 4 cells, neuron 3"


def test_inputs_on_one_side_only_are_named():
    assert only(differences(inputs(), None)).detail == "declared for nest only"
    assert only(differences(None, inputs())).detail == "declared for neuron only"


def test_silent_and_empty_inputs_agree():
    silent = inputs(declared=spikes([], []))
    empty = inputs(declared=spikes())
    assert differences(silent, silent) == differences(empty, empty) == ()
