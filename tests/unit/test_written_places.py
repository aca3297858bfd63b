"""Places as people write them, taken apart."""

import pycountry
import pytest

from src.understanding.countries import country_code
from src.understanding.written_places import Place, parse_place


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


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Berlin, DE", Place("Berlin", None, "DE")),
        ("Bengaluru, IN", Place("Bengaluru", None, "IN")),
        ("Toronto, ON, CA", Place("Toronto", "Ontario", "CA")),
        ("Whistler, BC, CA", Place("Whistler", "British Columbia", "CA")),
        ("Tbilisi, Georgia", Place("Tbilisi", None, "GE")),
        ("Amsterdam, NL", Place("Amsterdam", None, "NL")),
        # Cities of the state, whatever else is called so.
        ("Richmond, CA", Place("Richmond", "California", "US")),
        ("Ontario, CA", Place("Ontario", "California", "US")),
        ("Atlanta, Georgia", Place("Atlanta", "Georgia", "US")),
        ("San Juan, PR", Place("San Juan", "Puerto Rico", "US")),
        ("St. John's, NL", Place("St. John's", "Newfoundland and Labrador", "CA")),
        # Too small to be known; Vernon in Canada is larger, and not large.
        ("Tolleson, AZ", Place("Tolleson", "Arizona", "US")),
        ("Vernon, CA", Place("Vernon", "California", "US")),
    ],
)
def test_a_state_and_a_country_of_one_code_or_name_are_told_apart_by_the_city(
    text: str, place: Place
) -> None:
    assert parse_place(text, None) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Auckland, NZ", Place("Auckland", None, "NZ")),
        ("São Paulo, BR", Place("São Paulo", None, "BR")),
        ("Warkworth, NZ", Place("Warkworth", None, "NZ")),
        ("Vancouver, BC", Place("Vancouver", "British Columbia", "CA")),
        ("Montreal, Quebec", Place("Montreal", "Quebec", "CA")),
    ],
)
def test_two_letters_behind_a_city_are_a_country_and_a_province_has_one(
    text: str, place: Place
) -> None:
    assert parse_place(text, None) == place


@pytest.mark.parametrize("text", ["Cape Town, SA", "Boston, NA", "Geneva, GE"])
def test_two_letters_are_no_country_of_a_city_known_only_elsewhere(text: str) -> None:
    assert parse_place(text, None).country is None


def test_a_stated_country_says_what_two_letters_mean() -> None:
    assert parse_place("Darmstadt, DE", "Germany") == Place("Darmstadt", None, "DE")
    assert parse_place("Seaford, DE", "US") == Place("Seaford", "Delaware", "US")


def test_a_country_with_and_in_its_name_is_one() -> None:
    assert parse_place("Sarajevo, Bosnia & Herzegovina", None).country == "BA"
    for country in pycountry.countries:
        if " and " in country.name and "," not in country.name:
            assert parse_place(f"Town, {country.name}", None) == Place(
                "Town", None, country.alpha_2
            )
    assert parse_place("Bergen and Oslo", "NO") == Place("Bergen", None, "NO")
