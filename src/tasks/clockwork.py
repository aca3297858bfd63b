"""What the clock starts."""

import dataclasses
from typing import Any

import structlog
from procrastinate.jobs import Status

from src.services import housekeeping, retention, search_index
from src.tasks.app import periodic, queue
from src.utils.task_places import CLOCK

log = structlog.get_logger("tasks")


@periodic("* * * * *", "jobs.expire")
def expire_jobs(timestamp: int) -> None:
    """End the published jobs whose time is over."""
    housekeeping.expire_jobs()


@periodic("*/10 * * * *", "search.count_words")
def count_words(timestamp: int) -> None:
    """Count the words that searches are planned by."""
    search_index.count_words()


@periodic("37 * * * *", "search.collect_words")
def collect_words(timestamp: int) -> None:
    """Collect the words that misspelt ones are held to, and what is suggested."""
    search_index.collect_words()


@periodic("7 * * * *", "housekeeping.purge")
def purge(timestamp: int) -> None:
    """Remove what is past its end."""
    housekeeping.purge()


@periodic("23 3 * * *", "retention.apply")
def apply_retention(timestamp: int) -> None:
    """End what is known of people for longer than it may be."""
    log.info("retention_applied", **dataclasses.asdict(retention.apply()))


@queue.periodic(cron="* * * * *")
@queue.task(
    name="queue.retry_stalled",
    queueing_lock="queue.retry_stalled",
    priority=CLOCK,
    pass_context=True,
)
async def retry_stalled(context: Any, timestamp: int) -> None:
    """Give the tasks of a worker that died to another, whichever queue they were in.

    Those of the clock are dropped instead: the next one may wait already, only one may, and until
    this one is gone it keeps the next from running.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        try:
            if job.queueing_lock is None:
                await manager.retry_job(job)
            else:
                await manager.finish_job(job, Status.FAILED, delete_job=True)
            log.warning("task_stalled", task=job.task_name, is_retried=job.queueing_lock is None)
        except Exception:
            # What is wrong with one is no reason to leave the others.
            log.exception("task_not_retried", task=job.task_name)
