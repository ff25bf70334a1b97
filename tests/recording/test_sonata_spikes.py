import h5py
import numpy as np

from crosssim.recording.folder import write_recording
from tests.recording.builders import full_recording


def test_the_layout_that_sonata_asks_for(tmp_path):
    recording = full_recording()
    write_recording(recording, tmp_path)
    with h5py.File(tmp_path / "spikes.h5") as file:
        assert file.attrs["magic"] == 0x0A7A and file.attrs["magic"].dtype == np.uint32
        assert file.attrs["version"].tolist() == [0, 1] and file.attrs["version"].dtype == np.uint32
        assert set(file["spikes"]) == {"exc", "L2%2F3I", "silent", "empty"}
        group = file["spikes/exc"]
        sorting = h5py.check_enum_dtype(group.attrs.get_id("sorting").dtype)
        assert sorting == {"none": 0, "by_id": 1, "by_time": 2} and group.attrs["sorting"] == sorting["by_id"]
        assert group["timestamps"].dtype == "<f8" and group["timestamps"].attrs["units"] == "ms"
        assert group["node_ids"].dtype == "<u8"
        assert group["timestamps"].chunks is None  # contiguous: one cell's spikes are one slice of the file
        in_order = np.lexsort((group["timestamps"][()], group["node_ids"][()]))
        np.testing.assert_array_equal(in_order, np.arange(80))


def test_the_offsets_give_one_cell_without_reading_the_rest(tmp_path):
    recording = full_recording()
    write_recording(recording, tmp_path)
    with h5py.File(tmp_path / "spikes.h5") as file:
        for name, stored in (("exc", "exc"), ("L2/3I", "L2%2F3I"), ("silent", "silent")):
            group, spikes = file["spikes"][stored], recording.spikes[name]
            offsets = group["offsets"][()]
            assert len(offsets) == spikes.n_cells + 1 and offsets[-1] == len(spikes)
            for cell in range(spikes.n_cells):
                one = group["timestamps"][offsets[cell] : offsets[cell + 1]]
                np.testing.assert_array_equal(one, spikes.of(cell))
