"""Replay, refinement, suspects, yardsticks and certificate in the terminal."""

import io
from dataclasses import replace

from rich.console import Console

from crosssim.divergence.potentials import OwnPotential
from crosssim.report.potential_words import own_potential_sentence
from crosssim.report.text import check_text
from tests.report import gate_builders


def lines(result, width=80) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width).print(check_text(result))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def row(text: list[str], after: str, name: str) -> list[str]:
    """The cells of the first line that starts with ``name`` below the line that starts with ``after``."""
    start = next(at for at, line in enumerate(text) if line.startswith(after))
    return next(line for line in text[start:] if line.startswith(name)).split()


def test_verdict_reason_and_plain_words_stand_before_every_table():
    text = "\n".join(lines(gate_builders.same_dynamics()))
    order = [
        "SAME DYNAMICS", "a time-step effect", "The free runs of nest and neuron part", "declared", "replay  cells",
        "refinement  shift", "yardstick", "certificate", "population  cells",
    ]  # fmt: skip
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_replay_table_and_self_replay():
    text = lines(gate_builders.same_dynamics())
    assert row(text, "replay  cells of neuron driven by the spikes of nest", "exc") == [
        "exc", "985", "64.58", "%", "250", "90", "5", "6", "−0.150", "ms",
    ]  # fmt: skip
    assert "self-replay: nest 100 % exact, neuron 100 % exact" in text


def test_refinement_table_has_a_shift_per_step_the_intercept_and_the_order():
    text = lines(gate_builders.fault_with_suspects())
    assert row(text, "refinement  shift of neuron against nest", "exc") == [
        "exc", "−0.410", "−0.335", "−0.290", "−0.275", "−0.260", "±", "0.003", "1",
    ]  # fmt: skip
    assert "nest is the less converged" in " ".join(text)
    assert row(lines(gate_builders.fault_in_one_cell()), "refinement", "inh")[-4:] == ["too", "few", "spikes", "–"]


def test_membrane_potentials_have_a_table_and_the_cells_that_keep_apart_a_sentence():
    text = lines(gate_builders.fault_in_potentials())
    assert row(text, "v apart (mV)", "exc") == [
        "exc", "0.0300", "0.0150", "0.0060", "0.0030", "0.0001", "±", "0.0003", "1", "50/52",
    ]  # fmt: skip
    said = " ".join(" ".join(text).split())
    assert "exc: v of 2 of 50 cells keeps apart at a step of zero (cell 17: 1.2 mV, cell 3: 0.4 mV)" in said
    assert "exc at 0.1 ms: v is 0 mV on nest and 0.027 mV on neuron (order 1.0) away from its own finest run" in said
    assert not [line for line in lines(gate_builders.fault_with_suspects()) if line.startswith("v apart")]


def test_a_backend_that_cannot_be_followed_on_its_own_is_not_spoken_of():
    nan = float("nan")
    lost = replace(gate_builders.potential(), candidate_own=OwnPotential((nan,) * 4, None))
    one = replace(gate_builders.refined_row("exc"), potential=lost)
    assert own_potential_sentence(one, ("nest", "neuron")) == ""


def test_what_is_left_of_the_first_spikes_is_said():
    text = " ".join(" ".join(lines(gate_builders.fault_in_first_spikes())).split())
    assert "exc, spikes of the first tenth of the run alone: +0.050 ms remain at a time step of zero" in text


def test_suspects_yardsticks_and_certificate_have_a_line_each():
    text = " ".join(" ".join(lines(gate_builders.fault_with_suspects())).split())
    assert "suspect tau_refrac of exc, removes 97.12 %: nest with tau_refrac of exc at 1.3 ms" in text
    text = " ".join(" ".join(lines(gate_builders.same_dynamics())).split())
    assert "yardstick neuron, at half the step: parts at 120 ms" in text
    assert "certificate would not have seen: weights of exc→inh +0.5 %" in text


def test_gates_that_a_later_one_explains_are_not_called_failed():
    text = lines(gate_builders.same_dynamics())
    marks = {line.split()[1]: line.split()[0] for line in text if line.startswith("  ") and line.split()[0] in "✓✗–→?"}
    assert marks == {"declared": "✓", "wiring": "✓", "trajectories": "→", "replay": "→", "refinement": "✓"}
    assert not [line for line in text if "differs" in line]


def test_a_gate_that_could_not_be_asked_has_its_own_mark():
    text = lines(gate_builders.replay_unasked())
    (line,) = [line for line in text if line.split()[:2] == ["?", "replay"]]
    assert "could not be asked" in line
    assert not [line for line in text if line.startswith("replay")]


def test_the_gate_that_decides_does_not_say_its_reason_twice():
    text = "\n".join(lines(gate_builders.fault_with_suspects()))
    assert text.count("a real difference remains in exc at step zero") == 1
    assert "✗ refinement   the gate that decides" in text
