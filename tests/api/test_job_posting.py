"""A job as schema.org's JobPosting: valid by search engines' rules, the same for everybody."""

import itertools
import random
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from src.database import db
from src.models.vocabulary import EmploymentType, ExperienceLevel, SalaryPeriod
from tests.factories import headers_for, make_application, make_company, make_job, make_user, rows
from tests.job_posting_rules import RECOMMENDED, broken

PLACE: dict[str, Any] = {"city": "Bergen", "country": "NO"}
SALARY: dict[str, Any] = {
    "salary_min": Decimal("52000.50"), "salary_max": Decimal(60000), "salary_currency": "NOK",
    "salary_period": "month",
}  # fmt: skip


def read(client: FlaskClient, job: Any) -> dict[str, Any]:
    answer = client.get(f"/api/v1/jobs/{getattr(job, 'id', job)}/jsonld")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/ld+json"
    assert answer.json
    return answer.json  # type: ignore[no-any-return]


def test_a_job_that_says_everything_has_every_recommended_property(client: FlaskClient) -> None:
    company = make_company(
        website="https://clinic.example", logo_url="https://clinic.example/l.png", industry="Care"
    )
    job = make_job(
        company, title="Night nurse", employment_type="full_time", experience_level="senior",
        skills=["triage", "calm"], category_id=1, external_id="N-1", **PLACE, **SALARY,
    )  # fmt: skip
    found = read(client, job)
    assert broken(found) == []
    assert RECOMMENDED - found.keys() == {"applicantLocationRequirements", "jobLocationType"}
    assert found["hiringOrganization"]["sameAs"] == "https://clinic.example"
    assert found["identifier"]["value"] == "N-1"
    assert found["skills"] == "triage, calm"
    assert found["url"] == f"http://127.0.0.1:8000/api/v1/jobs/night-nurse-{job.id}"
    amount = found["baseSalary"]["value"]
    assert (amount["minValue"], amount["maxValue"], amount["unitText"]) == (52000.5, 60000, "MONTH")


def test_remote_work_names_where_applicants_may_live(client: FlaskClient) -> None:
    found = read(client, make_job(is_remote=True, **PLACE))
    assert found["jobLocationType"] == "TELECOMMUTE"
    assert found["applicantLocationRequirements"] == {"@type": "Country", "name": "Norway"}
    assert "jobLocation" not in found
    assert broken(found) == []


def test_a_job_without_a_place_is_at_its_companys(client: FlaskClient) -> None:
    found = read(client, make_job(make_company(city="Oslo", country="NO")))
    assert found["jobLocation"]["address"]["addressLocality"] == "Oslo"
    assert broken(found) == []


def test_the_whole_text_is_in_the_description(client: FlaskClient) -> None:
    texts = {"requirements": "<p>Calm.</p>", "responsibilities": "<p>Rounds.</p>"}
    job = make_job(description="<p>Nights.</p>", benefits="<ul><li>Tea</li></ul>", **texts, **PLACE)
    description = read(client, job)["description"]
    order = [description.index(word) for word in ("Nights.", "Rounds.", "Calm.", "<li>Tea</li>")]
    assert order == sorted(order)


def test_no_title_ends_the_script_that_it_stands_in(client: FlaskClient) -> None:
    title = "Nurse </script><script>alert(1)</script>"
    job = make_job(title=title)
    assert "<" not in client.get(f"/api/v1/jobs/{job.id}/jsonld").text
    assert read(client, job)["title"] == title


def test_a_job_of_which_nothing_is_known_says_what_there_is(client: FlaskClient) -> None:
    found = read(client, make_job(description=""))
    assert found["description"] == ""
    assert found.keys() >= {"title", "identifier", "datePosted", "validThrough", "url"}


def test_a_hidden_salary_is_shown_to_nobody_not_even_a_member(client: FlaskClient) -> None:
    owner = make_user("employer")
    job = make_job(make_company(owner), salary_is_visible=False, **PLACE, **SALARY)
    answer = client.get(f"/api/v1/jobs/{job.id}/jsonld", headers=headers_for(owner))
    assert answer.status_code == 200
    assert "baseSalary" not in answer.json


@pytest.mark.parametrize(("apply_by", "direct"), [("internal", True), ("url", False)])
def test_only_what_is_applied_for_here_is_applied_for_directly(
    client: FlaskClient, apply_by: str, direct: bool
) -> None:
    values = {"application_type": apply_by, "application_url": "https://a.example/apply"}
    assert read(client, make_job(**values, **PLACE))["directApply"] is direct


@pytest.mark.parametrize("status", ["closed", "expired", "archived"])
def test_an_ended_job_is_gone_for_everybody(client: FlaskClient, status: str) -> None:
    owner, applicant = make_user("employer"), make_user()
    job = make_job(make_company(owner))
    make_application(job, applicant)
    job.status = status
    db.session.flush()
    for headers in ({}, headers_for(owner), headers_for(applicant)):
        assert client.get(f"/api/v1/jobs/{job.id}/jsonld", headers=headers).status_code == 410


@pytest.mark.parametrize("status", ["draft", "paused"])
def test_what_is_not_public_is_not_there_for_its_company_either(
    client: FlaskClient, status: str
) -> None:
    owner = make_user("employer")
    job = make_job(make_company(owner), status)
    answer = client.get(f"/api/v1/jobs/{job.id}/jsonld", headers=headers_for(owner))
    assert answer.status_code == 404


def test_a_slug_is_as_good_as_an_id_and_the_answer_is_not_sent_twice(client: FlaskClient) -> None:
    job = make_job(title="Night nurse", **PLACE)
    by_id = client.get(f"/api/v1/jobs/{job.id}/jsonld")
    by_slug = client.get(f"/api/v1/jobs/night-nurse-{job.id}/jsonld")
    assert (by_slug.data, by_slug.headers["X-Cache"]) == (by_id.data, "hit")
    again = client.get(by_id.request.path, headers={"If-None-Match": by_id.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_company_that_moves_its_website_is_shown_with_the_new_one(client: FlaskClient) -> None:
    company = make_company(website="https://old.example")
    job = make_job(company, **PLACE)
    read(client, job)
    company.website = "https://new.example"
    db.session.flush()
    assert read(client, job)["hiringOrganization"]["sameAs"] == "https://new.example"


@pytest.mark.long
def test_more_jobs_than_can_be_named_are_all_shown_as_they_are_now(client: FlaskClient) -> None:
    job = make_job(title="Old", **PLACE)
    rows(
        "INSERT INTO jobs (company_id, title, description, status, published_at, expires_at)"
        " SELECT :id, 'x', 'x', 'published', now(), now() + interval '9 days'"
        " FROM generate_series(1, 1001) RETURNING 1", id=job.company_id,
    )  # fmt: skip
    read(client, job)
    db.session.execute(text("SET LOCAL statement_timeout = 0"))
    rows("UPDATE jobs SET title = 'New' WHERE company_id = :id RETURNING 1", id=job.company_id)
    assert read(client, job)["title"] == "New"


def made_up(seed: int) -> dict[str, Any]:
    """A job at random: every choice of every list, texts in five scripts, with and without."""
    dice = random.Random(seed)
    texts = ("Nachtschwester & <3", "夜勤看護師", "Медсестра", "ممرضة ليلية", "रात की नर्स")
    low = Decimal(dice.randrange(1, 10**6)) / 4
    salary: dict[str, Any] = {
        "salary_currency": "EUR",
        "salary_period": dice.choice([*SalaryPeriod]),
    }
    for name, amount in (("salary_min", low), ("salary_max", low * dice.choice((1, 2)))):
        salary[name] = dice.choice((amount, None))
    return salary | {
        "title": dice.choice(texts), "description": f"<p>{dice.choice(texts)} &amp; more</p>",
        "employment_type": dice.choice([*EmploymentType, None]),
        "experience_level": dice.choice([*ExperienceLevel, None]),
        "is_remote": dice.random() < 0.4, "country": dice.choice(("DE", "JP", "ET")),
        "city": dice.choice(("Köln", "東京", None)),
        "skills": dice.choice(([], ["c++", "</script>"])),
        "salary_is_visible": dice.random() < 0.8,
    }  # fmt: skip


def test_no_job_breaks_a_rule_whatever_it_says(app: Flask, client: FlaskClient) -> None:
    companies = itertools.cycle((make_company(), make_company(website="https://a.example")))
    wrong = {}
    for seed in range(100):
        values = made_up(seed)
        found = broken(read(client, make_job(next(companies), **values)))
        if found:
            wrong[seed] = found, values
    assert wrong == {}
