"""What all rungs of a ladder share: arrays drawn once, in one file, known by their content."""

import io
import zlib
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from crosssim.errors import UsageError
from crosssim.model.ladder import Draws
from crosssim.recording.data import digest
from crosssim.recording.disk import disk_errors_as_sentences, write_bytes_atomically

FOLDER = "draws"

_DAMAGED = (ValueError, TypeError, EOFError, KeyError, RuntimeError, BadZipFile, zlib.error)
"""What NumPy and zipfile raise for files that are no archives of arrays, or were changed (RuntimeError: encrypted)."""


def read_draws(file: Path) -> Draws:
    """The arrays of a file of draws. Raises :class:`UsageError` if it cannot be read."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            return {name: stored[name] for name in sorted(stored.files)}
    except (*_DAMAGED, OSError) as error:
        raise UsageError(
            f"draws = {str(file)!r} cannot be read ({error}); `crosssim ladder` writes such files"
        ) from None


def draws_digest(draws: Draws) -> str:
    """Digest of names and arrays: the same for equal draws wherever they lie."""
    names = sorted(draws)
    text = np.frombuffer("\n".join(names).encode(), dtype=np.uint8)
    return digest(text, *(draws[name] for name in names))


def keep_draws(draws: Draws, results: Path, ladder: str, name: str) -> tuple[str, str]:
    """Write ``results/LADDER/draws/NAME-DIGEST.npz`` once for its content; its path in ``results``, and the digest.

    Raises :class:`UsageError` if the disk does not take it.
    """
    content = draws_digest(draws)
    short = content[:12]
    file = results / ladder / FOLDER / f"{name.removesuffix(f'-{short}')}-{short}.npz"
    if not file.exists():
        stream = io.BytesIO()
        np.savez_compressed(stream, **dict(draws))
        with disk_errors_as_sentences(file.parent):
            file.parent.mkdir(parents=True, exist_ok=True)
        write_bytes_atomically(file, stream.getvalue())
    return file.relative_to(results).as_posix(), content
