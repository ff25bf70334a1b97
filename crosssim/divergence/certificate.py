"""What a comparison would have seen: which gate caught which planted fault."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from crosssim.divergence.verdict import Gate


@dataclass(frozen=True)
class CertificateRow:
    """One planted fault: ``caught`` names the gates that found it, ``asked`` those that looked.

    ``has_effect`` is false where no spike and no membrane potential moved at any step: no run can show such a fault.
    """

    kind: str
    population: str
    words: str
    size: float
    caught: tuple[Gate, ...]
    asked: tuple[Gate, ...]
    has_effect: bool = True


@dataclass(frozen=True)
class Certificate:
    """All planted faults of one model on one pair of backends; ``key`` names the model's source and the versions."""

    model: str
    reference: str
    candidate: str
    key: str
    rows: tuple[CertificateRow, ...]

    def sentences(self, answered: Collection[Gate] = tuple(Gate)) -> tuple[str, ...]:
        """What an agreement of these two means: what read-back, and what refinement without it, sees and does not.

        Only of the gates that were ``answered``: what nobody looked at cannot have been seen.
        """
        read_back = [gate for gate in (Gate.DECLARED, Gate.WIRING) if gate in answered]
        refinement = [gate for gate in (Gate.REFINEMENT,) if gate in answered]
        return (
            *_sentences("the read-back", read_back, self.rows),
            *_sentences("refinement alone", refinement, [row for row in self.rows if row.has_effect]),
            *_without_effect([row for row in self.rows if not row.has_effect]),
        )


def _sentences(who: str, gates: Sequence[Gate], every: Sequence[CertificateRow]) -> list[str]:
    rows = [row for row in every if set(gates) & set(row.asked)]
    seen = [row for row in rows if set(gates) & set(row.caught)]
    missed = [row for row in rows if row not in seen]
    listed = "; ".join(_both_ways(row, seen) for row in smallest(seen, missed))
    if rows and not missed:
        return [f"{who} would have seen every one of the {len(rows)} planted faults, down to: {listed}"]
    told = [f"{who} would have seen: {listed}"] if listed else []
    return [*told, f"{who} would not have seen: {'; '.join(row.words for row in missed)}"] if missed else told


def _without_effect(rows: Sequence[CertificateRow]) -> list[str]:
    return (
        [f"changes no spike and no membrane potential in this network: {'; '.join(row.words for row in rows)}"]
        if rows
        else []
    )


def _both_ways(row: CertificateRow, seen: Sequence[CertificateRow]) -> str:
    """The words with ± if the same size was seen in the other direction too."""
    for sign, other in (("-", "+"), ("+", "-")):
        mirrored = row.words.replace(f" {sign}", f" {other}")
        if mirrored != row.words and any(one.words == mirrored for one in seen):
            return row.words.replace(f" {sign}", " ±")
    return row.words


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
