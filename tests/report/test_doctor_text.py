"""The doctor's table: every finding in it, remedies whole, and a last word that says what matters."""

from rich.console import Console

from crosssim.report.doctor_text import doctor_text, last_word
from crosssim.runner.doctor import Finding

HEALTHY = Finding("NEST", True, True, "3.10.0", "ran")
BROKEN = Finding("NEURON", False, True, "9.0.2", "[Errno 2] no mechanisms", "python -m " + "mend " * 40 + "end")
ABSENT = Finding("uv", False, detail="not installed")


def rendered(*findings: Finding) -> str:
    console = Console(width=60, color_system=None)
    with console.capture() as caught:
        console.print(doctor_text(findings), soft_wrap=True)
    return caught.get()


def test_the_last_word_names_what_stands_in_the_way():
    assert last_word([HEALTHY, ABSENT]) == "NEST and NEURON can run here."
    assert last_word([HEALTHY, BROKEN]) == "A cross-check cannot run here: NEURON must be mended first."


def test_each_finding_has_its_line_and_its_mark():
    lines = rendered(HEALTHY, BROKEN, ABSENT).splitlines()
    assert [line.split()[:2] for line in lines[:3]] == [["ok", "NEST"], ["broken", "NEURON"], ["absent", "uv"]]


def test_a_remedy_can_be_copied_in_one_piece_and_brackets_stay():
    text = rendered(BROKEN)
    assert BROKEN.remedy in text
    assert "[Errno 2]" in text


def test_nothing_to_mend_is_not_announced():
    assert "To mend" not in rendered(HEALTHY, ABSENT)
