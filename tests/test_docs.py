"""The pages run: every command and every file they show, in the order in which a reader types them.

A page is README.md or a file in docs/. What a fence may hold:

    ```console    commands after "$ ", and what they print, with crosssim's own sentences of the error stream after it
    ```python     a program that must end without an error, or a file, with <!-- file: NAME --> on the line before
    ```text       a picture in letters; not run

``...`` on a line of its own stands for any lines, within a line for any characters. On the line before a fence,
<!-- not run: REASON --> leaves it out, and <!-- needs: mpi --> leaves it out where that is missing.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from crosssim.divergence.verdict import Verdict
from crosssim.errors import ExitStatus
from crosssim.runner.backends.base import Backend
from crosssim.studies.walk import ALL_GATES

ROOT = Path(__file__).parent.parent
PAGES = {str(page.relative_to(ROOT)): page for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))}
LARGEST_PICTURE = 400_000  # bytes: a README is read over slow lines too

LATER_VERDICTS = {Verdict.STATISTICALLY_EQUIVALENT}  # no page promises what no command says

FENCE = re.compile(r"^```(?P<language>\S*)[ \t]*\n(?P<text>.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"<!-- (?P<kind>not run|file|needs): (?P<value>.+?) -->[ \t]*\n\Z")
LINK = re.compile(r"""\]\(([^)\s]+)\)|(?:src|href)="([^"]+)\"""")


@dataclass(frozen=True)
class Block:
    """One fence: ``line`` is where it begins, ``kind`` and ``value`` are its mark, both empty without one."""

    line: int
    language: str
    text: str
    kind: str = ""
    value: str = ""


def blocks(page: str) -> Iterator[Block]:
    for fence in FENCE.finditer(page):
        mark = MARK.search(page[: fence.start()])
        yield Block(
            page.count("\n", 0, fence.start()) + 1,
            fence["language"],
            fence["text"],
            *(mark.group("kind", "value") if mark else ()),
        )


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console fence, each with the output that it is said to have."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def tidy(text: str) -> str:
    """Without what nobody sees: colours, spaces at line ends, empty lines around, spaces that do not break."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)  # mpirun gives its ranks a terminal
    text = re.sub(r"[\u00a0\u202f]", " ", text)
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).strip("\n")


def fits(shown: str, printed: str) -> bool:
    """Whether ``printed`` is what the page shows, with its ellipses filled in."""
    lines = [
        r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line).replace(r"\.\.\.", ".*?") + r"\n"
        for line in tidy(shown).split("\n")
    ]
    return re.fullmatch("".join(lines), tidy(printed) + "\n") is not None


class Reader:
    """Someone who types what a page says, in an empty folder beside the project's own folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        programs = folder / "programs"
        for one in (self.folder, programs):
            one.mkdir()
        for name in ("run.py", "models", "nmodl", "docs"):
            (self.folder / name).symlink_to(ROOT / name)
        for name, arguments in {"python": "", "crosssim": "-m crosssim "}.items():
            program = programs / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments}"$@"\n')
            program.chmod(0o755)
        self.environment = os.environ | {
            "PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "80",
            "OMPI_ALLOW_RUN_AS_ROOT": "1",
            "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
            "OMPI_MCA_rmaps_base_oversubscribe": "1",
        }
        self.status = 0

    def type(self, command: str) -> str:
        """Run a command line; returns what it printed, and remembers its status for ``echo $?``."""
        ended = subprocess.run(
            ["bash", "-c", f"(exit {self.status})\n{command}"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        self.status = ended.returncode
        sentences = re.findall(r"^crosssim: .*\n", ended.stderr, re.MULTILINE)
        return ended.stdout + "".join(sentences) or ended.stderr

    def follow(self, block: Block) -> list[str]:
        """Do what a fence says; returns what came out otherwise than the page says."""
        if block.kind == "file":
            (self.folder / block.value).write_text(block.text)
            return []
        if block.language == "python":
            command = f"python - <<'END'\n{block.text}END"
            said = self.type(command)
            return [f"line {block.line}: {said}"] if self.status else []
        wrong = []
        for command, shown in commands(block.text):
            printed = self.type(command)
            if not fits(shown, printed):
                wrong.append(f"line {block.line}: $ {command}\n--- printed\n{printed}--- on the page\n{shown}---")
        return wrong


@pytest.mark.legs
@pytest.mark.requires("nest", "neuron")
@pytest.mark.parametrize("name", PAGES)
def test_page_runs(name, tmp_path, require):
    reader, wrong = Reader(tmp_path), []
    for block in blocks(PAGES[name].read_text()):
        if block.kind == "needs":
            try:
                require(block.value)
            except pytest.skip.Exception:
                continue
        if block.language != "text" and block.kind != "not run":
            wrong += reader.follow(block)
    assert not wrong, "\n\n".join([name, *wrong])


@pytest.mark.parametrize("name", PAGES)
def test_every_fence_says_what_it_is(name):
    found = list(blocks(PAGES[name].read_text()))
    assert [(one.line, one.language) for one in found if one.language not in ("console", "python", "text")] == []
    assert len(found) * 2 == len(re.findall("^```", PAGES[name].read_text(), re.MULTILINE))
    shown = [one for one in found if one.language == "console"]
    assert [one.line for one in shown if not list(commands(one.text))] == []


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    page = PAGES[name]
    broken = []
    for found in LINK.finditer(FENCE.sub("", page.read_text())):
        place, _, heading = (found[1] or found[2]).partition("#")
        if place.startswith(("https:", "mailto:")):
            continue
        target = page.parent / place if place else page
        if not target.exists() or (heading and heading not in anchors(target.read_text())):
            broken.append(found[1] or found[2])
    assert broken == []


def anchors(page: str) -> set[str]:
    """The anchors that a page's headings have on the web."""
    headings = re.findall(r"^#+ +(.+)$", FENCE.sub("", page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).strip().replace(" ", "-") for one in headings}


def test_readme_leads_to_every_page():
    readme = PAGES["README.md"].read_text()
    assert [name for name in PAGES if name != "README.md" and f"({name})" not in readme] == []


def test_pictures_are_used_and_small():
    text = "".join(page.read_text() for page in PAGES.values())
    pictures = list((ROOT / "docs" / "images").iterdir())
    assert pictures
    assert [one.name for one in pictures if one.name not in text or one.stat().st_size > LARGEST_PICTURE] == []


def test_verdicts_page_has_every_word_of_a_report():
    page = PAGES["docs/verdicts.md"].read_text()
    words = [*ALL_GATES, *(set(Verdict) - LATER_VERDICTS)]
    assert [word for word in words if not re.search(f"^#+ {word}$", page, re.MULTILINE)] == []
    assert [int(one) for one in ExitStatus if not re.search(rf"^\| {int(one)} \|", page, re.MULTILINE)] == []


def test_backend_page_has_every_field():
    page = PAGES["docs/add-a-backend.md"].read_text()
    assert [one.name for one in fields(Backend) if f"`{one.name}`" not in page] == []


def test_architecture_page_has_every_room():
    page = PAGES["docs/architecture.md"].read_text()
    rooms = [one.parent.name for one in sorted((ROOT / "crosssim").glob("*/__init__.py"))]
    assert rooms
    assert [one for one in rooms if f"{one}/" not in page] == []


EXAMPLE = """\
Type this.

<!-- needs: mpi -->
```console
$ echo one; echo two >&2
one
$ false
$ echo $?
1
```

<!-- file: it.py -->
```python
print("hello")
```
"""


def test_fences_are_found_with_their_marks():
    first, second = blocks(EXAMPLE)
    assert (first.line, first.language, first.kind, first.value) == (4, "console", "needs", "mpi")
    assert list(commands(first.text)) == [("echo one; echo two >&2", "one\n"), ("false", ""), ("echo $?", "1\n")]
    assert (second.kind, second.value, second.text) == ("file", "it.py", 'print("hello")\n')


def test_a_reader_follows(tmp_path):
    reader = Reader(tmp_path)
    assert [reader.follow(block) for block in blocks(EXAMPLE)] == [[], []]
    assert (tmp_path / "project" / "it.py").exists()


@pytest.mark.parametrize(
    ("language", "text"),
    [("console", "$ echo one\ntwo\n"), ("console", "$ true\n$ echo $?\n1\n"), ("python", "raise SystemExit(1)\n")],
)
def test_a_page_that_is_wrong_is_seen(language, text, tmp_path):
    (wrong,) = Reader(tmp_path).follow(Block(7, language, text))
    assert wrong.startswith("line 7:")


@pytest.mark.parametrize(
    ("shown", "printed", "agrees"),
    [
        ("a b", "a b  \n\n", True),
        ("a ... c", "a b b c", True),
        ("a ... c", "a b\nc", False),
        ("a\n...\nc", "a\nb\nb\nc", True),
        ("a\n...\nc", "a\nc", True),
        ("a\n...", "a", True),
        ("1 234", "1\u00a0234", True),
        ("bold", "\x1b[1mbold\x1b[0m", True),
        ("a.c", "abc", False),
        ("a", "a\nb", False),
        ("", "a", False),
        ("", "", True),
    ],
)
def test_ellipses(shown, printed, agrees):
    assert fits(shown, printed) is agrees


def test_broken_links_would_be_seen():
    assert anchors("# One: `two` three\n```text\n# not this\n```\n") == {"one-two-three"}
    links = [found[1] or found[2] for found in LINK.finditer('[a](docs/b.md#c) <img src="d.png">')]
    assert links == ["docs/b.md#c", "d.png"]
