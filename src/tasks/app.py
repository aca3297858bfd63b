"""The queue of background tasks, and the application context they run in."""

import functools
import logging
from collections.abc import Callable
from typing import Any

import procrastinate
import structlog
from flask import Flask, has_app_context
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from src.utils.task_places import CLOCK, place_of

log = structlog.get_logger("tasks")
# It logs arguments, and those of mails hold codes: failures are logged here, without them.
logging.getLogger("procrastinate").setLevel(logging.CRITICAL)


class _Manager(JobManager):
    """Leaves a task of the clock to its next one, where that waits already."""

    async def retry_job(self, job: Job, *args: Any, **options: Any) -> None:
        """Only one may wait, and until this one is gone it keeps that from running."""
        try:
            await super().retry_job(job, *args, **options)
        except UniqueViolation:
            await self.finish_job(job, Status.FAILED, delete_job=True)


# Its connector is replaced by the worker's, which alone connects.
queue = procrastinate.App(connector=procrastinate.PsycopgConnector())
queue.job_manager = _Manager(queue.connector)
# Again so many times: after 4 s, 16 s, and so on, the last after 18 hours more.
RETRY = procrastinate.RetryStrategy(max_attempts=8, exponential_wait=4)
# Of what the clock starts, whose next time may be a day away: after 4, 16 and 64 seconds.
SOON = procrastinate.RetryStrategy(max_attempts=3, exponential_wait=4)
_bound: dict[str, Flask] = {}


class _Unknown(logging.Handler):
    """Of all that the queue says itself: a task whose name this code does not know."""

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "action", "") == "task_not_found":
            job = getattr(record, "job", {})
            log.error("task_unknown", task=job.get("task_name"))


_worker_log = logging.getLogger("procrastinate.worker")
_worker_log.setLevel(logging.ERROR)
_worker_log.propagate = False
_worker_log.addHandler(_Unknown())


def bind(app: Flask) -> None:
    """Name the application whose context tasks run in."""
    _bound["app"] = app


def task(name: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Register a task by the name that services enqueue; its place is the one they give it."""
    queue_name, priority = place_of(name)
    options = {"queue": queue_name, "priority": priority, **options}

    def decorate(function: Callable[..., Any]) -> Any:
        @functools.wraps(function)
        def in_context(**arguments: Any) -> Any:
            with structlog.contextvars.bound_contextvars(task=name):
                if has_app_context():
                    return function(**arguments)
                with _bound["app"].app_context():
                    return _logged(function, arguments)

        register: Callable[..., Any] = queue.task(name=name, **options)
        return register(in_context)

    return decorate


def _logged(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    try:
        return function(**arguments)
    except Exception:
        log.exception("task_failed")
        raise


def periodic(cron: str, name: str) -> Callable[[Callable[..., Any]], Any]:
    """Register a task that the clock enqueues, before all others; while one waits, also for another
    try, no second one is added.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        made = task(name, queueing_lock=name, lock=name, priority=CLOCK, retry=SOON)(function)
        return queue.periodic(cron=cron)(made)

    return decorate
