"""Everybody gets all that is kept of them: every column of every table is accounted for."""

import secrets
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from src.database import Base, db
from src.models import (
    Alert,
    Audit,
    Bookmark,
    IdempotencyKey,
    Interview,
    Invitation,
    JobReport,
    Note,
    OneTimeToken,
    RateWindow,
    SavedSearch,
    User,
)
from src.schemas.export import ExportOut
from src.utils import clock
from tests import factories as make

# Column: the section and the field that gives it.
GIVEN = {
    "api_keys": "api_keys: id name prefix scopes created_at expires_at revoked_at",
    "application_log": "application_moves: id application_id from_status to_status at",
    "applications": "applications: id job_id status cover_letter resume_url source submitted_at"
    " status_changed_at redacted_at",
    "bookmarks": "bookmarks: job_id created_at",
    "idempotency_keys": "kept_answers: method path key status created_at expires_at",
    "interviews": "interviews: id application_id starts_at ends_at mode location status created_at",
    "invitations": "invitations: id role created_at expires_at accepted_at",
    "job_log": "job_moves_made: job_id from_status to_status at reason",
    "job_reports": "job_reports: id job_id reason text created_at",
    "memberships": "memberships: role joined_at",
    "one_time_tokens": "mailed_codes: purpose created_at expires_at used_at",
    "rate_windows": "counted_attempts: scope hits ends_at",
    "saved_searches": "saved_searches: id name query frequency alerts_from created_at updated_at",
    "alerts": "alerts: id search_id job_ids total created_at sent_at expires_at",
    "sessions": "sessions: id user_agent address created_at expires_at",
    "users": "account: id email role first_name last_name is_active email_verified_at erased_at"
    " created_at updated_at version",
    "audit": "looked_at: at action application_ids",
}  # fmt: skip
ONESELF = "says that it is the person's, and is the reason why the row is given"
SECRET = "proves who somebody is: only its hash is kept, which is of use to attackers alone"
COMPANY = "is what the company thinks of its candidate: the company answers for it"
COPY = "is a copy of what another section gives"
OTHERS = "is somebody else's"
# Column: why it is not given.
WITHHELD = {
    "users.password_hash": SECRET, "sessions.token_hash": SECRET, "api_keys.key_hash": SECRET,
    "one_time_tokens.token_hash": SECRET,
    "applications.rating": COMPANY, "applications.status_reason": COMPANY,
    "application_log.reason": COMPANY, "application_log.by_id": COMPANY,
    "applications.status_changed_by_id": COMPANY, "interviews.notes": COMPANY,
    "interviews.created_by_id": OTHERS, "notes.body": COMPANY,
    "applications.company_id": "is the company that is given by name",
    "memberships.company_id": "is given as id and name of the company",
    "invitations.company_id": "is the company that is given by name",
    "application_log.company_id": "is the company of the application",
    "job_log.company_id": "is the company of the job", "job_log.id": "orders the log",
    "one_time_tokens.id": "orders the codes",
    "applications.updated_at": COPY, "applications.version": COPY,
    "applications.furthest_stage": "follows from the moves",
    "applications.first_response_at": "follows from the moves",
    "applications.hired_at": "follows from the moves",
    "idempotency_keys.body": COPY, "idempotency_keys.headers": COPY,
    "idempotency_keys.rights": "what a repeat is held to",
    "idempotency_keys.body_hash": "tells whether a request is the same",
    "audit.id": "orders the audit", "audit.company_id": "is the company that is given by name",
    "audit.candidate_ids": OTHERS,
    "saved_searches.version": "counts the changes", "alerted_jobs.search_id": COPY,
    "alerted_jobs.job_id": COPY,
}  # fmt: skip
PERSON = (
    "users.id", "sessions.user_id", "api_keys.user_id", "one_time_tokens.user_id",
    "memberships.user_id", "invitations.email", "invitations.invited_by_id", "bookmarks.user_id",
    "applications.candidate_id", "job_reports.reporter_id", "job_log.by_id", "audit.user_id",
    "saved_searches.user_id",
    "idempotency_keys.caller_key", "rate_windows.subject",
)  # fmt: skip
# Acts for companies are given as acts: that they were done, and when.
ACTS = {"notes": "id application_id author_id created_at"}
# Of no person: companies and their jobs, words and names of places, and what is counted.
IMPERSONAL = {
    "companies", "benefits", "jobs", "job_counters", "job_search", "lexemes", "categories",
    "countries", "currencies", "application_counts", "company_days", "cache_outbox",
    "data_versions", "data_changes", "search_phrases", "search_places", "search_words",
    "search_form", "search_suggestions", "job_arrivals", "alert_rounds",
    "city_names",
}  # fmt: skip


def export(client: FlaskClient, user: User) -> Any:
    answer = client.get("/api/v1/auth/me/export", headers=make.headers_for(user))
    assert answer.status_code == 200, answer.text
    return answer.json


def test_every_column_is_given_or_withheld_for_a_reason() -> None:
    columns = {
        f"{name}.{column.name}"
        for name, table in Base.metadata.tables.items()
        for column in table.columns
        if name not in IMPERSONAL
    }
    given = {
        f"{table}.{field}" for table, said in GIVEN.items() for field in said.split(": ")[1].split()
    }
    acts = {f"{table}.{field}" for table, fields in ACTS.items() for field in fields.split()}
    assert columns == given | acts | {*WITHHELD} | {*PERSON}
    assert not given & {*WITHHELD}


@pytest.fixture
def person(app: Flask) -> User:
    """Somebody with a row in every table that can hold one; a candidate who became an employer."""
    user, soon = make.make_user(), clock.now() + timedelta(hours=1)
    job = make.make_job(title="Night nurse")
    application = make.make_application(
        job, user, "under_review", cover_letter="My letter", source="newsletter",
        resume_url="https://cv.example/a.pdf", redacted_at=soon,
    )  # fmt: skip
    make.key_headers(user, ["jobs:read"], expires_at=soon, revoked_at=clock.now())
    company = make.make_company(user)
    own = make.make_job(company, created_by_id=user.id, status_changed_by_id=user.id,
                        status_reason="New ward")  # fmt: skip
    others = make.make_application(own)
    hours: dict[str, Any] = {"starts_at": soon, "ends_at": soon + timedelta(hours=1)}
    db.session.add_all(
        [
            Bookmark(user_id=user.id, job_id=own.id),
            JobReport(job_id=job.id, reporter_id=user.id, reason="spam", text="A fee"),
            OneTimeToken(user_id=user.id, purpose="verify_email", expires_at=soon, used_at=soon,
                         token_hash=secrets.token_bytes(32)),
            RateWindow(scope="login:account", subject=user.email, hits=3, ends_at=soon),
            Invitation(company_id=make.make_company().id, email=user.email, role="viewer",
                       expires_at=soon, accepted_at=soon),
            Interview(application_id=application.id, mode="onsite", location="Room 1", **hours),
            Interview(application_id=others.id, mode="phone", created_by_id=user.id, **hours),
            Note(application_id=others.id, author_id=user.id, body="Kind"),
            Audit(company_id=job.company_id, user_id=1, action="read_application",
                  application_ids=[others.id, application.id],
                  candidate_ids=[others.candidate_id, user.id]),
            Audit(company_id=company.id, user_id=user.id, action="read_notes",
                  application_ids=[others.id], candidate_ids=[others.candidate_id]),
            IdempotencyKey(caller_key=f"user:{user.id}", method="POST", path="/api/v1/jobs",
                           key="k-1", body_hash=b"", status=201, body=b"{}", headers={},
                           expires_at=soon),
        ]
    )  # fmt: skip
    make.headers_for(user, user_agent="Browser", address="192.0.2.1")
    search = SavedSearch(user_id=user.id, name="Nights", query={"q": "nurse"}, frequency="daily")
    db.session.add(search)
    db.session.flush()
    db.session.add(Alert(search_id=search.id, job_ids=[job.id], total=1, sent_at=soon))
    own.status = "paused"
    user.erased_at = soon
    db.session.flush()
    return user


def test_every_field_that_is_given_holds_what_is_kept(client: FlaskClient, person: User) -> None:
    found = export(client, person)
    empty = [
        f"{section}.{field}"
        for said in GIVEN.values()
        for section, fields in [said.split(": ")]
        for field in fields.split()
        if not any(row.get(field) for row in _rows(found[section]))
    ]
    assert empty == []


def _rows(section: Any) -> list[dict[str, Any]]:
    return section if isinstance(section, list) else [section]


def test_the_words_are_the_persons_own(client: FlaskClient, person: User) -> None:
    found = export(client, person)
    assert found["account"]["email"] == person.email
    assert found["applications"][0]["cover_letter"] == "My letter"
    assert {act["kind"] for act in found["acts_for_companies"]} >= {"note", "interview"}
    assert "Kind" not in str(found)


def test_one_learns_which_companies_saw_one_and_nothing_of_others(
    client: FlaskClient, person: User
) -> None:
    found = export(client, person)
    (seen,) = found["seen_by"]
    assert seen["application_ids"] == [found["applications"][0]["id"]]
    assert [row["action"] for row in found["looked_at"]] == ["read_notes"]


def test_it_is_a_file_that_no_cache_keeps(client: FlaskClient) -> None:
    user = make.make_user()
    answer = client.get("/api/v1/auth/me/export", headers=make.headers_for(user))
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="talentsphere-')
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["applications"] == []


def test_nothing_of_anybody_else_is_in_it(client: FlaskClient, person: User) -> None:
    found = export(client, make.make_user())
    assert all(rows == [] for name, rows in found.items() if name not in (
        "account", "exported_at", "sessions"
    ))  # fmt: skip


SAW_HUNDREDS = """
INSERT INTO audit (company_id, user_id, action, application_ids, candidate_ids)
SELECT :company_id, :user_id, 'list_applications',
       array(SELECT 100000 + n * 100 + x FROM generate_series(1, 100) x),
       array_fill(1::bigint, ARRAY[100])
FROM generate_series(1, :many) n RETURNING 1
"""


def test_ten_times_as_much_takes_hardly_more_memory(client: FlaskClient) -> None:
    user = make.make_user("employer")
    values = {"company_id": make.make_company(user).id, "user_id": user.id}
    headers, lengths, peaks = make.headers_for(user), [], []
    # The first time, what is needed once is loaded too.
    for many in (0, 100, 900):
        make.rows(SAW_HUNDREDS, many=many, **values)
        tracemalloc.start()
        answer = client.get("/api/v1/auth/me/export", headers=headers)
        lengths.append(sum(len(piece) for piece in answer.iter_encoded()))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert lengths[-1] == answer.content_length
        answer.close()
    assert lengths[2] > 9 * lengths[1]
    assert peaks[2] < 3 * peaks[1]


def test_a_long_one_is_whole(client: FlaskClient) -> None:
    user = make.make_user("employer")
    company = make.make_company(user)
    make.rows(SAW_HUNDREDS, many=300, company_id=company.id, user_id=user.id)
    with client.get("/api/v1/auth/me/export", headers=make.headers_for(user)) as answer:
        looked_at = answer.json["looked_at"]
        assert [len(row["application_ids"]) for row in looked_at] == [100] * 300
        assert {row["company_name"] for row in looked_at} == {company.name}
        assert ExportOut().validate(answer.json) == {}


def test_it_takes_as_many_statements_however_much_there_is(committed: Flask) -> None:
    client, counted = committed.test_client(), set()
    for number in (1, 9):
        user = make.make_user()
        for _ in range(number):
            make.make_application(make.make_job(), user)
        headers = make.headers_for(user)
        db.session.commit()
        answer = client.get("/api/v1/auth/me/export", headers=headers)
        counted.add(answer.headers["Server-Timing"].split("desc=")[1])
    assert len(counted) == 1, counted
