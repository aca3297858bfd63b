"""Whether the cache may be believed on this host: two counters that all its processes share.

A bump that could not be delivered raises `suspect`; the cache is used only while `cleared` equals
it. Two counters, since a flag could be cleared over a newer failure.
"""

import fcntl
import mmap
import os
import struct
import threading
from collections.abc import Callable
from pathlib import Path

_PAGE = struct.Struct("=QQ")
Change = Callable[[int, int], tuple[int, int]]


class SharedState:
    """The page of a host, in a file that every process maps."""

    def __init__(self, path: Path) -> None:
        """Raises OSError when the file cannot be made or mapped."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.fstat(self._file).st_size < _PAGE.size:
            os.ftruncate(self._file, _PAGE.size)
        self._page = mmap.mmap(self._file, _PAGE.size)
        # The lock of the file keeps processes apart, not the threads of one.
        self._lock = threading.Lock()

    @property
    def suspect(self) -> int:
        return int(_PAGE.unpack_from(self._page)[0])

    @property
    def is_clear(self) -> bool:
        suspect, cleared = _PAGE.unpack_from(self._page)
        return bool(suspect == cleared)

    def doubt(self) -> None:
        """Say that an answer in the cache may be old."""
        self._change(lambda suspect, cleared: (suspect + 1, cleared))

    def clear(self, seen: int) -> None:
        """Say that everything doubted up to `seen` has been delivered; later doubts stay."""
        self._change(lambda suspect, cleared: (suspect, max(cleared, seen)))

    def _change(self, change: Change) -> None:
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                _PAGE.pack_into(self._page, 0, *change(*_PAGE.unpack_from(self._page)))
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
