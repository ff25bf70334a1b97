from crosssim.porting.positions import source_blocks, with_lines
from crosssim.porting.syntax import Node, assignments, find
from tests.porting.own_files import MECHANISMS, mechanism


def test_blocks_of_a_source_with_their_lines():
    source = "NEURON { SUFFIX x }\n: PROCEDURE no() { }\nINITIAL {\n if (1) { a = 2 }\n}\nPROCEDURE p() { }"
    assert [(one.keyword, one.line) for one in source_blocks(source)] == [
        ("NEURON", 1),
        ("INITIAL", 3),
        ("PROCEDURE", 6),
    ]


def test_every_assignment_stands_on_its_own_line():
    lines = (MECHANISMS / "density_adex.mod").read_text().splitlines()
    found = list(assignments(mechanism("density_adex.mod").program))
    assert len(found) == 13
    for target, _, one in found:
        assert lines[one.line - 1].strip().startswith(f"{target} = "), (target, one.line)


def test_merged_blocks_take_the_lines_of_all_their_sources():
    """resource_synapse has an INITIAL inside NET_RECEIVE, for which nmodl moves the other one to the end."""
    program = mechanism("resource_synapse.mod").program
    (initial,) = (one for one in program.children if one.kind == "InitialBlock")
    assert [one.line for _, _, one in assignments(initial)] == [20]


def test_word_that_is_not_in_the_source_takes_the_line_before_it():
    body = (Node("Name", "a"), Node("Name", "invented"), Node("Name", "c"))
    program = with_lines(Node("Program", "", (Node("InitialBlock", "", body),)), "INITIAL {\n a\n b\n c\n}")
    assert [one.line for one in find(program, "Name")] == [2, 2, 4]


def test_second_verbatim_is_not_placed_on_the_first():
    assert [one.line for one in mechanism("careful_verbatim.mod").verbatim] == [9, 16]
