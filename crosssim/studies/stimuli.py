"""The protocols under which two cells are held against each other: one table, scaled to any cell."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crosssim.errors import UsageError
from crosssim.model.stimulus import Stimulus
from crosssim.recording.data import Floats

ONSET_MS = 20.0
"""Before it nothing happens, so that a cell whose own rest is elsewhere shows it."""

_HOLD_MS = 1.0  # the noise changes once per this
_NOISE_TAU_MS = 5.0
_NOISE_MEAN, _NOISE_SD = 1.0, 1.5  # in rheobases: in and out of firing
_SEED = 1  # any number: the input is frozen, and the same on both sides
_PULSE_MS = 1.0
_PULSE_RISE = 2.0  # a pulse alone would carry v so many times from rest to threshold: each fires a rested cell
SEPARATIONS_MS = (1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 11.0, 15.0)
_PAIR_EVERY_MS = 45.0  # three times a membrane time constant of 15 ms
_QUANTUM_EXC, _QUANTUM_INH = 0.3, 0.6  # in leak conductances: the order of cortical synapses on one compartment
_MEAN_INH = 0.5  # mean inhibitory conductance, in leak conductances
_DRIVE = 1.2  # mean synaptic current at threshold, in rheobases: fires irregularly


@dataclass(frozen=True)
class CellScale:
    """What scales the protocols to a cell: rest and threshold, its leak conductance and capacitance, its synapses.

    ``conductance_based`` says in what the weights are, ``duration_ms`` how long every protocol lasts.
    """

    rest_mV: float  # noqa: N815 - V is volt
    threshold_mV: float  # noqa: N815
    leak_uS: float  # noqa: N815 - S is siemens
    capacitance_nF: float  # noqa: N815 - F is farad
    synapses: dict[str, float]
    conductance_based: bool
    duration_ms: float
    timestep_ms: float

    def __post_init__(self) -> None:
        if not self.threshold_mV > self.rest_mV:
            raise UsageError(
                f"v_thresh = {self.threshold_mV:g} mV is not above v_rest = {self.rest_mV:g} mV; protocols are scaled "
                "by leak * (v_thresh - v_rest), so give a cell that rests"
            )

    @property
    def rheobase_nA(self) -> float:  # noqa: N802 - A is ampere
        """Leak conductance times the way from rest to threshold: the rheobase of a leaky integrate-and-fire cell."""
        return self.leak_uS * (self.threshold_mV - self.rest_mV)

    def on_grid(self, time_ms: float) -> float:
        """The nearest time on the grid."""
        return round(round(time_ms / self.timestep_ms) * self.timestep_ms, 9)


@dataclass(frozen=True)
class Protocol:
    """One row of the table: what is given, and why it is asked."""

    name: str
    what: str
    make: Callable[[str, CellScale], Stimulus]


def _step(factor: float) -> Callable[[str, CellScale], Stimulus]:
    def make(name: str, cell: CellScale) -> Stimulus:
        stop_ms = cell.on_grid(0.8 * cell.duration_ms)  # the end shows the way back to rest
        return Stimulus(name, (ONSET_MS, stop_ms), (factor * cell.rheobase_nA, 0.0))

    return make


def _ramp(name: str, cell: CellScale) -> Stimulus:
    times = np.arange(ONSET_MS, cell.duration_ms, _HOLD_MS)
    return _current(name, times, np.linspace(0.0, 6.0, times.size), cell)


def _noise(name: str, cell: CellScale) -> Stimulus:
    """An Ornstein-Uhlenbeck process, sampled exactly and held for 1 ms."""
    times = np.arange(ONSET_MS, cell.duration_ms, _HOLD_MS)
    kept = np.exp(-_HOLD_MS / _NOISE_TAU_MS)
    drawn = np.random.default_rng(_SEED).standard_normal(times.size)
    values = np.empty(times.size)
    value = 0.0
    for k, number in enumerate(drawn):
        value = kept * value + np.sqrt(1 - kept**2) * number
        values[k] = value
    return _current(name, times, _NOISE_MEAN + _NOISE_SD * values, cell)


def _pairs(name: str, cell: CellScale) -> Stimulus:
    height = _PULSE_RISE * cell.capacitance_nF * (cell.threshold_mV - cell.rest_mV) / _PULSE_MS / cell.rheobase_nA
    times: list[float] = []
    values: list[float] = []
    for k, separation in enumerate(SEPARATIONS_MS):
        start = ONSET_MS + k * _PAIR_EVERY_MS
        if start + separation + _PULSE_MS < cell.duration_ms:
            times += [start, start + _PULSE_MS, start + separation, start + separation + _PULSE_MS]
            values += [height, 0.0, height, 0.0]
    return _current(name, np.array(times), np.array(values), cell)


def _current(name: str, times_ms: Floats, rheobases: Floats, cell: CellScale) -> Stimulus:
    grid = tuple(cell.on_grid(float(one)) for one in times_ms)
    return Stimulus(name, grid, tuple((rheobases * cell.rheobase_nA).tolist()))


def _bombardment(name: str, cell: CellScale) -> Stimulus:
    """Poisson trains whose mean current at threshold is 1.2 rheobases, inhibition included."""
    away = cell.threshold_mV - cell.rest_mV
    exc_mv, inh_mv = driving_forces_mV(cell)
    tau_exc, tau_inh = cell.synapses["tau_syn_E"], cell.synapses["tau_syn_I"]
    rate_inh = _MEAN_INH / (_QUANTUM_INH * tau_inh)
    rate_exc = (_DRIVE * away + _MEAN_INH * inh_mv) / exc_mv / (_QUANTUM_EXC * tau_exc)
    rng = np.random.default_rng(_SEED)
    excitatory, inhibitory = (_poisson(rng, rate, cell) for rate in (rate_exc, rate_inh))
    return replayed(name, excitatory, inhibitory, cell)


def driving_forces_mV(cell: CellScale) -> tuple[float, float]:  # noqa: N802
    """How far the synapses' reversal potentials lie from threshold, upwards and downwards, in mV."""
    exc = cell.synapses.get("e_rev_E", 0.0) - cell.threshold_mV
    inh = cell.threshold_mV - cell.synapses.get("e_rev_I", -80.0)
    return max(exc, 1.0), max(inh, 1.0)


def _poisson(rng: np.random.Generator, rate_per_ms: float, cell: CellScale) -> tuple[float, ...]:
    lasts = cell.duration_ms - ONSET_MS
    times = ONSET_MS + np.sort(rng.uniform(0.0, lasts, rng.poisson(rate_per_ms * lasts)))
    return tuple(cell.on_grid(float(one)) for one in times)


def replayed(
    name: str, excitatory_ms: tuple[float, ...], inhibitory_ms: tuple[float, ...], cell: CellScale
) -> Stimulus:
    """Spike trains through the two synapses, with quanta of 0.3 and 0.6 leak conductances."""
    weights = [_QUANTUM_EXC * cell.leak_uS, _QUANTUM_INH * cell.leak_uS]
    if not cell.conductance_based:  # the current that such a conductance carries at threshold
        exc_mv, inh_mv = driving_forces_mV(cell)
        weights = [weights[0] * exc_mv, -weights[1] * inh_mv]
    return Stimulus(
        name, excitatory_ms=excitatory_ms, inhibitory_ms=inhibitory_ms,
        excitatory_weight=weights[0], inhibitory_weight=weights[1],
    )  # fmt: skip


PROTOCOLS = (
    Protocol("step -1", "a current below rest: leak, capacitance and the adaptation's own conductance", _step(-1.0)),
    Protocol("step 0.5", "a current below threshold", _step(0.5)),
    Protocol("step 1.5", "slow firing: threshold, slope and adaptation", _step(1.5)),
    Protocol("step 3", "firing", _step(3.0)),
    Protocol("step 10", "fast firing: what happens between a spike and the next", _step(10.0)),
    Protocol("ramp 0 to 6", "where firing begins, and how the rate grows", _ramp),
    Protocol("frozen noise", "a fluctuating current, the same on both sides", _noise),
    Protocol("paired pulses", "two pulses 1.5 to 15 ms apart: when is a second spike possible?", _pairs),
    Protocol("bombardment", "Poisson spikes through both synapses, the same on both sides", _bombardment),
)
"""What both cells are given; the numbers are rheobases."""

REPLAY = "recorded input"


def stimuli(cell: CellScale, recorded: tuple[tuple[float, ...], tuple[float, ...]] | None = None) -> list[Stimulus]:
    """Every protocol for this cell; ``recorded`` adds excitatory and inhibitory spike times (ms) of the user's own."""
    made = [protocol.make(protocol.name, cell) for protocol in PROTOCOLS]
    if recorded is not None:
        exc, inh = (tuple(cell.on_grid(time) for time in times if time < cell.duration_ms) for times in recorded)
        made.append(replayed(REPLAY, exc, inh, cell))
    return made
