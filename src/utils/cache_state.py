"""What the processes of a host tell each other about the cache, on a page that all of them share.

A bump that could not be delivered raises `suspect`; the cache is used only while `cleared` equals
it. Two counters, since a flag could be cleared over a newer failure.
"""

import fcntl
import mmap
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WORD = struct.Struct("=Q")
_SUSPECT, _CLEARED, _LOOKED_AT = slice(0, 8), slice(8, 16), slice(16, 24)
_PAGE_BYTES = 24


class SharedState:
    """The page of a host, in a file that every process maps."""

    def __init__(self, path: Path) -> None:
        """Raises OSError when the file cannot be made or mapped."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        # Room for it, too: writing to a page that a full disk has none for ends the process.
        os.posix_fallocate(self._file, 0, _PAGE_BYTES)
        self._page = mmap.mmap(self._file, _PAGE_BYTES)
        # The lock of the file keeps processes apart, not the threads of one.
        self._lock = threading.Lock()

    @property
    def suspect(self) -> int:
        return self._read(_SUSPECT)

    @property
    def is_clear(self) -> bool:
        # In this order: what is doubted after the first look was doubted after the read began.
        return self._read(_SUSPECT) == self._read(_CLEARED)

    def doubt(self) -> None:
        """Say that an answer in the cache may be old."""
        with self._alone():
            self._write(_SUSPECT, self._read(_SUSPECT) + 1)

    def clear(self, seen: int) -> None:
        """Say that everything doubted up to `seen` has been delivered; later doubts stay."""
        with self._alone():
            self._write(_CLEARED, max(self._read(_CLEARED), seen))

    def takes_turn(self, pause_seconds: float) -> bool:
        """Whether it is this process's turn to look for what is left: nobody of the host has begun
        to for that long. Nobody keeps the turn, so that a frozen process holds up no other.
        """
        now = time.monotonic_ns()
        with self._alone():
            # A value from the future is of a time before the machine was started.
            if 0 <= now - self._read(_LOOKED_AT) < pause_seconds * 1e9:
                return False
            self._write(_LOOKED_AT, now)
            return True

    def _read(self, word: slice) -> int:
        return int(_WORD.unpack(self._page[word])[0])

    def _write(self, word: slice, value: int) -> None:
        """At once: `pack_into` would write zeros first, and readers would take them for clear."""
        self._page[word] = _WORD.pack(value)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
