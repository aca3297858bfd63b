"""Views of jobs: counted in the worker's memory, handed in every five seconds and at exit."""

import os
import threading
from collections import Counter
from datetime import date

import structlog
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from src.database import unit_of_work
from src.errors import DomainError
from src.queries import dashboard as dashboard_queries
from src.utils import clock

log = structlog.get_logger("views")

FLUSH_SECONDS = 5.0


class ViewCounter:
    """The views that one process has seen and not handed in yet, by UTC day and job."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._begin()
        # What the parent has counted, the parent hands in.
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._counts: Counter[tuple[date, int]] = Counter()

    def add(self, job_id: int) -> None:
        """Count one view."""
        with self._lock:
            self._counts[clock.now().date(), job_id] += 1

    def flush(self) -> bool:
        """Hand in what was counted; what could not be written is kept for the next time."""
        with self._turn:
            with self._lock:
                taken, self._counts = self._counts, Counter()
            if not taken:
                return True
            try:
                self._write(taken)
            except (SQLAlchemyError, DomainError) as error:
                log.warning("views_not_written", views=taken.total(), error=type(error).__name__)
                with self._lock:
                    self._counts.update(taken)
                return False
            return True

    def _write(self, taken: Counter[tuple[date, int]]) -> None:
        """One statement a day, that is one but for the seconds around midnight."""
        with self._app.app_context(), unit_of_work() as work:
            for day in sorted({day for day, _ in taken}):
                of_day = {job_id: n for (seen_on, job_id), n in taken.items() if seen_on == day}
                work.session.execute(
                    dashboard_queries.COUNT_VIEWS,
                    {"job_ids": list(of_day), "seen": list(of_day.values()), "day": day},
                )


def seen(job_id: int) -> None:
    """Count a view of the job; touches no database."""
    _counter().add(job_id)


def flush() -> bool:
    """Hand in this process's views now; False when they could not be written and are kept."""
    return _counter().flush()


def _counter() -> ViewCounter:
    counter: ViewCounter = current_app.extensions["view_counter"]
    return counter
