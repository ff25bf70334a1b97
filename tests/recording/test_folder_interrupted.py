import os
import signal
import subprocess
import sys

import h5py
import numpy as np
import pytest

from crosssim.errors import RecordingUnreadable
from crosssim.recording.folder import read_recording
from tests.recording.builders import full_recording

FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from crosssim.errors import UsageError
from crosssim.recording.folder import write_recording
from tests.recording.builders import full_recording
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    write_recording(full_recording(), Path(sys.argv[1]))
except UsageError as error:
    print("told:", error)
"""


@pytest.mark.parametrize("limit", [0, 500, 3000, 8000])
def test_a_disk_that_takes_no_more(tmp_path, limit):
    """A limit on the size of a file stands in for a full disk. HDF5 writing to it would end in a bus error."""
    command = [sys.executable, "-B", "-c", FULL_DISK, str(tmp_path / "leg"), str(limit)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert child.returncode == 0, child.stderr
    assert "told: results folder" in child.stdout and "File too large; free some space" in child.stdout
    assert child.stderr == ""
    with pytest.raises(RecordingUnreadable):
        read_recording(tmp_path / "leg")


KILLED = """
import os, signal, sys
from pathlib import Path
import crosssim.recording.folder as folder
from tests.recording.builders import full_recording
folder.write_wiring = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
folder.write_recording(full_recording(), Path(sys.argv[1]))
"""


def test_a_kill_loses_the_file_being_written_and_none_before_it(tmp_path):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], env=environment, timeout=60)
    assert child.returncode == -signal.SIGKILL
    with h5py.File(tmp_path / "spikes.h5") as kept:
        np.testing.assert_array_equal(kept["spikes/exc/timestamps"][()], full_recording().spikes["exc"].time_ms)
    with h5py.File(tmp_path / "report_v.h5") as kept:
        np.testing.assert_array_equal(kept["report/exc/exact"][()], full_recording().traces["exc", "v"].values)
    with pytest.raises(RecordingUnreadable, match="no finished recording"):
        read_recording(tmp_path)
