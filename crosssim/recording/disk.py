"""Writing so that a file is there whole or not at all, and saying in a sentence why the disk refused."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from crosssim.errors import UsageError

_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def disk_errors_as_sentences(folder: Path) -> Iterator[None]:
    """Turn a refusal of the disk (full, not writable, over quota) into a :class:`UsageError` that names ``folder``."""
    try:
        yield
    except OSError as error:
        mend = "" if error.errno in _FORBIDDEN else "free some space or "
        raise UsageError(
            f"results folder {folder} cannot be written: {error.strerror or error}; {mend}choose another with --out"
        ) from None


def write_bytes_atomically(path: Path, content: bytes | memoryview) -> None:
    """Write a file and force it to the disk; a reader sees the old file or the whole new one, and no other.

    Raises :class:`UsageError` if the disk does not take it; what was there before then stays.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with disk_errors_as_sentences(path.parent):
        try:
            with unfinished.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise


def write_json_atomically(path: Path, builtins: Any) -> None:
    """Write plain lists, dictionaries, numbers and strings as JSON, as :func:`write_bytes_atomically` does.

    A float reads back bit for bit, except that JSON has no NaN: it becomes ``null``.
    """
    write_bytes_atomically(path, msgspec.json.format(msgspec.json.encode(builtins), indent=2) + b"\n")
