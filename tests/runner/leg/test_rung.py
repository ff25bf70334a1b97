"""What a rung returns becomes a recording, and what decides a rung's result decides its key."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from crosssim import Ladder, Rung, RungOutput, Seeds, Timing
from crosssim.errors import ModelError, UsageError
from crosssim.recording.draws import draws_digest, read_draws
from crosssim.runner.leg.ranks import Ranks
from crosssim.runner.leg.rung import RungContext, recording_of
from crosssim.runner.progress import Progress
from crosssim.runner.request import RungRequest

RUNG = Rung("5", print, "something")
LADDER = Ladder("small", (RUNG,), draw=lambda seed: {"x": np.zeros(1)}, duration_ms=2.0)
REQUEST = RungRequest("small", "neuron", Timing(2.0), Seeds(0, 0, 0), 0.1, rung="5", draws="a.npz", draws_digest="d")
GOOD = RungOutput({"cells": 3}, {"cells": ([2, 0], [1.0, 0.5])}, {"cells": ([2, 0], np.arange(42.0).reshape(21, 2))})


def made(output):
    return recording_of(output, RungContext(LADDER, RUNG, REQUEST, Ranks(), Progress(silent=True), [], Path()))


def test_spikes_and_v_are_sorted_by_cell():
    found = made(replace(GOOD, cell_classes={"cells": {"first": [0]}}))
    assert found.spikes["cells"].cell.tolist() == [0, 2]
    assert found.spikes["cells"].n_cells == 3
    trace = found.traces["cells", "v"]
    assert trace.cells.tolist() == [0, 2] and trace.values[0].tolist() == [1.0, 0.0]
    assert found.cell_classes["cells"]["first"].tolist() == [0]
    assert found.backend == "rung 5"


def test_what_lies_beyond_the_end_is_dropped():
    late = replace(GOOD, spikes={"cells": ([0, 0], [1.9, 2.0])}, v_mv={"cells": ([0], np.zeros((30, 1)))})
    found = made(late)
    assert found.spikes["cells"].time_ms.tolist() == [1.9]
    assert found.traces["cells", "v"].values.shape == (21, 1)


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (None, "rung 5 returned NoneType; its function must return a crosssim.RungOutput"),
        (RungOutput({}, {}), "rung 5 recorded nothing"),
        (replace(GOOD, n_cells={}), "returned spikes of 'cells' and not its number of cells"),
        (replace(GOOD, v_mv={"cells": ([0], np.zeros((21, 2)))}), r"v of 'cells' has shape \(21, 2\) for 1 cells"),
        (replace(GOOD, v_mv={"cells": ([0], np.zeros((5, 1)))}), "recorded 5 samples of v where 2 ms make 21"),
    ],
)
def test_what_is_no_recording_is_one_sentence(output, sentence):
    with pytest.raises(ModelError, match=sentence):
        made(output)


def test_draws_are_known_by_their_content(tmp_path):
    draws = {"b": np.arange(3), "a": np.ones((2, 2))}
    np.savez_compressed(tmp_path / "d.npz", **draws)
    assert draws_digest(read_draws(tmp_path / "d.npz")) == draws_digest(draws)
    assert draws_digest({**draws, "a": np.zeros((2, 2))}) != draws_digest(draws)
    assert draws_digest({"c": draws["a"], "b": draws["b"]}) != draws_digest(draws)
    with pytest.raises(UsageError, match="cannot be read"):
        read_draws(tmp_path / "nothing.npz")


def test_the_key_holds_what_decides_and_not_where_it_lies():
    def key(**changes):
        return replace(REQUEST, **changes).key("source", {"NEURON": "9"})

    assert key() == key(model="/elsewhere/small", draws="/elsewhere/a.npz")
    others = {"rung": "6", "draws_digest": "e", "timing": Timing(3.0), "seeds": Seeds(1, 1, 1), "backend": "nest"}
    keys = {key(), *(key(**{name: value}) for name, value in others.items())}
    assert len(keys) == len(others) + 1
    assert REQUEST.key("other source", {"NEURON": "9"}) != key()
