"""Functions fit on a screen, files can be read in one sitting, and public functions say what they take and give."""

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST_FUNCTION, SCREEN, SHARE_ON_A_SCREEN = 50, 30, 0.95
LONGEST_FILE = 320  # 300, and a little slack so that the last fix need not split a file
MOST_PARAMETERS = 6


@dataclass(frozen=True)
class Function:
    place: str
    lines: int
    parameters: int
    public: bool
    annotated: bool


def functions(file: Path, name: str) -> list[Function]:
    """All functions and methods of a file; what is nested in a function is not public."""
    found: list[Function] = []

    def walk(node: ast.AST, inside: tuple[str, ...], public: bool) -> None:
        for child in ast.iter_child_nodes(node):
            path, is_public = inside, public
            if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                path, is_public = (*inside, child.name), public and not child.name.startswith("_")
                if not isinstance(child, ast.ClassDef):
                    found.append(measured(child, f"{name}:{child.lineno} {'.'.join(path)}", is_public))
                    is_public = False
            walk(child, path, is_public)

    walk(ast.parse(file.read_text(), file), (), True)
    return found


def measured(node: ast.FunctionDef | ast.AsyncFunctionDef, place: str, public: bool) -> Function:
    """Length without decorators and docstring; parameters without self, ``*args`` and ``**kwargs``."""
    taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    own = [one for one in taken if one.arg not in {"self", "cls"}]
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is not None:
        doc = node.body[0]
        lines -= (doc.end_lineno or doc.lineno) - doc.lineno + 1
    annotated = node.returns is not None and all(one.annotation for one in own)
    return Function(place, lines, len(own), public, annotated)


def sources(root: Path) -> list[Path]:
    return sorted([*(root / "crosssim").rglob("*.py"), *(root / "models").rglob("*.py")])


@pytest.fixture(scope="module")
def every() -> list[Function]:
    return [one for file in sources(ROOT) for one in functions(file, str(file.relative_to(ROOT)))]


def test_no_function_is_longer_than_a_page(every):
    assert [(one.place, one.lines) for one in every if one.lines > LONGEST_FUNCTION] == []


def test_nearly_all_functions_fit_on_a_screen(every):
    long = sorted((one.lines, one.place) for one in every if one.lines >= SCREEN)
    assert len(every) > 100
    assert len(long) <= (1 - SHARE_ON_A_SCREEN) * len(every), long


def test_no_function_takes_more_than_six_parameters(every):
    assert [one.place for one in every if one.parameters > MOST_PARAMETERS] == []


def test_public_functions_are_annotated(every):
    bare = [one.place for one in every if one.public and not one.annotated and one.place.startswith("crosssim")]
    assert bare == []


def test_no_file_is_too_long():
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in sources(ROOT)}
    assert {file: lines for file, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_the_ruler_measures(tmp_path):
    body = "\n".join("    x = 1" for _ in range(51))
    (tmp_path / "x.py").write_text(
        f'def long():\n    """Not\n    counted."""\n{body}\n'
        "class A:\n    def greedy(self, a, b, c, d, e, f, *, g): ...\n    def _own(self): ...\n"
        "def typed(a: int) -> int:\n    def inner(b): ...\n    return a\n"
    )
    found = {one.place.split()[1]: one for one in functions(tmp_path / "x.py", "x.py")}
    assert found["long"].lines == 52
    assert found["A.greedy"].parameters == 7
    assert found["typed"].annotated
    assert not found["A.greedy"].annotated
    assert {name for name, one in found.items() if one.public} == {"long", "A.greedy", "typed"}
