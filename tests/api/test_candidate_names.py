"""Finding a candidate among a company's applications by the name or address that the list shows."""

import random
import unicodedata
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from src.database import db
from src.utils.text import clean
from tests.conftest import in_one_transaction, undoing
from tests.factories import (
    headers_for,
    make_application,
    make_company,
    make_job,
    make_user,
)

PEOPLE = {
    "O’Brien": ("Nora", "O’Brien", "nora@mail.example"),
    "Smith": ("Ada J.", "Smith", "ada+jobs@mail.example"),
    "St. Clair": ("Ann", "St. Clair", "clair@corner.example"),
    "Brown/Green": ("Lee", "Brown/Green", "lee@corner.example"),
    "King Jr.": ("Sam", "King Jr.", "mary.ann@corner.example"),
    "Núñez": ("Iñaki", "Núñez", "inaki@corner.example"),
    "Müller-Łódź": ("Zoë", "Müller-Łódź", "zoe_m@corner.example"),
    "B@by": ("C.", "B@by", "c@mail.example"),
    "山田": ("太郎", "山田", "taro@corner.example"),
}
# What other people made of such names, and what nobody would.
ODD = (
    "a'\"’`´:*&|!()<->\\/%_.,;@#+-~^$?[]{}=09Zéßıİøﷺ½™ﬁ①\u0301\u0663\u05d0\u0e01\u0e31山ｱ🎉👩\u200d🚀"
    "\ufffe\U000e0041\U0010ffff "
)


Find = Callable[[str], set[str]]


@pytest.fixture(scope="module")
def listed(shared_app: Flask) -> Iterator[tuple[int, dict[str, str]]]:
    """The job that all of them have applied for, and its owner's headers, for the whole file."""
    with in_one_transaction(shared_app):
        owner = make_user("employer")
        job = make_job(make_company(owner))
        for first, last, email in PEOPLE.values():
            person = make_user(first_name=first, last_name=last, email=email)
            make_application(job, person)
        yield job.id, headers_for(owner)


@pytest.fixture
def client(shared_app: Flask, listed: object) -> Iterator[FlaskClient]:
    """A caller, whose doings are undone."""
    with undoing():
        yield shared_app.test_client()


@pytest.fixture
def find(client: FlaskClient, listed: tuple[int, dict[str, str]]) -> Find:
    """The last names that the company's list shows for some words, however it is asked."""
    job_id, headers = listed

    def find(words: str) -> set[str]:
        found = []
        for path in (f"/api/v1/jobs/{job_id}/applications", "/api/v1/employer/applications"):
            answer = client.get(path, query_string={"q": words}, headers=headers)
            assert answer.status_code == 200, (words, answer.json)
            found.append({item["candidate"]["last_name"] for item in answer.json["items"]})
        assert found[0] == found[1]
        return found[0]

    return find


@pytest.mark.parametrize("name", PEOPLE)
def test_a_candidate_is_found_by_the_very_name_and_address_that_the_list_shows(
    find: Find, name: str
) -> None:
    first, last, email = PEOPLE[name]
    for words in (last, email, f"{first} {last}", f"{last}, {first}", f"{first} {last} {email}"):
        assert find(words) == {last}, words


@pytest.mark.parametrize(
    ("words", "last"),
    [
        ("O'Brien", "O’Brien"), ("obrien", "O’Brien"), ("OʼBr", "O’Brien"), ("brien", "O’Brien"),
        ("o brien", "O’Brien"),
        ("Ada J. Sm", "Smith"), ("smith ada", "Smith"), ("ada+jo", "Smith"), ("ADA+", "Smith"),
        ("ada+jobs@m", "Smith"), ("St.", "St. Clair"), ("clair st", "St. Clair"),
        ("brown/gr", "Brown/Green"), ("green", "Brown/Green"), ("Jr.", "King Jr."),
        ("nunez", "Núñez"), ("NUÑEZ", "Núñez"), ("Nu\u0301n\u0303ez", "Núñez"), ("inaki", "Núñez"),
        ("muller-lodz", "Müller-Łódź"), ("lodz", "Müller-Łódź"), ("ZOE_M", "Müller-Łódź"),
        ("山", "山田"),
    ],
)  # fmt: skip
def test_accents_apostrophes_signs_and_the_ends_of_words_may_be_left_out(
    find: Find, words: str, last: str
) -> None:
    assert find(words) == {last}


def test_an_address_is_found_by_its_beginning_and_nobody_by_its_domain(find: Find) -> None:
    assert find("mary.ann@corner.example") == find("mary.ann@c") == {"King Jr."}
    assert find("ann@corner.example") == find("nora@corner.example") == set()
    # Whoever looks for Cornelia is not shown all who have their mail at a corner.
    assert find("corn") == find("@corner.example") == set()


def test_every_word_must_begin_one_of_the_person_s(find: Find) -> None:
    assert find("ada green") == set()
    assert find("mith") == set()
    assert find("green/brown") == set()


@pytest.mark.parametrize("words", ["'", "’", "…", "&", ":*", "!", "\\", "🎉", "@", "'':*", "<->"])
def test_signs_alone_name_nobody(find: Find, words: str) -> None:
    assert find(words) == set()


@pytest.mark.usefixtures("client")
def test_no_string_that_can_be_asked_for_is_an_error() -> None:
    chance = random.Random(7)
    asked = ["".join(chance.choices(ODD, k=chance.choice((1, 2, 5, 30, 255)))) for _ in range(2000)]
    asked += [sign * 255 for sign in ODD]
    asked = [clean(unicodedata.normalize(chance.choice(("NFC", "NFD")), each)) for each in asked]
    look = text("SELECT count(CAST(user_query(w) AS text)) FROM unnest(CAST(:asked AS text[])) w")
    assert db.session.execute(look, {"asked": asked}).scalar_one() > 1000


def test_whatever_a_person_s_name_is_it_is_stored_and_found(client: FlaskClient) -> None:
    owner = make_user("employer")
    job, headers = make_job(make_company(owner)), headers_for(owner)
    path = f"/api/v1/jobs/{job.id}/applications"
    chance = random.Random(8)
    for number in range(60):
        signs = "".join(chance.choices(ODD, k=chance.choice((1, 5, 100))))
        last = clean(f"X{number}x {signs}")[:100].strip()
        make_application(job, make_user(last_name=last))
        answer = client.get(path, query_string={"q": last}, headers=headers)
        assert answer.status_code == 200
        assert last in [each["candidate"]["last_name"] for each in answer.json["items"]], last
