"""The demo data: its figures, its legal histories, and that it is loaded once."""

import contextlib
import dataclasses
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import text

from src.database import db, unit_of_work
from src.main import create_app
from src.models.lifecycle import ApplicationStatus, candidate_moves, company_moves
from src.ops import demo, demo_jobs
from src.utils.html import sanitise, to_text
from tests.conftest import forget
from tests.emptying import empty
from tests.factories import rows


@pytest.fixture(scope="module")
def demo_app(committed_app: Flask) -> Iterator[Flask]:
    """The committed database reached as its owner; what was written is emptied afterwards."""
    config = committed_app.config["TALENTSPHERE"]
    url = config.migration_database_url
    app = create_app(dataclasses.replace(config, database_url=url, direct_database_url=url))
    with app.app_context(), contextlib.ExitStack() as after:
        after.callback(empty, url)
        after.callback(db.engine.dispose)
        after.callback(db.session.remove)
        forget()
        yield app
    app.extensions["counters"].close()


@pytest.fixture(scope="module")
def loaded(demo_app: Flask) -> str:
    """The demo data, which no test changes; what the loading printed."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert run(demo_app) == 0
    return said.getvalue()


def run(app: Flask, **options: bool) -> int:
    return demo.run(app.config["TALENTSPHERE"], **{"if_empty": False, "force": False, **options})


@pytest.mark.usefixtures("loaded")
def test_the_demo_has_companies_jobs_in_every_state_and_applications() -> None:
    states = dict(tuple(row) for row in rows("SELECT status, count(*) FROM jobs GROUP BY 1"))
    assert sum(states.values()) == 500
    assert states == {"published": 420, **{s.value: n for s, n in demo_jobs.ELSEWHERE.items()}}
    assert rows("SELECT count(*) FROM companies")[0][0] == 20
    assert rows("SELECT count(*) FROM applications")[0][0] == 2000
    owners = rows("SELECT count(*) FROM memberships WHERE role = 'owner' GROUP BY company_id")
    assert [row[0] for row in owners] == [1] * 20


@pytest.mark.usefixtures("loaded")
def test_every_published_job_of_the_demo_is_live_and_found(committed_app: Flask) -> None:
    answer = committed_app.test_client().get("/api/v1/jobs?page_size=5").json
    assert answer["total"] == 420
    assert rows("SELECT count(*) FROM job_search WHERE expires_at > now()")[0][0] == 420
    found = committed_app.test_client().get("/api/v1/jobs?q=nurse").json
    assert found["total"] > 5


@pytest.mark.usefixtures("loaded")
def test_the_demo_suggests_and_corrects_as_soon_as_it_is_loaded(committed_app: Flask) -> None:
    client = committed_app.test_client()
    assert client.get("/api/v1/jobs/suggest?q=nur").json["titles"]
    found = client.get("/api/v1/jobs?q=enginer").json["search"]
    assert found["corrected"] == {"enginer": "engineer"}


@pytest.mark.usefixtures("loaded")
def test_descriptions_of_the_demo_are_clean_html_of_a_readable_length() -> None:
    texts = [row[0] for row in rows("SELECT description FROM jobs")]
    lengths = sorted(len(to_text(text).split()) for text in texts)
    assert 150 <= lengths[0] <= lengths[-1] <= 300
    assert all(sanitise(text) == text for text in texts)
    assert len(set(texts)) == 500


@pytest.mark.usefixtures("loaded")
def test_every_history_of_the_demo_is_legal_and_runs_forward() -> None:
    log = rows("SELECT application_id, from_status, to_status, at FROM application_log ORDER BY id")
    histories: dict[int, list[tuple[str | None, str, object]]] = {}
    for application_id, *move in log:
        histories.setdefault(application_id, []).append(tuple(move))
    for history in histories.values():
        assert history[0][:2] == (None, "submitted")
        for before, after in pairwise(history):
            status = ApplicationStatus(before[1])
            assert after[0] == status
            assert after[1] in (*company_moves(status), *candidate_moves(status))
            assert after[2] > before[2]
    assert len(histories) == 2000


@pytest.mark.usefixtures("loaded")
def test_nothing_of_the_demo_lies_before_its_cause_or_in_the_future() -> None:
    assert not rows(
        "SELECT 1 FROM applications a JOIN jobs j ON j.id = a.job_id WHERE a.submitted_at <"
        " j.published_at OR a.submitted_at > now() OR a.submitted_at < now() - interval '61 days'"
    )
    assert not rows("SELECT 1 FROM application_log WHERE at > now()")
    assert not rows("SELECT 1 FROM job_log WHERE at > now()")
    assert not rows(
        "SELECT 1 FROM (SELECT at, lag(at) OVER (PARTITION BY job_id ORDER BY id) AS before"
        " FROM job_log) l WHERE at < before"
    )


@pytest.mark.usefixtures("loaded")
def test_the_rollups_of_the_demo_agree_with_its_applications() -> None:
    counted = rows(
        "SELECT company_id, status, furthest_stage, first_response_at IS NOT NULL, count(*)"
        " FROM applications GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    )
    kept = rows(
        "SELECT company_id, status, furthest_stage, has_response, applications"
        " FROM application_counts WHERE applications <> 0 ORDER BY 1, 2, 3, 4"
    )
    assert counted == kept
    assert not rows(
        "SELECT job_id FROM job_counters c WHERE applications <>"
        " (SELECT count(*) FROM applications a WHERE a.job_id = c.job_id) OR bookmarks <>"
        " (SELECT count(*) FROM bookmarks b WHERE b.job_id = c.job_id)"
    )
    views = rows(
        "SELECT (SELECT sum(views) FROM company_days), (SELECT sum(views) FROM job_counters)"
    )
    assert views[0][0] == views[0][1] > 10_000


def test_the_printed_accounts_sign_in_and_no_other_can(loaded: str, committed_app: Flask) -> None:
    accounts = re.findall(r"^  (\S+@\S+) +(\S+)  (.+)$", loaded, re.MULTILINE)
    assert [what for _, _, what in accounts] == [
        "administrator", "owner of Brightwater Systems", "candidate with applications",
    ]  # fmt: skip
    for email, password, _ in accounts:
        body = {"email": email, "password": password}
        assert committed_app.test_client().post("/api/v1/auth/login", json=body).status_code == 200
    assert rows("SELECT count(*) FROM users WHERE password_hash IS NOT NULL")[0][0] == 3


@pytest.mark.usefixtures("loaded")
def test_the_employer_of_the_demo_owns_the_company_with_most_jobs() -> None:
    most = rows("SELECT company_id FROM jobs GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")
    owned = rows(
        "SELECT company_id FROM memberships m JOIN users u ON u.id = m.user_id"
        " WHERE u.email = :email AND m.role = 'owner'", email=f"employer@{demo.DOMAIN}",
    )  # fmt: skip
    assert most == owned


def story() -> tuple[list[str], list[tuple[str, ...]]]:
    """Its jobs and its people, in the order they came in."""
    titles = [row.title for row in rows("SELECT title FROM jobs ORDER BY id")]
    people = rows("SELECT email, first_name FROM users ORDER BY id")
    return titles, [tuple(row) for row in people]


@pytest.mark.long
@pytest.mark.usefixtures("loaded")
def test_the_demo_tells_the_same_story_each_time() -> None:
    told = story()
    with unit_of_work() as work:
        work.session.execute(text("TRUNCATE users, companies CASCADE"))
        assert story() == ([], [])
        demo.load(work)
        again = story()
        work.session.rollback()
    assert again == told == story()
    assert Counter(told[0]).most_common(1)[0][1] < 20


@pytest.mark.usefixtures("loaded")
def test_loading_the_demo_again_changes_nothing(
    demo_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    before = rows("SELECT max(id), count(*), max(version) FROM users")
    assert run(demo_app, if_empty=True) == 0
    assert capsys.readouterr() == ("", "")
    assert run(demo_app) == 1
    assert "has users" in capsys.readouterr().err
    assert rows("SELECT max(id), count(*), max(version) FROM users") == before
