"""A bench for one mechanism: a passive cell that holds it, a current, events, and its variables by name."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

STEP_MS = 0.1
REST_MV = -65.0
LEAK_S_PER_CM2 = 5e-5
"""With 1 uF/cm2 a membrane time constant of 20 ms, as in many models of cortical cells."""
AREA_UM2 = 20_000.0
EVENT_US = 1e-3


class NothingShown(Exception):
    """An experiment ran, or could not, and shows nothing; the message completes "not measured: …"."""


class Bench:
    """One mechanism in a cell. ``facts`` are the arguments of its experiment: mechanism, kind, pointers and so on."""

    def __init__(self, facts: Mapping[str, Any], area_um2: float = AREA_UM2, *, tied: bool = True) -> None:
        from neuron import h

        self.h = h
        self.facts = facts
        self.name = facts["mechanism"]
        self.cell = h.Section(name="cell")
        self.cell.L = self.cell.diam = math.sqrt(area_um2 / math.pi)
        self.cell.insert("pas")
        self.cell(0.5).pas.g, self.cell(0.5).pas.e = LEAK_S_PER_CM2, REST_MV
        self.mechanism = self._put()
        self.source = h.Section(name="source")  # no mechanism: its v stays where it is put
        for pointer in facts["pointers"] if tied else ():
            h.setpointer(self.source(0.5)._ref_v, pointer, self.mechanism)
        self.current = h.IClamp(self.cell(0.5))
        self.current.delay, self.current.dur = 0.0, 1e9
        self._events = h.NetCon(None, self.mechanism) if facts["takes_events"] else None
        self._arrivals_ms: Sequence[float] = ()
        self._start = h.FInitializeHandler(self._queue)

    def _put(self) -> Any:
        kind = self.facts["kind"]
        if kind == "SUFFIX":
            self.cell.insert(self.name)
            return getattr(self.cell(0.5), self.name, None)
        made = getattr(self.h, self.name)
        return made() if kind == "ARTIFICIAL_CELL" else made(self.cell(0.5))

    def expect(self, arrivals_ms: Sequence[float], weight: float = EVENT_US) -> None:
        """Events from outside that arrive at these times (ms), if the mechanism takes any."""
        self._arrivals_ms = arrivals_ms
        if self._events is not None:
            self._events.weight[0] = weight

    def recorded_v(self, duration_ms: float) -> list[float]:
        """v (mV) of every step of a run, as a Vector of the user's would record it: after the step's events."""
        recorded = self.h.Vector().record(self.cell(0.5)._ref_v)
        self.run(duration_ms)
        return [float(v) for v in recorded]

    def _queue(self) -> None:
        if self._events is not None:
            for time_ms in self._arrivals_ms:
                self._events.event(time_ms)

    def hold(self, v_mv: float) -> None:
        """Clamp v."""
        self._clamp = self.h.SEClamp(self.cell(0.5))
        self._clamp.dur1, self._clamp.amp1, self._clamp.rs = 1e9, v_mv, 1e-6

    def start(self, step_ms: float = STEP_MS, v_mv: float = REST_MV) -> None:
        """To t = 0, all of the cell at ``v_mv``."""
        self.h.dt = step_ms
        self.source.v = REST_MV
        self.h.finitialize(v_mv)
        self.source.v = REST_MV

    def run(self, duration_ms: float, step_ms: float = STEP_MS, each: Callable[[], None] | None = None) -> None:
        """Start, take the steps of ``duration_ms``, and call ``each`` after every one."""
        self.start(step_ms)
        for _ in range(round(duration_ms / step_ms)):
            self.h.fadvance()
            if each is not None:
                each()

    @property
    def v_mv(self) -> float:
        """v of the cell."""
        return float(self.cell(0.5).v)

    def read(self, name: str) -> float:
        """A variable of the mechanism, of its instance or of all. Raises :class:`NothingShown`."""
        if self.facts["kind"] == "SUFFIX" and name in self.facts["currents"] and hasattr(self.cell(0.5), name):
            return float(getattr(self.cell(0.5), name))  # an ion's current: of the segment
        owner, own = self._place(name)
        return float(getattr(owner, own))

    def write(self, name: str, value: float) -> None:
        """Set what :meth:`read` reads."""
        owner, own = self._place(name)
        setattr(owner, own, value)

    def _place(self, name: str) -> tuple[Any, str]:
        whole = f"{name}_{self.name}"
        if self.mechanism is not None and hasattr(self.mechanism, name):
            return self.mechanism, name
        if hasattr(self.h, whole):
            return self.h, whole
        raise NothingShown(f"{name} cannot be seen from Hoc")

    def current_na(self) -> float:
        """All that the mechanism's currents carry through the membrane."""
        factor = self.cell(0.5).area() * 0.01 if self.facts["kind"] == "SUFFIX" else 1.0  # mA/cm2 * um2 = 0.01 nA
        return sum(self.read(one) for one in self.facts["currents"]) * factor

    def state(self) -> tuple[float, ...]:
        """v and every variable that the file lets Hoc see."""
        seen = []
        for one in self.facts["observed"]:
            try:
                seen.append(self.read(one))
            except (NothingShown, TypeError):  # an array, or one that this NEURON does not show
                continue
        return (self.v_mv, *seen)


def numbers(values: Sequence[float], digits: int = 4) -> str:
    """A list for a sentence: ``2.7, 2.65 and 2.625``."""
    words = [f"{value:.{digits}g}" for value in values]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
