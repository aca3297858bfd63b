"""Whose turn it is to compute an answer, told so that nobody waits for a process that has died.

Each process holds one byte of a file locked, at a place of its own. The kernel frees it however the
process ends, and another one of the host can see that. To be wrong, by a copied folder or a file
system without locks, costs one more computation, or the wait that there is for other hosts.
"""

import fcntl
import os
import re
import secrets
import threading
from contextlib import suppress
from pathlib import Path

_HOST_BYTES = 16
# Locks may lie beyond the end of a file, which stays as small as it is.
_PLACES = range(_HOST_BYTES, 2**62)
_TURN = re.compile(rb"([0-9a-f]{32}):([0-9]{1,19})")


class Turns:
    """What this process's turns say, and whether those of others are over."""

    def __init__(self, path: Path) -> None:
        """Raises OSError when the file cannot be made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._host = self._named()
        self._lock = threading.Lock()
        self._owner, self._place = 0, 0

    def own(self) -> bytes:
        """What a turn of this process says: its host, and the place of its lock."""
        with self._lock:
            if self._owner != os.getpid():
                # A fork inherits no lock.
                self._place = secrets.choice(_PLACES)
                self._owner = os.getpid()
                with suppress(OSError):
                    fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self._place)
            return b"%s:%d" % (self._host, self._place)

    def has_ended(self, turn: bytes) -> bool:
        """Whether the process whose turn it is lives no more; False where nobody can tell."""
        told = _TURN.fullmatch(turn)
        if told is None or told[1] != self._host or turn == self.own():
            return False
        place = int(told[2])
        if place not in _PLACES:
            return False
        try:
            fcntl.lockf(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, place)
        except OSError:
            return False
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)
        return True

    def _named(self) -> bytes:
        """The name of the host, random, which the first process writes into the file."""
        fcntl.lockf(self._file, fcntl.LOCK_EX, _HOST_BYTES, 0)
        try:
            name = os.pread(self._file, _HOST_BYTES, 0)
            if len(name) < _HOST_BYTES:
                name = secrets.token_bytes(_HOST_BYTES)
                os.pwrite(self._file, name, 0)
            return name.hex().encode()
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, _HOST_BYTES, 0)
