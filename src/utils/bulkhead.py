"""Places for costly work, shared by the processes of a host: it can never take all workers."""

import fcntl
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from src.errors import Unavailable

LOOK_AGAIN_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Room:
    """How many of a host may do a kind of work at once, and how long one more may wait."""

    places: int
    wait_seconds: float = 0.0


class Bulkheads:
    """The rooms for each kind of work; a place is a file that its holder keeps locked.

    The kernel frees it however the holder ends. Without a writable folder nobody is held back.
    """

    def __init__(self, folder: Path, rooms: Mapping[str, Room]) -> None:
        self._folder, self._rooms = folder, rooms

    @contextmanager
    def place(self, kind: str) -> Iterator[None]:
        """Hold a place meanwhile. Raises Unavailable when all are taken."""
        room = self._rooms[kind]
        deadline = time.monotonic() + room.wait_seconds
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            held = self._take(kind, room)
            while held is None and time.monotonic() < deadline:
                time.sleep(LOOK_AGAIN_SECONDS)
                held = self._take(kind, room)
        except OSError:
            held = nullcontext()
        if held is None:
            raise Unavailable("Too much of this is done at once just now.", 2)
        with held:
            yield

    def _take(self, kind: str, room: Room) -> AbstractContextManager[Any] | None:
        for number in range(room.places):
            file = (self._folder / f"{kind}.{number}").open("w")
            if _locked(file):
                return file
            file.close()
        return None


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
