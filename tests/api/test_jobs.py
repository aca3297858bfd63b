"""Writing, reading, changing and deleting one job."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from src.database import db
from src.models import Bookmark, Category, Company, Job, User
from src.queries.limits import REPORTS
from src.utils import clock
from tests.factories import (
    headers_for,
    make_application,
    make_company,
    make_job,
    make_member,
    make_user,
)

MINIMAL = {"title": "Night nurse", "description": "<p>Care for patients.</p>"}
SALARY = {"min": 40000, "max": 50000, "currency": "EUR", "period": "year"}


@pytest.fixture
def owner(client: FlaskClient) -> User:
    return make_user("employer")


@pytest.fixture
def company(owner: User) -> Company:
    return make_company(owner)


@pytest.fixture
def headers(owner: User, company: Company) -> dict[str, str]:
    return headers_for(owner)


def post(client: FlaskClient, headers: dict[str, str], **fields: Any) -> Any:
    return client.post("/api/v1/jobs", json={**MINIMAL, **fields}, headers=headers)


def read(client: FlaskClient, job: int, headers: dict[str, str] | None = None) -> Any:
    return client.get(f"/api/v1/jobs/{job}", headers=headers or {})


def change(client: FlaskClient, headers: dict[str, str], job: int, **fields: Any) -> Any:
    return client.patch(f"/api/v1/jobs/{job}", json=fields, headers=headers)


def test_a_new_job_is_a_draft_of_the_only_company(
    client: FlaskClient, headers: dict[str, str], company: Company
) -> None:
    answer = post(client, headers)
    assert answer.status_code == 201, answer.json
    assert answer.json["status"] == "draft"
    assert answer.json["company"]["id"] == company.id
    assert answer.headers["Location"] == f"/api/v1/jobs/{answer.json['id']}"
    assert answer.headers["ETag"].startswith('"1-')


def test_the_company_must_be_named_by_who_has_two(
    client: FlaskClient, headers: dict[str, str], owner: User, company: Company
) -> None:
    other = make_company(owner)
    answer = post(client, headers)
    assert answer.status_code == 422
    said = answer.json["errors"]["company_id"][0]
    assert str(company.id) in said
    assert str(other.id) in said


def test_a_strangers_company_is_not_there(client: FlaskClient, headers: dict[str, str]) -> None:
    assert post(client, headers, company_id=make_company().id).status_code == 404


def test_a_viewer_writes_nothing(client: FlaskClient, company: Company) -> None:
    viewer = headers_for(make_member(company, role="viewer"))
    job = make_job(company)
    assert post(client, viewer, company_id=company.id).status_code == 403
    assert change(client, viewer, job.id, title="Other").status_code == 403


def test_everything_said_of_a_job_is_read_again(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    said = {
        "location": {"city": "Berlin", "region": None, "country": "DE"},
        "is_remote": True,
        "employment_type": "full_time",
        "experience_level": "senior",
        "requirements": "<p>Calm</p>",
        "skills": ["Triage", "German"],
        "application": {"type": "url", "url": "https://example.com/a", "email": None},
        "external_id": "N-1",
    }
    job = post(client, headers, **said, salary=SALARY).json
    assert {name: job[name] for name in said if name != "location"} == {
        name: value for name, value in said.items() if name != "location"
    }
    assert job["location"]["display"] == "Berlin, Germany, Remote"
    assert {name: job["salary"][name] for name in SALARY} == SALARY


def test_scripts_are_removed_from_the_description(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    markup = "<p onclick='x()'>Care</p><script>alert(1)</script>"
    assert post(client, headers, description=markup).json["description"] == "<p>Care</p>"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"description": "<script>x</script>"}, "description"),
        ({"description": "x" * 100_001}, "description"),
        ({"salary": {**SALARY, "max": 10}}, "salary.max"),
        ({"salary": {**SALARY, "currency": "ABC"}}, "salary.currency"),
        ({"salary": {"min": 1, "period": "year"}}, "salary.currency"),
        ({"salary": {"currency": "EUR", "period": "year"}}, "salary"),
        ({"salary": {**SALARY, "min": None, "max": None}}, "salary"),
        ({"location": {"country": "ZZ"}}, "location.country"),
        ({"application": {"type": "email"}}, "application.email"),
        ({"application": {"type": "url", "url": "javascript:x"}}, "application.url"),
        ({"skills": ["x"] * 51}, "skills"),
        ({"category_id": 2**62}, "category_id"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2199-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2027-W01-1T00:00:00Z"}, "expires_at"),
        ({"expires_at": "20270101T000000+0000"}, "expires_at"),
        ({"salary": {**SALARY, "min": "40000"}}, "salary.min"),
        ({"application": {"type": "url", "url": "https://a.example:99999"}}, "application.url"),
        ({"is_remote": "yes"}, "is_remote"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_field_is_refused_by_its_name(
    client: FlaskClient, headers: dict[str, str], fields: dict[str, Any], name: str
) -> None:
    answer = post(client, headers, **fields)
    assert answer.status_code == 422
    assert name in answer.json["errors"]


def test_a_job_published_at_once_lives_for_thirty_days(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    job = post(client, headers, publish=True).json
    assert job["status"] == "published"
    stored = db.session.get_one(Job, job["id"])
    assert stored.published_at is not None
    assert stored.expires_at == stored.published_at + timedelta(days=30)
    assert stored.first_published_at == stored.published_at


def test_publishing_needs_a_verified_address(client: FlaskClient) -> None:
    user = make_user("employer", email_verified_at=None)
    make_company(user)
    headers = headers_for(user)
    assert post(client, headers, publish=True).status_code == 403
    assert post(client, headers).status_code == 201


def test_publishing_needs_an_active_company(client: FlaskClient, owner: User) -> None:
    make_company(owner, status="suspended")
    assert post(client, headers_for(owner), publish=True).status_code == 409


def test_an_external_id_names_one_job_of_a_company(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    assert post(client, headers, external_id="A1").status_code == 201
    answer = post(client, headers, external_id="A1")
    assert (answer.status_code, answer.json["field"]) == (409, "external_id")


def test_a_repeated_post_with_its_key_makes_one_job(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    keyed = {**headers, "Idempotency-Key": "once"}
    first, second = post(client, keyed), post(client, keyed)
    assert first.json == second.json
    assert second.headers["Idempotency-Replayed"] == "true"


def test_a_live_job_is_read_by_id_slug_and_old_slug(client: FlaskClient) -> None:
    job = make_job(title="Night nurse")
    slug = read(client, job.id).json["slug"]
    assert slug == f"night-nurse-{job.id}"
    for reference in (slug, f"an-old-title-{job.id}"):
        assert client.get(f"/api/v1/jobs/{reference}").json["id"] == job.id


@pytest.mark.parametrize("title", ["看護師", "🎉", "Няня"])
def test_a_title_without_a_latin_letter_has_a_slug_too(client: FlaskClient, title: str) -> None:
    job = make_job(title=title)
    assert read(client, job.id).json["slug"] == f"job-{job.id}"


@pytest.mark.parametrize("before", ["-", "--", "nurse--"])
def test_a_number_below_zero_is_no_job(client: FlaskClient, before: str) -> None:
    assert client.get(f"/api/v1/jobs/{before}{make_job().id}").status_code == 404


@pytest.mark.parametrize("reference", ["0", "nurse", "99999999999999999999", "nurse-999999999"])
def test_a_reference_to_no_job_is_404(client: FlaskClient, reference: str) -> None:
    assert client.get(f"/api/v1/jobs/{reference}").status_code == 404


def test_who_has_the_job_already_gets_304(client: FlaskClient) -> None:
    job = make_job()
    tag = read(client, job.id).headers["ETag"]
    assert read(client, job.id, {"If-None-Match": tag}).status_code == 304


def test_counts_and_a_hidden_salary_are_for_members(
    client: FlaskClient, headers: dict[str, str], company: Company
) -> None:
    hidden = {"salary_min": 1, "salary_currency": "EUR", "salary_period": "hour"}
    job = make_job(company, salary_is_visible=False, **hidden)
    public, own = read(client, job.id).json, read(client, job.id, headers).json
    assert public["salary"] is None
    assert "view_count" not in public
    assert own["salary"]["min"] == 1
    assert (own["view_count"], own["application_count"], own["bookmark_count"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("status", "expected"),
    [("draft", 404), ("paused", 404), ("closed", 410), ("expired", 410), ("archived", 410)],
)
def test_what_is_not_live_is_for_members(
    client: FlaskClient, headers: dict[str, str], company: Company, status: str, expected: int
) -> None:
    job = make_job(company, status=status)
    assert read(client, job.id).status_code == expected
    assert read(client, job.id, headers_for(make_user("employer"))).status_code == expected
    assert read(client, job.id, headers).status_code == 200


def test_an_archived_draft_was_never_there(client: FlaskClient) -> None:
    job = make_job(status="draft")
    job.status = "archived"
    db.session.flush()
    assert read(client, job.id).status_code == 404


def test_an_ended_job_is_kept_for_who_applied_or_bookmarked(client: FlaskClient) -> None:
    job = make_job(status="closed")
    keeper = make_user()
    db.session.add(Bookmark(user_id=keeper.id, job_id=job.id))
    applicant = make_user()
    make_application(job, applicant)
    for user, expected in ((keeper, 200), (applicant, 200), (make_user(), 410)):
        assert read(client, job.id, headers_for(user)).status_code == expected


def test_a_job_is_expired_by_the_clock_at_once(
    client: FlaskClient, headers: dict[str, str], company: Company
) -> None:
    ago = clock.now() - timedelta(days=2)
    job = make_job(company, published_at=ago, expires_at=ago + timedelta(days=1))
    assert read(client, job.id).status_code == 410
    assert read(client, job.id, headers).json["status"] == "expired"


def test_the_jobs_of_a_suspended_company_are_not_there(client: FlaskClient) -> None:
    company = make_company(status="suspended")
    assert read(client, make_job(company).id).status_code == 404
    assert read(client, make_job(company, status="closed").id).status_code == 404


def test_a_patch_changes_only_what_it_names_and_keeps_the_job_live(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    job = post(client, headers, publish=True, skills=["Triage"], employment_type="contract").json
    changed = change(client, headers, job["id"], title="Day nurse", employment_type=None).json
    assert (changed["title"], changed["employment_type"]) == ("Day nurse", None)
    assert (changed["skills"], changed["status"]) == (["Triage"], "published")
    assert changed["version"] == job["version"] + 1
    found = client.get("/api/v1/jobs", query_string={"q": "day nurse"}).json["items"]
    assert [item["id"] for item in found] == [job["id"]]


def test_nested_objects_merge_by_key(client: FlaskClient, headers: dict[str, str]) -> None:
    job = post(client, headers, salary=SALARY, location={"city": "Berlin", "country": "DE"}).json
    changed = change(
        client, headers, job["id"], salary={"max": None}, location={"city": "Bonn"}
    ).json
    assert (changed["salary"]["min"], changed["salary"]["max"]) == (40000, None)
    assert (changed["location"]["city"], changed["location"]["country"]) == ("Bonn", "DE")


def test_a_patched_salary_is_held_to_the_stored_other_end(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    job = post(client, headers, salary=SALARY).json
    answer = change(client, headers, job["id"], salary={"max": 30000})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["salary.max"])
    assert change(client, headers, job["id"], salary=None).json["salary"] is None


def test_a_patch_that_changes_nothing_keeps_the_version(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    job = post(client, headers).json
    assert change(client, headers, job["id"], title=job["title"]).json["version"] == 1
    assert change(client, headers, job["id"]).json["version"] == 1


def test_status_and_company_are_not_patched(client: FlaskClient, headers: dict[str, str]) -> None:
    job = post(client, headers).json
    answer = change(client, headers, job["id"], status="published", company_id=1, publish=True)
    assert set(answer.json["errors"]) == {"status", "company_id", "publish"}


def test_a_second_editor_with_an_old_version_is_refused(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    answer = post(client, headers)
    old = {**headers, "If-Match": answer.headers["ETag"]}
    assert change(client, old, answer.json["id"], title="First").status_code == 200
    assert change(client, old, answer.json["id"], title="Second").status_code == 412
    # What is for writes refuses no read.
    read = client.get(f"/api/v1/jobs/{answer.json['id']}", headers=old)
    assert (read.status_code, read.json["title"]) == (200, "First")


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        ('"9-x", "1-y"', 200), ('W/"1-x"', 200), ("*", 200),
        ('"8-x", "9-y"', 412), ('"x", y', 412), ("", 412),
    ],
)  # fmt: skip
def test_one_of_several_versions_may_be_the_one_that_is_there(
    client: FlaskClient, headers: dict[str, str], tags: str, status: int
) -> None:
    job = post(client, headers).json["id"]
    answer = change(client, {**headers, "If-Match": tags}, job, title="Other")
    assert answer.status_code == status


def test_a_new_end_is_at_most_180_days_after_publishing(
    client: FlaskClient, headers: dict[str, str], company: Company
) -> None:
    job = make_job(company)
    for days, expected in ((170, 200), (181, 422), (-1, 422)):
        end = (clock.now() + timedelta(days=days)).isoformat()
        assert change(client, headers, job.id, expires_at=end).status_code == expected


def test_an_expired_job_is_not_revived_by_a_patch(
    client: FlaskClient, headers: dict[str, str], company: Company
) -> None:
    job = make_job(company, status="expired")
    end = (clock.now() + timedelta(days=5)).isoformat()
    answer = change(client, headers, job.id, expires_at=end)
    assert (answer.status_code, answer.json["allowed"]) == (409, ["published", "archived"])


def test_a_strangers_job_is_neither_changed_nor_deleted(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    job = make_job()
    assert change(client, headers, job.id, title="Mine").status_code == 404
    assert client.delete(f"/api/v1/jobs/{job.id}", headers=headers).status_code == 404


def test_a_draft_is_deleted_for_good(
    client: FlaskClient, headers: dict[str, str], company: Company
) -> None:
    job = make_job(company, status="draft")
    assert client.delete(f"/api/v1/jobs/{job.id}", headers=headers).status_code == 204
    assert read(client, job.id, headers).status_code == 404


def test_a_deleted_job_that_was_public_is_gone_and_kept_for_members(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    job = post(client, headers, publish=True, external_id="A1").json
    assert client.delete(f"/api/v1/jobs/{job['id']}", headers=headers).status_code == 204
    assert read(client, job["id"]).status_code == 410
    assert read(client, job["id"], headers).json["status"] == "archived"
    assert client.delete(f"/api/v1/jobs/{job['id']}", headers=headers).status_code == 404
    assert post(client, headers, external_id="A1").status_code == 201


def test_a_job_with_applications_is_not_deleted(
    client: FlaskClient, headers: dict[str, str], company: Company
) -> None:
    job = make_job(company)
    make_application(job)
    assert client.delete(f"/api/v1/jobs/{job.id}", headers=headers).status_code == 409


def test_a_copy_is_a_draft_without_dates_and_external_id(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    job = post(client, headers, publish=True, external_id="A1", salary=SALARY).json
    answer = client.post(f"/api/v1/jobs/{job['id']}/duplicate", headers=headers)
    assert answer.status_code == 201, answer.json
    copy = answer.json
    assert (copy["title"], copy["salary"]) == (job["title"], job["salary"])
    for name in ("external_id", "published_at", "expires_at", "first_published_at"):
        assert copy[name] is None
    assert (copy["status"], copy["version"]) == ("draft", 1)


def test_who_reports_again_and_again_is_refused_for_an_hour(client: FlaskClient) -> None:
    path, said = f"/api/v1/jobs/{make_job().id}/reports", {"reason": "spam"}
    asked = [client.post(path, json=said).status_code for _ in range(REPORTS.most + 1)]
    assert asked == [201] * REPORTS.most + [429]
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
    assert client.post(path, json=said, environ_base=elsewhere).status_code == 201


def test_a_viewer_of_one_company_is_told_that_they_may_not_write(client: FlaskClient) -> None:
    viewer = make_member(make_company(), role="viewer")
    body = {"title": "Nurse", "description": "Care"}
    assert client.post("/api/v1/jobs", json=body, headers=headers_for(viewer)).status_code == 403


def test_anybody_reports_a_job_they_see(client: FlaskClient) -> None:
    job = make_job()
    said = {"reason": "fraud", "text": "Asks for a fee."}
    answer = client.post(f"/api/v1/jobs/{job.id}/reports", json=said)
    assert answer.status_code == 201
    assert {name: answer.json[name] for name in said} == said
    draft = make_job(status="draft")
    assert client.post(f"/api/v1/jobs/{draft.id}/reports", json=said).status_code == 404


def test_an_unknown_category_is_told_and_a_known_one_shown(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    category = Category(name="Aquatics", slug="aquatics")
    db.session.add(category)
    db.session.flush()
    shown = post(client, headers, category_id=category.id).json["category"]
    assert shown == {"id": category.id, "name": "Aquatics", "slug": "aquatics"}


def test_null_clears_what_has_a_default_to_that(client: FlaskClient) -> None:
    owner = make_user("employer")
    job = make_job(make_company(owner), is_remote=True, salary_is_visible=False)
    cleared = {"is_remote": None, "salary": {"is_visible": None}, "application": {"type": None}}
    path = f"/api/v1/jobs/{job.id}"
    answer = client.patch(path, json=cleared, headers=headers_for(owner))
    assert (answer.status_code, answer.json["is_remote"]) == (200, False)
    assert answer.json["application"]["type"] == "internal"


def test_a_report_of_nobody_repeated_with_its_key_is_one(client: FlaskClient) -> None:
    path = f"/api/v1/jobs/{make_job().id}/reports"
    sent: dict[str, Any] = {"json": {"reason": "spam"}, "headers": {"Idempotency-Key": "once"}}
    first, second = client.post(path, **sent), client.post(path, **sent)
    assert first.json == second.json
    elsewhere = {"REMOTE_ADDR": "192.0.2.9"}
    assert client.post(path, **sent, environ_base=elsewhere).json["id"] != first.json["id"]


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({"min": 10}, "from EUR 10 an hour"), ({"max": 20}, "up to EUR 20 an hour"),
        ({"min": 10, "max": 20}, "EUR 10 – 20 an hour"),
        ({"min": 10, "max": 10}, "EUR 10 an hour"), ({"min": 0, "max": 0}, "EUR 0 an hour"),
        ({"min": 10.5}, "from EUR 10.50 an hour"),
    ],
)  # fmt: skip
def test_a_wage_says_which_of_its_bounds_is_stated(
    client: FlaskClient, headers: dict[str, str], bounds: dict[str, Any], said: str
) -> None:
    job = post(client, headers, salary={**bounds, "currency": "EUR", "period": "hour"}).json
    assert job["salary"]["display"] == said
    by_patch = {"salary": {"min": None, "max": None, **bounds}}
    again = client.patch(f"/api/v1/jobs/{job['id']}", json=by_patch, headers=headers)
    assert again.json["salary"]["display"] == said
