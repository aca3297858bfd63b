"""Applying, reading, moving: what candidates and companies can do with an application."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from src.database import db
from src.models import Application, User
from src.models.lifecycle import (
    ApplicationStatus,
    candidate_moves,
    company_moves,
)
from src.utils import clock
from tests.background import queued
from tests.factories import (
    headers_for,
    make_application,
    make_company,
    make_job,
    make_member,
    make_user,
    rows,
)

LETTER = {"cover_letter": "I have worked nights."}


def world() -> tuple[User, Application]:
    """A company's owner and an application to it."""
    owner = make_user("employer")
    return owner, make_application(make_job(make_company(owner)))


def move(client: FlaskClient, application: Application, user: User, to: str) -> Any:
    path = f"/api/v1/applications/{application.id}/transitions"
    return client.post(path, json={"to": to, "reason": "because"}, headers=headers_for(user))


def test_a_candidate_applies_once(client: FlaskClient) -> None:
    job, caller = make_job(), headers_for(make_user())
    path = f"/api/v1/jobs/{job.id}/applications"
    first = client.post(path, json=LETTER, headers=caller)
    assert (first.status_code, first.json["status"]) == (201, "submitted")
    again = client.post(path, json=LETTER, headers=caller)
    assert (again.status_code, again.json["url"]) == (409, first.headers["Location"])


def test_who_applied_is_told_so_though_the_company_is_suspended_meanwhile(
    client: FlaskClient,
) -> None:
    company = make_company()
    path = f"/api/v1/jobs/{make_job(company).id}/applications"
    caller = headers_for(make_user())
    made = client.post(path, json={}, headers=caller).json["id"]
    company.status = "suspended"
    db.session.commit()
    again = client.post(path, json={}, headers=caller)
    assert (again.status_code, again.json["url"]) == (409, f"/api/v1/applications/{made}")


@pytest.mark.parametrize("status", ["suspended", "deleted"])
def test_a_job_of_a_company_that_is_not_active_takes_no_applications(
    client: FlaskClient, status: str
) -> None:
    company = make_company(status=status)
    for job, said in (("published", 409), ("draft", 404)):
        path = f"/api/v1/jobs/{make_job(company, job).id}/applications"
        refused = client.post(path, json={}, headers=headers_for(make_user()))
        assert refused.status_code == said
    closed = f"/api/v1/jobs/{make_job(status='closed').id}/applications"
    other = client.post(closed, json={}, headers=headers_for(make_user())).json
    path = f"/api/v1/jobs/{make_job(company).id}/applications"
    same = client.post(path, json={}, headers=headers_for(make_user())).json
    assert (same["detail"], same["field"]) == (other["detail"], other["field"])


def test_both_sides_are_told_of_an_application(client: FlaskClient) -> None:
    owner, candidate = make_user("employer"), make_user()
    job = make_job(make_company(owner))
    client.post(f"/api/v1/jobs/{job.id}/applications", json={}, headers=headers_for(candidate))
    assert {mail["to"] for mail in queued("mail.send")} == {owner.email, candidate.email}


@pytest.mark.parametrize("lost", [{"is_active": False}, {"role": "candidate"}])
def test_an_owner_who_can_do_nothing_any_more_is_told_of_no_application(
    client: FlaskClient, lost: dict[str, Any]
) -> None:
    owner, candidate = make_user("employer"), make_user()
    job, admin = make_job(make_company(owner)), headers_for(make_user("admin"))
    client.patch(f"/api/v1/admin/users/{owner.id}", json=lost, headers=admin)
    path = f"/api/v1/jobs/{job.id}/applications"
    assert client.post(path, json=LETTER, headers=headers_for(candidate)).status_code == 201
    assert [mail["to"] for mail in queued("mail.send")] == [candidate.email]


@pytest.mark.parametrize(
    ("status", "answer"),
    [("draft", 404), ("paused", 409), ("closed", 409), ("expired", 409), ("archived", 409)],
)
def test_only_a_live_job_takes_applications(client: FlaskClient, status: str, answer: int) -> None:
    path = f"/api/v1/jobs/{make_job(status=status).id}/applications"
    assert client.post(path, json={}, headers=headers_for(make_user())).status_code == answer


def test_an_unverified_candidate_cannot_apply(client: FlaskClient) -> None:
    caller = headers_for(make_user(email_verified_at=None))
    path = f"/api/v1/jobs/{make_job().id}/applications"
    assert client.post(path, json={}, headers=caller).status_code == 403


def test_thirty_applications_an_hour_are_the_limit(client: FlaskClient) -> None:
    company, caller = make_company(), headers_for(make_user())
    answers = [
        client.post(f"/api/v1/jobs/{make_job(company).id}/applications", json={}, headers=caller)
        for _ in range(31)
    ]
    assert [answer.status_code for answer in answers] == [201] * 30 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_repeated_key_gives_the_first_answer(client: FlaskClient) -> None:
    path = f"/api/v1/jobs/{make_job().id}/applications"
    caller = {**headers_for(make_user()), "Idempotency-Key": "k1"}
    first = client.post(path, json=LETTER, headers=caller)
    again = client.post(path, json=LETTER, headers=caller)
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = client.post(path, json={"cover_letter": "Another."}, headers=caller)
    assert (other.status_code, list(other.json["errors"])) == (422, ["Idempotency-Key"])


def test_the_candidate_never_sees_what_the_company_thinks(client: FlaskClient) -> None:
    owner, application = world()
    path = f"/api/v1/applications/{application.id}"
    client.patch(path, json={"rating": 2}, headers=headers_for(owner))
    candidate = headers_for(user_of(application))
    shown = client.get(path, headers=candidate).json
    assert not {"rating", "candidate", "notes_count"} & set(shown)
    listed = client.get("/api/v1/me/applications", headers=candidate).json["items"]
    assert listed == [shown]


def user_of(application: Application) -> User:

    return db.session.get_one(User, application.candidate_id)


def test_the_company_sees_who_and_how_rated(client: FlaskClient) -> None:
    owner, application = world()
    path, caller = f"/api/v1/applications/{application.id}", headers_for(owner)
    assert client.patch(path, json={"rating": 4}, headers=caller).json["rating"] == 4
    shown = client.get(path, headers=caller).json
    assert shown["candidate"]["email"] == user_of(application).email
    assert client.patch(path, json={"rating": 6}, headers=caller).status_code == 422


STATUSES = list(ApplicationStatus)


def put(client: FlaskClient, status: ApplicationStatus) -> tuple[User, Application]:
    owner = make_user("employer")
    application = make_application(make_job(make_company(owner)), status=status.value)
    return owner, application


@pytest.mark.parametrize(("start", "to"), list(itertools.product(STATUSES, STATUSES)))
def test_a_company_makes_legal_moves_only(
    client: FlaskClient, start: ApplicationStatus, to: ApplicationStatus
) -> None:
    owner, application = put(client, start)
    answer = move(client, application, owner, to.value)
    allowed = company_moves(start)
    if to in allowed:
        assert (answer.status_code, answer.json["status"]) == (200, to)
    else:
        assert (answer.status_code, answer.json["allowed"]) == (409, list(allowed))
    moved = rows("SELECT status FROM applications WHERE id = :id", id=application.id)
    assert moved[0].status == (to if to in allowed else start)


@pytest.mark.parametrize("start", STATUSES)
def test_a_candidate_withdraws_while_it_is_open(
    client: FlaskClient, start: ApplicationStatus
) -> None:
    _, application = put(client, start)
    path = f"/api/v1/applications/{application.id}/withdraw"
    answer = client.post(path, headers=headers_for(user_of(application)))
    assert answer.status_code == (200 if candidate_moves(start) else 409)


def test_every_move_is_one_row_of_the_history(client: FlaskClient) -> None:
    owner, application = world()
    for to in ("under_review", "offered", "interviewed", "rejected", "under_review"):
        assert move(client, application, owner, to).status_code == 200
    path = f"/api/v1/applications/{application.id}/history"
    history = client.get(path, headers=headers_for(owner)).json["items"]
    assert [(row["from"], row["to"]) for row in history] == [
        (None, "submitted"), ("submitted", "under_review"), ("under_review", "offered"),
        ("offered", "interviewed"), ("interviewed", "rejected"), ("rejected", "under_review"),
    ]  # fmt: skip
    assert history[-1]["by"]["id"] == owner.id
    assert history[-1]["reason"] == "because"


def test_the_candidate_s_history_has_neither_reasons_nor_recruiters(client: FlaskClient) -> None:
    owner, application = world()
    move(client, application, owner, "rejected")
    path = f"/api/v1/applications/{application.id}/history"
    history = client.get(path, headers=headers_for(user_of(application))).json["items"]
    assert (history[-1]["to"], history[-1]["by"], history[-1]["reason"]) == ("rejected", None, None)


def test_of_two_recruiters_with_one_version_the_second_is_refused(client: FlaskClient) -> None:
    owner, application = world()
    path, caller = f"/api/v1/applications/{application.id}", headers_for(owner)
    tag = client.get(path, headers=caller).headers["ETag"]
    answers = [
        client.post(
            f"{path}/transitions", json={"to": to}, headers={**caller, "If-Match": tag}
        ).status_code
        for to in ("shortlisted", "offered")
    ]
    assert answers == [200, 412]


def test_a_viewer_reads_and_moves_nothing(client: FlaskClient) -> None:
    company = make_company()
    application = make_application(make_job(company))
    viewer = make_member(company, role="viewer")
    path = f"/api/v1/applications/{application.id}"
    assert client.get(path, headers=headers_for(viewer)).status_code == 200
    assert move(client, application, viewer, "shortlisted").status_code == 403


def test_another_company_finds_nothing_by_id_list_bulk_or_filter(client: FlaskClient) -> None:
    _, application = world()
    stranger = make_user("employer")
    own = make_company(stranger)
    caller = headers_for(stranger)
    path = f"/api/v1/applications/{application.id}"
    assert client.get(path, headers=caller).status_code == 404
    assert move(client, application, stranger, "rejected").status_code == 404
    of_job = f"/api/v1/jobs/{application.job_id}/applications"
    assert client.get(of_job, headers=caller).status_code == 404
    listed = "/api/v1/employer/applications"
    assert client.get(listed, headers=caller).json["total"] == 0
    assert client.get(f"{listed}?job_id={application.job_id}", headers=caller).json["total"] == 0
    foreign = client.get(f"{listed}?company_id={application.company_id}", headers=caller)
    assert foreign.status_code == 404
    bulk = {"application_ids": [application.id], "to": "rejected"}
    answer = client.post(f"{listed}/bulk-actions", json=bulk, headers=caller).json
    assert answer == {"updated": 0, "skipped": [{"id": application.id, "reason": "not_found"}]}
    assert own.id != application.company_id


def test_a_bulk_move_takes_what_it_can_and_says_what_it_left(client: FlaskClient) -> None:
    owner = make_user("employer")
    job = make_job(make_company(owner))
    open_one, final = make_application(job), make_application(job, status="hired")
    body = {"application_ids": [open_one.id, final.id, 10**12, open_one.id], "to": "rejected"}
    path = "/api/v1/employer/applications/bulk-actions"
    answer = client.post(path, json=body, headers=headers_for(owner))
    assert answer.json == {
        "updated": 1,
        "skipped": [
            {"id": final.id, "reason": "not_allowed"},
            {"id": 10**12, "reason": "not_found"},
        ],
    }
    assert [mail["to"] for mail in queued("mail.send")] == [user_of(open_one).email]


def test_a_bulk_move_takes_the_same_statements_for_any_number(client: FlaskClient) -> None:
    owner = make_user("employer")
    job, caller = make_job(make_company(owner)), headers_for(owner)
    said = set()
    for count in (1, 60):
        ids = [make_application(job).id for _ in range(count)]
        body = {"application_ids": ids, "to": "under_review"}
        answer = client.post(
            "/api/v1/employer/applications/bulk-actions", json=body, headers=caller
        )
        assert answer.json["updated"] == count
        said.add(answer.headers["Server-Timing"].partition("desc=")[2])
    assert len(said) == 1


def names(client: FlaskClient, path: str, user: User, **query: Any) -> list[str]:
    page = client.get(path, query_string=query, headers=headers_for(user))
    assert page.status_code == 200, page.json
    return [item["candidate"]["first_name"] for item in page.json["items"]]


def test_a_job_s_applications_are_filtered_and_sorted(client: FlaskClient) -> None:
    owner = make_user("employer")
    job = make_job(make_company(owner))
    now = clock.now()
    for days, name, rating in ((3, "Ada", 5), (2, "Bo", None), (1, "Cy", 3)):
        person = make_user(first_name=name, last_name="Doe", email=f"{name.lower()}@mail.example")
        make_application(job, person, rating=rating, submitted_at=now - timedelta(days=days))
    path = f"/api/v1/jobs/{job.id}/applications"
    assert names(client, path, owner) == ["Cy", "Bo", "Ada"]
    assert names(client, path, owner, sort="oldest") == ["Ada", "Bo", "Cy"]
    assert names(client, path, owner, sort="rating") == ["Ada", "Cy", "Bo"]
    assert names(client, path, owner, min_rating=4) == ["Ada"]
    assert names(client, path, owner, q="bo d") == ["Bo"]
    assert names(client, path, owner, q="cy@mail") == ["Cy"]
    assert names(client, path, owner, status="hired,rejected") == []
    top = "/api/v1/employer/candidates/top"
    assert names(client, top, owner, job_id=job.id) == ["Ada", "Cy", "Bo"]


@pytest.mark.parametrize("path", ["/employer/applications", "/me/applications"])
def test_links_to_pages_repeat_what_was_asked_and_nothing_else(
    client: FlaskClient, path: str
) -> None:
    caller = headers_for(make_user("employer" if "employer" in path else "candidate"))
    asked = {"": "?page=1", "?status=": "?page=1", "?status=hired": "?status=hired&page=1"}
    for query, spelled in asked.items():
        link = client.get(f"/api/v1{path}{query}", headers=caller).headers["Link"]
        assert link == f'</api/v1{path}{spelled}>; rel="first"'


@pytest.mark.parametrize("words", ["'", "a & b", ":*", "%", "…", "\\", "🎉"])
def test_no_name_that_is_looked_for_is_an_error(client: FlaskClient, words: str) -> None:
    owner = make_user("employer")
    job = make_job(make_company(owner))
    make_application(job, make_user(email="ada@mail.example"))
    assert names(client, f"/api/v1/jobs/{job.id}/applications", owner, q=words) == []


def test_notes_are_the_company_s_alone(client: FlaskClient) -> None:
    owner, application = world()
    path, caller = f"/api/v1/applications/{application.id}/notes", headers_for(owner)
    made = client.post(path, json={"body": "Calm."}, headers=caller)
    assert (made.status_code, made.json["author"]["id"]) == (201, owner.id)
    assert client.get(path, headers=caller).json["items"] == [made.json]
    assert client.get(path, headers=headers_for(user_of(application))).status_code == 403
    assert client.delete(f"{path}/{made.json['id']}", headers=caller).status_code == 204
    assert client.get(path, headers=caller).json["total"] == 0


def interview_times(hours: int = 24) -> dict[str, str]:
    start = clock.now() + timedelta(hours=hours)
    return {
        "starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat(),
        "mode": "video",
    }  # fmt: skip


def test_an_interview_is_planned_changed_and_called_off(client: FlaskClient) -> None:
    owner, application = world()
    path, caller = f"/api/v1/applications/{application.id}/interviews", headers_for(owner)
    body = {**interview_times(), "notes": "Ask about nights."}
    made = client.post(path, json=body, headers=caller)
    assert (made.status_code, made.json["status"]) == (201, "scheduled")
    one = f"/api/v1/interviews/{made.json['id']}"
    assert client.patch(one, json={"status": "completed"}, headers=caller).status_code == 200
    own = client.get("/api/v1/me/interviews", headers=headers_for(user_of(application))).json
    assert (own["total"], own["items"][0]["notes"]) == (1, None)
    assert client.patch(one, json={}, headers=headers_for(make_user("employer"))).status_code == 404
    assert client.delete(one, headers=caller).status_code == 204


def test_an_interview_is_in_the_future_and_ends_after_it_starts(client: FlaskClient) -> None:
    owner, application = world()
    path, caller = f"/api/v1/applications/{application.id}/interviews", headers_for(owner)
    past = client.post(path, json=interview_times(-5), headers=caller)
    assert list(past.json["errors"]) == ["starts_at"]
    times = interview_times()
    turned = {**times, "starts_at": times["ends_at"], "ends_at": times["starts_at"]}
    assert list(client.post(path, json=turned, headers=caller).json["errors"]) == ["ends_at"]


def test_a_change_that_names_nothing_leaves_the_rating(client: FlaskClient) -> None:
    owner, application = world()
    path, headers = f"/api/v1/applications/{application.id}", headers_for(owner)
    client.patch(path, json={"rating": 4}, headers=headers)
    answer = client.patch(path, json={}, headers=headers)
    assert (answer.status_code, answer.json["rating"]) == (200, 4)
