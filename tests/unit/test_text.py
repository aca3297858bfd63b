"""Text that people wrote, cleaned; and the words of an address."""

import pytest

from src.utils.text import clean, clean_block, plain, slugify


def test_invisible_characters_and_direction_marks_are_dropped() -> None:
    assert plain("\ufeffNight\u200b\u202e nurse\u2060") == "Night nurse"


def test_control_characters_and_lone_surrogates_are_dropped() -> None:
    assert plain("Night\x00\x07\ud83d nurse") == "Night nurse"


def test_letters_are_composed() -> None:
    assert plain("Cafe\u0301") == "Caf\u00e9"


def test_emoji_flags_and_other_scripts_stay() -> None:
    assert clean("Pflege 🇳🇴 看護師 ነርስ") == "Pflege 🇳🇴 看護師 ነርስ"


def test_a_line_has_single_spaces() -> None:
    assert clean("  Night\n\tnurse \u00a0 wanted ") == "Night nurse wanted"


def test_cleaning_twice_changes_nothing_more() -> None:
    once = clean_block(" A\u0301\r\n\r\n\r\n\r\nb \u200b\rc")
    assert clean_block(once) == once


def test_a_block_keeps_its_lines_and_at_most_one_empty_one() -> None:
    assert clean_block("one  \r\ntwo\rthree\n\n\n\nfour\n") == "one\ntwo\nthree\n\nfour"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Harbour Clinic", "harbour-clinic"),
        ("  Ärzte & Söhne (GmbH) ", "arzte-sohne-gmbh"),
        ("C++ / C#", "c-c"),
        ("看護師", ""),
        ("---", ""),
    ],
)
def test_a_slug_is_made_of_latin_letters_and_digits(text: str, slug: str) -> None:
    assert slugify(text) == slug


def test_a_slug_is_cut_without_a_hyphen_at_its_end() -> None:
    assert slugify("night nurse wanted", 12) == "night-nurse"
