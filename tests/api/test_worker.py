"""The worker as a process: it does what was queued and ends when told."""

import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import procrastinate
import pytest
from sqlalchemy.exc import OperationalError

from scripts import worker as worker_script
from scripts.chaos.proxy import FaultProxy
from src import tasks
from src.database import db, unit_of_work
from src.embedded.layout import OWNER
from src.models import Job
from src.services import letters
from src.utils import clock, db_guard, logs
from tests import factories as make


@pytest.fixture
def worker(committed, root, tmp_path):
    """A worker over the committed database; mails go to `tmp_path`."""
    config = committed.config["TALENTSPHERE"]
    names = {
        "DATABASE_URL": config.database_url,
        "MIGRATION_DATABASE_URL": config.migration_database_url,
        "SECRET_KEY": config.secret_key,
        "MAIL_URL": f"file://{tmp_path}",
        "TALENTSPHERE_DATA_DIR": str(tmp_path / "var"),
    }
    command = [sys.executable, "-m", "scripts.worker"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=root, env=dict(os.environ) | names, stderr=log)
        yield process
        process.kill()
        process.wait()


def soon(happened: Callable[[], bool]) -> bool:
    ends = time.monotonic() + 60
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


def test_the_worker_may_expire_jobs_by_name(worker, committed):
    past = clock.now() - timedelta(hours=1)
    with unit_of_work() as work:
        job = make.make_job(published_at=past - timedelta(hours=1), expires_at=past)
        work.enqueue("jobs.expire", timestamp=0)

    def is_expired() -> bool:
        db.session.rollback()
        status = db.select(Job.status).where(Job.id == job.id)
        return db.session.execute(status).scalar_one() == "expired"

    assert soon(is_expired)


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
    bound = {}
    monkeypatch.setattr(tasks.app, "_bound", bound)

    def run(work: Callable[[FaultProxy], None]) -> None:
        def works(*_: object, **__: object) -> None:
            with bound["app"].app_context():
                work(proxy)

        monkeypatch.setattr(procrastinate.App, "run_worker", works)
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
