"""What a worker that died left in the queue: mails go out, and the clock's tasks go on."""

import asyncio
from types import SimpleNamespace

import procrastinate
import pytest
from flask import Flask
from sqlalchemy import text

from src import tasks
from src.database import db

LEFT = text("""
INSERT INTO procrastinate_jobs
  (queue_name, task_name, args, status, lock, queueing_lock, attempts)
VALUES
  ('default', 'alerts.match', '{}', 'doing', 'alerts.match', 'alerts.match', 0),
  ('default', 'alerts.match', '{}', 'todo', 'alerts.match', 'alerts.match', 0),
  ('default', 'retention.apply', '{}', 'doing', 'retention.apply', 'retention.apply', 0),
  ('default', 'mail.send', '{}', 'doing', NULL, NULL, 0),
  ('default', 'mail.send', '{}', 'doing', NULL, NULL, 0),
  ('default', 'feeds.build', '{}', 'doing', 'feeds.build', 'feeds.build', 3)
""")
QUEUE = text("SELECT task_name, status::text, attempts FROM procrastinate_jobs ORDER BY id")


async def retry_stalled(url: str) -> None:
    conninfo = url.replace("+psycopg2", "")
    connector = procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=2)
    with tasks.queue.replace_connector(connector) as app:
        async with app.open_async():
            context = SimpleNamespace(app=app)
            await app.tasks["queue.retry_stalled"].func(context, timestamp=0)


@pytest.mark.usefixtures("committed")
def test_tasks_of_a_dead_worker_are_tried_again_unless_their_next_time_waits_or_they_kill_workers(
    committed: Flask,
) -> None:
    db.session.execute(LEFT)
    db.session.commit()
    asyncio.run(retry_stalled(committed.config["TALENTSPHERE"].migration_database_url))
    assert db.session.execute(QUEUE).all() == [
        ("alerts.match", "todo", 0), ("retention.apply", "todo", 1),
        ("mail.send", "todo", 1), ("mail.send", "todo", 1), ("feeds.build", "failed", 4),
    ]  # fmt: skip
