"""What an imported row becomes."""

import json
import time
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from src.understanding import posting, posting_texts
from src.understanding.posting import Posting
from src.understanding.posting_fields import Refused


def read(**row: Any) -> Posting:
    given = {"source": "board", "source_id": "1", "title": "Nurse", "description": "You care."}
    return posting.read(json.dumps(given | row).encode(), Counter())


def test_invisible_and_control_characters_leave_the_title() -> None:
    assert read(title="\ufeffNight\u200b  nurse\n\x07 ").title == "Night nurse"


def test_a_text_is_composed_to_one_form_of_unicode() -> None:
    assert read(title="Cafe\u0301 manager").title == "Café manager"


def test_scripts_and_styles_leave_a_text_with_their_content() -> None:
    text = read(description="<p onclick='x()'>Hi<script>alert(1)</script></p>").description
    assert text == "<p>Hi</p>"


def test_markdown_becomes_lists_and_headings() -> None:
    text = read(description="## Tasks\n\n- care\n- write").description
    assert "<h2>Tasks</h2>" in text
    assert "<li>care</li>" in text


def test_plain_lines_stay_lines() -> None:
    assert read(description="One < two\nthree\n\nfour").description == (
        "<p>One &lt; two<br>three</p>\n<p>four</p>"
    )


def test_a_missing_title_is_made_of_the_first_words() -> None:
    assert read(title=None, description="Night nurse wanted in Bergen").title.startswith("Night")


def test_a_row_without_title_and_text_is_refused_with_the_reason() -> None:
    with pytest.raises(Refused, match="no title and no text"):
        read(title=None, description=None)


@pytest.mark.parametrize(
    ("line", "reason"),
    [(b"{", "not valid JSON"), (b"[1]", "not a JSON object"), (b"{}", "no source")],
)
def test_a_line_that_is_no_posting_is_refused_with_the_reason(line: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        posting.read(line, Counter())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("FullTime", "full_time"), ("Part Time", "part_time"), ("Freelance", "contract"),
        ("Fixed Term", "temporary"), ("Apprenticeship", "internship"), ("全职", "full_time"),
        ("Shift work", None),
    ],
)  # fmt: skip
def test_types_of_employment_are_mapped(written: str, meant: str | None) -> None:
    assert read(employment_type=written).employment_type == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("INTERMEDIATE", "mid"), ("Entry-Level", "entry"), ("GS-9/11", "mid"), ("3-5年", "mid"),
        ("GS-14", "lead"), ("5B", None),
    ],
)  # fmt: skip
def test_levels_are_mapped(written: str, meant: str | None) -> None:
    assert read(experience_level=written).experience_level == meant


@pytest.mark.parametrize(
    ("country", "code"),
    [
        ("U.S.A", "US"), ("UK", "GB"), ("Taiwan (ROC)", "TW"), ("France, Metropolitan", "FR"),
        ("Republic of (South Korea)", "KR"), ("Serbia ", "RS"), ("EMEA remote", None),
        ("European Union", None),
    ],
)  # fmt: skip
def test_countries_are_known_in_many_spellings(country: str, code: str | None) -> None:
    assert read(country=country).country == code


@pytest.mark.parametrize(
    ("location", "city", "region", "country", "remote"),
    [
        ("Austin, TX", "Austin", "Texas", "US", False),
        ("Lisbon, Portugal", "Lisbon", None, "PT", False),
        ("Sydney, New South Wales, Australia", "Sydney", "New South Wales", "AU", False),
        ("Remote", None, None, None, True),
        ("United States (Remote)", None, None, "US", True),
        ("London; Paris", "London", None, None, False),
    ],
)
def test_places_are_taken_apart(
    location: str, city: str | None, region: str | None, country: str | None, remote: bool
) -> None:
    row = read(location=location)
    assert (row.city, row.region, row.country, row.is_remote) == (city, region, country, remote)


def salary(low: Any, high: Any, currency: Any = "USD", period: Any = "year") -> tuple[Any, ...]:
    row = read(
        salary_min=low, salary_max=high, salary_currency=currency, salary_period=period
    )  # fmt: skip
    return row.salary_min, row.salary_max


def test_a_salary_in_the_wrong_order_is_turned_round() -> None:
    assert salary(90_000, 70_000) == (Decimal(70_000), Decimal(90_000))


@pytest.mark.parametrize(
    "written",
    [(0, 500_000), (24.04, None), (1, 2, None), (1000, 2000, "USD", None), ("many", 2)],
)
def test_a_salary_that_cannot_be_true_is_dropped_and_the_row_kept(written: tuple[Any, ...]) -> None:
    assert salary(*written) == (None, None)


def test_an_unsafe_link_is_dropped() -> None:
    assert read(apply_url="javascript:alert(1)").application_url is None


def test_a_row_without_company_belongs_to_the_unknown_of_its_source() -> None:
    assert read(company=None).company_name == "Unknown (board)"


@pytest.mark.parametrize("name", ["Refreshed May 1, 2026", "---", "https://example.com", " "])
def test_a_remark_in_the_place_of_a_company_is_none(name: str) -> None:
    assert read(company=name).company_name == "Unknown (board)"


def test_a_web_address_beside_a_company_is_left_out() -> None:
    assert read(company="Fjord AI (https://example.com)").company_name == "Fjord AI"


def test_a_repeat_has_the_same_fingerprint_whatever_its_source() -> None:
    first = read(company="Acme", source="a", source_id="1")
    again = read(company="ACME ", source="b", source_id="2")
    assert first.fingerprint == again.fingerprint
    assert first.external_id != again.external_id


def test_a_text_that_its_ends_would_make_too_long_is_kept_as_words() -> None:
    # 21 open tags that are opened again in every paragraph of the first 100,000 characters.
    marks = "".join(f"<{name}>" * 3 for name in ("b", "i", "u", "s", "em", "code", "strong"))
    text = read(description=f"<p>{marks}" + "<p>a & b" * 12_000).description
    assert len(text) <= posting_texts.STORED_LENGTH
    assert "a &amp; b" in text


@pytest.mark.parametrize("unit", ["<i>", "<p><i>a", "&", "<ul><li>a", "<a href=/x><p>b"])
def test_no_text_is_longer_than_the_database_takes(unit: str) -> None:
    text = read(description=(unit * 100_000)[:100_000]).description
    assert len(text) <= posting_texts.STORED_LENGTH


def test_words_kept_without_markup_end_with_a_whole_character(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(posting_texts, "TEXT_LENGTH", 10)
    monkeypatch.setattr(posting_texts, "STORED_LENGTH", 12)
    assert read(description="<p>&&&&&</p>").description == "<p>&amp;</p>"


def test_the_unknown_company_of_a_long_source_has_no_longer_name_than_others() -> None:
    assert len(read(company=None, source="s" * 250).company_name) == 200


def test_a_company_of_many_addresses_is_read_at_once() -> None:
    began = time.process_time()
    read(company="(" + "http://" * 20_000)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Night nurse", "Night nurse"),
        ("<style>p{color:red}</style><p>Night nurse wanted here</p>", "Night nurse wanted here"),
        ("**Night nurse** wanted for ward", "Night nurse wanted for ward"),
        ("x" * 89 + " nurse", "x" * 89), ("x" * 90 + " nurse", "x" * 90), ("x" * 95, "x" * 90),
    ],
)  # fmt: skip
def test_a_title_made_of_the_text_has_its_words_whole(text: str, title: str) -> None:
    assert read(title=None, description=text).title == title


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("R&amp;D Manager", "R&D Manager"), ("Chef&nbsp;&#8203;de partie", "Chef de partie"),
        ("Legal &regulatory", "Legal &regulatory"), ("A &amp;amp; B", "A &amp; B"),
    ],
)  # fmt: skip
def test_entities_in_a_title_are_decoded_once(written: str, title: str) -> None:
    assert read(title=written).title == title


def test_a_lone_surrogate_that_is_escaped_leaves_the_title() -> None:
    line = rb'{"source": "board", "source_id": "1", "title": "a\ud800b \ud83d\ude00"}'
    assert posting.read(line, Counter()).title == "ab 😀"


def test_a_mark_of_the_order_of_bytes_is_no_part_of_the_row() -> None:
    line = b'\xef\xbb\xbf{"source": "board", "source_id": "1", "title": "Nurse"}'
    assert posting.read(line, Counter()).title == "Nurse"


@pytest.mark.parametrize("number", [7, 2**63, 2**64, 123456789012345678901, -(10**30)])
def test_an_id_that_is_a_number_is_taken_digit_by_digit(number: int) -> None:
    assert read(source_id=number).external_id == f"board:{number}"


@pytest.mark.parametrize(
    "line",
    [
        b'{"source_id": NaN, "a": "\\u0041"}', b'{"a": "\\u12"}', b'{"a": ' + b"9" * 5_000 + b"}",
        b"[" * 200_000 + b'"\\u0041"',
        b'{"a": "1234567890123456789\xff"}',
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused_however_it_is_read(line: bytes) -> None:
    with pytest.raises(Refused, match="not valid JSON"):
        posting.read(line, Counter())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("International", None), ("Internal", None), ("Contemporary", None), ("Attempt", None),
        ("Summer intern", "internship"), ("INTERN/CO-OP", "internship"), ("Interns", "internship"),
        ("Paid_internships", "internship"), ("TempToHire", "temporary"), ("TEMP", "temporary"),
        ("Temporarily", "temporary"), ("SummerIntern", "internship"),
    ],
)  # fmt: skip
def test_a_type_is_a_word_and_no_part_of_another(written: str, meant: str | None) -> None:
    assert read(employment_type=written).employment_type == meant


@pytest.mark.parametrize("written", ["Mid-Senior", "Mid-Senior level", "MID_SENIOR_LEVEL"])
def test_the_level_between_mid_and_senior_is_senior(written: str) -> None:
    assert read(experience_level=written).experience_level == "senior"
