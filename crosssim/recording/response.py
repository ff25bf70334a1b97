"""What one cell did under one stimulus."""

from dataclasses import dataclass

from crosssim.recording.data import Floats


@dataclass(frozen=True, eq=False)
class Response:
    """v in mV, f8[samples] every ``sample_ms`` from time 0 on, and spike times in ms, f8[spikes] in order."""

    v_mV: Floats  # noqa: N815 - V is volt
    spikes_ms: Floats
    sample_ms: float

    @property
    def duration_ms(self) -> float:
        """How long it was watched."""
        return self.v_mV.size * self.sample_ms


Responses = tuple[tuple[Response, ...], ...]
"""By parameter set, and in each by stimulus."""
