from dataclasses import replace

from crosssim.divergence.certificate import Certificate, CertificateRow
from crosssim.divergence.verdict import Gate

GATES = (Gate.DECLARED, Gate.WIRING, Gate.REFINEMENT)


def row(words, size, *caught, kind="weights"):
    return CertificateRow(kind, "exc", words, size, tuple(caught), GATES)


def sentences(*rows):
    return Certificate("m", "nest", "neuron", "k", rows).sentences()


def test_the_smallest_size_that_was_seen_is_told():
    found = sentences(
        row("weights of a +0.5 %", 0.5),
        row("weights of a +1 %", 1, Gate.REFINEMENT),
        row("weights of a +2 %", 2, Gate.REFINEMENT),
    )
    assert "refinement alone would have seen: weights of a +1 %" in found
    assert "refinement alone would not have seen: weights of a +0.5 %" in found


def test_a_size_that_was_seen_in_both_directions_is_told_once():
    found = sentences(row("weights of a -1 %", 1, Gate.REFINEMENT), row("weights of a +1 %", 1, Gate.REFINEMENT))
    assert any(words.endswith("down to: weights of a ±1 %") for words in found)


def test_a_size_below_one_that_was_missed_is_luck_and_not_told():
    found = sentences(row("weights of a +0.5 %", 0.5, Gate.REFINEMENT), row("weights of a +1 %", 1))
    assert not any("refinement alone would have seen" in words for words in found)


def test_what_all_gates_of_the_read_back_see_together_is_told_together():
    found = sentences(row("tau_m +1 %", 1, Gate.DECLARED, kind="cells"), row("weights of a +1 %", 1, Gate.WIRING))
    assert found[0].startswith("the read-back would have seen every one of the 2 planted faults")


def test_a_fault_that_changes_no_spike_is_not_called_missed():
    silent = replace(row("receptor type of a swapped", 1, Gate.WIRING), has_effect=False)
    found = sentences(row("weights of a +1 %", 1, Gate.REFINEMENT), silent)
    assert "changes no spike and no membrane potential in this network: receptor type of a swapped" in found
    assert not any("would not have seen: receptor" in words and "refinement" in words for words in found)


def test_gates_that_were_not_answered_have_seen_nothing():
    found = Certificate("m", "nest", "neuron", "k", (row("tau_m +1 %", 1, Gate.DECLARED, Gate.REFINEMENT),))
    assert not any("refinement" in words for words in found.sentences([Gate.DECLARED, Gate.WIRING]))
    assert not any("read-back" in words for words in found.sentences([Gate.REPLAY, Gate.REFINEMENT]))
    assert len(found.sentences()) == 2


def test_without_a_row_there_is_no_sentence():
    assert sentences() == ()
