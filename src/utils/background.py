"""Threads of a process for what happens beside requests: duties in turn, and what may take long."""

import atexit
import functools
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

log = structlog.get_logger("background")

LOOK_SECONDS = 0.1


@dataclass
class _Duty:
    work: Callable[[], object]
    seconds: float
    due_at: float
    fails: bool = False


class Background:
    """Duties done in turn, each again after its pause; what one raises is logged, not the end.

    The thread starts when it is first asked for, in each process of its own after a fork.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._duties: list[_Duty] = []
        self._last: list[_Duty] = []
        self._begin()
        os.register_at_fork(after_in_child=self._begin)
        atexit.register(self._end)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._owner = os.getpid()

    @property
    def is_running(self) -> bool:
        return self._thread is not None

    def every(self, seconds: float, work: Callable[[], object], *, at_exit: bool = False) -> None:
        """Do `work` again and again; `at_exit`: once more when the process ends in order."""
        self._duties.append(_Duty(work, seconds, time.monotonic() + seconds))
        if at_exit:
            self._last.append(self._duties[-1])

    def start(self) -> None:
        """Start the thread unless it runs; costs nothing when it does."""
        if self._thread is not None:
            return
        with self._lock:
            if self._thread is None:
                self._stopped = threading.Event()
                run = functools.partial(self._run, self._stopped)
                self._thread = threading.Thread(target=run, name=self._name, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the thread, having waited for the duty that it is at; it may be started again."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._stopped.set()
        if thread is not None:
            thread.join()

    def _run(self, stopped: threading.Event) -> None:
        while not stopped.wait(LOOK_SECONDS):
            for duty in self._duties:
                if duty.due_at <= time.monotonic():
                    _do(duty)
                    duty.due_at = time.monotonic() + duty.seconds

    def _end(self) -> None:
        if self._owner == os.getpid():
            for duty in self._last:
                _do(duty)


class Errand:
    """What may take long, done by a thread of its own; one at a time."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Begin it, unless it is under way."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="errand", daemon=True)
            self._thread.start()


def _do(duty: _Duty) -> None:
    """A duty that fails again and again, as all do without a database, is told of once."""
    name = getattr(duty.work, "__qualname__", str(duty.work))
    with structlog.contextvars.bound_contextvars(duty=name):
        _do_logged(duty)


def _do_logged(duty: _Duty) -> None:
    try:
        duty.work()
    except Exception:
        if not duty.fails:
            log.exception("background_failed")
        duty.fails = True
    else:
        if duty.fails:
            log.info("background_works_again")
        duty.fails = False
