"""What the clock starts."""

import dataclasses
from typing import Any

import structlog

from src.services import housekeeping, retention, search_index
from src.tasks.app import periodic, queue

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
@queue.task(name="queue.retry_stalled", queueing_lock="queue.retry_stalled", pass_context=True)
async def retry_stalled(context: Any, timestamp: int) -> None:
    """Give the tasks of a worker that died to another."""
    for job in await context.app.job_manager.get_stalled_jobs():
        await context.app.job_manager.retry_job(job)
