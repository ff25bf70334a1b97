import pytest

from crosssim.recording.folder import write_recording
from tests.recording.builders import full_recording


@pytest.fixture
def leg(tmp_path):
    write_recording(full_recording(), tmp_path)
    return tmp_path
