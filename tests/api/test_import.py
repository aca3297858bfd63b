"""Importing postings: what is made, changed, told apart and refused."""

import re

import pytest
from flask import Flask

from src.database import db
from tests.factories import rows
from tests.postings import JOBS, imported, posting


def found(app: Flask, words: str) -> list[str]:
    body = app.test_client().get("/api/v1/jobs", query_string={"q": words}).get_json()
    return [job["title"] for job in body["items"]]


def test_an_imported_job_is_found_at_once(owner_app: Flask, committed: Flask) -> None:
    imported(posting(title="Tuba tuner"))
    assert found(committed, "tuba tuner") == ["Tuba tuner"]


def test_a_second_run_leaves_everything_unchanged(owner_app: Flask) -> None:
    imported(posting(1), posting(2))
    before = rows(JOBS)
    report = imported(posting(1), posting(2))
    assert (report.unchanged, report.created, report.updated) == (2, 0, 0)
    assert rows(JOBS) == before


def test_a_changed_row_updates_its_job_alone(owner_app: Flask) -> None:
    imported(posting(1), posting(2))
    report = imported(posting(1, title="Day nurse"), posting(2))
    assert (report.updated, report.unchanged) == (1, 1)
    assert [(row.title, row.version) for row in rows(JOBS)] == [
        ("Day nurse", 2),
        ("Night nurse 2", 1),
    ]


def test_a_changed_row_is_found_by_its_new_words(owner_app: Flask, committed: Flask) -> None:
    imported(posting(title="Tuba tuner"))
    imported(posting(title="Harp maker"))
    assert found(committed, "harp maker") == ["Harp maker"]
    assert found(committed, "tuba") == []


@pytest.mark.parametrize("status", ["closed", "expired", "paused"])
def test_an_update_leaves_the_status_alone(owner_app: Flask, status: str) -> None:
    imported(posting())
    db.session.execute(db.text("UPDATE jobs SET status = :status"), {"status": status})
    db.session.commit()
    assert imported(posting(title="Day nurse")).updated == 1
    assert [(row.title, row.status) for row in rows(JOBS)] == [("Day nurse", status)]


def test_the_first_of_two_rows_with_one_id_is_taken(owner_app: Flask) -> None:
    report = imported(posting(1), posting(1, title="Day nurse"))
    assert (report.created, report.repeated) == (1, 1)
    assert [row.title for row in rows(JOBS)] == ["Night nurse 1"]


def test_the_same_posting_under_another_id_is_a_repeat_in_the_file(owner_app: Flask) -> None:
    report = imported(posting(1), posting(1, source_id="other"))
    assert (report.created, report.repeated) == (1, 1)


def test_the_same_posting_under_another_id_is_a_repeat_in_the_database(owner_app: Flask) -> None:
    imported(posting(1))
    report = imported(posting(1, source_id="other"))
    assert (report.created, report.repeated) == (0, 1)
    assert [row.external_id for row in rows(JOBS)] == ["board:1"]


def test_the_same_id_at_two_companies_is_two_jobs(owner_app: Flask) -> None:
    assert imported(posting(1), posting(1, company="Fjord Clinic")).created == 2


def test_a_refused_row_is_told_by_line_and_reason_and_loses_no_other(owner_app: Flask) -> None:
    report = imported(posting(1), "{broken", posting(2, title=None, description=None), posting(3))
    assert report.refusals == [(2, "not valid JSON"), (3, "no title and no text")]
    assert (report.created, report.refused, report.rows) == (2, 2, 4)


def test_an_empty_line_is_no_row_but_has_a_number(owner_app: Flask) -> None:
    report = imported("", posting(1), "  ", "[]")
    assert (report.rows, report.refusals) == (2, [(4, "not a JSON object")])


def test_a_dry_run_counts_and_writes_nothing(owner_app: Flask) -> None:
    report = imported(posting(1), posting(2), dry_run=True)
    assert (report.created, report.companies_created) == (2, 1)
    assert rows("SELECT 1 FROM jobs UNION ALL SELECT 1 FROM companies") == []


def test_a_row_without_text_becomes_a_job(owner_app: Flask) -> None:
    assert imported(posting(description=None)).created == 1
    assert [row.description for row in rows("SELECT description FROM jobs")] == [""]


def test_rows_without_text_are_told_apart_by_their_place(owner_app: Flask) -> None:
    bergen, oslo = (
        posting(number, title="Nurse", description=None, location=place)
        for number, place in enumerate(["Bergen", "Oslo"])
    )
    assert imported(bergen, oslo).created == 2


def test_a_long_title_is_kept_whole(owner_app: Flask) -> None:
    title = ("Senior specialist nurse " * 11)[:246].strip()
    imported(posting(title=title))
    assert [row.title for row in rows(JOBS)] == [title]


def test_a_company_in_other_case_is_the_same(owner_app: Flask) -> None:
    report = imported(posting(1), posting(2, company="HARBOUR CLINIC"))
    assert report.companies_created == 1
    assert imported(posting(3, company="harbour clinic")).companies_created == 0
    assert rows("SELECT name, slug FROM companies") == [("Harbour Clinic", "harbour-clinic")]


@pytest.mark.parametrize("name", ["ሐመረ ብርሃን", "東京看護", "605"])
def test_a_name_without_latin_letters_gets_a_slug_with_one(owner_app: Flask, name: str) -> None:
    imported(posting(company=name))
    (company,) = rows("SELECT name, slug FROM companies")
    assert company.name == name
    assert re.fullmatch(r"[a-z0-9-]*[a-z][a-z0-9-]*", company.slug)


def test_two_names_that_would_share_a_slug_get_two(owner_app: Flask) -> None:
    imported(posting(1, company="Fjord & Co"), posting(2, company="Fjord, Co."))
    slugs = [row.slug for row in rows("SELECT slug FROM companies")]
    assert len(set(slugs)) == 2


def test_a_text_of_open_tags_alone_loses_no_other_row(owner_app: Flask) -> None:
    marks = "".join(f"<{name}>" * 3 for name in ("b", "i", "u", "s", "em", "code", "strong"))
    hostile = [
        posting(1, description="<i>" * 33_333),
        posting(2, description=f"<p>{marks}" + "<p>a" * 20_000),
    ]
    assert imported(*hostile, posting(3)).created == 3


def test_long_ids_that_differ_in_the_last_digit_are_two_jobs(owner_app: Flask) -> None:
    long = 123456789012345678901
    assert imported(posting(1, source_id=long), posting(2, source_id=long + 1)).created == 2


LONG = "x" * 300


@pytest.mark.parametrize(
    ("one", "other"),
    [(("board", LONG + "1"), ("board", LONG + "2")), ((LONG, "1"), (LONG, "2"))],
)
def test_ids_that_look_alike_are_two_jobs_and_stay_two(
    owner_app: Flask, one: tuple[str, str], other: tuple[str, str]
) -> None:
    pairs = [
        posting(number, source=source, source_id=source_id)
        for number, (source, source_id) in enumerate((one, other))
    ]
    assert imported(*pairs).created == 2
    assert imported(*pairs).unchanged == 2


@pytest.mark.parametrize("source_id", ["7", "b:c", "x" * 294])
def test_an_id_of_usual_length_is_kept_as_it_is(owner_app: Flask, source_id: str) -> None:
    imported(posting(source_id=source_id))
    assert [row.external_id for row in rows(JOBS)] == [f"board:{source_id}"]


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"posted_at": "1969-12-31"}, "posted_at before 1970"),
        ({"salary_min": True}, "salary not a number"),
        ({"salary_max": False}, "salary not a number"),
        ({"remote": "true"}, "remote not true or false"),
        ({"remote": 1}, "remote not true or false"),
        ({"skills": ["Triage", 7, None]}, "skills not all texts"),
        ({"skills": {}}, "skills not a list"),
    ],
)
def test_what_is_dropped_of_a_row_is_noted(
    owner_app: Flask, fields: dict[str, object], note: str
) -> None:
    report = imported(posting(**fields))
    assert (report.created, dict(report.notes)) == (1, {note: 1})


@pytest.mark.parametrize("fields", [{"remote": False}, {"remote": None}, {"skills": []}])
def test_what_is_said_to_be_none_is_no_loss(owner_app: Flask, fields: dict[str, object]) -> None:
    assert imported(posting(**fields)).notes == {}
