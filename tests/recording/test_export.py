from dataclasses import replace

import neo
import numpy as np
import pytest

from crosssim.errors import RecordingUnreadable, UsageError
from crosssim.recording.data import Spikes, Trace
from crosssim.recording.export import export_neo, import_neo
from tests.recording.builders import full_recording, i4, plain


@pytest.fixture
def exported(tmp_path):
    export_neo(full_recording(), tmp_path / "leg.nix")
    return tmp_path / "leg.nix"


def test_spikes_and_traces_read_back_bit_for_bit(exported):
    spikes, traces = import_neo(exported)
    recording = full_recording()
    with_cells = {name: one for name, one in recording.spikes.items() if one.n_cells}
    assert plain(spikes) == plain(with_cells)
    assert plain(traces) == plain(recording.traces)
    assert [one.name for one in exported.parent.iterdir()] == ["leg.nix"]


def test_the_comparison_of_these_tests_sees_one_bit(exported):
    spikes, traces = import_neo(exported)
    spikes["exc"].time_ms[5] = np.nextafter(spikes["exc"].time_ms[5], 0)
    assert plain(spikes["exc"]) != plain(full_recording().spikes["exc"])
    assert plain(traces["exc", "v"]) != plain(replace(traces["exc", "v"], cells=i4([3, 7])))


def test_what_a_reader_of_neo_sees(exported):
    reader = neo.NixIO(str(exported), mode="ro")
    block = reader.read_block()
    (segment,) = block.segments
    reader.close()
    assert block.name == "tiny" and block.annotations["backend"] == "nest"
    assert len(segment.spiketrains) == 10 + 3 + 5  # silent cells too
    train = next(
        one for one in segment.spiketrains if one.annotations["population"] == "L2/3I" and one.annotations["cell"] == 2
    )
    assert str(train.units.dimensionality) == "ms" and train.magnitude.tolist() == [0.1]
    signal = next(one for one in segment.analogsignals if one.name == "exc.v")
    assert str(signal.units.dimensionality) == "mV" and list(signal.annotations["cells"]) == [7, 3]
    assert float(signal.sampling_period.rescale("ms")) == pytest.approx(0.2, rel=1e-12)


@pytest.mark.parametrize("unit", ["mV", "nA", "uS", "Hz", "ms", "1"])
def test_every_unit_of_a_declaration(tmp_path, unit):
    trace = Trace(np.array([[0.1, 1 / 3]]), unit, 0.0, 0.1, i4([0, 1]))
    export_neo(replace(full_recording(), traces={("exc", "x"): trace}), tmp_path / "leg.nix")
    assert plain(import_neo(tmp_path / "leg.nix")[1]["exc", "x"]) == plain(trace)


def test_times_outside_the_recording_are_kept(tmp_path):
    """A simulator's clock carries dust, and input spikes may lie before zero."""
    spikes = Spikes.from_events([0, 1], [-0.1, 50.00000001], 2, 50.0)
    export_neo(replace(full_recording(), spikes={"exc": spikes}, traces={}), tmp_path / "leg.nix")
    assert plain(import_neo(tmp_path / "leg.nix")[0]["exc"]) == plain(spikes)


def test_a_file_that_is_there_is_not_overwritten(exported):
    before = exported.read_bytes()
    with pytest.raises(UsageError, match=r"leg\.nix is there already; remove it"):
        export_neo(full_recording(), exported)
    assert exported.read_bytes() == before


def test_another_kind_of_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"must end in \.nix"):
        export_neo(full_recording(), tmp_path / "leg.h5")
    assert not any(tmp_path.iterdir())


def test_a_failed_export_leaves_no_file(tmp_path, monkeypatch):
    def full(self, block):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(neo.io.NixIO, "write_block", full)
    with pytest.raises(UsageError, match="No space left"):
        export_neo(full_recording(), tmp_path / "leg.nix")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"no nix", None])
def test_a_file_that_is_no_export(tmp_path, content):
    path = tmp_path / "leg.nix"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecordingUnreadable, match=r"leg\.nix is not a file"):
        import_neo(path)


def test_a_nix_file_of_another_program(tmp_path):
    block = neo.Block()
    block.segments.append(neo.Segment())
    block.segments[0].spiketrains.append(neo.SpikeTrain([1.0], units="ms", t_stop=2.0))
    file = neo.NixIO(str(tmp_path / "other.nix"), mode="ow")
    file.write_block(block)
    file.close()
    with pytest.raises(RecordingUnreadable, match=r"other\.nix is not a file that crosssim export wrote"):
        import_neo(tmp_path / "other.nix")
