import sys

import pytest

from crosssim.errors import SimulatorMissing
from crosssim.porting import nmodl
from crosssim.porting.finding import Unreadable
from crosssim.porting.nmodl import read_mechanism
from crosssim.porting.syntax import assignments, find
from tests.porting.own_files import MECHANISMS, mechanism


def test_unreadable_file_names_line_and_message():
    unreadable = read_mechanism(MECHANISMS / "broken.mod")
    assert isinstance(unreadable, Unreadable)
    assert unreadable.line == 6
    assert unreadable.message == (
        "broken.mod, line 6: nmodl cannot read it: NMODL Parser Error : syntax error, unexpected ="
    )


@pytest.mark.parametrize("content", [b"", b": a comment only\n", b"\xff\xfe\x00 no text"])
def test_file_without_a_mechanism_is_unreadable_and_named(tmp_path, content):
    path = tmp_path / "with space.mod"
    path.write_bytes(content)
    unreadable = read_mechanism(path)
    assert isinstance(unreadable, Unreadable)
    assert "with space.mod" in unreadable.message


def test_state_discontinuity_keeps_the_chain_of_conditions_around_it():
    (received,) = find(mechanism("leaky_point.mod").program, "NetReceiveBlock")
    assert [(target, one.line) for target, _, one in assignments(received)] == [
        ("v", 31),
        ("g", 32),
        ("v", 36),
        ("g", 37),
    ]


def test_arguments_have_the_names_of_the_author():
    (rates,) = find(mechanism("warm_channel.mod").program, "ProcedureBlock")
    assert [one.text for one in find(rates, "Argument")] == ["v"]


def test_missing_program_is_a_missing_simulator(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SimulatorMissing, match="pip install neuron"):
        nmodl.nmodl_program()


def test_program_that_does_not_end_is_one_sentence(monkeypatch):
    monkeypatch.setattr(nmodl, "TIME_LIMIT_S", 0.001)
    unreadable = read_mechanism(MECHANISMS / "event_synapse.mod")
    assert isinstance(unreadable, Unreadable)
    assert "did not end within 0.001 s" in unreadable.message


def test_half_written_tree_is_one_sentence(monkeypatch):
    def half_written(copy):
        tree = copy.parent / "tree"
        tree.mkdir()
        (tree / "mechanism.ast.json").write_text('{"Program": [')
        return "  what():  something ended it\n"

    monkeypatch.setattr(nmodl, "_run", half_written)
    unreadable = read_mechanism(MECHANISMS / "event_synapse.mod")
    assert isinstance(unreadable, Unreadable)
    assert unreadable.message == "event_synapse.mod: nmodl cannot read it: something ended it"
