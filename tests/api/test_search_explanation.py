"""GET /jobs?explain=1: why a company's job is found where it is, or is not found."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from src.caller import Caller, Role
from src.models import Company, User
from src.queries import search_plan
from src.queries.paging import PageRequest
from src.services import job_search, search_explanation
from src.utils import clock
from tests.factories import headers_for, key_headers, make_company, make_job, make_user


@pytest.fixture
def owner(client: FlaskClient) -> User:
    return make_user("employer")


@pytest.fixture
def zoo(owner: User) -> Company:
    return make_company(owner)


def ask(client: FlaskClient, user: User, status: int = 200, **query: Any) -> Any:
    asked = {"q": "zookeeper", "explain": 1} | query
    answer = client.get("/api/v1/jobs", query_string=asked, headers=headers_for(user))
    assert answer.status_code == status, answer.json
    return answer.json


def why(client: FlaskClient, user: User, **query: Any) -> Any:
    return ask(client, user, **query)["explain"]["why"]


def test_the_parts_of_every_score_add_up_to_what_orders_the_page(client: FlaskClient) -> None:
    place = {"city": "Bergen", "country": "NO"}
    make_job(title="Night zookeeper", **place)
    make_job(title="Registered nurse at the zoo", employment_type="part_time", **place)
    make_job(title="Driver", description="<p>You drive the night nurse.</p>", country="DE")
    for words in (
        "night nurse",
        "part time nurse in Bergen",
        "zookeeper or nurse",
        '"night nurse"',
    ):
        query = {"q": words, "title_only": False, "job_id": None}
        asked, request = job_search.read(query), PageRequest(1, 20, clock.now())
        page = job_search.find(asked, request)
        told = search_explanation.explain(Caller(role=Role.ADMIN), asked, request, page)["items"]
        scores = [(row.id, pytest.approx(row.score, abs=1e-12)) for row in page.rows]
        assert page.rows
        assert [(item["job_id"], item["score"]) for item in told] == scores
        assert [(item["job_id"], sum(item["parts"].values())) for item in told] == scores


def test_items_are_explained_by_their_words_and_parts(
    client: FlaskClient, owner: User, zoo: Company
) -> None:
    job = make_job(zoo, title="Zookeeper", city="Bergen", country="NO")
    told = ask(client, owner, q="zookeeper in Bergen accountant")["explain"]
    (item,) = told["items"]
    assert (item["job_id"], item["matched"]) == (job.id, ["zookeeper"])
    assert item["parts"]["place"] == search_plan.WISHES["place"]
    assert item["parts"]["freshness"] < 0 < item["parts"]["words"]
    assert told["plan"]["weights"]["in_title"] == search_plan.IN_TITLE


def test_jobs_of_others_are_shown_without_an_explanation_but_to_admins(
    client: FlaskClient, owner: User, zoo: Company
) -> None:
    own, other = make_job(zoo, title="Zookeeper"), make_job(title="Zookeeper")
    page = ask(client, owner)
    assert {job["id"] for job in page["items"]} == {own.id, other.id}
    assert [item["job_id"] for item in page["explain"]["items"]] == [own.id]
    assert len(ask(client, make_user("admin"))["explain"]["items"]) == 2


def test_only_companies_and_admins_may_ask(client: FlaskClient, owner: User) -> None:
    path = "/api/v1/jobs?q=zookeeper&explain=1"
    assert client.get(path).status_code == 401
    answer = client.get(path, headers=headers_for(make_user()))
    assert (answer.status_code, answer.json["detail"]) == (
        403,
        "Your role may not ask for explain.",
    )
    assert client.get(path, headers=key_headers(owner, ["jobs:write"])).status_code == 403
    assert client.get(path, headers=key_headers(owner, ["jobs:read"])).status_code == 200
    assert client.get("/api/v1/jobs?q=zookeeper&explain=0").status_code == 200


def test_an_explanation_is_never_given_to_somebody_else(
    client: FlaskClient, owner: User, zoo: Company
) -> None:
    make_job(zoo, title="Zookeeper")
    for user, told in ((owner, 1), (make_user("employer"), 0), (owner, 1)):
        path = "/api/v1/jobs?q=zookeeper&explain=1"
        answer = client.get(path, headers=headers_for(user))
        assert len(answer.json["explain"]["items"]) == told
        assert answer.headers["X-Cache"] == "bypass"
        assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_job_of_others_is_not_there(client: FlaskClient, owner: User) -> None:
    ask(client, owner, 404, job_id=make_job(title="Zookeeper").id)
    ask(client, owner, 404, job_id=2**62)
    job = make_job(title="Zookeeper")
    assert why(client, make_user("admin"), job_id=job.id)["found"]


def test_a_found_job_has_its_rank(client: FlaskClient, owner: User, zoo: Company) -> None:
    make_job(zoo, title="Zookeeper")
    job = make_job(zoo, title="Driver", description="<p>You drive the zookeeper.</p>")
    told = why(client, owner, job_id=job.id, page_size=1)
    assert (told["found"], told["rank"], told["live"], told["excluded_by"]) == (True, 2, True, [])
    assert told["item"]["matched"] == ["zookeeper"]


@pytest.mark.parametrize("status", ["draft", "paused", "closed", "expired"])
def test_a_job_that_is_not_live_says_so(
    client: FlaskClient, owner: User, zoo: Company, status: str
) -> None:
    told = why(client, owner, job_id=make_job(zoo, status, title="Zookeeper").id)
    assert (told["found"], told["live"], told["status"]) == (False, False, status)


def test_each_filter_that_keeps_a_job_out_is_named(
    client: FlaskClient, owner: User, zoo: Company
) -> None:
    job = make_job(zoo, title="Zookeeper", country="NO", employment_type="full_time")
    query = {
        "country": "DE", "employment_type": "full_time", "remote": "true", "salary_min": 9,
        "posted_within": 7, "exclude_ids": job.id, "company": zoo.slug, "category": "none",
    }  # fmt: skip
    told = why(client, owner, job_id=job.id, **query)
    assert not told["found"]
    assert set(told["excluded_by"]) == {"country", "remote", "salary", "exclude_ids", "category"}


def test_a_distance_keeps_out_what_is_far_and_what_is_remote(
    client: FlaskClient, owner: User, zoo: Company
) -> None:
    oslo = make_job(zoo, title="Zookeeper", city="Oslo", country="NO")
    remote = make_job(zoo, title="Zookeeper", city="Bergen", country="NO", is_remote=True)
    assert why(client, owner, near="Bergen", job_id=oslo.id)["excluded_by"] == ["near"]
    assert why(client, owner, near="Bergen", job_id=remote.id)["excluded_by"] == ["near"]
    assert why(client, owner, near="Oslo", remote="true", job_id=oslo.id)["excluded_by"] == [
        "remote"
    ]
    assert why(client, owner, near="Bergen", remote="true", job_id=remote.id)["found"]


def test_words_and_wishes_that_a_job_lacks_are_named(
    client: FlaskClient, owner: User, zoo: Company
) -> None:
    job = make_job(zoo, title="Zookeeper", city="Oslo", country="NO")
    make_job(title="Accountant", city="Bergen", country="NO")
    query = {"q": "zookeeper accountant in Bergen", "job_id": job.id, "sort": "newest"}
    told = why(client, owner, **query)
    assert (told["found"], told["rank"]) == (False, None)
    assert (told["missing_words"], told["missing_wishes"]) == (["accountant"], ["place"])
    assert why(client, owner, **query | {"sort": "relevance"})["found"]


def test_a_job_behind_the_candidates_is_outside_of_them(
    client: FlaskClient, owner: User, zoo: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_plan, "CANDIDATES", 1)
    make_job(title="Zookeeper")
    job = make_job(zoo, title="Driver", description="<p>You drive the zookeeper.</p>")
    told = why(client, owner, job_id=job.id)
    assert (told["found"], told["outside_candidates"]) == (False, True)


def test_better_jobs_of_the_same_company_stand_for_a_job(
    client: FlaskClient, owner: User, zoo: Company
) -> None:
    make_job(zoo, title="Zookeeper")
    job = make_job(zoo, title="Driver", description="<p>You drive the zookeeper.</p>")
    told = why(client, owner, job_id=job.id, diversity=1)
    assert (told["found"], told["excluded_by"]) == (False, ["diversity"])


@pytest.mark.parametrize("words", ["jobs", "qwertyuiop", "'", "\\", "-zookeeper", "a:b & !", "VA"])
def test_any_words_can_be_explained(
    client: FlaskClient, owner: User, zoo: Company, words: str
) -> None:
    job = make_job(zoo, title="Zookeeper")
    for title_only in ("true", "false"):
        page = ask(client, owner, q=words, job_id=job.id, title_only=title_only)
        in_list = job.id in {each["id"] for each in page["items"]}
        assert page["explain"]["why"]["found"] is in_list


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("explain=1", "explain"), ("q=nurse&explain=2", "explain"),
        ("q=nurse&explain=x", "explain"),
        ("q=nurse&job_id=1", "job_id"), ("q=nurse&explain=1&job_id=0", "job_id"),
        ("q=nurse&explain=1&job_id=9223372036854775808", "job_id"),
    ],
)  # fmt: skip
def test_what_cannot_be_explained_is_refused_by_its_field(
    client: FlaskClient, owner: User, query: str, field: str
) -> None:
    answer = client.get(f"/api/v1/jobs?{query}", headers=headers_for(owner))
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_what_only_negations_keep_out_is_told(
    client: FlaskClient, owner: User, zoo: Company
) -> None:
    job = make_job(zoo, title="Zookeeper").id
    told = why(client, owner, q="-zookeeper", job_id=job)
    assert (told["found"], told["excluded_by"]) == (False, ["q"])
    assert why(client, owner, q="-falconer", job_id=job)["found"] is True
