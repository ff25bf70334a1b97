import pytest

from crosssim.errors import ExitStatus, UsageError
from crosssim.porting import scan
from tests.porting.own_files import MECHANISMS


def test_unreadable_file_leaves_the_others():
    result = scan([MECHANISMS / "broken.mod", MECHANISMS / "event_synapse.mod"])
    broken, sound = result.files
    assert broken.unreadable is not None and broken.unreadable.line == 6
    assert sound.unreadable is None and sound.proposal is not None
    assert result.exit_status is ExitStatus.USAGE


@pytest.mark.parametrize(
    ("name", "status"), [("batch_program.hoc", ExitStatus.AGREES), ("screen_program.hoc", ExitStatus.DIFFERS)]
)
def test_exit_status(name, status):
    assert scan([str(MECHANISMS / name)]).exit_status is status


def test_notes_alone_do_not_fail():
    assert scan([MECHANISMS / "warm_channel.mod"]).exit_status is ExitStatus.AGREES


def test_findings_are_in_the_order_of_the_lines():
    lines = [one.line for one in scan([MECHANISMS / "screen_program.hoc"]).findings]
    assert lines == sorted(lines) and len(lines) > 5


@pytest.mark.parametrize(
    ("path", "message"),
    [("cell.py", "neither .mod nor .hoc"), ("absent.mod", "is not a file"), ("absent.hoc", "is not a file")],
)
def test_wrong_path_is_one_sentence(tmp_path, path, message):
    with pytest.raises(UsageError, match=message):
        scan([tmp_path / path])


def test_nothing_to_scan_is_refused():
    with pytest.raises(UsageError, match="no file to scan"):
        scan([])


def test_expression_nested_too_deeply_is_one_sentence(tmp_path):
    path = tmp_path / "deep.mod"
    path.write_text("NEURON { SUFFIX deep }\nASSIGNED { x }\nINITIAL { x = " + " + ".join(["1"] * 400) + " }\n")
    (one,) = scan([path]).files
    assert one.unreadable is not None
    assert "nested too deeply" in one.unreadable.message
