"""Single cells under given input, in a process of their own: what to run, what came out, how the two sides talk."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np

from crosssim.model.stimulus import Stimulus
from crosssim.recording.data import Floats
from crosssim.recording.response import Response, Responses


@dataclass(frozen=True)
class OriginalCell:
    """An NMODL mechanism in a section of one compartment, beside ``pas`` (none if ``leak_S_cm2`` is 0).

    ``library`` is the compiled folder, ``sends_events`` tells a mechanism whose spikes are net_events from one whose
    spikes are crossings of ``threshold_mV`` by v.
    """

    library: str
    mechanism: str
    is_point_process: bool
    sends_events: bool
    threshold_mV: float  # noqa: N815 - V is volt
    parameters: dict[str, float]
    area_um2: float
    cm_uF_cm2: float  # noqa: N815 - F is farad
    leak_S_cm2: float  # noqa: N815 - S is siemens
    rest_mV: float  # noqa: N815


@dataclass(frozen=True)
class DrivenCells:
    """Every set of parameters under every stimulus: sets x stimuli uncoupled cells in one run.

    ``cell`` is the PyNN standard cell, whose synapses an original gets too. For an ``original`` the sets hold the
    parameters of the synapses alone. v is kept at every ``sample_ms``, from ``initial_mV`` at time 0.
    """

    backend: str
    cell: str
    parameter_sets: tuple[dict[str, float], ...]
    stimuli: tuple[Stimulus, ...]
    duration_ms: float
    timestep_ms: float
    sample_ms: float
    initial_mV: float  # noqa: N815
    original: OriginalCell | None = None


def packed(v_mv: Floats, spikes: Sequence[Floats]) -> bytes:
    """The answer of the process: v f8[cells, samples] and the spike times of every cell, as npz."""
    stream = io.BytesIO()
    counts = np.array([one.size for one in spikes], dtype=np.int64)
    np.savez(stream, v=v_mv, counts=counts, times=np.concatenate([*spikes, np.zeros(0)]))
    return stream.getvalue()


def unpacked(answer: bytes, wanted: DrivenCells) -> Responses:
    """The answer by parameter set and stimulus."""
    with np.load(io.BytesIO(answer), allow_pickle=False) as stored:
        v_mv, times = stored["v"], stored["times"]
        spikes = np.split(times, np.cumsum(stored["counts"])[:-1])
    width = len(wanted.stimuli)
    cells = [Response(v, np.sort(own), wanted.sample_ms) for v, own in zip(v_mv, spikes, strict=True)]
    return tuple(tuple(cells[k : k + width]) for k in range(0, len(cells), width))


def write_frame(stream: IO[bytes], content: bytes) -> None:
    """One message: eight bytes that hold its length, and itself."""
    stream.write(len(content).to_bytes(8, "big"))
    stream.write(content)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next message, ``None`` if the other side has ended."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    content = stream.read(length := int.from_bytes(head, "big"))
    return content if len(content) == length else None
