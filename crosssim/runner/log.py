"""The log of a child process: everything it prints, up to a limit, and its last words whatever it prints."""

import contextlib
import threading
from collections import deque
from pathlib import Path
from typing import IO

_HEAD_BYTES = 4 * 2**20
_TAIL_BYTES = 64 * 2**10
_BLOCK = 16 * 2**10


class CappedLog:
    """Copies a stream to a file in a thread of its own: the first 4 MB as they come, the last 64 kB at the end.

    A full disk costs the log, never the leg: what cannot be written is dropped.
    """

    def __init__(self, stream: IO[bytes], file: Path, first_line: str) -> None:
        self._stream, self._file = stream, file
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._dropped = 0
        self._first = f"{first_line}\n".encode()
        self._thread = threading.Thread(target=self._copy, daemon=True)
        self._thread.start()

    def close(self, timeout_s: float = 5.0) -> None:
        """Wait until the stream has ended (a grandchild may hold it open: no longer than ``timeout_s``)."""
        self._thread.join(timeout_s)

    def last_lines(self, count: int = 5) -> str:
        """The last lines that the child printed, without empty ones."""
        text = b"".join(self._tail).decode(errors="replace")
        return "\n".join([line for line in text.splitlines() if line.strip()][-count:])

    def _copy(self) -> None:
        written = 0
        with self._stream, contextlib.ExitStack() as stack:
            target: IO[bytes] | None = None
            with contextlib.suppress(OSError):
                target = stack.enter_context(self._file.open("wb"))
            self._write(target, self._first)
            while block := self._stream.read1(_BLOCK):  # type: ignore[attr-defined]
                if written < _HEAD_BYTES:
                    self._write(target, block)
                    written += len(block)
                else:
                    self._dropped += len(block)
                self._remember(block)
            if self._dropped:
                self._write(target, f"\n… {self._dropped} bytes more; the last lines:\n".encode())
                self._write(target, b"".join(self._tail))

    @staticmethod
    def _write(target: IO[bytes] | None, block: bytes) -> None:
        if target is not None:
            with contextlib.suppress(OSError, ValueError):
                target.write(block)
                target.flush()

    def _remember(self, block: bytes) -> None:
        self._tail.append(block)
        self._tail_size += len(block)
        while self._tail_size > _TAIL_BYTES and len(self._tail) > 1:
            self._tail_size -= len(self._tail.popleft())
