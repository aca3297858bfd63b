"""Searching within a distance: of a named city or a point, in every list that filters jobs."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from src.database import db
from src.queries import nearby
from tests.factories import headers_for, make_job, make_user

BERGEN = {"lat": "60.39", "lng": "5.32"}


def make_jobs() -> None:
    """One in each of three cities of the same country, and one from anywhere in the first."""
    for city in ("Bergen", "Stavanger", "Oslo"):
        make_job(title=city, city=city, country="NO")
    make_job(title="Anywhere", city="Bergen", country="NO", is_remote=True)
    make_job(title="Nowhere", city="Qwertyville", country="NO")


def found(client: FlaskClient, **query: Any) -> set[str]:
    answer = client.get("/api/v1/jobs", query_string=query)
    assert answer.status_code == 200, answer.json
    return {job["title"] for job in answer.json["items"]}


def test_a_named_city_has_the_jobs_within_25_km_unless_it_says_otherwise(
    client: FlaskClient,
) -> None:
    make_jobs()
    assert found(client, near="bergen") == {"Bergen"}
    assert found(client, near="Bergen, Norway", radius_km=200) == {"Bergen", "Stavanger"}
    assert found(client, near="Bergen", radius_km=400) == {"Bergen", "Stavanger", "Oslo"}


def test_a_point_has_the_jobs_about_it(client: FlaskClient) -> None:
    make_jobs()
    # Stavanger is 160 km away.
    assert found(client, **BERGEN, radius_km=150) == {"Bergen"}
    assert found(client, **BERGEN, radius_km=170) == {"Bergen", "Stavanger"}
    assert found(client, lat="-60", lng="5", radius_km=500) == set()


def test_a_remote_job_is_near_only_when_remote_ones_are_asked_for(client: FlaskClient) -> None:
    make_jobs()
    assert found(client, near="Bergen", remote="true") == {"Anywhere"}


def test_words_and_distance_hold_together(client: FlaskClient) -> None:
    make_job(title="Zookeeper", city="Oslo", country="NO")
    make_job(title="Night zookeeper", city="Bergen", country="NO")
    assert found(client, q="zookeeper", near="Oslo") == {"Zookeeper"}


def test_a_name_means_the_largest_city_of_the_country_or_of_the_state(client: FlaskClient) -> None:
    make_job(title="Norway", city="Bergen")
    make_job(title="Netherlands", city="Bergen", country="NL")
    make_job(title="Illinois", city="Springfield", region="IL", country="US")
    make_job(title="Missouri", city="Springfield", country="US")
    assert found(client, near="Bergen") == {"Norway"}
    assert found(client, near="Bergen", country="nl") == {"Netherlands"}
    assert found(client, near="Springfield, Illinois") == {"Illinois"}
    assert found(client, near="Springfield, MO") == {"Missouri"}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Bergen, NL", "Netherlands"), ("Bergen, no", "Norway"), ("Richmond, CA", "California"),
        ("Berlin, DE", "Germany"), ("Toronto, CA", "Canada"),
    ],
)  # fmt: skip
def test_two_letters_are_a_state_of_the_city_or_else_a_country(
    client: FlaskClient, name: str, title: str
) -> None:
    make_job(title="Netherlands", city="Bergen", country="NL")
    make_job(title="Norway", city="Bergen", country="NO")
    make_job(title="California", city="Richmond", region="CA", country="US")
    make_job(title="Germany", city="Berlin", country="DE")
    make_job(title="Canada", city="Toronto", country="CA")
    assert found(client, near=name) == {title}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("san jose, ca", "San Jose"), ("san jose, ca 95110", "San Jose"),
        ("los angeles, california", "Los Angeles"), ("new york, ny", "New York"),
        ("New York, NY, USA", "New York"), ("cape town, south africa", "Cape Town"),
        ("richmond, ca", "California"), ("richmond, bc, ca", "Canada"),
        ("12 Harbour Road, Richmond, CA", "California"), ("tbilisi, georgia", "Tbilisi"),
        ("Richmond, B.C.", "Canada"),
    ],
)  # fmt: skip
def test_a_name_in_small_letters_means_what_it_means_in_large_ones(
    client: FlaskClient, name: str, title: str
) -> None:
    for city, region, country in (
        ("San Jose", "CA", "US"),
        ("Los Angeles", "CA", "US"),
        ("New York", "NY", "US"),
        ("Cape Town", None, "ZA"),
        ("Tbilisi", None, "GE"),
    ):
        make_job(title=city, city=city, region=region, country=country)
    make_job(title="California", city="Richmond", region="CA", country="US")
    make_job(title="Canada", city="Richmond", region="BC", country="CA")
    assert found(client, near=name, radius_km=5) == {title}


def test_a_state_or_the_country_asked_for_is_meant(client: FlaskClient) -> None:
    make_job(title="California", city="Richmond", region="CA", country="US")
    make_job(title="Canada", city="Richmond", region="BC", country="CA")
    assert found(client, near="Richmond, CA", country="US") == {"California"}
    assert found(client, near="Richmond, CA", country="CA") == {"Canada"}


def test_a_city_is_first_looked_for_by_the_name_as_it_is_written(client: FlaskClient) -> None:
    make_job(title="Oder", city="Frankfurt (Oder)", country="DE")
    make_job(title="Main", city="Frankfurt", country="DE")
    make_job(title="Greater Noida", city="Greater Noida", country="IN")
    make_job(title="Noida", city="Noida", country="IN")
    assert found(client, near="Frankfurt (Oder)") == {"Oder"}
    assert found(client, near="Frankfurt") == {"Main"}
    assert found(client, near="Greater Noida", radius_km=5) == {"Greater Noida"}


@pytest.mark.parametrize(
    "name",
    [
        "Greater Concord, NC",
        "Concord, NC (Charlotte)",
        "Concord, NC or Austin, TX",
        "Concord, N.C.",
    ],
)
def test_words_about_a_city_are_left_out_where_no_city_has_them(
    client: FlaskClient, name: str
) -> None:
    make_job(title="North Carolina", city="Concord", region="NC", country="US")
    # The larger one.
    make_job(title="California", city="Concord", region="CA", country="US")
    assert found(client, near=name) == {"North Carolina"}


@pytest.mark.parametrize("name", ["Oregon, USA", "Colombia"])
def test_a_state_or_a_country_is_no_city_that_is_called_so_elsewhere(
    client: FlaskClient, name: str
) -> None:
    assert client.get("/api/v1/jobs", query_string={"near": name}).status_code == 422


def test_a_name_in_another_language_is_the_same_city(client: FlaskClient) -> None:
    make_job(title="Braumeister", city="München", country="DE")
    assert found(client, near="Munich") == {"Braumeister"}


def test_a_job_that_moves_is_found_where_it_went_at_once(client: FlaskClient) -> None:
    job = make_job(title="Mover", city="Bergen", country="NO")
    assert found(client, near="Bergen") == {"Mover"}
    job.city = "Oslo"
    db.session.flush()
    assert found(client, near="Bergen") == set()
    assert found(client, near="Oslo") == {"Mover"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"lat": "60"}, "lng"),
        ({"lng": "5"}, "lat"),
        ({"lat": "91", "lng": "5"}, "lat"),
        ({"lat": "60", "lng": "-180.5"}, "lng"),
        ({"lat": "nan", "lng": "5"}, "lat"),
        ({"lat": "1e1", "lng": "5"}, "lat"),
        ({**BERGEN, "radius_km": "0"}, "radius_km"),
        ({**BERGEN, "radius_km": "501"}, "radius_km"),
        ({**BERGEN, "radius_km": "1.5"}, "radius_km"),
        ({"radius_km": "50"}, "radius_km"),
        ({**BERGEN, "near": "Oslo"}, "near"),
        ({"near": "Qwertyville"}, "near"),
        ({"near": "'; DROP TABLE jobs --"}, "near"),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/v1/jobs/facets", "/feeds/jobs.rss"])
def test_what_is_no_place_or_no_distance_is_refused_by_its_field(
    client: FlaskClient, path: str, query: dict[str, str], field: str
) -> None:
    answer = client.get(path, query_string=query)
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


def test_facets_and_the_feed_count_what_the_search_lists(client: FlaskClient) -> None:
    make_jobs()
    facets = client.get("/api/v1/jobs/facets?near=Bergen&radius_km=200")
    assert facets.json["total"] == 2
    feed = client.get("/feeds/jobs.rss?near=Bergen")
    assert "<title>Bergen" in feed.text
    assert "Stavanger" not in feed.text


def test_a_saved_search_keeps_its_distance(client: FlaskClient) -> None:
    make_jobs()
    headers = headers_for(make_user())
    query = {"lat": 60.39, "lng": 5.32, "radius_km": 170}
    saved = client.post(
        "/api/v1/me/saved-searches", json={"name": "West", "query": query}, headers=headers
    )
    assert saved.json["query"].items() >= query.items()
    listed = client.get(saved.headers["Location"] + "/jobs", headers=headers)
    assert {job["title"] for job in listed.json["items"]} == {"Bergen", "Stavanger"}
    assert client.get(saved.json["url"]).json["total"] == 2


def test_an_empty_search_says_what_is_further_away(client: FlaskClient) -> None:
    make_job(city="Oslo", country="NO")
    answer = client.get("/api/v1/jobs?near=Bergen")
    assert answer.json["without"] == [{"filter": "near", "total": 1, "total_relation": "eq"}]


@pytest.mark.parametrize(
    ("lat", "lng", "radius_km"),
    [(60.39, 5.32, 500), (-17.8, 179.9, 500), (-17.8, -179.9, 500), (89, 0, 500), (0, 180, 500)],
)
def test_the_box_leaves_out_no_city_that_is_near_enough(
    app: Any, lat: float, lng: float, radius_km: int
) -> None:
    within = set(db.session.scalars(nearby.WITHIN, nearby.box_of(lat, lng, radius_km)))
    # By the law of cosines, of all cities.
    exact = text("""
SELECT DISTINCT city_id FROM city_names WHERE 6371.0 * acos(least(1, greatest(-1,
  sin(radians(latitude)) * sin(radians(:lat))
  + cos(radians(latitude)) * cos(radians(:lat)) * cos(radians(longitude - :lng))))) <= :radius_km
""")
    values = {"lat": lat, "lng": lng, "radius_km": radius_km}
    assert within == set(db.session.scalars(exact, values))
