"""Writing a file whole or not at all."""

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from crosssim.errors import UsageError


def write_whole(path: Path, content: bytes) -> Path:
    """Write under a temporary name beside ``path``, then rename; a file that stood there before is replaced.

    Raises :class:`UsageError` if the folder cannot be made or written, or has no space left; no half-written file
    stays behind.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        temporary.chmod(
            0o666 & ~_umask()
        )  # mkstemp makes the file private; a report is for whoever may read the folder
        temporary.replace(path)
    except OSError as error:
        if temporary:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        raise UsageError(_sentence(path, error)) from error
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sentence(path: Path, error: OSError) -> str:
    kept = "the recordings are kept"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"no space left to write {path}; {kept}: free some space, or choose another folder with --out"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"no permission to write {path}; {kept}: choose another folder with --out"
    return f"{path} cannot be written ({error.strerror}); {kept}: choose another folder with --out"
