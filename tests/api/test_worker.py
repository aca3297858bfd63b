"""The worker as a process: it does what was queued and ends when told."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from src.database import db, unit_of_work
from src.models import Job
from src.services import letters
from src.utils import clock
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
