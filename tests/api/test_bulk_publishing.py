"""POST /jobs/bulk with `publish: true` for jobs that are there."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from src.models import Company, Job
from src.utils import clock
from tests.factories import headers_for, make_company, make_job, make_user, rows

Setting = tuple[Company, dict[str, str]]
SAME = {"title": "Night nurse", "description": "<p>Care.</p>"}


@pytest.fixture
def setting(client: FlaskClient) -> Setting:
    owner = make_user("employer")
    return make_company(owner), headers_for(owner)


def stored(setting: Setting, status: str, **values: Any) -> Job:
    return make_job(setting[0], status, external_id="A", **SAME, **values)


def publish(client: FlaskClient, setting: Setting, **more: Any) -> dict[str, Any]:
    """What becomes of the row of job A."""
    row = {"external_id": "A", "publish": True, **SAME, **more}
    content = {"company_id": setting[0].id, "jobs": [row]}
    answer = client.post("/api/v1/jobs/bulk", json=content, headers=setting[1])
    assert answer.status_code == 200, answer.json
    result: dict[str, Any] = answer.json["results"][0]
    assert answer.json[result["status"]] == 1
    return result


def shown(client: FlaskClient, setting: Setting, job: Job) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/api/v1/jobs/{job.id}", headers=setting[1]).json
    return answer


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("status", ["draft", "expired"])
def test_a_row_publishes_a_draft_and_what_has_run_out(
    client: FlaskClient, setting: Setting, status: str
) -> None:
    job = stored(setting, status)
    assert publish(client, setting) == {"index": 0, "status": "updated", "id": job.id}
    after = shown(client, setting, job)
    assert after["status"] == "published"
    assert moment(after["expires_at"]) - moment(after["published_at"]) == timedelta(days=30)
    assert publish(client, setting)["status"] == "unchanged"


@pytest.mark.parametrize("status", ["draft", "expired"])
def test_a_row_that_publishes_says_when_the_job_ends(
    client: FlaskClient, setting: Setting, status: str
) -> None:
    job, ends = stored(setting, status), clock.now() + timedelta(days=9)
    assert publish(client, setting, expires_at=ends.isoformat())["status"] == "updated"
    after = shown(client, setting, job)
    assert (after["status"], moment(after["expires_at"])) == ("published", ends)


def test_a_repost_by_a_row_begins_anew_and_the_log_tells_that_the_job_had_run_out(
    client: FlaskClient, setting: Setting
) -> None:
    job = stored(setting, "published", published_at=clock.now() - timedelta(days=31))
    before = shown(client, setting, job)
    assert (before["status"], publish(client, setting)["status"]) == ("expired", "updated")
    after = shown(client, setting, job)
    assert after["published_at"] > before["published_at"]
    assert after["first_published_at"] == before["first_published_at"]
    log = rows("SELECT to_status FROM job_log WHERE job_id = :job ORDER BY id", job=job.id)
    assert [row.to_status for row in log] == ["published", "expired", "published"]


@pytest.mark.parametrize(
    ("status", "values"),
    [
        ("paused", {}), ("closed", {}), ("archived", {}),
        ("closed", {"taken_down_at": clock.now()}), ("expired", {"taken_down_at": clock.now()}),
    ],
)  # fmt: skip
def test_what_somebody_has_ended_is_not_posted_again_by_the_row_of_the_next_night(
    client: FlaskClient, setting: Setting, status: str, values: dict[str, Any]
) -> None:
    job = stored(setting, status, **values)
    assert publish(client, setting) == {"index": 0, "status": "unchanged", "id": job.id}
    assert publish(client, setting, title="Day nurse")["status"] == "updated"
    after = shown(client, setting, job)
    assert (after["status"], after["title"]) == (status, "Day nurse")


def test_a_row_that_repeats_the_end_that_has_come_changes_nothing(
    client: FlaskClient, setting: Setting
) -> None:
    job = stored(setting, "expired")
    ends = shown(client, setting, job)["expires_at"]
    assert publish(client, setting, expires_at=ends)["status"] == "unchanged"


@pytest.mark.parametrize("days", [-1, 181])
@pytest.mark.parametrize("status", ["draft", "published", "paused", "closed", "expired"])
def test_a_date_that_is_refused_is_an_error_of_the_date(
    client: FlaskClient, setting: Setting, status: str, days: int
) -> None:
    job, ends = stored(setting, status), clock.now() + timedelta(days=days)
    assert list(publish(client, setting, expires_at=ends.isoformat())["errors"]) == ["expires_at"]
    assert shown(client, setting, job)["status"] == status


def test_a_draft_whose_planned_end_has_passed_is_published_for_the_usual_time(
    client: FlaskClient, setting: Setting
) -> None:
    job = stored(setting, "draft", expires_at=clock.now() - timedelta(days=1))
    ends = shown(client, setting, job)["expires_at"]
    assert publish(client, setting, expires_at=ends)["status"] == "updated"
    after = shown(client, setting, job)
    assert moment(after["expires_at"]) - moment(after["published_at"]) == timedelta(days=30)


def test_the_end_of_an_expired_job_is_refused_by_its_name_unless_the_row_publishes(
    client: FlaskClient, setting: Setting
) -> None:
    stored(setting, "expired")
    ends = (clock.now() + timedelta(days=9)).isoformat()
    result = publish(client, setting, publish=False, expires_at=ends)
    assert list(result["errors"]) == ["expires_at"]


def test_a_company_that_is_not_active_publishes_by_no_row(
    client: FlaskClient, setting: Setting
) -> None:
    company = make_company(owner := make_user("employer"), status="suspended")
    theirs = (company, headers_for(owner))
    stored(theirs, "draft")
    assert list(publish(client, theirs)["errors"]) == ["publish"]
