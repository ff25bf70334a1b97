"""Single driven cells solved without a time grid: the independent reference that every backend can be held against.

Between two arriving inputs the synapses are known in closed form, and v (with w, for adapting cells) is integrated by
SciPy's DOP853; the crossing of the threshold is located on its dense output. An input arrives at the time of the spike
plus the delay of the connection.

The equations are those that PyNN's documentation gives and that NEST and NEURON share:

- ``cm dv/dt = -cm/tau_m (v - v_rest) + i_offset + synapses``; synapses are ``g (e_rev - v)`` or, in current-based
  cells, a current; a spike of weight ``w`` adds ``w exp(-s/tau)`` or ``w s/tau exp(1 - s/tau)``.
- Adapting cells (Brette and Gerstner 2005) add ``cm/tau_m delta_T exp((v - v_thresh)/delta_T) - w``, with
  ``tau_w dw/dt = a (v - v_rest) - w``.
- A spike is when v passes ``v_thresh``, in adapting cells ``v_spike`` (NEST's V_peak); in adapting cells with
  ``delta_T`` = 0 it is ``v_thresh`` again, on both backends. Then v is ``v_reset`` and w grows by ``b``.
- For ``tau_refrac`` v stays at ``v_reset`` while w and the synapses go on: w decays towards ``a (v_reset - v_rest)``.
  NEST puts v_reset into its equation, NEURON holds v there by a huge conductance.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.integrate import DOP853
from scipy.optimize import brentq

from crosssim.errors import NotComparable
from crosssim.recording.data import CellTable, Floats, Spikes, Wiring
from crosssim.units import conversion_factor

ACCURACY = 1e-10
"""Relative tolerance of the integration, and absolute in mV: it leaves spike times right to about 1e-7 ms, five orders
below the finest step of any ladder."""

_W_SCALE = 1e-3  # nA for each mV of absolute tolerance: the size of w beside the size of v
_TOGETHER_MS = 1e-4
"""Inputs nearer than this arrive as one: those of one step are kept 1e-6 ms apart for the sake of NEURON's source."""


@dataclass(frozen=True)
class Family:
    """A kind of cell: alpha or exponential synapses, conductances or currents, with or without adaptation."""

    alpha: bool
    conductances: bool
    adapts: bool


FAMILIES = {
    "IF_cond_exp": Family(alpha=False, conductances=True, adapts=False),
    "IF_cond_alpha": Family(alpha=True, conductances=True, adapts=False),
    "IF_curr_exp": Family(alpha=False, conductances=False, adapts=False),
    "IF_curr_alpha": Family(alpha=True, conductances=False, adapts=False),
    "EIF_cond_exp_isfa_ista": Family(alpha=False, conductances=True, adapts=True),
    "EIF_cond_alpha_isfa_ista": Family(alpha=True, conductances=True, adapts=True),
}
"""By PyNN's name, the cells that can be solved."""


@dataclass(frozen=True, eq=False)
class Arrivals:
    """What one cell receives: ``time_ms`` f8[n], increasing, and the summed weight f8[n] of each receptor then."""

    time_ms: Floats
    excitatory: Floats
    inhibitory: Floats


def solve_cells(
    table: CellTable,
    projections: Sequence[Wiring],
    sources: Mapping[str, Spikes],
    cells: Sequence[int],
    stop_ms: float,
    accuracy: float = ACCURACY,
) -> Spikes:
    """The spikes of ``cells`` up to ``stop_ms``; the other cells of the population are silent in the answer.

    ``projections`` are those into this population, ``sources`` the spikes of their presynaptic populations by name.
    What the simulator holds goes before what was declared. Raises :class:`NotComparable` for a cell type without known
    equations, a missing source, or a cell that starts or resets at its threshold or above.
    """
    if table.celltype not in FAMILIES:
        raise NotComparable(f"{table.celltype} has no independent solution; there is one for {', '.join(FAMILIES)}")
    family = FAMILIES[table.celltype]
    trains = []
    for cell in cells:
        arrivals = arrivals_of(cell, projections, sources, stop_ms)
        trains.append(_Cell(family, _numbers(table, cell), accuracy).spike_times(arrivals, stop_ms))
    numbers = np.repeat(np.asarray(cells, dtype=np.int32), [len(train) for train in trains])
    size = next(iter(table.declared.values())).size
    return Spikes.from_events(numbers, np.concatenate([np.zeros(0), *trains]), size, stop_ms)


def arrivals_of(cell: int, projections: Sequence[Wiring], sources: Mapping[str, Spikes], stop_ms: float) -> Arrivals:
    """All that arrives at one cell before ``stop_ms``. Raises :class:`NotComparable` for a source without spikes."""
    times, weights, excites = [np.zeros(0)], [np.zeros(0)], [np.zeros(0, dtype=bool)]
    for wiring in projections:
        if wiring.pre_population not in sources:
            raise NotComparable(f"the spikes of {wiring.pre_population}, which projects here, were not recorded")
        source = sources[wiring.pre_population]
        for k in np.flatnonzero(wiring.post == cell).tolist():
            train = source.of(int(wiring.pre[k])) + wiring.delay_ms[k]
            times.append(train)
            weights.append(np.full(train.size, wiring.weight[k]))
            excites.append(np.full(train.size, wiring.receptor_type == "excitatory"))
    points = np.rint(np.concatenate(times) / _TOGETHER_MS)
    weight, is_excitatory = np.concatenate(weights), np.concatenate(excites)
    distinct, event = np.unique(points, return_inverse=True)
    kept = distinct * _TOGETHER_MS < stop_ms
    return Arrivals(
        distinct[kept] * _TOGETHER_MS,
        np.bincount(event, weights=weight * is_excitatory, minlength=distinct.size)[kept],
        np.bincount(event, weights=weight * ~is_excitatory, minlength=distinct.size)[kept],
    )


def _numbers(table: CellTable, cell: int) -> dict[str, float]:
    """Parameters and initial values ("initial v") of one cell in ms, mV, nA, nF and uS."""
    numbers = {name: float(values[cell]) for name, values in {**table.declared, **table.held}.items()}
    if "a" in numbers:
        numbers["a"] *= conversion_factor(table.units.get("a", "nS"), "uS")
    initial = {**table.initial_declared, **table.initial_held}
    return numbers | {f"initial {name}": float(values[cell]) for name, values in initial.items()}


class _Synapse:
    """One receptor's conductance (or current): (level + rise s) exp(-s/tau), s since the last arrival."""

    def __init__(self, tau_ms: float, alpha: bool, level: float) -> None:
        self.tau, self.alpha, self.level, self.rise = tau_ms, alpha, level, 0.0

    def pass_by(self, span_ms: float) -> None:
        decay = math.exp(-span_ms / self.tau)
        self.level, self.rise = (self.level + self.rise * span_ms) * decay, self.rise * decay

    def receive(self, weight: float) -> None:
        if self.alpha:
            self.rise += weight * math.e / self.tau
        else:
            self.level += weight


_Slope = Callable[[float, Floats], Sequence[float]]


class _Cell:
    """One cell and its state; times in ms, v in mV, w and currents in nA, conductances in uS."""

    def __init__(self, family: Family, numbers: Mapping[str, float], accuracy: float) -> None:
        self.family, self.p = family, numbers
        self.threshold = numbers["v_spike" if family.adapts and numbers["delta_T"] > 0 else "v_thresh"]
        name = "gsyn" if family.conductances else "isyn"
        self.excitatory = _Synapse(numbers["tau_syn_E"], family.alpha, numbers.get(f"initial {name}_exc", 0.0))
        self.inhibitory = _Synapse(numbers["tau_syn_I"], family.alpha, numbers.get(f"initial {name}_inh", 0.0))
        v = numbers.get("initial v", numbers["v_rest"])
        self.state = np.array([v, numbers.get("initial w", 0.0)] if family.adapts else [v])
        self.accuracy = accuracy
        for what, value in (("v_reset", numbers["v_reset"]), ("the initial v", v)):
            if not value < self.threshold:
                raise NotComparable(f"{what} = {value:g} mV is not below the threshold of {self.threshold:g} mV")

    def spike_times(self, arrivals: Arrivals, stop_ms: float) -> Floats:
        """f8[n]: from t = 0 to ``stop_ms``."""
        spikes: list[float] = []
        start_ms, free_from_ms = 0.0, 0.0
        ends = np.append(arrivals.time_ms, stop_ms)
        for k, end_ms in enumerate(ends.tolist()):
            free_from_ms = self._between(start_ms, end_ms, free_from_ms, spikes)
            for synapse in (self.excitatory, self.inhibitory):
                synapse.pass_by(end_ms - start_ms)
            if k < arrivals.time_ms.size:
                self.excitatory.receive(float(arrivals.excitatory[k]))
                self.inhibitory.receive(float(arrivals.inhibitory[k]))
            start_ms = end_ms
        return np.array(spikes)

    def _between(self, start_ms: float, end_ms: float, free_from_ms: float, spikes: list[float]) -> float:
        """Move the state from one arrival to the next; returns when the last refractory period ends."""
        slope = self._slope(start_ms)
        now = start_ms
        while now < end_ms:
            if now < free_from_ms:
                until = min(free_from_ms, end_ms)
                self._rest(until - now)
                now = until
                continue
            now, fired = self._move(slope, now, end_ms)
            if fired:
                spikes.append(now)
                self.state[0] = self.p["v_reset"]
                if self.family.adapts:
                    self.state[1] += self.p["b"]
                free_from_ms = now + self.p["tau_refrac"]
        return free_from_ms

    def _rest(self, span_ms: float) -> None:
        if self.family.adapts:
            target = self.p["a"] * (self.p["v_reset"] - self.p["v_rest"])
            self.state[1] = target + (self.state[1] - target) * math.exp(-span_ms / self.p["tau_w"])

    def _move(self, slope: _Slope, start_ms: float, end_ms: float) -> tuple[float, bool]:
        """Integrate to ``end_ms`` or to the next spike, whichever is first."""
        absolute = self.accuracy * np.array([1.0, _W_SCALE])[: self.state.size]
        solver = DOP853(slope, start_ms, self.state, end_ms, rtol=self.accuracy, atol=absolute)
        while solver.status == "running":
            was_rising = solver.f[0] > 0
            said = solver.step()
            if solver.status == "failed":
                raise NotComparable(f"the independent solution broke down at {solver.t:g} ms: {said}")
            fired_at = self._crossing(solver, slope, peaked=was_rising and solver.f[0] < 0)
            if fired_at is not None:
                self.state = np.asarray(solver.dense_output()(fired_at))
                return fired_at, True
        self.state = solver.y.copy()
        return end_ms, False

    def _crossing(self, solver: DOP853, slope: _Slope, peaked: bool) -> float | None:
        """When v passes the threshold inside the solver's last step: also if it is below again at the end of it."""
        if solver.y[0] < self.threshold and not peaked:
            return None
        dense = solver.dense_output()
        latest = solver.t
        if solver.y[0] < self.threshold:
            latest = brentq(lambda t: slope(t, dense(t))[0], solver.t_old, solver.t)
            if dense(latest)[0] < self.threshold:
                return None
        if dense(latest)[0] <= self.threshold:
            return float(latest)
        return float(brentq(lambda t: dense(t)[0] - self.threshold, solver.t_old, latest, xtol=1e-12))

    def _slope(self, start_ms: float) -> _Slope:
        """The right-hand side, valid until the next arrival; written out in plain floats, for speed."""
        p, family, exp = self.p, self.family, math.exp
        e_level, e_rise, e_tau = self.excitatory.level, self.excitatory.rise, self.excitatory.tau
        i_level, i_rise, i_tau = self.inhibitory.level, self.inhibitory.rise, self.inhibitory.tau
        cm, rest, offset = p["cm"], p["v_rest"], p.get("i_offset", 0.0)
        leak = cm / p["tau_m"]
        e_rev, i_rev = p.get("e_rev_E", 0.0), p.get("e_rev_I", 0.0)
        conductances = family.conductances

        def passive(t: float, v: float) -> float:
            s = t - start_ms
            excitation = (e_level + e_rise * s) * exp(-s / e_tau)
            inhibition = (i_level + i_rise * s) * exp(-s / i_tau)
            if conductances:
                excitation, inhibition = excitation * (e_rev - v), inhibition * (i_rev - v)
            return leak * (rest - v) + offset + excitation + inhibition

        if not family.adapts:
            return lambda t, y: [passive(t, float(y[0])) / cm]

        sharpness, v_thresh, a, tau_w = p["delta_T"], p["v_thresh"], p["a"], p["tau_w"]
        highest = self.threshold + sharpness  # a trial step may go far beyond the spike; it must not overflow there

        def adaptive(t: float, y: Floats) -> Sequence[float]:
            v, w = float(y[0]), float(y[1])
            spike = leak * sharpness * exp((min(v, highest) - v_thresh) / sharpness) if sharpness > 0 else 0.0
            return [(passive(t, v) + spike - w) / cm, (a * (v - rest) - w) / tau_w]

        return adaptive
