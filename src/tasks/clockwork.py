"""What the clock starts."""

import dataclasses
from typing import Any

import structlog
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from src.services import housekeeping, retention, search_index
from src.tasks.app import MOST_TRIES, periodic, queue
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
    """Give the tasks of a worker that died to another, whichever queue they were in."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        try:
            became = await _give_on(manager, job)
            log.warning("task_stalled", task=job.task_name, became=became)
        except Exception:
            # What is wrong with one is no reason to leave the others.
            log.exception("task_not_retried", task=job.task_name)


async def _give_on(manager: JobManager, job: Job) -> str:
    """What became of it: "retried"; "dropped", since its next time waits, of which it is no more
    than a part, and which it keeps from running; or "given up", when it may be what kills workers.
    """
    if job.attempts >= MOST_TRIES:
        await manager.finish_job(job, Status.FAILED, delete_job=False)
        return "given up"
    try:
        await manager.retry_job(job)
    except UniqueViolation:
        await manager.finish_job(job, Status.FAILED, delete_job=True)
        return "dropped"
    return "retried"
