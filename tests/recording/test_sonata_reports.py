import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssim.recording.data import Trace
from crosssim.recording.folder import write_recording
from crosssim.recording.sonata_reports import write_reports
from tests.recording.builders import full_recording, i4


@pytest.fixture
def reports(tmp_path):
    write_recording(full_recording(), tmp_path)
    with h5py.File(tmp_path / "report_v.h5") as file:
        yield file["report"]


def test_the_layout_that_sonata_asks_for(reports):
    group, trace = reports["exc"], full_recording().traces["exc", "v"]
    assert reports.file.attrs["magic"] == 0x0A7A
    assert group["data"].dtype == np.float32 and group["data"].attrs["units"] == "mV"
    assert group["data"].shape == trace.values.shape
    mapping = group["mapping"]
    assert mapping["node_ids"][()].tolist() == [7, 3] and mapping["node_ids"].attrs["sorted"] == 0
    assert reports["L2%2F3I/mapping/node_ids"].attrs["sorted"] == 1
    assert mapping["index_pointers"][()].tolist() == mapping["index_pointer"][()].tolist() == [0, 1, 2]
    assert mapping["element_ids"].dtype == np.uint32 and mapping["element_ids"].shape == (2,)
    assert mapping["time"].attrs["units"] == "ms"
    np.testing.assert_allclose(mapping["time"][()], [0.1, 50.3, 0.2], rtol=1e-15)  # 251 samples, the stop is open


def test_four_bytes_for_other_readers_and_all_eight_for_ours(reports):
    trace = full_recording().traces["exc", "v"]
    np.testing.assert_array_equal(reports["exc/data"][()], trace.values.astype(np.float32))
    np.testing.assert_array_equal(reports["exc/exact"][()], trace.values)
    assert not np.array_equal(reports["exc/data"][()], trace.values)


def test_both_names_of_the_pointers_are_one_dataset(reports):
    mapping = reports["exc/mapping"]
    assert mapping["index_pointer"] == mapping["index_pointers"]


@given(samples=st.integers(1, 60_000), step_ms=st.sampled_from([0.1, 0.05, 0.025, 0.3, 1 / 3]), start=st.integers(0, 9))
def test_readers_count_every_sample(samples, step_ms, start):
    """BMTK cuts (stop - start) / step to an integer."""
    trace = Trace(np.empty((samples, 0)), "mV", start * step_ms, step_ms, i4([]))
    with h5py.File("report.h5", "w", driver="core", backing_store=False) as file:
        write_reports(file, "v", {"exc": trace})
        first, stop, step = file["report/exc/mapping/time"][()]
    assert int((stop - first) / step) == samples
    assert stop - first == pytest.approx(samples * step_ms, rel=1e-12)
