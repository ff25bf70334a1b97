"""Writing so that a file is there whole or not at all, and saying in a sentence why the disk refused."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from crosssim.errors import UsageError

_HDF5_ERRNO = re.compile(r"errno = (\d+)")


@contextmanager
def disk_errors_as_sentences(folder: Path) -> Iterator[None]:
    """Turn a refusal of the disk (full, not writable, quota) into a :class:`UsageError` that names ``folder``.

    HDF5 reports a full disk as :class:`RuntimeError` when it closes a file; the number of the error stands in its text.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        found = _HDF5_ERRNO.search(str(error))
        number = int(found[1]) if found else getattr(error, "errno", None)
        if number is None:
            raise
        raise UsageError(
            f"results folder {folder} cannot be written: {os.strerror(number)}; "
            "free some space or choose another with --out"
        ) from None


def write_json_atomically(path: Path, builtins: Any) -> None:
    """Write plain lists, dictionaries, numbers and strings as JSON; a reader sees the old file or the whole new one.

    A float reads back bit for bit, except that JSON has no NaN: it becomes ``null``. Raises :class:`UsageError` if the
    disk does not take it.
    """
    content = msgspec.json.format(msgspec.json.encode(builtins), indent=2)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with disk_errors_as_sentences(path.parent):
        try:
            with unfinished.open("wb") as file:
                file.write(content + b"\n")
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise
