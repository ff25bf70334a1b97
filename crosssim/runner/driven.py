"""Single cells under given input, in a process of their own: what to run, what came out, and the outside of the run."""

import io
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import msgspec
import numpy as np

from crosssim.errors import CrosssimError, LegError, SimulatorMissing, UsageError
from crosssim.model.stimulus import Stimulus
from crosssim.recording.data import Floats
from crosssim.recording.response import Response, Responses
from crosssim.runner.doctor import last_error
from crosssim.runner.mechanisms import environment_for_legs, package_folder
from crosssim.runner.parent import PARENT_VARIABLE, own_mark

TIME_LIMIT_S = 900.0
"""For one process. A search of destexhe2009's cell takes some ten seconds in each."""


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


@dataclass(frozen=True)
class Bench:
    """Where driven cells are run: ``jobs`` processes side by side, each for no longer than ``time_limit_s``."""

    jobs: int = 2
    time_limit_s: float = TIME_LIMIT_S

    def run(self, *wanted: DrivenCells) -> list[Responses]:
        """Run each in a new process, in the order given; an interruption ends them all.

        Raises :class:`UsageError` for what the simulator refuses in the request, :class:`SimulatorMissing`,
        :class:`LegError` with the last error of a process that ends otherwise.
        """
        children: list[subprocess.Popen[bytes]] = []
        pool = ThreadPoolExecutor(max(1, self.jobs))
        try:
            return list(pool.map(lambda one: self._run(one, children), wanted))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in children:
                child.kill()  # nothing to one that has ended

    def _run(self, wanted: DrivenCells, children: list[subprocess.Popen[bytes]]) -> Responses:
        child = subprocess.Popen(
            [sys.executable, "-m", "crosssim.runner.leg.driven"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment_for_legs() | {PARENT_VARIABLE: own_mark()},
            cwd=package_folder("crosssim").parent,  # away from the user's folder: NEURON loads what is compiled there
        )  # fmt: skip
        children.append(child)
        try:
            answer, told = child.communicate(msgspec.json.encode(wanted), timeout=self.time_limit_s)
        except subprocess.TimeoutExpired:
            raise LegError(f"{_who(wanted)} did not end within {self.time_limit_s:g} s") from None
        if child.returncode != 0:
            raise _failure(wanted, child.returncode, told.decode(errors="replace"))
        return unpacked(answer, wanted)


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


def _who(wanted: DrivenCells) -> str:
    return f"the original {wanted.original.mechanism}" if wanted.original else f"{wanted.cell} on {wanted.backend}"


def _failure(wanted: DrivenCells, status: int, stderr: str) -> CrosssimError:
    """The child's own sentence if it ended with one, else its last error."""
    said = [line for line in stderr.splitlines() if line.startswith("crosssim: ")]
    for kind in (UsageError, SimulatorMissing):
        if said and status == kind.exit_status:
            return kind(said[-1].removeprefix("crosssim: "))
    why = f"it was ended by signal {-status}" if status < 0 else last_error(stderr)
    return LegError(f"{_who(wanted)} failed: {why or f'exit status {status}'}")
