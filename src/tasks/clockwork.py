"""What the clock starts."""

import dataclasses
from typing import Any

import structlog
from procrastinate import App
from procrastinate.jobs import Job, Status

from src.services import housekeeping, retention, search_index
from src.tasks.app import RETRY, periodic, queue
from src.utils.task_places import CLOCK

log = structlog.get_logger("tasks")


class WorkerDied(Exception):
    """Why a task is tried again that said nothing itself."""


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
    for job in await context.app.job_manager.get_stalled_jobs():
        try:
            became = await _give_on(context.app, job)
            log.warning("task_stalled", task=job.task_name, became=became)
        except Exception:
            # What is wrong with one is no reason to leave the others.
            log.exception("task_not_retried", task=job.task_name)


async def _give_on(app: App, job: Job) -> str:
    """What became of it: "retried", as if it had failed, or "given up" after as many tries, since
    it may be what kills workers.
    """
    task = app.tasks.get(job.task_name)
    strategy = (task.retry_strategy if task else None) or RETRY
    decision = strategy.get_retry_decision(exception=WorkerDied(), job=job)
    if decision is None:
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
        return "given up"
    await app.job_manager.retry_job(job, retry_at=decision.retry_at)
    return "retried"
