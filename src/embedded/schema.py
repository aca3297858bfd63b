"""The schema that the code needs: brought up to date now, or once the database is there."""

import time
from collections.abc import Callable

from src.embedded import instance
from src.embedded.say import warn

LOOK_SECONDS = 1.0


class Schema:
    """`is_late` while the database of somebody else has not been reached since the start."""

    def __init__(self, migrate: Callable[[], None]) -> None:
        self._migrate = migrate
        self.is_late = False
        self._look_at = 0.0

    def bring_up_to_date(self, *, may_be_late: bool) -> None:
        """Migrate now; or, when it may be late and nobody answers, leave that to `look`.

        Raises EmbeddedError, NotReached among them, and Stopped.
        """
        try:
            self._migrate()
        except instance.NotReached as error:
            if not may_be_late:
                raise
            warn(f"{error}; serving without it until it answers")
            self.is_late, self._look_at = True, time.monotonic() + LOOK_SECONDS

    def look(self) -> None:
        """Migrate if that is late, and the database answers by now. Raises as before."""
        if not self.is_late or time.monotonic() < self._look_at:
            return
        try:
            self._migrate()
        except instance.NotReached:
            self._look_at = time.monotonic() + LOOK_SECONDS
        else:
            self.is_late = False
