"""What is queued in a test's transaction, and running it in place."""

from typing import Any

from sqlalchemy import text

from src import tasks
from src.database import db

_QUEUED = text(
    "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
)
_DONE = text("DELETE FROM procrastinate_jobs WHERE id = :id")


def queued(task: str) -> list[dict[str, Any]]:
    """The arguments of the waiting tasks of this name."""
    rows = db.session.execute(_QUEUED).all()
    return [row.args for row in rows if row.task_name == task]


def run_queued(task: str) -> None:
    """Run the waiting tasks of this name."""
    for row in db.session.execute(_QUEUED).all():
        if row.task_name == task:
            tasks.queue.tasks[task].func(**row.args)
            db.session.execute(_DONE, {"id": row.id})
