"""Data at volume: its figures and shape, and that everything derived from it is right."""

import contextlib
import dataclasses
import io
import json
import math
import re
import statistics
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask

from src.database import db
from src.main import create_app
from src.models.lifecycle import ApplicationStatus, candidate_moves, company_moves
from src.ops import reconcile
from src.ops.seed import command, words
from src.ops.seed.command import Orders
from src.ops.seed.plan import Plan
from src.utils import clock
from src.utils.html import sanitise, to_text
from tests.conftest import PlainClient
from tests.emptying import empty
from tests.factories import rows

PLAN = Plan(1, int(clock.now().timestamp()) // 3600 * 3600, 300, 12, 400, 100)


@pytest.fixture(scope="module")
def seeded(committed_app: Flask) -> Iterator[dict[str, Any]]:
    """A small seeding of a server that keeps its empty first page; what the command told."""
    config = committed_app.config["TALENTSPHERE"]
    url = config.migration_database_url
    owner = create_app(dataclasses.replace(config, database_url=url, threads=3))
    said = io.StringIO()
    with owner.app_context(), contextlib.ExitStack() as after:
        after.callback(empty, url)
        after.callback(db.engine.dispose)
        after.callback(db.session.remove)
        assert get(committed_app, "/api/v1/jobs")["total"] == 0
        before = structure()
        with contextlib.redirect_stdout(said):
            assert command.run(config, PLAN, Orders(force=False, finish=False, as_json=True)) == 0
        yield json.loads(said.getvalue()) | {"structure": before}
    owner.extensions["counters"].close()


def structure() -> list[str]:
    """Every index, constraint and trigger of the schema, as SQL."""
    return sorted(
        row[0]
        for row in rows(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " UNION SELECT format('%s %s %s', conrelid::regclass, conname,"
            "  pg_get_constraintdef(oid)) FROM pg_constraint"
            " UNION SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        )
    )


def get(app: Flask, path: str, token: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = PlainClient(app).get(path, headers=headers)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_there_is_as_much_as_was_asked_for(seeded: dict[str, Any]) -> None:
    counts = {
        name: rows(f"SELECT count(*) FROM {name}")[0][0]
        for name in ("companies", "users", "jobs", "applications", "bookmarks")
    }
    told = dict(seeded["counts"])
    assert told.pop("live jobs") == 300
    assert counts == told
    assert (counts["companies"], counts["jobs"], counts["applications"]) == (12, 319, 400)


@pytest.mark.usefixtures("seeded")
def test_every_rollup_counter_and_row_of_the_read_model_is_right() -> None:
    assert reconcile.differences() == []
    live = "SELECT count(*) FROM job_search WHERE expires_at > now() + interval '6 days'"
    assert rows(live)[0][0] == 300


def test_triggers_keys_and_indexes_are_as_they_were(seeded: dict[str, Any]) -> None:
    assert structure() == seeded["structure"]
    assert not rows("SELECT 1 FROM pg_trigger WHERE tgenabled = 'D'")
    assert not rows("SELECT 1 FROM pg_index WHERE NOT indisvalid")
    assert not rows("SELECT 1 FROM pg_constraint WHERE NOT convalidated")


@pytest.mark.usefixtures("seeded")
def test_a_page_cached_before_is_not_served_any_more(committed_app: Flask) -> None:
    assert get(committed_app, "/api/v1/jobs")["total"] == 300


@pytest.mark.usefixtures("seeded")
def test_jobs_are_found_by_the_words_of_their_titles_and_by_rare_ones(committed_app: Flask) -> None:
    [(job_id, title)] = rows(
        "SELECT id, title FROM jobs WHERE status = 'published' AND title ~ '^[A-Za-z ]+$'"
        " AND concat(description, requirements, benefits) LIKE '%R' || id || '<%'"
        " ORDER BY id LIMIT 1"
    )
    found = get(committed_app, f"/api/v1/jobs?q={title}&page_size=100")["items"]
    assert job_id in {job["id"] for job in found}
    rare = get(committed_app, f"/api/v1/jobs?q=R{job_id}")["items"]
    assert [job["id"] for job in rare] == [job_id]


def test_the_accounts_sign_in_and_the_showcase_has_its_dashboard(
    seeded: dict[str, Any], committed_app: Flask
) -> None:
    tokens = {}
    for email in seeded["accounts"]:
        body = {"email": email, "password": seeded["password"]}
        answer = PlainClient(committed_app).post("/api/v1/auth/login", json=body)
        tokens[answer.json["user"]["role"]] = answer.json["access_token"]
    assert set(tokens) == {"admin", "employer", "candidate"}
    board = get(committed_app, "/api/v1/employer/dashboard", tokens["employer"])
    assert board["company"]["id"] == seeded["showcase"]["company_id"]
    assert board["applications"]["total"] == 100
    assert board["jobs"]["total"] > 10
    assert board["conversion_rate"]["value"] < 1


@pytest.mark.usefixtures("seeded")
def test_words_fall_off_with_their_rank_as_in_real_postings() -> None:
    texts = [to_text(row[0]).lower() for row in rows("SELECT description FROM jobs")]
    counts = [n for _, n in Counter(re.findall(r"\w+", " ".join(texts))).most_common()]
    points = [(math.log(rank), math.log(counts[rank - 1])) for rank in (10, 20, 50, 100, 200, 500)]
    slope = statistics.linear_regression(*zip(*points, strict=True)).slope
    assert -1.1 < slope < -0.75
    assert sum(1 for n in counts if n == 1) > len(counts) / 3


@pytest.mark.usefixtures("seeded")
def test_texts_are_clean_html_of_two_kilobytes_with_a_wide_spread() -> None:
    found = rows("SELECT concat(description, requirements, benefits) FROM jobs")
    texts = [row[0] for row in found]
    assert 1_700 < statistics.mean(map(len, texts)) < 2_400
    tenths = statistics.quantiles(map(len, texts), n=10)
    assert tenths[-1] > 3 * tenths[0]
    assert all(sanitise(text) == text for text in texts)
    assert len(set(texts)) == 319


@pytest.mark.usefixtures("seeded")
def test_words_of_an_occupation_meet_in_its_postings() -> None:
    texts = rows(
        "SELECT g.slug, lower(j.description) AS text FROM jobs j"
        " JOIN categories g ON g.id = j.category_id"
    )
    [(slug, of_it)] = Counter(row.slug for row in texts).most_common(1)
    own = [w.lower() for w in dict.fromkeys(words.topic_table(slug)) if len(w) > 7][:20]
    inside = sum(word in row.text for row in texts if row.slug == slug for word in own)
    outside = sum(word in row.text for row in texts if row.slug != slug for word in own)
    assert inside / of_it > 3 * outside / (len(texts) - of_it)


@pytest.mark.usefixtures("seeded")
def test_every_history_is_legal_and_runs_forward_to_the_present() -> None:
    log = rows(
        "SELECT application_id, from_status, to_status, at FROM application_log"
        " ORDER BY application_id, id"
    )
    for before, after in pairwise(log):
        if before.application_id == after.application_id:
            status = ApplicationStatus(before.to_status)
            assert after.from_status == status
            assert after.to_status in (*company_moves(status), *candidate_moves(status))
            assert after.at > before.at
    assert not rows("SELECT 1 FROM application_log WHERE at > now()")
    hires = rows("SELECT count(*) FROM applications WHERE hired_at IS NOT NULL")
    assert hires[0][0] > 5


@pytest.mark.usefixtures("seeded")
def test_nothing_lies_before_its_cause() -> None:
    assert not rows(
        "SELECT 1 FROM applications a JOIN jobs j ON j.id = a.job_id"
        " WHERE a.submitted_at < j.published_at OR j.status = 'draft'"
    )
    assert not rows(
        "SELECT 1 FROM (SELECT at, to_status, from_status, lag(at) OVER w AS earlier,"
        " lag(to_status) OVER w AS was FROM job_log WINDOW w AS (PARTITION BY job_id ORDER BY id))"
        " l WHERE at < earlier OR from_status IS DISTINCT FROM was OR at > now()"
    )


@pytest.mark.usefixtures("seeded")
def test_a_few_companies_have_most_of_the_jobs() -> None:
    sizes = [row[0] for row in rows("SELECT count(*) FROM jobs GROUP BY company_id ORDER BY 1")]
    assert sizes[-1] > 3 * sizes[len(sizes) // 2]
    views = rows("SELECT (SELECT sum(views) FROM company_days), sum(views) FROM job_counters")
    assert views[0][0] == views[0][1] > 1_000
