import h5py
import numpy as np

from crosssim.recording.folder import write_recording
from tests.recording.builders import full_recording


def test_wiring_in_the_layout_of_sonata_edges(tmp_path):
    write_recording(full_recording(), tmp_path)
    wiring = full_recording().wiring["exc_inh"]
    with h5py.File(tmp_path / "wiring.h5") as file:
        assert file.attrs["magic"] == 0x0A7A
        group = file["edges/exc_inh"]
        assert group["source_node_id"].attrs["node_population"] == "exc"
        assert group["target_node_id"].attrs["node_population"] == "L2%2F3I"  # the name under which spikes.h5 has it
        np.testing.assert_array_equal(group["source_node_id"][()], wiring.pre)
        np.testing.assert_array_equal(group["target_node_id"][()], wiring.post)
        np.testing.assert_array_equal(group["edge_type_id"][()], np.zeros(30))
        np.testing.assert_array_equal(group["edge_group_id"][()], np.zeros(30))
        np.testing.assert_array_equal(group["edge_group_index"][()], np.arange(30))
        np.testing.assert_array_equal(group["0/syn_weight"][()], wiring.weight)
        np.testing.assert_array_equal(group["0/delay"][()], wiring.delay_ms)
        assert group["0/delay"].attrs["units"] == "ms" and group["0/syn_weight"].attrs["units"] == "nA"


def test_cells_in_the_layout_of_sonata_nodes(tmp_path):
    write_recording(full_recording(), tmp_path)
    table = full_recording().cells["exc"]
    with h5py.File(tmp_path / "cells.h5") as file:
        assert file.attrs["magic"] == 0x0A7A
        group = file["nodes/exc"]
        assert group.attrs["celltype"] == "IF_cond_exp"
        for name in ("node_id", "node_group_index"):
            np.testing.assert_array_equal(group[name][()], np.arange(10))
        for name in ("node_type_id", "node_group_id"):
            np.testing.assert_array_equal(group[name][()], np.zeros(10))
        parameters = group["0/dynamics_params"]
        assert set(parameters) == {"tau_m", "v_thresh"} and parameters["tau_m"].attrs["units"] == "ms"
        np.testing.assert_array_equal(parameters["v_thresh"][()], table.declared["v_thresh"])


def test_what_the_simulator_holds_is_not_taken_for_the_declaration(tmp_path):
    write_recording(full_recording(), tmp_path)
    with h5py.File(tmp_path / "cells.h5") as file:
        assert file["nodes/exc/0/dynamics_params/tau_m"][0] == 20.0
        assert file["crosssim/exc/held/tau_m"][0] == 20.000000001
        assert list(file["crosssim/exc/initial_declared"]) == ["v"] and not list(file["crosssim/exc/initial_held"])
