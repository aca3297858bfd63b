"""Changing one Gunicorn for another without a moment in which nobody serves."""

import fcntl
import json
import math
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from src.embedded.layout import write_private
from src.embedded.parts import REQUEST_SECONDS, TASK_SECONDS, Leaving, Part
from src.embedded.process import Child

# The name of the pipe into which each worker writes a byte once it serves (gunicorn.conf.py).
READY = "TALENTSPHERE_READY"
# Out of the way of the descriptors that a program expects at its own numbers.
_LOWEST_DESCRIPTOR = 10
_FILE = "reload.json"


class Renewal:
    """A Gunicorn that starts beside the serving one, and takes its place once it serves.

    `start` is given settings and descriptors to hand on. One that cannot serve changes nothing.
    """

    def __init__(
        self, start: Callable[[Mapping[str, str], int], Child], workers: int, seconds: float
    ) -> None:
        self._workers, self._deadline, self._booted = workers, time.monotonic() + seconds, 0
        self._reader, writer = os.pipe()
        high = fcntl.fcntl(writer, fcntl.F_DUPFD_CLOEXEC, _LOWEST_DESCRIPTOR)
        os.close(writer)
        for end in (self._reader, high):
            os.set_blocking(end, False)
        try:
            self.child = start({READY: str(high)}, high)
        finally:
            os.close(high)

    def serves(self) -> bool:
        """Whether all of its workers do."""
        try:
            self._booted += len(os.read(self._reader, 4096))
        except BlockingIOError:
            return False
        return self._booted >= self._workers

    def failed(self) -> str | None:
        """Why it will never serve; None while it still may."""
        if self.child.poll() is not None:
            return f"the new Gunicorn ended with {self.child.returncode}: see its words above"
        if time.monotonic() > self._deadline:
            return "the new Gunicorn did not start in time"
        return None

    def close(self) -> None:
        """Whoever writes now is told that nobody reads."""
        os.close(self._reader)


class Renewals:
    """Gunicorn and the worker are changed for new ones as often as is asked, one renewal at a time.

    `begin` starts a Gunicorn beside the serving one, or raises OSError; `ended` is told when a
    renewal began, and why it was refused, if it was.
    """

    def __init__(
        self,
        parts: Mapping[str, Part],
        leaving: Leaving,
        begin: Callable[[], Renewal],
        ended: Callable[[float, str | None], None],
    ) -> None:
        self._parts, self._leaving, self._begin, self._ended = parts, leaving, begin, ended
        self._renewal: Renewal | None = None
        self._begun_at = 0.0
        self._is_asked = False

    def ask(self) -> None:
        """For one more; whoever asks does so from a handler of signals."""
        self._is_asked = True

    def look(self) -> None:
        """Go on with the renewal that is under way, or begin the one that was asked for."""
        if self._renewal is not None:
            self._go_on(self._renewal)
        elif self._is_asked:
            self._is_asked = False
            # Only now: who asked before it is answered by this one, all others by another.
            self._begun_at = time.monotonic()
            try:
                self._renewal = self._begin()
            except OSError as error:
                self._ended(self._begun_at, f"the new Gunicorn could not be started: {error}")

    def stop(self) -> None:
        """The new one, if there is one, has to leave as the old one has."""
        if self._renewal is not None:
            self._leaving.add(self._renewal.child, REQUEST_SECONDS)

    def _go_on(self, renewal: Renewal) -> None:
        refusal = renewal.failed()
        if refusal is None and not renewal.serves():
            return
        if refusal is None:
            refusal = self._take_over(renewal.child)
        if refusal is not None:
            self._leaving.add(renewal.child, REQUEST_SECONDS)
        renewal.close()
        self._renewal = None
        self._ended(self._begun_at, refusal)

    def _take_over(self, gunicorn: Child) -> str | None:
        """Let it serve from now on, with a worker of its code; why not, when there can be none."""
        try:
            worker = self._parts["worker"].start()
        except OSError as error:
            return f"the new worker could not be started: {error}"
        self._change("gunicorn", gunicorn, REQUEST_SECONDS)
        self._change("worker", worker, TASK_SECONDS)
        return None

    def _change(self, name: str, child: Child, seconds: float) -> None:
        """Let `child` be this part; the one before ends what it is at."""
        part = self._parts[name]
        self._leaving.add(part.child, seconds)
        part.replace(child)
        part.failures = 0


class End(NamedTuple):
    """How a renewal ended: its number, when it began, and why it was refused, if it was.

    The clock is the machine's monotonic one, the same in all processes: a renewal that began after
    somebody had asked has loaded the code that they asked for.
    """

    number: int = 0
    begun_at: float = -math.inf
    refusal: str | None = None

    def answers(self, before: "End", asked_at: float) -> bool:
        """Whether it answers who asked then, when the end `before` was the newest."""
        return self.number != before.number and self.begun_at >= asked_at


def tell(data_dir: Path, begun_at: float, refusal: str | None) -> None:
    """Write down how the newest renewal of this data folder ended, for whoever asked for it."""
    end = End(told(data_dir).number + 1, begun_at, refusal)
    write_private(data_dir / _FILE, json.dumps(end._asdict()))


def told(data_dir: Path) -> End:
    """How the newest renewal ended."""
    with suppress(OSError, ValueError, KeyError):
        written = json.loads((data_dir / _FILE).read_text())
        # A supervisor of an older release, which a reload leaves as it is, tells no beginnings.
        begun_at = float(written.get("begun_at", math.inf))
        return End(int(written["number"]), begun_at, written["refusal"])
    return End()
