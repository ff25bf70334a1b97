import sys
import textwrap

import pytest

from crosssim.errors import ModelError, UnknownName
from crosssim.model.discovery import find_model, model_digest, model_error_from, model_names, shipped_folder

TOY = """
from crosssim import Model, Network, Recorded, Seeds, Timing, Tolerance

def build(sim, p):
    return Network({})

MODEL = Model(
    name="toy",
    build=build,
    parameters={},
    timing=Timing(100.0),
    seeds=Seeds(1, 2, 3),
    recorded=[Recorded("cells", "spikes", Tolerance(0.1, "ms", "one step"))],
)
"""


@pytest.fixture
def write(tmp_path):
    def write_file(name, text=TOY):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return write_file


def refusal(path):
    with pytest.raises(ModelError) as caught:
        find_model(str(path))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_shipped_models_are_found_by_name():
    assert {"destexhe2009", "vogels_abbott2005", "brunel2000", "two_cells"} <= set(model_names())
    model = find_model("two_cells")
    assert model.name == "two_cells"
    assert model.file == shipped_folder() / "two_cells.py"


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="model 'destexe2009' is not known; did you mean 'destexhe2009'"):
        find_model("destexe2009")


def test_a_file_anywhere_is_a_model_and_knows_where_it_lies(write):
    path = write("a folder with spaces/mine.py")
    model = find_model(str(path))
    assert (model.name, model.file, model.sources) == ("toy", path, (path,))


def test_a_relative_path_is_resolved(write, monkeypatch):
    path = write("mine.py")
    monkeypatch.chdir(path.parent)
    assert find_model("mine.py").file == path
    assert find_model("./mine.py").file == path


def test_a_folder_is_a_model_of_all_its_sources(write):
    entry = write("mine/model.py")
    other = [write("mine/parts/extra.mod", "NEURON {}"), write("mine/start.hoc", "")]
    write("mine/notes.txt", "not a source")
    model = find_model(str(entry.parent))
    assert model.file == entry
    assert set(model.sources) == {entry, *other}


def test_a_package_may_import_from_itself(write):
    write("mine/cells.py", "SIZE = 3")
    entry = write("mine/__init__.py", "from .cells import SIZE\n" + TOY.replace('"toy"', '"toy" * SIZE'))
    assert find_model(str(entry.parent)).name == "toytoytoy"


def test_a_model_may_import_the_file_beside_it_and_two_models_do_not_mix(write):
    for folder, size in (("one", 1), ("two", 2)):
        write(f"{folder}/cells_beside.py", f"SIZE = {size}")
        write(f"{folder}/mine.py", "import cells_beside\n" + TOY.replace('"toy"', '"toy" * cells_beside.SIZE'))
    path_before = list(sys.path)
    one, two = (find_model(str(write("x.py").parent / folder / "mine.py")) for folder in ("one", "two"))
    assert (one.name, two.name) == ("toy", "toytoy")
    assert {path.name for path in one.sources} == {"mine.py", "cells_beside.py"}
    assert sys.path == path_before and "cells_beside" not in sys.modules


def test_packages_installed_below_the_models_folder_are_left_alone(write, monkeypatch):
    package = write("env/lib/installed_once/__init__.py", "")
    monkeypatch.syspath_prepend(package.parent.parent)
    model = find_model(str(write("mine.py", "import installed_once\n" + TOY)))
    try:
        assert "installed_once" in sys.modules
        assert model.sources == (model.file,)
    finally:
        sys.modules.pop("installed_once", None)


def test_the_digest_follows_every_source_and_nothing_else(write):
    write("cells_of_digest.py", "SIZE = 1")
    path = write("mine.py", "import cells_of_digest\n" + TOY)
    first = model_digest(find_model(str(path)))
    write("unrelated.py", "SIZE = 2")
    assert model_digest(find_model(str(path))) == first
    write("cells_of_digest.py", "SIZE = 3")
    second = model_digest(find_model(str(path)))
    path.write_text(path.read_text() + "# changed\n")
    assert len({first, second, model_digest(find_model(str(path)))}) == 3


def test_the_digest_does_not_depend_on_where_the_file_lies(write):
    assert model_digest(find_model(str(write("a/mine.py")))) == model_digest(find_model(str(write("b/mine.py"))))


def test_a_file_edited_twice_in_a_second_is_read_anew(write):
    names = ("abc", "xyz")
    assert tuple(find_model(str(write("mine.py", TOY.replace("toy", name)))).name for name in names) == names


def test_a_path_without_a_file_is_refused(tmp_path):
    assert "there is no such file" in refusal(tmp_path / "none.py")
    assert "is a folder without model.py or __init__.py" in refusal(tmp_path)


def test_what_is_no_python_file_is_refused(write):
    assert "is not a Python file" in refusal(write("mine.txt"))


def test_a_file_without_a_model_is_refused(write):
    assert "declares no MODEL; end it with MODEL = " in refusal(write("mine.py", "x = 1"))
    assert "is of type int; it must be a crosssim.Model" in refusal(write("mine.py", "MODEL = 1"))


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("x = 1\ny = (2\n", 2, "`y = (2`: not valid Python ('(' was never closed)"),
        ("x = 1\n\ny = 1 / 0\n", 3, "`y = 1 / 0`: ZeroDivisionError: division by zero"),
        ("import not_there_at_all\n", 1, "ModuleNotFoundError: No module named 'not_there_at_all'"),
        ("import sys\nsys.exit(3)\n", 2, "`sys.exit(3)`: SystemExit: 3"),
        ("from crosssim import parameter\nparameter(1.0, 'ms', '')\n", 2, "has no source; cite it"),
        ("from crosssim import Timing\nTiming(1.0, 0.2)\n", 2, "min_delay_ms = 0.1 is below timestep_ms = 0.2"),
    ],
)
def test_a_file_that_raises_is_refused_with_the_users_line(write, text, line, sentence):
    path = write("mine.py", text)
    said = refusal(path)
    assert said.startswith(f"{path}, line {line}, ")
    assert sentence in said


def test_what_build_raises_is_told_with_the_users_line_not_with_the_librarys(write):
    path = write("mine.py", TOY.replace("return Network({})", "return Network(dict(sim.cells(None)))"))
    model = find_model(str(path))

    class Library:
        def cells(self, size):
            return range(size)

    with pytest.raises(TypeError) as caught:
        model.build(Library(), model.settings())
    said = str(model_error_from(caught.value, model))
    assert said.startswith(f"{path}, line 5, `return Network(dict(sim.cells(None)))`: TypeError: ")


def test_a_sentence_that_the_modeller_raises_stands_alone(write):
    path = write("mine.py", TOY.replace("return Network({})", 'raise ValueError("needs at least two cells")'))
    model = find_model(str(path))
    with pytest.raises(ValueError, match="needs at least") as caught:
        model.build(None, model.settings())
    assert str(model_error_from(caught.value, model)) == f"needs at least two cells ({path}, line 5)"


def test_an_error_that_never_passed_the_model_still_names_it(write):
    model = find_model(str(write("mine.py")))
    assert str(model_error_from(RuntimeError("no\nway"), model)) == "build of model 'toy': RuntimeError: no"
