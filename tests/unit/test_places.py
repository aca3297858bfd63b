"""Places as people write them, taken apart."""

import pytest

from src.utils.places import Place, country_code, parse_place


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("NO", "NO"), ("nor", "NO"), ("Norway", "NO"), (" U.S.A. ", "US"), ("England", "GB"),
        ("Deutschland", "DE"), ("South Korea", "KR"), ("中国", "CN"), ("Atlantis", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_country_is_known_by_code_and_by_name(spelling: str, code: str | None) -> None:
    assert country_code(spelling) == code


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Bergen, Norway", Place("Bergen", None, "NO")),
        ("Austin, TX", Place("Austin", "Texas", "US")),
        ("Austin, Texas, United States", Place("Austin", "Texas", "US")),
        ("Toronto, Ontario, Canada", Place("Toronto", "Ontario", "CA")),
        ("12 Harbour Road, Austin, TX 78701", Place("Austin", "Texas", "US")),
        ("12 Harbour Road Austin, TX", Place(None, "Texas", "US")),
        ("NYC", Place("New York", None, None)),
        ("Norway", Place(None, None, "NO")),
        ("Texas, USA", Place(None, "Texas", "US")),
        ("", Place()),
    ],
)
def test_city_region_and_country_are_told_apart(text: str, place: Place) -> None:
    assert parse_place(text, None) == place


@pytest.mark.parametrize(
    "text", ["Remote", "Fully remote", "REMOTE - anywhere", "Worldwide", "Work from home"]
)
def test_a_text_that_says_remote_is_no_city(text: str) -> None:
    assert parse_place(text, None) == Place(is_remote=True)


def test_a_place_can_be_remote_and_somewhere() -> None:
    assert parse_place("Remote (Bergen, Norway)", None).is_remote
    assert parse_place("Bergen, Norway or remote", None) == Place("Bergen", None, "NO", True)


@pytest.mark.parametrize("text", ["Hybrid", "Multiple locations", "EMEA", "Full-time", "EU", "*"])
def test_what_is_no_place_is_left_out(text: str) -> None:
    assert parse_place(text, None) == Place()


def test_the_first_of_many_places_is_taken() -> None:
    assert parse_place("Bergen, Norway; Oslo, Norway", None) == Place("Bergen", None, "NO")


def test_a_stated_country_wins() -> None:
    assert parse_place("Cambridge", "UK") == Place("Cambridge", None, "GB")
    assert parse_place("Norway", "Norway") == Place(None, None, "NO")


def test_a_state_beside_its_country_is_no_city() -> None:
    assert parse_place("Virginia", "US") == Place(None, "Virginia", "US")
    assert parse_place("New York", "US") == Place("New York", None, "US")


@pytest.mark.parametrize("text", ["in Bergen", "Based in Bergen", "Bergen area", "Greater Bergen"])
def test_words_around_a_city_are_left_out(text: str) -> None:
    assert parse_place(text, "NO") == Place("Bergen", None, "NO")


@pytest.mark.parametrize(
    "text", ["We are hiring several roles", "Senior night nurse and developer", "3 days a week"]
)
def test_a_sentence_is_no_city(text: str) -> None:
    assert parse_place(text, None).city is None
