"""The worker as a process: it does what was queued and ends when told."""

import asyncio
import contextlib
import dataclasses
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace

import procrastinate
import pytest
from procrastinate.testing import InMemoryConnector
from sqlalchemy.exc import OperationalError

from scripts import worker as worker_script
from scripts.chaos.proxy import FaultProxy
from src import tasks
from src.database import db, unit_of_work
from src.embedded.layout import OWNER
from src.models import Job
from src.services import letters
from src.utils import clock, db_guard, logs, mail
from tests import factories as make
from tests import warm


@pytest.fixture
def worker(committed, root, tmp_path):
    """A worker over the committed database; mails go to `tmp_path`."""
    with working(committed, root, tmp_path, f"file://{tmp_path}") as process:
        yield process


@contextlib.contextmanager
def working(committed, root, tmp_path, mail_url) -> Iterator[subprocess.Popen[bytes]]:
    config = committed.config["TALENTSPHERE"]
    names = {
        "DATABASE_URL": config.database_url,
        "MIGRATION_DATABASE_URL": config.migration_database_url,
        "SECRET_KEY": config.secret_key,
        "MAIL_URL": mail_url,
        "TALENTSPHERE_DATA_DIR": str(tmp_path / "var"),
    }
    command = [sys.executable, "-m", "scripts.worker"]
    with (tmp_path / "log").open("wb") as log:
        process = warm.Popen(command, cwd=root, env=dict(os.environ) | names, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def soon(happened: Callable[[], bool], most_seconds: float = 60) -> bool:
    ends = time.monotonic() + most_seconds
    while time.monotonic() < ends and not happened():
        time.sleep(0.1)
    return happened()


def test_a_queued_mail_is_sent_and_the_worker_ends_cleanly_when_told(worker, tmp_path):
    with unit_of_work() as work:
        letters.post(work, "ada@example.com", letters.password_changed())
    assert soon(lambda: any(tmp_path.glob("*.eml")))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(15) == 0


def test_a_task_of_another_release_is_named_without_what_it_is_about(worker, tmp_path):
    with unit_of_work() as work:
        work.enqueue("of.another_release", code="a-secret-code")
    assert soon(lambda: "task_unknown" in (tmp_path / "log").read_text())
    assert "of.another_release" in (tmp_path / "log").read_text()
    assert "a-secret-code" not in (tmp_path / "log").read_text()


def test_a_letter_of_a_transaction_that_failed_is_never_sent(committed):
    with contextlib.suppress(ZeroDivisionError), unit_of_work() as work:
        letters.post(work, "ada@example.com", letters.password_changed())
        raise ZeroDivisionError
    count = db.text("SELECT count(*) FROM procrastinate_jobs")
    assert db.session.execute(count).scalar_one() == 0


def expiring() -> Callable[[], bool]:
    """Queue the end of a job that is over; whether the worker has ended it."""
    past = clock.now() - timedelta(hours=1)
    with unit_of_work() as work:
        job = make.make_job(published_at=past - timedelta(hours=1), expires_at=past)
        work.enqueue("jobs.expire", timestamp=0)

    def is_expired() -> bool:
        db.session.rollback()
        status = db.select(Job.status).where(Job.id == job.id)
        return db.session.execute(status).scalar_one() == "expired"

    return is_expired


@pytest.mark.usefixtures("worker")
def test_the_worker_may_expire_jobs_by_name():
    assert soon(expiring())


@pytest.fixture
def silent_host() -> Iterator[socket.socket]:
    """Where a mail server takes connections, by the kernel alone, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        yield server


def url_of(server: socket.socket) -> str:
    return f"smtp://127.0.0.1:{server.getsockname()[1]}"


def test_a_silent_mail_server_keeps_the_clock_s_tasks_from_nothing(
    committed, root, tmp_path, silent_host
):
    with working(committed, root, tmp_path, url_of(silent_host)):
        with unit_of_work() as work:
            for _ in range(5):
                letters.post(work, "ada@example.com", letters.reset_password("the-code"))
        with silent_host.accept()[0], silent_host.accept()[0]:
            # As many as may be under way at once: no third one comes meanwhile.
            # Half of the time that a mail waits for its server.
            assert soon(expiring(), mail.TIMEOUT_SECONDS / 2)
            silent_host.settimeout(0)
            with pytest.raises(BlockingIOError):
                silent_host.accept()


def test_a_worker_that_is_told_to_end_waits_for_the_mail_in_hand(
    committed, root, tmp_path, silent_host
):
    with working(committed, root, tmp_path, url_of(silent_host)) as process:
        with unit_of_work() as work:
            letters.post(work, "ada@example.com", letters.password_changed())
        with silent_host.accept()[0]:
            process.send_signal(signal.SIGTERM)
            time.sleep(1)
            assert process.poll() is None
        assert process.wait(15) == 0
    left = "SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = 'mail.send'"
    assert db.session.execute(db.text(left)).all() == [("todo", 1)]


def test_every_task_waits_in_a_queue_that_the_worker_looks_at():
    queues = {task.queue for task in tasks.queue.tasks.values()} - {"builtin"}
    assert queues == {*worker_script.CONCURRENCY}


def test_the_worker_of_one_queue_that_fails_ends_the_other_and_the_process(monkeypatch):
    ended = []

    async def run(_: procrastinate.App, *, queues: list[str], **__: object) -> None:
        if queues == ["mail"]:
            raise OSError("lost")
        try:
            await asyncio.Event().wait()
        finally:
            ended.extend(queues)

    monkeypatch.setattr(procrastinate.App, "run_worker_async", run)
    app = procrastinate.App(connector=InMemoryConnector())
    with pytest.raises(OSError, match="lost"):
        asyncio.run(asyncio.wait_for(worker_script.work(app), 5))
    assert ended == ["default"]


def test_a_worker_without_the_files_of_crawlers_builds_them_as_it_starts(worker, tmp_path):
    assert soon((tmp_path / "var" / "feeds" / "sitemap.xml.gz").exists)


@pytest.fixture
def at_work(committed, layout, tmp_path, monkeypatch):
    """Runs the worker's main here, over a way that can be made bad, with this for its work."""
    proxy = FaultProxy(layout.sockets / ".s.PGSQL.5432")
    proxy.start()
    url = f"postgresql+psycopg2://{OWNER}@127.0.0.1:{proxy.port}/committed"
    config = dataclasses.replace(
        committed.config["TALENTSPHERE"], migration_database_url=url, direct_database_url=url,
        data_dir=tmp_path,
    )  # fmt: skip
    monkeypatch.setattr(worker_script, "from_process", lambda: config)
    monkeypatch.setattr(logs, "catch_strays", lambda: None)
    monkeypatch.setattr(sys, "argv", ["worker"])
    monkeypatch.setattr(tasks.app, "_bound", bound := {})

    def run(work: Callable[[FaultProxy], None]) -> None:
        async def works(_: procrastinate.App) -> None:
            with bound["app"].app_context():
                work(proxy)

        monkeypatch.setattr(worker_script, "work", works)
        worker_script.main()

    yield run
    with bound["app"].app_context():
        db.engine.dispose()
    bound["app"].extensions["counters"].close()
    proxy.close()


def test_a_task_is_freed_from_a_database_that_has_stopped(at_work):
    took = []

    def work(proxy: FaultProxy) -> None:
        db.session.execute(db.text("SELECT 1"))
        # By then what goes on beside the tasks has a connection too.
        time.sleep(1)
        proxy.set("blackhole")
        # Else a worker that nobody watches would wait for ever.
        end = threading.Timer(6, proxy.set, ["reset"])
        end.start()
        started = time.monotonic()
        with pytest.raises(OperationalError):
            db.session.execute(db.text("SELECT 2"))
        took.append(time.monotonic() - started)
        end.cancel()

    at_work(work)
    assert took[0] < 3


def test_a_task_may_take_as_long_as_it_says(at_work, monkeypatch):
    def work(_: FaultProxy) -> None:
        # An hour in half a second.
        monkeypatch.setattr(
            db_guard, "time", SimpleNamespace(monotonic=lambda: time.monotonic() * 7200)
        )
        db.session.execute(db.text("SET LOCAL statement_timeout = 0"))
        db.session.execute(db.text("SELECT pg_sleep(0.5)"))

    at_work(work)


def test_nothing_goes_on_beside_a_worker_that_has_ended(at_work):
    def beside() -> set[str]:
        return {thread.name for thread in threading.enumerate()} & {"background", "watchdog"}

    seen = []
    at_work(lambda _: seen.append(beside()))
    assert (seen, beside()) == ([{"background", "watchdog"}], set())
