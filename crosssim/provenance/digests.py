"""Size and SHA-256 of files and of whole folders, without ever following a link out of them."""

import hashlib
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from crosssim.provenance.record import RECORD, SOURCES, StoredFile

REMARKS = "remarks.json"
NOT_OUTPUTS = frozenset({RECORD, REMARKS})
"""What lies in a run's folder and is not the run's: its record, and what a person said of it later."""

_BLOCK = 2**20


def stored_file(path: Path) -> StoredFile:
    """Size and SHA-256 of a file; of a link, those of the path it holds. Raises :class:`OSError`."""
    if path.is_symlink():
        target = b"link to " + os.fsencode(path.readlink())
        return StoredFile(len(target), hashlib.sha256(target).hexdigest())
    total, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            total.update(block)
            size += len(block)
    return StoredFile(size, total.hexdigest())


def stored_outputs(folder: Path) -> dict[str, StoredFile]:
    """Every output under ``folder`` by its relative path: all but the record, the remarks and the copied sources.

    What cannot be read has no place in it. Files whose names begin with a dot are being written, and are left out.
    """
    found = {}
    for path in walk(folder, skip={SOURCES}):
        relative = path.relative_to(folder).as_posix()
        if relative in NOT_OUTPUTS or path.name.startswith("."):
            continue
        try:
            found[printable(relative)] = stored_file(path)
        except OSError:
            continue
    return found


def walk(folder: Path, skip: Collection[str] = ()) -> Iterator[Path]:
    """Every regular file and link under ``folder``, sorted; links are not followed, devices and pipes are left out.

    ``skip`` names folders directly in ``folder``. A folder inside that has a record of its own is another run, and is
    left out.
    """
    for place, folders, files in os.walk(folder):
        here = Path(place)
        if here != folder and RECORD in files:
            folders.clear()
            continue
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = sorted(set(folders) - set(links) - (set(skip) if here == folder else set()))
        for name in sorted([*files, *links]):
            path = here / name
            if path.is_symlink() or path.is_file():
                yield path


def printable(path: str) -> str:
    """The path as a text that JSON takes: bytes of a name that are no UTF-8 as ``\\udcXX`` escapes."""
    return path.encode("utf-8", "backslashreplace").decode()
