from dataclasses import replace

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crosssim.errors import RecordingUnreadable, UnknownName, UsageError
from crosssim.recording.contents import CONTENTS
from crosssim.recording.data import CellTable, InputSpikes, Recording, Spikes, Trace, Wiring
from crosssim.recording.folder import content_digests, read_recording, write_recording
from tests.recording.builders import full_recording, i4, plain, reseal

FILES = (
    CONTENTS, "spikes.h5", "report_v.h5", "report_w.h5", "wiring.h5", "cells.h5", "inputs_declared.h5", "inputs_held.h5"
)  # fmt: skip


def sorted_columns(recording: Recording) -> Recording:
    """HDF5 lists parameters by name: the order of a cell table's columns carries no meaning and is not kept."""
    parts = ("declared", "held", "initial_declared", "initial_held", "units")
    return replace(
        recording,
        cells={
            name: replace(table, **{part: dict(sorted(getattr(table, part).items())) for part in parts})
            for name, table in recording.cells.items()
        },
    )


def same(left: Recording, right: Recording) -> bool:
    return plain(sorted_columns(left)) == plain(sorted_columns(right))


def test_a_recording_reads_back_bit_for_bit(leg):
    assert same(read_recording(leg), full_recording())
    assert sorted(path.name for path in leg.iterdir()) == sorted(FILES)


def test_the_comparison_of_these_tests_sees_one_bit():
    changed = full_recording()
    changed.traces["exc", "v"].values[7, 1] = np.nextafter(changed.traces["exc", "v"].values[7, 1], 0)
    assert not same(changed, full_recording())
    assert same(full_recording(), full_recording())


names = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12
) | st.sampled_from([".", "..", "a/b"])
floats = st.floats(width=64)
finite = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def spikes(draw):
    n_cells = draw(st.integers(0, 6))
    events = draw(st.lists(st.tuples(st.integers(0, n_cells - 1), finite), max_size=20)) if n_cells else []
    cells, times = zip(*events, strict=True) if events else ((), ())
    return Spikes.from_events(cells, times, n_cells, draw(finite))


@st.composite
def traces(draw):
    shape = draw(st.tuples(st.integers(0, 5), st.integers(0, 4)))
    values = draw(arrays(np.float64, shape, elements=floats))
    cells = i4(draw(st.permutations(range(shape[1]))))
    start_ms, step_ms = draw(st.floats(0, 1e4)), draw(st.floats(1e-3, 10))
    return Trace(values, draw(st.sampled_from(["mV", "nA", "1"])), start_ms, step_ms, cells)


@st.composite
def wirings(draw):
    edges = draw(st.integers(0, 6))
    pre, post = (draw(arrays(np.int32, edges, elements=st.integers(0, 2**31 - 1))) for _ in range(2))
    weight, delay = (draw(arrays(np.float64, edges, elements=finite)) for _ in range(2))
    return Wiring.from_edges(
        (pre, post, weight, delay), populations=(draw(names), draw(names)), receptor_type=draw(names)
    )


@st.composite
def cell_tables(draw):
    n_cells = draw(st.integers(0, 4))
    columns = st.dictionaries(names, arrays(np.float64, n_cells, elements=floats), max_size=3)
    return CellTable(
        draw(names), *(draw(columns) for _ in range(4)), units=draw(st.dictionaries(names, names, max_size=3))
    )


@st.composite
def recordings(draw):
    by_name = {
        kind: draw(st.dictionaries(names, values, max_size=2))
        for kind, values in {"spikes": spikes(), "wiring": wirings(), "cells": cell_tables()}.items()
    }
    positions = arrays(np.int32, st.integers(0, 4), elements=st.integers(0, 9))
    return Recording(
        draw(names),
        draw(names),
        draw(finite),
        draw(finite),
        traces=draw(st.dictionaries(st.tuples(names, names), traces(), max_size=3)),
        inputs=draw(st.dictionaries(names, st.builds(InputSpikes, spikes(), spikes()), max_size=2)),
        cell_classes=draw(st.dictionaries(names, st.dictionaries(names, positions, max_size=2), max_size=2)),
        **by_name,
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(recording=recordings())
def test_any_recording_reads_back_bit_for_bit(recording, tmp_path_factory):
    folder = tmp_path_factory.mktemp("leg")
    digests = write_recording(recording, folder)
    back = read_recording(folder)
    assert same(back, recording)
    assert content_digests(back) == digests


def test_digests_name_everything_and_change_with_the_content(tmp_path):
    digests = write_recording(full_recording(), tmp_path)
    assert {"spikes/exc", "trace/exc/v", "wiring/exc_inh", "cells/exc", "inputs/stim"} < set(digests)
    assert digests == content_digests(full_recording())
    moved = full_recording()
    moved.spikes["exc"].time_ms[3] += 1e-12
    moved.inputs["stim"].held.time_ms[0] += 0.1
    moved.cells["exc"].held["tau_m"][9] = 20.0
    moved.traces["exc", "v"].values[0, 0] *= -1
    moved.wiring["exc_inh"].delay_ms[0] += 0.1
    changed = {name for name, one in content_digests(moved).items() if digests[name] != one}
    assert changed == {"spikes/exc", "inputs/stim", "cells/exc", "trace/exc/v", "wiring/exc_inh"}


def test_some_populations_and_the_projections_between_them(leg):
    part = read_recording(leg, populations=["exc"])
    assert list(part.spikes) == list(part.cells) == list(part.cell_classes) == ["exc"]
    assert list(part.traces) == [("exc", "v"), ("exc", "w")]
    assert not part.wiring and not part.inputs
    assert list(read_recording(leg, populations=["exc", "L2/3I"]).wiring) == ["exc_inh", "none"]
    assert list(read_recording(leg, populations=["stim"]).inputs) == ["stim"]
    with pytest.raises(UnknownName, match="population 'exd' is not known; did you mean 'exc'"):
        read_recording(leg, populations=["exd"])


def test_a_recording_replaces_the_one_that_stands_there(leg):
    shorter = replace(full_recording(), traces={}, duration_ms=10.0)
    write_recording(shorter, leg)
    assert same(read_recording(leg), shorter)


def test_an_interrupted_rewrite_leaves_no_result(leg, monkeypatch):
    monkeypatch.setattr("crosssim.recording.folder.write_wiring", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_recording(full_recording(), leg)
    with pytest.raises(RecordingUnreadable, match="holds no finished recording"):
        read_recording(leg)


@pytest.mark.parametrize("name", FILES)
def test_a_truncated_file_is_told_in_a_sentence(leg, name):
    whole = (leg / name).read_bytes()
    rng = np.random.default_rng(len(name))
    for length in (0, 1, len(whole) - 1, *rng.integers(2, len(whole) - 2, 5)):
        (leg / name).write_bytes(whole[:length])
        try:
            back = read_recording(leg)
        except RecordingUnreadable as error:
            assert name in str(error) and "run the leg again with --fresh" in str(error)
        else:  # the line end after the closing brace
            assert name == CONTENTS and length == len(whole) - 1 and same(back, full_recording())


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_byte_never_gives_other_data(leg, name):
    whole = (leg / name).read_bytes()
    rng = np.random.default_rng(len(name))
    refused = 0
    for position, bit in zip(rng.integers(0, len(whole), 40), rng.integers(0, 8, 40), strict=True):
        damaged = bytearray(whole)
        damaged[position] ^= 1 << bit
        (leg / name).write_bytes(damaged)
        try:
            assert same(read_recording(leg), full_recording())
        except RecordingUnreadable:
            refused += 1
    assert refused == 40 if name != CONTENTS else refused > 20


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(leg, name):
    (leg / name).unlink()
    with pytest.raises(RecordingUnreadable, match=rf"{name} is missing.*--fresh"):
        read_recording(leg)


@pytest.mark.parametrize(
    ("file", "item"),
    [
        ("spikes.h5", "spikes/exc"),
        ("spikes.h5", "spikes/exc/timestamps"),
        ("report_v.h5", "report/exc/mapping/time"),
        ("report_w.h5", "report/exc/exact"),
        ("cells.h5", "crosssim/exc/classes/RS"),
        ("cells.h5", "nodes/exc"),
        ("inputs_held.h5", "spikes/stim/node_ids"),
        ("wiring.h5", "edges/exc_inh/0/delay"),
    ],
)
def test_a_dataset_that_is_missing_from_an_intact_file(leg, file, item):
    with h5py.File(leg / file, "a") as changed:
        del changed[item]
    with pytest.raises(RecordingUnreadable, match=f"{file} is damaged or was changed"):
        read_recording(leg)
    reseal(leg)
    with pytest.raises(RecordingUnreadable, match=f"{file} does not hold what its recording names"):
        read_recording(leg)


def test_an_attribute_of_another_type_in_an_intact_file(leg):
    with h5py.File(leg / "wiring.h5", "a") as changed:
        changed["edges/exc_inh"].attrs["weight_unit"] = 7
    reseal(leg)
    with pytest.raises(RecordingUnreadable, match="weight_unit is not a string"):
        read_recording(leg)


def test_a_file_that_is_no_hdf5_at_all(leg):
    (leg / "spikes.h5").write_text("cell,time")
    reseal(leg)
    with pytest.raises(RecordingUnreadable, match=r"spikes\.h5 cannot be read"):
        read_recording(leg)


def test_a_folder_that_is_no_leg(tmp_path):
    with pytest.raises(RecordingUnreadable, match="holds no finished recording"):
        read_recording(tmp_path)
    with pytest.raises(RecordingUnreadable, match="holds no finished recording"):
        read_recording(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(RecordingUnreadable, match="Not a directory"):
        read_recording(tmp_path / "file")


def test_a_results_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"results folder .*cannot be written: Not a directory; .*--out"):
        write_recording(full_recording(), tmp_path / "file" / "leg")
