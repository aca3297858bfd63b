"""A candidate's saved searches: keeping, changing, deleting, and what they find now."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from src.services import saved_search as saved_service
from tests.factories import headers_for, make_job, make_user, rows

PATH = "/api/v1/me/saved-searches"
BOTH = ["full_time", "part_time"]
NIGHTS = {"name": "Nights", "query": {"q": "night nurse", "country": "NO"}}


@pytest.fixture
def headers(client: FlaskClient) -> dict[str, str]:
    return headers_for(make_user())


def post(client: FlaskClient, headers: dict[str, str], **fields: Any) -> Any:
    return client.post(PATH, json={**NIGHTS, **fields}, headers=headers)


def kept(client: FlaskClient, headers: dict[str, str], **fields: Any) -> dict[str, Any]:
    answer = post(client, headers, **fields)
    assert answer.status_code == 201, answer.json
    return answer.json  # type: ignore[no-any-return]


def test_a_search_is_kept_as_it_was_meant(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = post(client, headers)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{PATH}/{answer.json['id']}"
    assert answer.json["frequency"] == "daily"
    assert answer.json["url"] == "/api/v1/jobs?country=NO&q=night+nurse"
    read = client.get(answer.headers["Location"], headers=headers)
    assert (read.json, read.headers["ETag"]) == (answer.json, answer.headers["ETag"])


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"q": "  night \t nurse "}, {"q": "night nurse"}),
        ({"title_only": False, "salary_currency": "USD"}, {}),
        ({"employment_type": "part_time,full_time"}, {"employment_type": BOTH}),
        ({"employment_type": ["part_time", "full_time", "part_time"]}, {"employment_type": BOTH}),
        ({"remote": "true", "posted_within": "7"}, {"remote": True, "posted_within": 7}),
        ({"salary_min": "50000.00", "salary_max": 6e4}, {"salary_min": 50000, "salary_max": 60000}),
        ({"salary_max": "2.50"}, {"salary_max": 2.5}),
        ({"q": "", "employment_type": []}, {}),
        ({"country": "no"}, {"country": "NO"}), ({"near": " Bergen "}, {"near": "Bergen"}),
        ({"salary_currency": "eur"}, {"salary_currency": "EUR"}), ({"salary_currency": "usd"}, {}),
    ],
)  # fmt: skip
def test_equal_searches_are_kept_alike(
    client: FlaskClient, headers: dict[str, str], said: dict[str, Any], meant: dict[str, Any]
) -> None:
    assert kept(client, headers, query=said)["query"] == meant


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"query": {"remote": "perhaps"}}, "query.remote"),
        ({"query": {"country": "XX"}}, "query.country"),
        ({"query": {"near": "Nowhereville"}}, "query.near"),
        ({"query": {"near": "Bergen", "country": "JP"}}, "query.near"),
        ({"query": {"employment_type": 5}}, "query.employment_type"),
        ({"query": {"employment_type": ["nights"]}}, "query.employment_type.0"),
        ({"query": {"salary_min": 2, "salary_max": 1}}, "query.salary_max"),
        ({"query": {"q": "x" * 256}}, "query.q"),
        ({"query": {"page": 2}}, "query.page"), ({"query": {"cursor": "x"}}, "query.cursor"),
        ({"query": None}, "query"), ({"query": "q=nurse"}, "query"),
        ({"name": " "}, "name"), ({"frequency": "hourly"}, "frequency"),
        ({"user_id": 1}, "user_id"),
    ],
)  # fmt: skip
def test_what_the_search_would_refuse_is_not_kept(
    client: FlaskClient, headers: dict[str, str], fields: dict[str, Any], wrong: str
) -> None:
    answer = post(client, headers, **fields)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [wrong])


def test_a_name_and_a_query_are_needed(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post(PATH, json={}, headers=headers)
    assert (answer.status_code, {*answer.json["errors"]}) == (422, {"name", "query"})


def test_the_list_is_the_callers_own_newest_first(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    kept(client, headers_for(make_user()), name="Another's")
    for name in ("First", "Second", "Third"):
        kept(client, headers, name=name)
    first = client.get(f"{PATH}?page_size=2", headers=headers).json
    rest = client.get(f"{PATH}?page_size=2&cursor={first['next_cursor']}", headers=headers).json
    names = [item["name"] for item in first["items"] + rest["items"]]
    assert (names, first["total"]) == (["Third", "Second", "First"], 3)


def test_a_change_is_of_what_is_named_and_a_query_is_replaced(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    path = f"{PATH}/{kept(client, headers)['id']}"
    named = client.patch(path, json={"name": "Days"}, headers=headers)
    assert (named.json["name"], named.json["query"]) == ("Days", NIGHTS["query"])
    asked = client.patch(path, json={"query": {"remote": True}}, headers=headers)
    assert (asked.json["name"], asked.json["query"]) == ("Days", {"remote": True})
    assert asked.json["version"] == 3


def test_of_two_editors_the_second_is_told(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = post(client, headers)
    path = answer.headers["Location"]
    seen = headers | {"If-Match": answer.headers["ETag"]}
    assert client.patch(path, json={"name": "Days"}, headers=seen).status_code == 200
    assert client.patch(path, json={"name": "Late"}, headers=seen).status_code == 412
    assert client.delete(path, headers=seen).status_code == 412


def test_a_deleted_search_is_gone(client: FlaskClient, headers: dict[str, str]) -> None:
    path = f"{PATH}/{kept(client, headers)['id']}"
    assert client.delete(path, headers=headers).status_code == 204
    for verb in ("GET", "DELETE"):
        assert client.open(path, method=verb, headers=headers).status_code == 404


def test_there_are_fifty_at_most(
    client: FlaskClient, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert saved_service.MOST_SEARCHES == 50
    monkeypatch.setattr(saved_service, "MOST_SEARCHES", 2)
    first = kept(client, headers)
    kept(client, headers)
    assert post(client, headers).status_code == 409
    client.delete(f"{PATH}/{first['id']}", headers=headers)
    assert post(client, headers).status_code == 201


def test_a_search_kept_twice_with_one_key_is_one(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    keyed = headers | {"Idempotency-Key": "k-1"}
    assert [post(client, keyed).status_code for _ in range(2)] == [201, 201]
    assert rows("SELECT count(*) FROM saved_searches") == [(1,)]


def test_its_jobs_are_those_that_the_search_itself_lists(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    for number in range(3):
        make_job(title=f"Night nurse {number}", country="NO")
    make_job(title="Night nurse elsewhere", country="SE")
    search = kept(client, headers, query={"q": "night nurse", "country": "NO", "sort": "newest"})
    path = f"{PATH}/{search['id']}/jobs"
    found, listed = client.get(path, headers=headers).json, client.get(search["url"]).json
    assert found["items"] == listed["items"]
    assert (found["total"], found["search"]) == (3, listed["search"])
    first = client.get(f"{path}?page_size=2", headers=headers).json
    rest = client.get(f"{path}?cursor={first['next_cursor']}", headers=headers)
    assert [item["id"] for item in rest.json["items"]] == [found["items"][2]["id"]]


def test_a_cursor_of_the_search_as_it_was_is_refused(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    for _ in range(3):
        make_job(title="Night nurse", country="NO")
    path = f"{PATH}/{kept(client, headers)['id']}"
    cursor = client.get(f"{path}/jobs?page_size=1", headers=headers).json["next_cursor"]
    client.patch(path, json={"query": {"sort": "salary"}}, headers=headers)
    answer = client.get(f"{path}/jobs?cursor={cursor}", headers=headers)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["cursor"])


def test_a_cursor_outlives_what_is_not_the_query(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    for _ in range(3):
        make_job(title="Night nurse", country="NO")
    path = f"{PATH}/{kept(client, headers)['id']}"
    cursor = client.get(f"{path}/jobs?page_size=1", headers=headers).json["next_cursor"]
    for change in ({"name": "Days"}, {"frequency": "never"}, {"query": NIGHTS["query"]}):
        assert client.patch(path, json=change, headers=headers).status_code == 200
    answer = client.get(f"{path}/jobs?page_size=1&cursor={cursor}", headers=headers)
    assert (answer.status_code, answer.json["page"]) == (200, 2)


def test_a_change_to_a_city_that_is_not_known_is_refused(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    path = f"{PATH}/{kept(client, headers)['id']}"
    answer = client.patch(path, json={"query": {"near": "Nowhereville"}}, headers=headers)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["query.near"])
    assert client.get(path, headers=headers).json["query"] == NIGHTS["query"]


@pytest.mark.parametrize("nothing", [{}, {"frequency": "never"}, {"name": "Nights"}])
def test_what_changes_nothing_of_a_silent_search_is_no_new_version(
    client: FlaskClient, headers: dict[str, str], nothing: dict[str, Any]
) -> None:
    path = f"{PATH}/{kept(client, headers, frequency='never')['id']}"
    rows("UPDATE saved_searches SET alerts_from = now() - interval '1 day' RETURNING 1")
    before = client.get(path, headers=headers).json
    answer = client.patch(path, json=nothing, headers=headers)
    assert (answer.status_code, answer.json) == (200, before)


def test_a_silent_search_begins_with_new_jobs_once_it_is_told_of_any(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    path = f"{PATH}/{kept(client, headers, frequency='never')['id']}"
    rows("UPDATE saved_searches SET alerts_from = now() - interval '1 day' RETURNING 1")
    for change, is_new in (({"name": "Days"}, False), ({"frequency": "daily"}, True)):
        assert client.patch(path, json=change, headers=headers).status_code == 200
        assert rows("SELECT alerts_from = now() FROM saved_searches") == [(is_new,)]


def test_a_search_that_is_not_understood_any_more_says_so(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    search = kept(client, headers)
    rows("""UPDATE saved_searches SET query = '{"country": "XX"}' RETURNING 1""")
    answer = client.get(f"{PATH}/{search['id']}/jobs", headers=headers)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["query.country"])
