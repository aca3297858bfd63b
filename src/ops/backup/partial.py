"""The file that a dump is written to until it is whole, and those that killed backups have left."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from src.ops.backup.server import CannotCopy

_END = ".partial"


@contextmanager
def beside(dump: Path) -> Iterator[Path]:
    """An empty file beside `dump`, readable by this user alone, and gone afterwards unless it was
    renamed. While it is there it is locked: what is not, nobody writes any more, and is removed.

    Raises CannotCopy when another backup to the same name comes between, and OSError.
    """
    _clear(dump)
    path = dump.with_name(f"{_start(dump)}{os.getpid()}{_END}")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        if not _hold(descriptor) or not path.exists():
            raise CannotCopy(f"another backup to {dump} has begun at the same time")
        yield path
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _start(dump: Path) -> str:
    return f".{dump.name}."


def _clear(dump: Path) -> None:
    start = _start(dump)
    with contextlib.suppress(OSError):
        for path in dump.parent.iterdir():
            number = path.name.removeprefix(start).removesuffix(_END)
            if path.name == f"{start}{number}{_END}" and number.isdecimal():
                _remove(path)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        # Writable, as locks over NFS need it; whoever may write here can plant a link or a pipe.
        flags = os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        with os.fdopen(os.open(path, flags), "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def _hold(descriptor: int) -> bool:
    """Lock it; False when somebody else has. Where files cannot be locked, none is ever removed."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
