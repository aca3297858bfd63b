"""In which order the worker takes what waits: the clock's tasks, codes, mails, and bulk."""

import asyncio
import dataclasses

import procrastinate
import pytest
from procrastinate.periodic import PeriodicDeferrer
from sqlalchemy import text

from src import tasks
from src.database import db, unit_of_work
from src.services import housekeeping, letters
from src.utils.task_places import AWAITED
from tests import factories as make

NEXT = text("SELECT task_name, args FROM procrastinate_fetch_job_v2(NULL, NULL)")
KEPT = text("""
SELECT queue_name, priority, status::text, attempts
FROM procrastinate_jobs WHERE task_name = 'mail.send'
""")
WAITING = text("""
SELECT task_name, extract(epoch FROM scheduled_at - now())
FROM procrastinate_jobs WHERE status = 'todo' AND attempts = 1
""")
DUE = text("""
INSERT INTO procrastinate_jobs (queue_name, task_name, args, lock, queueing_lock)
VALUES ('clocked', 'jobs.expire', '{"timestamp": 0}', 'jobs.expire', 'jobs.expire')
""")
STATES = text("SELECT task_name, status::text FROM procrastinate_jobs WHERE queue_name = 'clocked'")
SEEKER = "ada@example.com"


def taken() -> list[tuple[str, str]]:
    """The names of all that waits, in the order in which it is taken, and the mails' subjects."""
    found = []
    while (row := db.session.execute(NEXT).one()).task_name:
        found.append((row.task_name, row.args.get("subject", "")))
    return found


def with_queue(app, work):
    """Do the work with the queue, connected to the application's database."""
    url = app.config["TALENTSPHERE"].migration_database_url.replace("+psycopg2", "")
    connector = procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=2)

    async def connected() -> None:
        async with queue.open_async():
            await work(queue)

    with tasks.queue.replace_connector(connector) as queue:
        asyncio.run(connected())


async def tick(queue: procrastinate.App) -> None:
    """What the worker does when the time of a task has come."""
    registry = queue.periodic_registry
    due = [(registry.periodic_tasks["jobs.expire", ""], 60)]
    await PeriodicDeferrer(registry).defer_jobs(due)


def test_the_clock_goes_before_a_forgotten_password_and_that_before_fifty_mails(committed):
    with unit_of_work() as work:
        for _ in range(50):
            letters.post(work, SEEKER, letters.password_changed())
    ask = {"email": SEEKER}
    assert committed.test_client().post("/api/v1/auth/forgot-password", json=ask).status_code == 202
    with_queue(committed, tick)
    first, mails = ["jobs.expire", "account.send_reset"], ["mail.send"] * 50
    assert [name for name, _ in taken()] == [*first, *mails]


@pytest.mark.parametrize(
    "letter",
    [
        lambda: letters.verify_email("code"), lambda: letters.reset_password("code"),
        lambda: letters.invitation("The house", "viewer", "code"),
    ],
    ids=["verification", "reset", "invitation"],
)  # fmt: skip
def test_a_code_goes_before_other_letters_those_before_bulk_and_alerts(app, letter):
    bulk = letters.application_moved("Nurse", "The house", "rejected")
    with unit_of_work() as work:
        work.enqueue_many("alerts.send", [{"alert_id": 1}, {"alert_id": 2}])
        letters.post_many(work, [(SEEKER, bulk)] * (letters.FEW + 1))
        letters.post_many(work, [(SEEKER, letters.application_arrived("Nurse"))])
        letters.post(work, SEEKER, letters.password_changed())
        letters.post(work, SEEKER, letter())
    order = taken()
    assert [subject for _, subject in order[:3]] == [
        letter().subject, "New application for Nurse", "Your password was changed",
    ]  # fmt: skip
    last = ["alerts.send"] * 2 + ["mail.send"] * (letters.FEW + 1)
    assert [name for name, _ in order[3:]] == last


def test_a_letter_that_is_awaited_is_so_among_many(app):
    code = letters.invitation("The house", "viewer", "code")
    news = letters.application_arrived("Nurse")
    with unit_of_work() as work:
        letters.post(work, SEEKER, letters.password_changed())
        letters.post_many(work, [(SEEKER, news)] * letters.FEW + [(SEEKER, code)])
    order = [subject for _, subject in taken()]
    expected = [code.subject, "Your password was changed", *[news.subject] * letters.FEW]
    assert order == expected


def test_the_letter_of_a_reset_is_one_that_somebody_waits_for(client):
    user = make.make_user()
    db.session.flush()
    with unit_of_work() as work:
        letters.post(work, SEEKER, letters.password_changed())
    tasks.account.send_reset(email=user.email)
    assert taken()[0] == ("mail.send", "Reset your password")


def test_a_mail_that_was_not_taken_keeps_its_queue_and_its_place(committed, monkeypatch):
    nobody = "smtp://127.0.0.1:9"
    config = dataclasses.replace(committed.config["TALENTSPHERE"], mail_url=nobody)
    monkeypatch.setitem(committed.config, "TALENTSPHERE", config)
    monkeypatch.setattr(tasks.app, "_bound", {"app": committed})
    with unit_of_work() as work:
        letters.post(work, SEEKER, letters.reset_password("code"))
    with_queue(committed, lambda queue: queue.run_worker_async(queues=["mail"], wait=False))
    assert db.session.execute(KEPT).all() == [("mail", AWAITED, "todo", 1)]


def test_what_the_clock_starts_is_tried_again_within_seconds_when_it_fails(committed, monkeypatch):
    monkeypatch.setattr(tasks.app, "has_app_context", lambda: False)
    monkeypatch.setattr(tasks.app, "_bound", {})

    async def fail(queue: procrastinate.App) -> None:
        registry = queue.periodic_registry
        await PeriodicDeferrer(registry).defer_jobs(
            [(task, 60) for task in registry.periodic_tasks.values()]
        )
        await queue.run_worker_async(wait=False)

    with_queue(committed, fail)
    names = {name for name, _ in tasks.queue.periodic_registry.periodic_tasks}
    waiting = {name for name, seconds in db.session.execute(WAITING) if seconds < 5}
    assert waiting == names - {"queue.retry_stalled"}


def test_what_fails_while_its_next_time_waits_is_left_to_that(committed, monkeypatch):
    began = []

    def fail() -> None:
        began.append(len(began))
        if len(began) == 1:
            # As the clock enqueues it, while this one is being done.
            db.session.execute(DUE)
            db.session.commit()
            raise ValueError("not today")

    monkeypatch.setattr(housekeeping, "expire_jobs", fail)
    db.session.execute(DUE)
    db.session.commit()

    async def run(queue: procrastinate.App) -> None:
        await queue.run_worker_async(queues=["clocked"], wait=False)

    with_queue(committed, run)
    assert began == [0, 1]
    assert db.session.execute(STATES).all() == [("jobs.expire", "succeeded")]


def test_a_mail_of_a_dead_worker_keeps_its_queue_and_its_place(committed):
    with unit_of_work() as work:
        letters.post(work, SEEKER, letters.reset_password("code"))
    assert len(taken()) == 1
    db.session.commit()

    async def retry(queue: procrastinate.App) -> None:
        context = procrastinate.JobContext(
            app=queue, start_timestamp=0, job=None, abort_reason=lambda: None
        )
        await queue.tasks["queue.retry_stalled"].func(context, timestamp=0)

    with_queue(committed, retry)
    assert db.session.execute(KEPT).all() == [("mail", AWAITED, "todo", 1)]
