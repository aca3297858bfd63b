"""The child processes of a supervisor: how each is started, kept alive, replaced and ended."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from src.embedded import process
from src.embedded.process import Child, EmbeddedError
from src.embedded.say import warn

# A part that dies again and again is started ever later, at most this much.
SLOWEST_RESTART_SECONDS = 10.0
# Who lived so long did not die of its start.
SOUND_SECONDS = 30.0
# Requests in flight, and background tasks, are given so long to end.
REQUEST_SECONDS, TASK_SECONDS = 40.0, 15.0


@dataclass
class Part:
    """A child process, how to start and stop it, and how often it had to be restarted."""

    name: str
    start: Callable[[], Child]
    stop: Callable[[Child], None]
    child: Child
    failures: int = 0
    started_at: float = field(default_factory=time.monotonic)
    restart_at: float | None = None

    @property
    def dies_of_its_start(self) -> bool:
        """Whether the child that has just ended and the one before it lived but shortly."""
        is_news = self.restart_at is None
        return is_news and self.failures > 0 and self._was_short(time.monotonic())

    def patience(self) -> float:
        """Seconds to wait before the next start, by how often it failed in a row."""
        if self.failures <= 1:
            return 0.0
        return min(0.25 * 2.0 ** min(self.failures - 1, 6), SLOWEST_RESTART_SECONDS)

    def restart(self) -> bool:
        """Start what has ended, when it is time to; whether it was.

        At once the first time; a part that keeps dying waits twice as long each time.
        """
        now = time.monotonic()
        if self.restart_at is None:
            self._count(now)
            self.restart_at = now + self.patience()
        if now < self.restart_at:
            return False
        try:
            child = self.start()
        except (EmbeddedError, OSError) as error:
            warn(str(error))
            self.failures += 1
            self.restart_at = now + self.patience()
            return False
        self.replace(child)
        return True

    def replace(self, child: Child) -> None:
        """Let another process be this part."""
        self.child, self.started_at, self.restart_at = child, time.monotonic(), None

    def _was_short(self, now: float) -> bool:
        return now - self.started_at < SOUND_SECONDS

    def _count(self, now: float) -> None:
        self.failures = self.failures + 1 if self._was_short(now) else 1
        warn(f"{self.name} ended, starting it again")


class Leaving:
    """Processes that were told to end and finish what they are at, each until its deadline."""

    def __init__(self) -> None:
        self._members: list[tuple[Child, float]] = []

    def add(self, child: Child, seconds: float) -> None:
        """Tell it to end."""
        child.terminate()
        self._members.append((child, time.monotonic() + seconds))

    def look(self) -> None:
        """Forget who has ended, end who takes too long."""
        for child, deadline in self._members:
            if time.monotonic() > deadline and child.poll() is None:
                child.kill()
        self._members = [member for member in self._members if member[0].poll() is None]

    def stop(self) -> None:
        """Wait for all of them."""
        for child, deadline in self._members:
            left = max(0.0, deadline - time.monotonic())
            process.stop(child, (signal.SIGTERM, left))
        self._members = []
