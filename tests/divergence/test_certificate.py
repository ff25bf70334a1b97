from crosssim.divergence.certificate import Certificate, CertificateRow
from crosssim.divergence.verdict import Gate

GATES = (Gate.DECLARED, Gate.REFINEMENT)


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
    assert "refinement would have seen: weights of a +1 %" in found
    assert "refinement would not have seen: weights of a +0.5 %" in found


def test_a_size_below_one_that_was_missed_is_luck_and_not_told():
    found = sentences(row("weights of a +0.5 %", 0.5, Gate.REFINEMENT), row("weights of a +1 %", 1))
    assert not any("would have seen: weights" in words and words.startswith("refinement") for words in found)


def test_a_gate_that_saw_nothing_says_so_and_one_that_was_not_asked_says_nothing():
    found = sentences(row("weights of a +1 %", 1, Gate.REFINEMENT))
    assert "declared would not have seen: weights of a +1 %" in found
    assert not any(words.startswith("wiring") for words in found)
