"""Files that the supervisor keeps: a disk that is full for a while ends nothing."""

import time
from collections.abc import Callable

from src.embedded.say import warn

WRITE_AGAIN_SECONDS = 5.0


class Notes:
    """What could not be written is written, in its order, once there is room for it again."""

    def __init__(self) -> None:
        self._unwritten: list[Callable[[], None]] = []
        self._write_at = 0.0

    def add(self, write: Callable[[], None]) -> None:
        """Write a file now, or later."""
        # What is written anew as a whole is written once.
        if write not in self._unwritten:
            self._unwritten.append(write)
        self.look()

    def look(self) -> None:
        """Write what is left, when it is time to try."""
        if not self._unwritten or time.monotonic() < self._write_at:
            return
        try:
            while self._unwritten:
                self._unwritten[0]()
                del self._unwritten[0]
        except OSError as error:
            warn(f"{error}; tried again in {WRITE_AGAIN_SECONDS:.0f} s")
            self._write_at = time.monotonic() + WRITE_AGAIN_SECONDS
