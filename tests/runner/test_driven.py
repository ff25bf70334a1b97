"""Driven cells: what comes back from the process, in order, and what is made of one that fails."""

import io

import numpy as np
import pytest

from crosssim.errors import LegError, SimulatorMissing, UsageError
from crosssim.model.stimulus import Stimulus
from crosssim.runner.bench import failure
from crosssim.runner.driven import DrivenCells, packed, read_frame, unpacked, write_frame

WANTED = DrivenCells(
    "neuron", "IF_cond_exp", ({"cm": 1.0}, {"cm": 2.0}), (Stimulus("a"), Stimulus("b"), Stimulus("c")), 0.3, 0.1, 0.1,
    -65.0,
)  # fmt: skip


def test_responses_come_by_set_and_stimulus():
    v = np.arange(18.0).reshape(6, 3)
    spikes = [np.array(one, dtype=float) for one in ([], [2.0, 1.0], [], [], [0.5], [])]
    found = unpacked(packed(v, spikes), WANTED)
    assert [[one.v_mV[0] for one in row] for row in found] == [[0.0, 3.0, 6.0], [9.0, 12.0, 15.0]]
    assert [[one.spikes_ms.tolist() for one in row] for row in found] == [[[], [1.0, 2.0], []], [[], [0.5], []]]
    assert found[0][0].duration_ms == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("status", "stderr", "kind", "sentence"),
    [
        (2, "noise\ncrosssim: parameter 'x' is not known\n", UsageError, "^parameter 'x' is not known$"),
        (4, "crosssim: NEST does not load\n", SimulatorMissing, "^NEST does not load$"),
        (1, "Traceback\nValueError: no\n", LegError, "IF_cond_exp on neuron failed: ValueError: no"),
        (-11, "", LegError, "failed: it was ended by signal 11"),
        (3, "", LegError, "failed: exit status 3"),
    ],
)
def test_a_failure_keeps_its_sentence(status, stderr, kind, sentence):
    error = failure("IF_cond_exp on neuron", status, stderr)
    assert isinstance(error, kind)
    with pytest.raises(kind, match=sentence):
        raise error


def test_a_frame_is_whole_or_not_there():
    stream = io.BytesIO()
    write_frame(stream, b"one")
    write_frame(stream, b"")
    content = stream.getvalue()
    read = io.BytesIO(content)
    assert [read_frame(read) for _ in range(3)] == [b"one", b"", None]
    assert read_frame(io.BytesIO(content[:9])) is None
