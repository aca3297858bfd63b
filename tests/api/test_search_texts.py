"""Words are found beside any sign, places as people write them, and titles by all their words."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from src.database import db
from src.services import search_index
from tests.api.test_search_understanding import answer, found
from tests.factories import make_job, rows

# Quotes, dashes, bullets, ellipsis, arrows, marks of trade, blanks of many kinds, zero width, signs
# of other scripts and of full width, emoji, and what word processors make of bullets.
SIGNS = (
    "“”„‟‘‚‛«»‹›″‐‑‒–—―−•‣◦●▪■·…→⇒➔➢✓✔★®™©§€£×°¿¡"
    "\u00a0\u2002\u2003\u2007\u2009\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff\ufe0f"
    "、。「」【】・，；：！？（）＂።፣،؟।🚀💰\uf0b7"
)


@pytest.mark.parametrize("sign", SIGNS)
def test_a_word_is_the_same_beside_any_sign(app: Flask, sign: str) -> None:
    body = f"{sign}zebra{sign}ocelot{sign} gnu{sign}"
    statement = "SELECT tsvector_to_array(to_tsvector('talentsphere', search_text(:body))) AS words"
    assert rows(statement, body=body)[0].words == ["gnu", "ocelot", "zebra"]


def test_a_word_in_typographic_quotes_is_found_in_text_title_and_query(client: FlaskClient) -> None:
    make_job(title="Keeper •Falcons•", description="<p>“Zebras”…and—ocelots</p>")
    for words in ("zebras", "ocelots", "falcons", "“zebras”", "→ocelots", "zebras—ocelots"):
        assert found(client, q=words) == ["Keeper •Falcons•"], words


def test_a_soft_hyphen_and_a_curly_apostrophe_are_as_if_typed_plainly(client: FlaskClient) -> None:
    make_job(title="Gardien", description="<p>L’élevage de zè\u00adbres, the keeper’s</p>")
    for words in ("élevage", "l'élevage", "zebres", "keeper"):
        assert found(client, q=words) == ["Gardien"], words


def test_the_c_of_objective_c_is_no_language_of_its_own(client: FlaskClient) -> None:
    make_job(title="Keeper", description="<p>Objective-C/C++ and Swift</p>")
    make_job(title="Other", description="<p>The objective: C, and vitamins</p>")
    for words in ("objective-c", "Objective-C", "objective c"):
        assert found(client, q=words) == ["Keeper"], words


def test_a_principal_engineer_is_no_principal_of_a_school(client: FlaskClient) -> None:
    make_job(title="Principal Engineer")
    make_job(title="Elementary School Principal")
    make_job(title="Engineer of the school")
    assert found(client, q="principal engineer")[0] == "Principal Engineer"
    assert found(client, q="school principal")[0] == "Elementary School Principal"


@pytest.mark.parametrize(
    "title", ["Member of Technical Staff", "Head of Product", "Director of Sales"]
)
def test_a_title_with_of_in_it_is_found_by_its_words(client: FlaskClient, title: str) -> None:
    make_job(title=title)
    for other in ("Software Engineer", "Product Manager", "Sales Manager"):
        make_job(title=other)
    got = answer(client, q=title)
    assert got["items"][0]["title"] == title
    assert len(got["search"]["terms"]) == len(title.split()) - 1


def test_a_level_within_the_name_of_an_occupation_is_one_all_the_same(client: FlaskClient) -> None:
    make_job(title="Field Sales Lead")
    for _ in range(3):
        make_job(title="Field Sales Representative")
    assert found(client, q="field sales lead", sort="newest") == ["Field Sales Lead"]


def test_a_lead_of_a_team_is_found_before_other_leads(client: FlaskClient) -> None:
    make_job(title="Kitchen Team Lead")
    make_job(title="Lead Falconer")
    assert found(client, q="team lead")[0] == "Kitchen Team Lead"


def test_a_place_that_is_newer_than_the_last_count_is_found(owner_app: Flask) -> None:
    make_job(title="Falconer", city="Oslo", country="NO")
    db.session.commit()
    search_index.count_words()
    make_job(title="Zookeeper", city="Taiz", country="YE")
    db.session.commit()
    client = owner_app.test_client()
    assert found(client, q="taiz") == ["Zookeeper"]
    assert found(client, q="zookeeper in taiz", sort="newest") == ["Zookeeper"]


def test_where_no_job_is_there_only_looser_orders_answer(client: FlaskClient) -> None:
    make_job(title="Zookeeper", city="Oslo", country="NO")
    assert found(client, q="zookeeper in kinshasa") == ["Zookeeper"]
    for sort in ("newest", "salary"):
        assert found(client, q="zookeeper in kinshasa", sort=sort) == []
    feed = client.get("/feeds/jobs.rss", query_string={"q": "zookeeper in kinshasa"})
    assert "<item>" not in feed.text


@pytest.mark.parametrize(
    ("location", "city", "region", "country"),
    [
        ("San Francisco, CA", "San Francisco", "California", "US"),
        ("New York, NY", "New York", None, "US"), ("NYC", "New York", None, "US"),
        ("London, UK", "London", None, "GB"), ("USA", "Denver", None, "US"),
        ("U.S.A.", "Denver", None, "US"), ("München", "Munich", None, "DE"),
        ("Munich", "München", None, "DE"), ("Deutschland", "Berlin", None, "DE"),
        ("Toronto, ON, Canada", "Toronto", None, "CA"), ("Bay Area", "Oakland", None, "US"),
    ],
)  # fmt: skip
def test_a_location_is_known_as_people_write_it(
    client: FlaskClient, location: str, city: str, region: str | None, country: str
) -> None:
    make_job(title="Zookeeper", city=city, region=region, country=country)
    make_job(title="Falconer", city="Oslo", country="NO")
    assert found(client, location=location) == ["Zookeeper"]
    got = client.get("/api/v1/jobs/facets", query_string={"location": location})
    assert got.json["total"] == 1


@pytest.mark.parametrize("location", ["Buffalo", "New York", "US", "Buffalo New York", "new"])
def test_a_location_finds_what_has_its_words_as_ever(client: FlaskClient, location: str) -> None:
    make_job(title="Zookeeper", city="Buffalo", region="New York", country="US")
    assert found(client, location=location) == ["Zookeeper"]


@pytest.mark.parametrize(
    ("location", "city", "region", "country"),
    [
        ("New York, NY", "Buffalo", "New York", "US"),
        ("Portland, Maine", "Portland", "Oregon", "US"),
        ("Berlin, Hamburg", "Berlin", None, "DE"), ("Altona, Hamburg", "Hamburg", None, "DE"),
    ],
)  # fmt: skip
def test_a_location_does_not_hold_for_a_part_of_it(
    client: FlaskClient, location: str, city: str, region: str | None, country: str
) -> None:
    make_job(title="Zookeeper", city=city, region=region, country=country)
    assert found(client, location=location) == []
