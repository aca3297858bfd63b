"""Whose turn it is to compute an answer, told so that nobody waits for a process that has died.

A process holds a byte of a file locked, at an offset of its own. The kernel frees it however the
process ends, and others of the host can see that. Where they cannot, a turn counts as one of a
process that lives; to be wrong about it costs a wait, or one more computation.
"""

import fcntl
import hashlib
import os
import re
import secrets
import uuid
from contextlib import suppress
from pathlib import Path

# Locks may lie beyond the end of a file, which stays empty.
_OFFSETS = range(2**62)
_TURN = re.compile(rb"([0-9a-f]{32}):([0-9]{1,19})")
_BOOT = Path("/proc/sys/kernel/random/boot_id")
# By process, for a fork is another one; and one for all files, since its own locks hold off nobody.
_own_offset: dict[int, int] = {}


class Turns:
    """What this process's turns say, and whether those of others are over."""

    def __init__(self, path: Path) -> None:
        """Raises OSError when the file cannot be made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._host = _host_of(self._file)
        self._locked_by = 0

    def own(self) -> bytes:
        """What a turn of this process says: its host, and the offset of its lock."""
        pid = os.getpid()
        offset = _own_offset.get(pid)
        if offset is None:
            offset = _own_offset.setdefault(pid, secrets.choice(_OFFSETS))
        if self._locked_by != pid:
            # The parent's lock stayed with the parent.
            with suppress(OSError):
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, offset)
            self._locked_by = pid
        return b"%s:%d" % (self._host, offset)

    def has_ended(self, turn: bytes) -> bool:
        """Whether the process whose turn it is lives no more; False where nobody can tell."""
        told = _TURN.fullmatch(turn)
        if told is None or told[1] != self._host:
            return False
        offset = int(told[2])
        if offset not in _OFFSETS or offset == _own_offset.get(os.getpid()):
            return False
        try:
            fcntl.lockf(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, offset)
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, offset)
        except OSError:
            return False
        return True


def _host_of(file: int) -> bytes:
    """Who see each other's locks: those with this file on this machine, since its last start."""
    machine = _BOOT.read_text().strip() if _BOOT.exists() else f"{uuid.getnode():x}"
    status = os.fstat(file)
    told = f"{machine} {status.st_dev} {status.st_ino}"
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest().encode()
