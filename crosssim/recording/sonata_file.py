"""A SONATA file: HDF5 with the format's magic number, in which any name can stand, and which survives a kill.

SONATA is the shared HDF5 layout of the Allen Institute and the Blue Brain Project; BMTK, libsonata and NetPyNE read
it. Files are uncompressed and contiguous, so that a slice of a dataset is a slice of the file.
"""

from collections.abc import Callable
from hashlib import file_digest, sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import h5py
import numpy as np

from crosssim.recording.disk import write_bytes_atomically

MAGIC = np.uint32(0x0A7A)
VERSION = np.array([0, 1], dtype=np.uint32)

Group = Any
"""An open h5py group or file: h5py has no types of its own."""


def stored_name(name: str) -> str:
    """``name`` as an HDF5 link or a part of a file name: "L2/3E" becomes "L2%2F3E"; most names stay as they are."""
    if not name or "\0" in name:
        raise ValueError(f"the name {name!r} cannot be stored in HDF5")
    if not name.strip("."):
        return name.replace(".", "%2E")
    return name.replace("%", "%25").replace("/", "%2F")


def original_name(stored: str) -> str:
    """The name that :func:`stored_name` was given."""
    return unquote(stored)


def write_sonata_file(path: Path, write: Callable[[Group], None]) -> str:
    """Let ``write`` fill a new file, put it on the disk whole; returns the SHA-256 of its bytes.

    HDF5 works in memory here, so a file takes its own size there once: when the disk fills up under its hands, HDF5
    ends the whole process with a bus error. Raises :class:`UsageError` if the disk does not take the file.
    """
    image = BytesIO()
    with h5py.File(image, "w") as file:
        file.attrs["magic"] = MAGIC
        file.attrs["version"] = VERSION
        write(file)
    write_bytes_atomically(path, image.getbuffer())
    return sha256(image.getbuffer()).hexdigest()


def file_sha256(path: Path) -> str:
    """The SHA-256 of the file's bytes. Raises :class:`OSError` if it cannot be read."""
    with path.open("rb") as written:
        return file_digest(written, "sha256").hexdigest()


def text_attribute(item: Group, name: str) -> str:
    """A string attribute. Raises :class:`KeyError` if it is not there, :class:`TypeError` if it is no string."""
    value = item.attrs[name]
    if not isinstance(value, str):
        raise TypeError(f"attribute {name} is not a string")
    return value


def constant_dataset(group: Group, name: str, size: int, value: int, dtype: str) -> None:
    """A dataset of one repeated value: HDF5 keeps the value once and gives no space to the array."""
    group.create_dataset(name, shape=(size,), dtype=dtype, fillvalue=value)
