"""A request that is sent again with its key: what it counts, holds up, and who is answered."""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from src.database import db
from src.main import create_app
from src.models import Membership
from src.queries import limits as limit_queries
from src.services import job_actions, job_bulk
from tests.factories import (
    headers_for,
    make_application,
    make_company,
    make_job,
    make_member,
    make_user,
    rows,
)

IMPORT, ACTIONS = "/api/v1/jobs/bulk", "/api/v1/jobs/bulk-actions"
MOVES = "/api/v1/employer/applications/bulk-actions"
JOB = {"title": "Night nurse", "description": "<p>Care.</p>"}
HITS = "SELECT hits FROM rate_windows WHERE scope = 'bulk'"


@pytest.fixture
def wide_app(committed: Flask) -> Iterator[Flask]:
    """The application over the committed database, for several callers at once."""
    app = create_app(dataclasses.replace(committed.config["TALENTSPHERE"], threads=4))
    yield app
    with app.app_context():
        db.engine.dispose()
    app.extensions["counters"].close()


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "slow"}])
def test_a_slow_import_holds_up_no_other_bulk_work_of_its_company(
    wide_app: Flask, monkeypatch: pytest.MonkeyPatch, key: dict[str, str]
) -> None:
    owner = make_user("employer")
    company = make_company(owner)
    job, application = make_job(company), make_application(make_job(company))
    headers = headers_for(owner)
    imported = {"company_id": company.id, "jobs": [JOB]}
    paused = {"job_ids": [job.id], "action": "pause"}
    moved = {"application_ids": [application.id], "to": "under_review"}
    db.session.commit()
    write, is_writing, is_over = job_bulk._write, threading.Event(), threading.Event()

    def slow(*arguments: Any) -> None:
        is_writing.set()
        is_over.wait(20)
        write(*arguments)

    def post(path: str, body: Any, more: dict[str, str]) -> int:
        return wide_app.test_client().post(path, json=body, headers=headers | more).status_code

    monkeypatch.setattr(job_bulk, "_write", slow)
    with ThreadPoolExecutor(1) as pool:
        importing = pool.submit(post, IMPORT, imported, key)
        assert is_writing.wait(20)
        beside = [post(ACTIONS, paused, key), post(MOVES, moved, key)]
        is_over.set()
        assert (beside, importing.result(20)) == ([200, 200], 200)
    assert [row.hits for row in rows(HITS)] == [3]


def test_a_replay_counts_nothing_and_what_was_refused_is_not_kept(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = make_user("employer")
    job, headers = make_job(make_company(owner)), headers_for(owner)

    def act(key: str) -> Any:
        body = {"job_ids": [job.id], "action": "pause"}
        return client.post(ACTIONS, json=body, headers=headers | {"Idempotency-Key": key})

    monkeypatch.setattr(limit_queries, "BULKS", dataclasses.replace(limit_queries.BULKS, most=1))
    first, again, refused = act("one"), act("one"), act("two")
    assert [each.status_code for each in (first, again, refused)] == [200, 200, 429]
    assert (again.data, again.headers["Idempotency-Replayed"]) == (first.data, "true")
    monkeypatch.setattr(limit_queries, "BULKS", dataclasses.replace(limit_queries.BULKS, most=2))
    assert act("two").json == {"updated": 0, "skipped": [{"id": job.id, "reason": "not_allowed"}]}


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "tried"}])
def test_what_is_refused_is_counted_with_a_key_as_without(
    client: FlaskClient, key: dict[str, str]
) -> None:
    owner = make_user("employer")
    headers, invited = headers_for(owner) | key, {"email": owner.email, "role": "viewer"}
    path = f"/api/v1/companies/{make_company(owner).id}/invitations"
    assert client.post(path, json=invited, headers=headers).status_code == 409
    path, report = "/api/v1/jobs/999999/reports", {"reason": "spam"}
    assert client.post(path, json=report, headers=headers).status_code == 404
    counted = rows("SELECT scope, hits FROM rate_windows ORDER BY scope")
    assert counted == [("invitations", 1), ("reports", 1)]


def test_a_replay_of_what_is_counted_counts_nothing(client: FlaskClient) -> None:
    path, key = f"/api/v1/jobs/{make_job().id}/reports", {"Idempotency-Key": "one"}
    asked = [client.post(path, json={"reason": "spam"}, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in asked] == [201, 201]
    assert rows("SELECT scope, hits FROM rate_windows") == [("reports", 1)]


def test_who_may_not_invite_uses_no_invitation_up(client: FlaskClient) -> None:
    owner, recruiter = make_user("employer"), make_user("employer")
    company = make_company(owner)
    make_member(company, recruiter)
    path, invited = f"/api/v1/companies/{company.id}/invitations", {"role": "viewer"}
    for key in ({}, {"Idempotency-Key": "one"}):
        answer = client.post(
            path, json=invited | {"email": "x@mail.example"}, headers=headers_for(recruiter) | key
        )
        assert answer.status_code == 403
    assert rows("SELECT FROM rate_windows") == []


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "tried"}])
def test_bulk_work_that_lost_a_deadlock_is_done_again_and_counted_once(
    committed: Flask, monkeypatch: pytest.MonkeyPatch, key: dict[str, str]
) -> None:
    owner = make_user("employer")
    job, headers = make_job(make_company(owner)), headers_for(owner)
    body = {"job_ids": [job.id], "action": "pause"}
    db.session.commit()
    write, tries = job_actions._write, []

    def unlucky(work: Any, *arguments: Any) -> None:
        write(work, *arguments)
        tries.append(1)
        if len(tries) == 1:
            work.session.execute(text("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$"))

    monkeypatch.setattr(job_actions, "_write", unlucky)
    answer = committed.test_client().post(ACTIONS, json=body, headers=headers | key)
    assert (answer.status_code, answer.json["updated"], len(tries)) == (200, 1, 2)
    assert [row.hits for row in rows(HITS)] == [1]


@pytest.fixture(
    params=["note", "draft", "draft of the only one", "copy", "import", "deletion", "moves"]
)
def asked(request: pytest.FixtureRequest, client: FlaskClient) -> Any:
    """A recruiter's request about one company, done once: who for whom, and how to repeat it."""
    company, recruiter = make_company(), make_user("employer")
    make_member(company, recruiter, "recruiter")
    job = make_job(company, "draft" if request.param == "deletion" else "published")
    path, body = {
        "note": lambda: (f"/api/v1/applications/{make_application(job).id}/notes", {"body": "A"}),
        "draft": lambda: ("/api/v1/jobs", {**JOB, "company_id": company.id}),
        "draft of the only one": lambda: ("/api/v1/jobs", JOB),
        "copy": lambda: (f"/api/v1/jobs/{job.id}/duplicate", None),
        "import": lambda: (IMPORT, {"company_id": company.id, "jobs": [JOB]}),
        "deletion": lambda: (ACTIONS, {"job_ids": [job.id], "action": "delete"}),
        "moves": lambda: (
            MOVES, {"application_ids": [make_application(job).id], "to": "under_review"}
        ),
    }[request.param]()  # fmt: skip
    if request.param != "draft of the only one":
        # Of these nothing is told.
        make_member(make_company(), recruiter, "owner")
    headers = headers_for(recruiter) | {"Idempotency-Key": "k"}
    ask = lambda: client.post(path, json=body, headers=headers)  # noqa: E731
    assert ask().status_code in (200, 201)
    return company, recruiter, ask


def others_of(company: Any, recruiter: Any) -> list[Membership]:
    held = db.session.query(Membership).filter_by(user_id=recruiter.id)
    return [each for each in held if each.company_id != company.id]


def test_a_replay_asks_for_no_right_that_its_answer_has_nothing_to_do_with(asked: Any) -> None:
    company, recruiter, ask = asked
    for membership in others_of(company, recruiter):
        db.session.delete(membership)
    assert ask().headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("lost", ["membership", "writing"])
def test_a_replay_is_for_whoever_may_still_do_what_it_tells_of(asked: Any, lost: str) -> None:
    company, recruiter, ask = asked
    membership = db.session.get_one(Membership, (company.id, recruiter.id))
    if lost == "writing":
        membership.role = "viewer"
    else:
        db.session.delete(membership)
    answer = ask()
    assert answer.status_code == 404
    assert "Idempotency-Replayed" not in answer.headers


def test_who_only_watched_another_company_keeps_an_answer_about_none(client: FlaskClient) -> None:
    founder, watched = make_user("employer"), make_company()
    make_member(watched, founder, "viewer")
    headers = headers_for(founder) | {"Idempotency-Key": "k"}
    found: Callable[[], Any] = lambda: client.post(  # noqa: E731
        "/api/v1/companies", json={"name": "Harbour Clinic"}, headers=headers
    )
    assert found().status_code == 201
    db.session.delete(db.session.get_one(Membership, (watched.id, founder.id)))
    assert found().headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("body", [b"[1]", b'"x"', b"{", b'{"company_id": "x", "job_ids": ["y"]}'])
def test_a_body_that_is_none_is_refused_with_a_key_as_without(
    client: FlaskClient, body: bytes
) -> None:
    owner = make_user("employer")
    make_company(owner)
    headers = headers_for(owner) | {"Content-Type": "application/json"}
    for path in ("/api/v1/jobs", ACTIONS):
        plain = client.post(path, data=body, headers=headers)
        keyed = client.post(path, data=body, headers=headers | {"Idempotency-Key": "k"})
        assert plain.status_code == keyed.status_code in (400, 422)


def test_every_post_takes_a_key_but_those_that_may_be_done_again(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").json["paths"]
    takes_none = {
        path
        for path, verbs in paths.items()
        if "post" in verbs
        and "Idempotency-Key" not in {each["name"] for each in verbs["post"]["parameters"]}
    }
    outside = {path for path in takes_none if not path.startswith("/api/v1/auth/")}
    assert outside == {"/api/v1/cache/warm", "/api/v1/unsubscribe/{token}"}
