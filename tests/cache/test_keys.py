"""Equal requests share an answer, and nobody is given another's."""

import unicodedata

import pytest
from flask.testing import FlaskClient

from src.utils.cache import cache
from src.utils.cache_mint import token_key
from src.utils.cache_tokens import UNUSED_SECONDS
from tests.factories import headers_for, make_application, make_company, make_job, make_user

JOBS = "/api/v1/jobs"


def did(client: FlaskClient, path: str, **headers: str) -> str:
    """What the cache did for a request that succeeds."""
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return str(answer.headers["X-Cache"])


@pytest.mark.parametrize("spelling", ["{}", "0{}", "000{}"])
def test_a_company_is_fresh_however_its_id_is_written(client: FlaskClient, spelling: str) -> None:
    owner = make_user("employer")
    company = make_company(owner)
    path = f"/api/v1/companies/{spelling.format(company.id)}"
    assert client.get(path).get_json()["name"] == company.name
    changed = client.patch(
        f"/api/v1/companies/{company.id}", json={"name": "Renamed"}, headers=headers_for(owner)
    )
    assert changed.status_code == 200
    assert client.get(path).get_json()["name"] == "Renamed"


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("?page=1", ""),
        ("?page_size=5&remote=true", "?remote=true&page_size=5"),
        ("?q=nurse&utm_source=mail", "?q=nurse"),
        ("?country=no", "?country=NO"),
        ("?salary_min=1&salary_currency=usd", "?salary_min=1"),
        ("?salary_min=1&salary_currency=eur", "?salary_currency=EUR&salary_min=1"),
        ("/facets?country=no", "/facets?country=NO"),
        ("?limit=5&page_size=5", "?limit=5"),
    ],
)
def test_equal_requests_share_an_answer(client: FlaskClient, one: str, same: str) -> None:
    assert did(client, JOBS + one) == "miss"
    assert did(client, JOBS + same) == "hit"


def test_equal_text_in_two_forms_shares_an_answer(client: FlaskClient) -> None:
    make_job(title="Café")
    forms = [unicodedata.normalize(form, "café") for form in ("NFC", "NFD")]
    answers = [client.get(JOBS, query_string={"q": form}) for form in forms]
    assert [answer.headers["X-Cache"] for answer in answers] == ["miss", "hit"]
    assert answers[0].get_json()["total"] == 1


@pytest.mark.parametrize("query", ["?page=1&page=2", "?PAGE=1", "?page=1&Page=2", "?pagе=1"])
def test_a_request_that_is_refused_is_not_given_a_kept_answer(
    client: FlaskClient, query: str
) -> None:
    assert did(client, f"{JOBS}?page=1") == "miss"
    assert client.get(JOBS + query).status_code == 422


def test_long_requests_that_differ_at_their_end_differ(client: FlaskClient) -> None:
    make_job(title="Nurse")
    words = "nurse " * 41
    assert client.get(JOBS, query_string={"q": f"{words}-b"}).get_json()["total"] == 1
    found = client.get(JOBS, query_string={"q": f"{words}-nurse"})
    assert (found.headers["X-Cache"], found.get_json()["total"]) == ("miss", 0)


def test_the_language_asked_for_changes_nothing(client: FlaskClient) -> None:
    languages = ("de", "en", "fr;q=0.1", "*")
    assert [did(client, JOBS, **{"Accept-Language": each}) for each in languages] == [
        "miss", "hit", "hit", "hit",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["applications", "jobs", "dashboard"])
def test_two_employers_read_their_own(client: FlaskClient, name: str) -> None:
    path, seen = f"/api/v1/employer/{name}", {}
    for who in ("Ada", "Noor"):
        owner = make_user("employer")
        make_application(
            make_job(make_company(owner, name=f"House of {who}")), make_user(first_name="Emil")
        )
        headers = headers_for(owner)
        seen[who] = [client.get(path, headers=headers).text for _ in range(2)]
    assert all("House of Ada" in text and "Noor" not in text for text in seen["Ada"])
    assert all("House of Noor" in text and "Ada" not in text for text in seen["Noor"])


def test_two_candidates_read_their_own(client: FlaskClient) -> None:
    job = make_job()
    people = [make_user(), make_user()]
    made = [make_application(job, person).id for person in people]
    for person, application_id in zip(people, made, strict=True):
        headers = headers_for(person)
        for _ in range(2):
            page = client.get("/api/v1/me/applications", headers=headers).get_json()
            assert [item["id"] for item in page["items"]] == [application_id]


def test_a_member_and_the_public_read_their_own_view_of_a_job(client: FlaskClient) -> None:
    owner = make_user("employer")
    job = make_job(make_company(owner))
    path, headers = f"{JOBS}/{job.id}", headers_for(owner)
    shown = [client.get(path, headers=each).get_json() for each in ({}, headers, {}, headers)]
    assert ["view_count" in page for page in shown] == [False, True, False, True]


def test_who_leaves_a_company_is_not_given_what_was_kept_for_its_members(
    client: FlaskClient,
) -> None:
    owner, path = make_user("employer"), "/api/v1/employer/jobs"
    company = make_company(owner)
    make_job(company)
    headers = headers_for(owner)
    assert client.get(path, headers=headers).get_json()["total"] == 1
    other = make_user("employer")
    assert client.get(path, headers=headers_for(other)).get_json()["total"] == 0


def test_what_is_not_there_fills_no_server_for_ever(client: FlaskClient) -> None:
    """Anybody may ask for companies of any name: the tokens of these end."""
    assert client.get("/api/v1/companies/nobody-of-this-name").status_code == 404
    ask = cache.backend.store.line.ask
    assert 0 < ask("TTL", token_key("company:nobody-of-this-name")) <= UNUSED_SECONDS
