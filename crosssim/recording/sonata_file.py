"""A SONATA file: HDF5 with the format's magic number, in which any name can stand, and which survives a kill.

SONATA is the shared HDF5 layout of the Allen Institute and the Blue Brain Project; BMTK, libsonata and NetPyNE read
it. Files are uncompressed and contiguous, so that a slice of a dataset is a slice of the file.
"""

import os
from collections.abc import Callable
from hashlib import file_digest
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import h5py
import numpy as np

MAGIC = np.uint32(0x0A7A)
VERSION = np.array([0, 1], dtype=np.uint32)

Group = Any
"""An open h5py group or file: h5py has no types of its own."""


def stored_name(name: str) -> str:
    """``name`` as an HDF5 link or a part of a file name: "L2/3E" becomes "L2%2F3E"; most names stay as they are."""
    if not name:
        raise ValueError("an empty name cannot be stored")
    if not name.strip("."):
        return name.replace(".", "%2E")
    return name.replace("%", "%25").replace("/", "%2F").replace("\0", "%00")


def original_name(stored: str) -> str:
    """The name that :func:`stored_name` was given."""
    return unquote(stored)


def write_sonata_file(path: Path, write: Callable[[Group], None]) -> str:
    """Create ``path``, let ``write`` fill it, force it to the disk; returns the SHA-256 of the file's bytes.

    Raises :class:`OSError` or :class:`RuntimeError` (from HDF5's close) if the disk does not take it.
    """
    with h5py.File(path, "w") as file:
        file.attrs["magic"] = MAGIC
        file.attrs["version"] = VERSION
        write(file)
    with path.open("rb") as written:
        os.fsync(written.fileno())
        return file_digest(written, "sha256").hexdigest()


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
