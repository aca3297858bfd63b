"""GET /jobs: words, filters, order and pages."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from src.database import db
from src.utils import clock, signed
from tests.factories import make_company, make_job, rows

LONG_AGO = timedelta(days=40)


def found(client: FlaskClient, **query: Any) -> list[str]:
    answer = client.get("/api/v1/jobs", query_string=query)
    assert answer.status_code == 200, answer.json
    return [job["title"] for job in answer.json["items"]]


def test_a_published_job_is_found_by_a_word_of_its_text(client: FlaskClient) -> None:
    make_job(title="Ward manager", description="<p>You care for aquariums.</p>")
    assert found(client, q="aquarium") == ["Ward manager"]


@pytest.mark.parametrize("status", ["draft", "paused", "closed", "expired", "archived"])
def test_only_published_jobs_are_found(client: FlaskClient, status: str) -> None:
    make_job(title="Zookeeper", status=status)
    assert found(client, q="zookeeper") == []


def test_a_job_past_its_end_is_not_found_before_any_sweep(client: FlaskClient) -> None:
    ends = clock.now() - timedelta(seconds=90)
    make_job(title="Zookeeper", published_at=ends - timedelta(days=1), expires_at=ends)
    assert found(client, q="zookeeper") == []
    assert found(client) == []


def test_jobs_of_a_suspended_company_are_not_found(client: FlaskClient) -> None:
    make_job(make_company(status="suspended"), title="Zookeeper")
    assert found(client, q="zookeeper") == []


def test_a_phrase_is_searched_as_written(client: FlaskClient) -> None:
    make_job(title="Night nurse")
    make_job(title="Nurse for a night shelter")
    assert found(client, q='"night nurse"') == ["Night nurse"]


def test_a_word_can_be_excluded_and_alternatives_named(client: FlaskClient) -> None:
    for title in ("Zookeeper senior", "Zookeeper junior", "Falconer"):
        make_job(title=title)
    assert found(client, q="zookeeper -junior") == ["Zookeeper senior"]
    assert set(found(client, q='falconer or "zookeeper junior"')) == {
        "Falconer",
        "Zookeeper junior",
    }


def test_a_search_relaxes_when_no_job_has_all_words(client: FlaskClient) -> None:
    make_job(title="Zookeeper")
    assert found(client, q="zookeeper qwertyuiop") == ["Zookeeper"]


def test_a_word_in_the_title_ranks_above_one_in_the_text(client: FlaskClient) -> None:
    make_job(title="Zookeeper", published_at=clock.now() - timedelta(days=5))
    make_job(title="Driver", description="<p>You drive the zookeeper.</p>")
    assert found(client, q="zookeeper") == ["Zookeeper", "Driver"]


def test_an_old_title_still_ranks_above_a_new_mention(client: FlaskClient) -> None:
    long_ago = clock.now() - timedelta(days=600)
    make_job(title="Zookeeper", published_at=long_ago, expires_at=clock.now() + timedelta(days=9))
    make_job(title="Driver", description="<p>You drive the zookeeper.</p>")
    assert found(client, q="zookeeper") == ["Zookeeper", "Driver"]


def test_title_only_leaves_the_text_out(client: FlaskClient) -> None:
    make_job(title="Zookeeper")
    make_job(title="Driver", description="<p>You drive the zookeeper.</p>")
    assert found(client, q="zookeeper", title_only="true") == ["Zookeeper"]


@pytest.mark.parametrize("written", ["C++", "c#", ".NET", "Node.js"])
def test_names_with_signs_are_words(client: FlaskClient, written: str) -> None:
    make_job(title=f"{written} developer")
    make_job(title="Plain developer", description="<p>c net node</p>")
    assert found(client, q=written, title_only="true") == [f"{written} developer"]


def test_accents_and_case_do_not_matter(client: FlaskClient) -> None:
    make_job(title="Chef de café")
    assert found(client, q="CAFE") == ["Chef de café"]


@pytest.mark.parametrize(
    "words",
    [
        "\x00", "a & | !", "🎉", '"unbalanced', "' OR 1=1 --", "%_%", "the", ":*", "<->", "()",
        "\\",         "!!", "a:A", "\ud800".encode("utf-8", "replace").decode(), "x" * 255,
    ],
)  # fmt: skip
def test_no_query_is_an_error(client: FlaskClient, words: str) -> None:
    found(client, q=words)


def test_a_query_over_255_characters_is_refused(client: FlaskClient) -> None:
    answer = client.get("/api/v1/jobs", query_string={"q": "x" * 256})
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["q"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"remote": "maybe"}, "remote"),
        ({"sort": "best"}, "sort"),
        ({"country": "XX"}, "country"),
        ({"page": "0"}, "page"),
        ({"page": "\uff11"}, "page"),
        ({"salary_min": "\uff11"}, "salary_min"),
        ({"page_size": "101"}, "page_size"),
        ({"limit": "1", "page_size": "2"}, "limit"),
        ({"limit": "5", "page_size": "20"}, "limit"),
        ({"cursor": "abc"}, "cursor"),
        ({"employment_type": "full_time,slavery"}, "employment_type.1"),
        ({"salary_min": "5", "salary_max": "4"}, "salary_max"),
        ({"page": "101", "page_size": "100"}, "page"),
    ],
)
def test_a_bad_parameter_is_named(client: FlaskClient, query: dict[str, str], field: str) -> None:
    answer = client.get("/api/v1/jobs", query_string=query)
    assert answer.status_code == 422
    assert field in answer.json["errors"]


def test_a_repeated_parameter_is_refused(client: FlaskClient) -> None:
    answer = client.get("/api/v1/jobs?country=DE&country=FR")
    assert answer.json["errors"] == {"country": ["Given more than once."]}


def test_marketing_marks_are_dropped(client: FlaskClient) -> None:
    assert client.get("/api/v1/jobs?utm_source=x&gclid=1&fbclid=2&ref=3").status_code == 200


FILTERED: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"remote": "true"}, {"is_remote": True}, {"is_remote": False}),
    ({"remote": "false"}, {"is_remote": False}, {"is_remote": True}),
    ({"country": "de"}, {"country": "DE"}, {"country": "FR"}),
    ({"location": "hamburg"}, {"city": "Hamburg"}, {"city": "Harburg"}),
    ({"location": "Germany"}, {"country": "DE"}, {"country": "AT"}),
    ({"employment_type": "part_time,contract"}, {"employment_type": "contract"},
     {"employment_type": "full_time"}),
    ({"experience_level": "senior"}, {"experience_level": "senior"}, {"experience_level": None}),
    ({"featured": "true"}, {"is_featured": True}, {"is_featured": False}),
    ({"posted_within": "2"}, {}, {"published_at": clock.now() - timedelta(days=3)}),
]  # fmt: skip


@pytest.mark.parametrize(("query", "kept", "dropped"), FILTERED)
@pytest.mark.parametrize("words", [{}, {"q": "zookeeper"}])
def test_a_filter_keeps_what_matches(
    client: FlaskClient,
    query: dict[str, Any],
    kept: dict[str, Any],
    dropped: dict[str, Any],
    words: dict[str, str],
) -> None:
    make_job(title="Kept zookeeper", **kept)
    make_job(title="Dropped zookeeper", **dropped)
    assert found(client, **query, **words) == ["Kept zookeeper"]


PAID = {"salary_currency": "USD", "salary_period": "year"}


def test_a_salary_is_compared_by_the_year_and_across_currencies(client: FlaskClient) -> None:
    make_job(title="By the hour", salary_min=50, salary_currency="USD", salary_period="hour")
    make_job(title="In euros", salary_min=95_000, salary_currency="EUR", salary_period="year")
    make_job(title="Too low", salary_max=60_000, **PAID)
    assert set(found(client, salary_min="100000")) == {"By the hour", "In euros"}


@pytest.mark.parametrize("period", ["year", "month", "hour"])
@pytest.mark.parametrize("currency", ["EUR", "GBP", "JPY", "KWD", "USD"])
def test_a_job_that_pays_what_is_asked_is_found(
    client: FlaskClient, currency: str, period: str
) -> None:
    """However the amount is rounded on its way into the read model."""
    hours = {"year": 1, "month": 12, "hour": 2080}[period]
    for amount in ("23801", "53481", "50000.40", "999.99"):
        paid = {"salary_currency": currency, "salary_period": period}
        make_job(title=amount, salary_min=amount, salary_max=amount, **paid)
        asked = str(Decimal(amount) * hours)
        for name in ("salary_min", "salary_max"):
            assert amount in found(client, **{name: asked, "salary_currency": currency}), name


def test_a_missing_or_hidden_salary_is_not_zero(client: FlaskClient) -> None:
    make_job(title="Missing")
    make_job(title="Hidden", salary_min=1, salary_is_visible=False, **PAID)
    make_job(title="Stated", salary_min=90_000, **PAID)
    assert found(client, salary_max="95000") == ["Stated"]
    assert len(found(client, salary_max="95000", salary_include_unknown="true")) == 3


def test_a_company_is_named_by_id_or_slug(client: FlaskClient) -> None:
    company = make_company()
    make_job(company, title="Falconer")
    make_job(title="Another falconer")
    assert found(client, company=str(company.id)) == ["Falconer"]
    assert found(client, company=company.slug, q="falconer") == ["Falconer"]


def test_a_category_stands_for_its_children_too(client: FlaskClient) -> None:
    tree = client.get("/api/v1/jobs/stats").json
    assert tree["by_category"] == {}
    child = child_of("technology")
    make_job(title="Under a child", category_id=child)
    assert found(client, category="technology") == ["Under a child"]
    assert found(client, category=str(child)) == ["Under a child"]
    assert found(client, category="business") == []


def child_of(slug: str) -> int:
    return int(
        rows(
            "SELECT c.id FROM categories c JOIN categories p ON p.id = c.parent_id"
            " WHERE p.slug = :slug ORDER BY c.id",
            slug=slug,
        )[0].id
    )


@pytest.mark.parametrize("sort", ["relevance", "newest", "salary"])
@pytest.mark.parametrize("words", [{}, {"q": "zookeeper"}])
def test_paging_by_cursor_gives_every_job_once(
    client: FlaskClient, sort: str, words: dict[str, str]
) -> None:
    same_moment = clock.now() - timedelta(hours=1)
    for i in range(11):
        make_job(title=f"Zookeeper {i}", published_at=same_moment, salary_min=i // 3, **PAID)
    query: dict[str, Any] = {"sort": sort, "page_size": 3, **words}
    seen: list[str] = []
    while True:
        page = client.get("/api/v1/jobs", query_string=query).json
        seen += [job["title"] for job in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert sorted(seen) == sorted(f"Zookeeper {i}" for i in range(11))


@pytest.mark.parametrize("sort", ["relevance", "newest", "salary"])
@pytest.mark.parametrize("more", [{}, {"q": "zookeeper"}, {"q": "zookeeper", "facets": "country"}])
def test_paging_by_cursor_skips_nothing_when_what_was_shown_ends(
    client: FlaskClient, sort: str, more: dict[str, str]
) -> None:
    hour = timedelta(hours=1)
    jobs = [make_job(title="Zookeeper", published_at=clock.now() - i * hour) for i in range(9)]
    query: dict[str, Any] = {"sort": sort, "page_size": 3, **more}
    first = client.get("/api/v1/jobs", query_string=query).json
    shown = [job["id"] for job in first["items"]]
    for job in jobs:
        # The last one too: it is what the cursor stands at.
        if job.id in (shown[0], shown[2]):
            job.status = "closed"
    db.session.commit()
    left, cursor = [job.id for job in jobs if job.id not in shown], first["next_cursor"]
    second = client.get("/api/v1/jobs", query_string=query | {"cursor": cursor}).json
    third = client.get("/api/v1/jobs", query_string=query | {"cursor": second["next_cursor"]}).json
    assert sorted(job["id"] for job in (*second["items"], *third["items"])) == sorted(left)
    assert third["next_cursor"] is None


def test_a_cursor_of_another_order_is_refused(app: Flask, client: FlaskClient) -> None:
    """As one of before an upgrade is."""
    for _ in range(3):
        make_job(title="Zookeeper")
    cursor = client.get("/api/v1/jobs?page_size=1&q=zookeeper").json["next_cursor"]
    mark, number, at, _ = signed.read("cursor", cursor)
    old = signed.sign("cursor", [mark, number, at, [1]])
    answer = client.get(f"/api/v1/jobs?page_size=1&q=zookeeper&cursor={old}")
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["cursor"])


def test_pages_by_number_and_by_cursor_are_the_same(client: FlaskClient) -> None:
    for i in range(5):
        make_job(title=f"Zookeeper {i}")
    first = client.get("/api/v1/jobs?page_size=2&q=zookeeper").json
    by_number = client.get("/api/v1/jobs?page_size=2&q=zookeeper&page=2").json
    by_cursor = client.get(
        f"/api/v1/jobs?page_size=2&q=zookeeper&cursor={first['next_cursor']}"
    ).json
    assert by_number["items"] == by_cursor["items"]
    assert (by_cursor["page"], by_cursor["has_prev"], by_cursor["total"]) == (2, True, 5)


@pytest.mark.parametrize(("first", "then"), [("", "/"), ("/", "")])
def test_a_cursor_goes_on_whatever_the_path_ends_in(
    client: FlaskClient, first: str, then: str
) -> None:
    """What one of the two was answered is given to the other, too."""
    for _ in range(3):
        make_job(title="Zookeeper")
    given = client.get(f"/api/v1/jobs{first}?page_size=1")
    assert given.headers["Link"].startswith("</api/v1/jobs?")
    cursor = client.get(f"/api/v1/jobs{then}?page_size=1").json["next_cursor"]
    for end in (first, then):
        page = client.get(f"/api/v1/jobs{end}?page_size=1&cursor={cursor}")
        assert (page.status_code, page.json.get("page")) == (200, 2)


def test_a_cursor_of_another_list_is_refused(client: FlaskClient) -> None:
    for _ in range(3):
        make_job(title="Zookeeper")
    cursor = client.get("/api/v1/jobs?page_size=1").json["next_cursor"]
    answer = client.get(f"/api/v1/jobs?page_size=1&country=DE&cursor={cursor}")
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["cursor"])


@pytest.mark.parametrize("number", [9, 51])
def test_a_page_past_the_end_is_empty(client: FlaskClient, number: int) -> None:
    make_job(title="Zookeeper", country="NO")
    page = client.get(f"/api/v1/jobs?page={number}&q=zookeeper&country=NO").json
    assert "without" not in page
    assert page["items"] == []
    assert (page["total"], page["has_next"], page["has_prev"]) == (1, False, True)


def test_the_envelope_and_its_links(client: FlaskClient) -> None:
    for _ in range(3):
        make_job()
    answer = client.get("/api/v1/jobs?limit=2")
    assert {**answer.json, "items": [], "next_cursor": ""} == {
        "items": [], "total": 3, "total_relation": "eq", "page": 1, "page_size": 2,
        "total_pages": 2, "has_next": True, "has_prev": False, "next_cursor": "",
    }  # fmt: skip
    assert 'page=2>; rel="next"' in answer.headers["Link"]


def test_an_unchanged_list_is_304(client: FlaskClient) -> None:
    make_job()
    make_job()
    tag = client.get("/api/v1/jobs?page_size=1").headers["ETag"]
    again = client.get("/api/v1/jobs?page_size=1", headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_similar_jobs_share_words_of_the_title_and_leave_out_the_job_itself(
    client: FlaskClient,
) -> None:
    job = make_job(title="Senior zookeeper")
    make_job(title="Zookeeper")
    make_job(title="Accountant")
    answer = client.get(f"/api/v1/jobs/{job.id}/similar").json
    assert [item["title"] for item in answer["items"]] == ["Zookeeper"]


@pytest.mark.parametrize(
    ("status", "values", "company", "expected"),
    [
        ("draft", {}, "active", 404), ("paused", {}, "active", 404),
        ("paused", {"age": LONG_AGO}, "active", 404),
        ("archived", {"was": "draft"}, "active", 404),
        ("closed", {}, "active", 410), ("closed", {}, "deleted", 410),
        ("closed", {}, "suspended", 404), ("published", {"age": LONG_AGO}, "active", 410),
    ],
)  # fmt: skip
def test_what_is_not_live_has_similar_jobs_as_little_as_it_is_shown(
    client: FlaskClient, status: str, values: dict[str, Any], company: str, expected: int
) -> None:
    given = {"published_at": clock.now() - values["age"]} if "age" in values else {}
    job = make_job(make_company(status=company), status=values.get("was", status), **given)
    job.status = status
    db.session.flush()
    for path in (f"/api/v1/jobs/{job.id}", f"/api/v1/jobs/{job.id}/similar"):
        assert client.get(path).status_code == expected


def test_the_links_of_similar_jobs_can_be_followed(client: FlaskClient) -> None:
    job = make_job(title="Senior zookeeper")
    make_job(title="Zookeeper")
    answer = client.get(f"/api/v1/jobs/{job.id}/similar?page_size=20")
    first = answer.headers["Link"].partition("<")[2].partition(">")[0]
    assert client.get(first).json["items"] == answer.json["items"]
    beyond = client.get(f"/api/v1/jobs/{job.id}/similar?page=2")
    assert (beyond.status_code, beyond.json["items"], beyond.json["total"]) == (200, [], 1)


def test_figures_of_the_live_jobs(client: FlaskClient) -> None:
    company = make_company()
    make_job(company, is_remote=True, employment_type="full_time", experience_level="senior")
    make_job(company, employment_type="full_time", published_at=clock.now() - timedelta(days=9))
    make_job(company, status="closed")
    assert client.get("/api/v1/jobs/stats").json == {
        "live": 2, "companies": 1, "new_7d": 1, "remote": 1, "by_category": {},
        "by_employment_type": {"full_time": 2}, "by_experience_level": {"senior": 1},
    }  # fmt: skip


def test_the_jobs_of_a_company(client: FlaskClient) -> None:
    company = make_company()
    make_job(company, title="Theirs")
    make_job(company, title="Draft", status="draft")
    for name in (company.id, company.slug):
        page = client.get(f"/api/v1/companies/{name}/jobs").json
        assert [job["title"] for job in page["items"]] == ["Theirs"]
    assert client.get("/api/v1/companies/no-such-company/jobs").status_code == 404


def test_a_cursor_outlives_the_marks_of_marketing(client: FlaskClient) -> None:
    for _ in range(2):
        make_job(title="Zookeeper")
    first = client.get("/api/v1/jobs?page_size=1&utm_source=mail").json
    again = client.get(f"/api/v1/jobs?page_size=1&cursor={first['next_cursor']}")
    assert (again.status_code, again.json["page"]) == (200, 2)
