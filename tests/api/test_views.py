"""Views are counted in memory and handed in as one statement."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text

from src.database import db
from src.models import Company, CompanyDay, JobCounters
from src.queries import dashboard as dashboard_queries
from src.services import view as view_service
from src.utils import clock
from src.utils.background import Background
from tests.factories import headers_for, make_job, make_member, make_user


def views_of(job_id: int) -> int | None:
    return db.session.scalar(select(JobCounters.views).where(JobCounters.job_id == job_id))


def test_views_reach_the_job_and_the_day_of_its_company(app: Flask) -> None:
    job = make_job()
    for _ in range(3):
        view_service.seen(job.id)
    assert view_service.flush()
    days = db.session.execute(
        select(CompanyDay.day, CompanyDay.views).where(CompanyDay.company_id == job.company_id)
    ).all()
    assert views_of(job.id) == 3
    assert days == [(clock.now().date(), 3)]


def test_views_of_many_jobs_are_one_statement(app: Flask) -> None:
    jobs = [make_job() for _ in range(5)]
    for job in jobs:
        view_service.seen(job.id)
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    assert view_service.flush()
    assert len([words for words in said if "count_views" in words]) == 1
    assert [views_of(job.id) for job in jobs] == [1] * 5


def test_seeing_a_job_runs_no_statement(app: Flask) -> None:
    job = make_job()
    view_service.seen(job.id)
    assert views_of(job.id) == 0
    assert view_service.flush()


def test_views_that_could_not_be_written_are_kept(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job()
    view_service.seen(job.id)
    with monkeypatch.context() as broken:
        broken.setattr(dashboard_queries, "COUNT_VIEWS", text("SELECT no_such_thing()"))
        assert not view_service.flush()
    view_service.seen(job.id)
    assert view_service.flush()
    assert views_of(job.id) == 2


def test_a_view_before_midnight_counts_for_the_day_it_was_seen(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job()
    for hour, day in ((23, 1), (0, 2)):
        monkeypatch.setattr(clock, "now", lambda d=day, h=hour: datetime(2026, 3, d, h, tzinfo=UTC))
        view_service.seen(job.id)
    assert view_service.flush()
    days = select(CompanyDay.day).where(CompanyDay.company_id == job.company_id)
    assert sorted(day.day for day in db.session.scalars(days)) == [1, 2]


def test_a_view_of_a_job_that_is_gone_is_dropped(app: Flask) -> None:
    view_service.seen(2**40)
    assert view_service.flush()


def test_a_forked_worker_does_not_hand_in_its_parents_views(app: Flask) -> None:
    counter = view_service.ViewCounter(app)
    counter.add(make_job().id)
    child = os.fork()
    if child == 0:
        os._exit(len(counter._counts))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert counter.flush()


def test_views_are_handed_in_without_being_asked_for(committed: Flask) -> None:
    job = make_job()
    db.session.commit()
    background, counter = Background("views"), view_service.ViewCounter(committed)
    background.every(0.05, counter.flush)
    background.start()
    counter.add(job.id)
    for _ in range(100):
        time.sleep(0.05)
        db.session.rollback()
        if views_of(job.id):
            break
    background.stop()
    assert views_of(job.id) == 1


def test_each_visit_of_a_live_job_is_a_view(client: FlaskClient) -> None:
    job = make_job()
    first = client.get(f"/api/v1/jobs/{job.id}")
    again = client.get(f"/api/v1/jobs/{job.id}", headers={"If-None-Match": first.headers["ETag"]})
    client.get(f"/api/v1/jobs/{job.id}", headers=headers_for(make_user()))
    assert (first.status_code, again.status_code) == (200, 304)
    assert view_service.flush()
    assert views_of(job.id) == 3


def test_a_visit_by_a_member_is_no_view(client: FlaskClient) -> None:
    job = make_job()
    company = db.session.get_one(Company, job.company_id)
    headers = headers_for(make_member(company, role="viewer"))
    assert client.get(f"/api/v1/jobs/{job.id}", headers=headers).status_code == 200
    assert view_service.flush()
    assert views_of(job.id) == 0


@pytest.mark.parametrize("status", ["draft", "closed", "expired", "archived"])
def test_a_visit_of_what_is_not_live_is_no_view(client: FlaskClient, status: str) -> None:
    job = make_job(status=status)
    assert client.get(f"/api/v1/jobs/{job.id}").status_code in (404, 410)
    assert view_service.flush()
    assert views_of(job.id) == 0


def test_a_worker_that_ends_hands_in_what_it_has_seen(committed: Flask, root: Path) -> None:
    job = make_job()
    db.session.commit()
    config = committed.config["TALENTSPHERE"]
    environment = {
        "DATABASE_URL": config.database_url.replace("+psycopg2", ""),
        "SECRET_KEY": config.secret_key,
        "TALENTSPHERE_DATA_DIR": str(config.data_dir),
    }
    program = (
        "from src.main import app; from src.services import view\n"
        f"with app.app_context(): view.seen({job.id})"
    )
    subprocess.run([sys.executable, "-c", program], cwd=root, env=environment, check=True)
    assert views_of(job.id) == 1
