"""What the report's words mean: verdicts and gates in plain sentences, and numbers as a person reads them."""

import math
from dataclasses import dataclass

from crosssim.divergence.verdict import Gate, GateResult, Judgement, Verdict


@dataclass(frozen=True)
class VerdictWords:
    """A verdict in words: ``mark`` and ``tone`` (agrees, differs, unknown) carry it beside the words."""

    headline: str
    meaning: str
    mark: str
    tone: str


@dataclass(frozen=True)
class GateWords:
    """What a gate asks, and where to look if it fails."""

    asks: str
    look: str


_UNASKED = "could not be asked"

_AGREES, _DIFFERS, _UNKNOWN = ("✓", "agrees"), ("✗", "differs"), ("?", "unknown")

VERDICT_WORDS = {
    Verdict.IDENTICAL: VerdictWords(
        "The runs are identical", "Every spike and every sample is the same, bit for bit.", *_AGREES
    ),
    Verdict.SAME_TO_THE_GRID: VerdictWords(
        "The runs are the same, to the time grid",
        "Every spike has its partner and every trace stays within the tolerance that the model declares; "
        "what is left is the rounding of times and numbers.",
        *_AGREES,
    ),
    Verdict.SAME_DYNAMICS: VerdictWords(
        "The runs differ only by time step and chaos",
        "The free runs part, and with the chaos removed nothing is left that the time step does not explain.",
        *_AGREES,
    ),
    Verdict.STATISTICALLY_EQUIVALENT: VerdictWords(
        "The runs are statistically equivalent",
        "Spikes do not match one to one; rates and irregularity lie no further apart than the yardsticks.",
        *_AGREES,
    ),
    Verdict.DIFFERENT: VerdictWords(
        "The runs are different", "At least one gate found what the tolerances do not allow.", *_DIFFERS
    ),
    Verdict.NOT_COMPARABLE: VerdictWords(
        "The runs cannot be compared", "This says nothing about the models; the recordings do not fit.", *_UNKNOWN
    ),
    Verdict.NOT_RUN: VerdictWords(
        "The comparison was not made", "A leg did not finish, so there is nothing to set side by side.", *_UNKNOWN
    ),
    Verdict.NOT_ENOUGH_DATA: VerdictWords(
        "There is not enough data to tell",
        "Too few spikes or cells for a statement; run longer or record more.",
        *_UNKNOWN,
    ),
}

GATE_WORDS = {
    Gate.DECLARED: GateWords(
        "Parameters, initial values and input spikes, read back from each simulator, are what the model declares.",
        "at how the parameter or the input is handed to that simulator: its name, its unit, its rounding to the grid.",
    ),
    Gate.WIRING: GateWords(
        "Every projection has the same connections, weights and delays on both sides.",
        "at the connector, its seed, and how each simulator rounds delays and weights.",
    ),
    Gate.TRAJECTORIES: GateWords(
        "Spikes match one to one and traces stay within tolerance. The first place that does not is the onset.",
        "at what happens at the onset: the integrator, the threshold, the reset, the refractory period. After it a "
        "recurrent network amplifies any difference, so what comes later says little.",
    ),
    Gate.REPLAY: GateWords(
        "The candidate's cells, uncoupled, receive the spikes that the reference recorded, through the same wiring: "
        "with the same input, a difference cannot grow and chaos cannot hide it.",
        "at the cells whose spikes shift, go missing or are too many although their input is the same.",
    ),
    Gate.REFINEMENT: GateWords(
        "The replay at smaller and smaller time steps: a shift that goes to zero with the step is the integrators', "
        "one that stays is a real difference.",
        "at the equations and parameters: what stays at the smallest step is a real difference.",
    ),
    Gate.STATISTICS: GateWords(
        "Rates, irregularity and correlation against the distance between runs that are known to be the same.",
        "at the population whose statistics lie outside the yardsticks.",
    ),
}

SUSPECT_WORDS = {
    "suspect": "A single change that was made in the reference and makes its cells do what the candidate's do. The "
    "share is that of the disagreement that it removed, measured by running it.",
}
YARDSTICK_WORDS = {
    "yardstick": "Two runs of one simulator that are the same but for a trifle. Where they part is how early chaos "
    "alone parts two runs of this network.",
}
CERTIFICATE_WORDS = {
    "certificate": "What this comparison would have seen, and what not: faults were planted and the gates asked.",
}
GATE_TERMS = {
    Gate.REPLAY: {
        "self-replay": "A backend's cells driven by that backend's own spikes. It should be exact; what is not is "
        "the floor of the method.",
        "shift": "Candidate's spike time minus the reference's, of two spikes that were paired: positive is late.",
        "missing, extra": "A spike of the reference without partner on the candidate's side; one of the candidate "
        "without partner in the reference.",
    },
    Gate.REFINEMENT: {
        "intercept": "The shift that is left at a time step of zero, from a straight line through the shifts (a "
        "parabola where they bend), with its 99.9 % interval. Zero inside the interval: no real difference was found.",
        "order": "By which power of the time step the shift goes to zero: 1, it halves with the step; 2, it goes to "
        "a quarter. A dash: the shift is too small to tell.",
    },
}
"""Terms that are explained if the gate was answered."""

FIRST_GATES = (Gate.DECLARED, Gate.WIRING, Gate.TRAJECTORIES)
"""The gates that every check goes through; they are shown also when a failure before them left them unasked."""

OTHER_WORDS = {
    "leg": "One run of the model on one simulator, in a process of its own.",
    "reference": "The first leg named in the command; every other leg, a candidate, is compared with it.",
    "onset": "The first time at which a spike has no partner on the other side, or a trace leaves its tolerance.",
    "paired spike": "A spike with a partner of the same cell on the other side, within the declared tolerance; a spike "
    "has at most one partner.",
    "tolerance": "How far apart two values may lie and still agree. Each model declares its own, with the reason.",
    "asked for": "A difference that the command itself asked for; it is listed and does not fail a gate.",
}


@dataclass(frozen=True)
class GateRow:
    """One line of the list of gates: ``mark`` is ✓, ✗, →, ? or – and ``state`` says the same in words."""

    name: str
    mark: str
    state: str
    reason: str
    meaning: str


def gate_rows(judgement: Judgement) -> tuple[GateRow, ...]:
    """The gates in their order: those asked, and the first three in any case."""
    wanted = [gate for gate in Gate if gate in FIRST_GATES or judgement.result(gate)]
    explains = explaining_gate(judgement)
    return tuple(_gate_row(gate, judgement.result(gate), explains) for gate in wanted)


def explaining_gate(judgement: Judgement) -> Gate | None:
    """The later gate that passed and so explains why the free runs part; ``None`` if none did."""
    passed = [one.gate for one in judgement.gates if one.passed and one.gate in (Gate.REPLAY, Gate.REFINEMENT)]
    return passed[-1] if passed and judgement.gate is None else None


def could_not_be_asked(result: GateResult | None) -> bool:
    """Whether a gate was wanted and could not be answered; its reason says why."""
    return result is not None and not result.passed and result.details is None and result.reason.startswith(_UNASKED)


def _gate_row(gate: Gate, result: GateResult | None, explains: Gate | None) -> GateRow:
    meaning = GATE_WORDS[gate].asks
    if result is None:
        return GateRow(gate.value, "–", "not asked", "not asked", meaning)
    if could_not_be_asked(result):
        return GateRow(gate.value, "?", "not answered", result.reason, meaning)
    if result.passed:
        return GateRow(gate.value, "✓", "passed", result.reason, meaning)
    if explains and list(Gate).index(gate) < list(Gate).index(explains):
        return GateRow(gate.value, "→", f"explained by {explains.value}", result.reason, meaning)
    return GateRow(gate.value, "✗", "failed", result.reason, meaning)


def count(number: int) -> str:
    """12345 as "12 345", with a space that does not break."""
    return f"{number:,}".replace(",", " ")


def counted(number: int, noun: str) -> str:
    """ "1 spike", "2 spikes"."""
    return f"{count(number)} {noun}" + ("" if number == 1 else "s")


def listed(items: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join(part for part in (", ".join(items[:-1]), items[-1]) if part) if items else ""


def brief(value: float | None, digits: int = 4) -> str:
    """A number with ``digits`` significant digits; "–" for none, "not a number" for a NaN."""
    if value is None:
        return "–"
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else ("infinite" if value > 0 else "minus infinite")
    return f"{value:.{digits}g}"


def signed(value: float | None, decimals: int = 3) -> str:
    """A shift with its sign, "+0.012" or "−0.260"; a zero has none, "–" is none at all."""
    if value is None:
        return "–"
    text = f"{value:+.{decimals}f}"
    return text[1:] if not float(text) else text.replace("-", "−")


def percent(share: float | None) -> str:
    """A share of one in per cent, cut and not rounded, so that only a whole is called 100 %."""
    if share is None:
        return "–"
    return f"{math.floor(share * 10_000 + 1e-9) / 100:.4g} %"


def with_unit(value: float | None, unit: str, digits: int = 4) -> str:
    """``brief`` with its unit, unless the number has none."""
    text = brief(value, digits)
    return text if unit == "1" or value is None else f"{text} {unit}"
