"""The file that a dump is written to until it is whole, and those that killed backups have left."""

import contextlib
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from src.ops.backup.server import CannotCopy
from src.utils import clock

_END = ".partial"
_BY_TIME = re.compile(r"talentsphere-[0-9]{8}T[0-9]{6}Z\.dump")


def default_name() -> str:
    """Of a dump that nobody has named: by the time, so that none is in another's way."""
    return f"talentsphere-{clock.now():%Y%m%dT%H%M%SZ}.dump"


@contextmanager
def beside(dump: Path) -> Iterator[Path]:
    """An empty file beside `dump`, readable by this user alone, and gone afterwards unless it was
    renamed. While it is there it is locked: what is not, nobody writes any more, and is removed.
    Those of all default names are looked after together, as none of them comes again.

    Raises CannotCopy when another backup that may remove it comes between, and OSError.
    """
    _clear(dump)
    path = dump.with_name(f".{dump.name}.{os.getpid()}{_END}")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        if not _hold(descriptor) or not path.exists():
            raise CannotCopy(f"another backup has begun in {dump.parent} at the same moment")
        yield path
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _clear(dump: Path) -> None:
    names = _BY_TIME.pattern if _BY_TIME.fullmatch(dump.name) else re.escape(dump.name)
    left = re.compile(rf"\.{names}\.[0-9]+{re.escape(_END)}")
    with contextlib.suppress(OSError):
        for path in dump.parent.iterdir():
            if left.fullmatch(path.name):
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
