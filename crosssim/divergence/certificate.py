"""What a comparison would have seen: which gate caught which planted fault."""

from collections.abc import Sequence
from dataclasses import dataclass

from crosssim.divergence.verdict import Gate


@dataclass(frozen=True)
class CertificateRow:
    """One planted fault: ``caught`` names the gates that found it, ``asked`` those that looked."""

    kind: str
    population: str
    words: str
    size: float
    caught: tuple[Gate, ...]
    asked: tuple[Gate, ...]


@dataclass(frozen=True)
class Certificate:
    """All planted faults of one model on one pair of backends; ``key`` names the model's source and the versions."""

    model: str
    reference: str
    candidate: str
    key: str
    rows: tuple[CertificateRow, ...]

    def sentences(self) -> tuple[str, ...]:
        """What an agreement of these two means, gate by gate: seen, and not seen."""
        return tuple(words for gate in Gate for words in _of_gate(gate, self.rows))


def _of_gate(gate: Gate, rows: Sequence[CertificateRow]) -> list[str]:
    asked = [row for row in rows if gate in row.asked]
    seen = [row for row in asked if gate in row.caught]
    missed = [row for row in asked if gate not in row.caught]
    found = []
    if seen:
        found.append(f"{gate} would have seen: {'; '.join(row.words for row in smallest(seen, missed))}")
    if missed:
        found.append(f"{gate} would not have seen: {'; '.join(row.words for row in missed)}")
    return found


def smallest(seen: Sequence[CertificateRow], missed: Sequence[CertificateRow]) -> list[CertificateRow]:
    """Of each kind in each population the smallest size that was seen and above which nothing was missed."""
    kept: dict[tuple[str, str, str], CertificateRow] = {}
    for row in sorted(seen, key=lambda one: one.size):
        blind = max(
            (one.size for one in missed if (one.kind, one.population) == (row.kind, row.population)), default=-1.0
        )
        place = (row.kind, row.population, _thing(row.words))
        if row.size > blind and place not in kept:
            kept[place] = row
    return list(kept.values())


def _thing(words: str) -> str:
    """What was changed, without its size: the words up to the first that carries a number."""
    return " ".join(word for word in words.split() if not any(letter.isdigit() for letter in word))
