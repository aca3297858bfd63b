"""One imported row, cleaned and mapped: a Posting, or the reason why not."""

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from html import escape, unescape
from typing import Any

import orjson
import pycountry

from src.models.vocabulary import SalaryPeriod
from src.services import posting_words
from src.understanding import written_places
from src.utils import html
from src.utils.text import clean, clean_block

TITLE_LENGTH, TEXT_LENGTH, SKILLS = 300, 100_000, 50
NAME_LENGTH, MADE_TITLE_LENGTH = 200, 90
# What the database takes of a text, with its markup.
STORED_LENGTH = 200_000
# No company is called as long as that; what is looked for in a name takes the square of its length.
_NAME_READ = 1_000
_BOM = b"\xef\xbb\xbf"
# orjson makes a float of a longer one, and two identities might become one.
_LONG_NUMBER = re.compile(rb"\d{19}")
_HALF_ESCAPED = re.compile(r"&[^;]*\Z")
# With its semicolon: "&regulatory" is two words.
_ENTITY = re.compile(r"&#?\w{1,31};")
_LINK = re.compile(r"https?://\S+")
_NO_TITLE = re.compile(
    r"(?:https?://\S*|www\.\S*|full[ -]?time|part[ -]?time|remote|onsite|hybrid|\W*)",
    re.IGNORECASE,
)
# Web addresses beside a company's name, and a board's remark in the place of one.
_ASIDE = re.compile(r"\s*\([^()]*https?://[^()]*\)")
_NO_COMPANY = re.compile(r"(?:refreshed\s.*\d|confidential|https?://\S*|\W*)", re.IGNORECASE)
_A_YEAR = {"hour": 2080, "day": 260, "week": 52, "month": 12, "year": 1}


class Refused(Exception):
    """The row cannot become a job; the message says why."""


@dataclass(frozen=True, slots=True)
class Posting:
    """A row as it goes to the database, in the order of src/queries/job_import.py: COLUMNS."""

    external_id: str
    fingerprint: bytes
    company_key: str
    company_name: str
    title: str
    description: str
    city: str | None
    region: str | None
    country: str | None
    is_remote: bool
    employment_type: str | None
    experience_level: str | None
    salary_min: Decimal | None
    salary_max: Decimal | None
    salary_currency: str | None
    salary_period: str | None
    skills: tuple[str, ...]
    category_slug: str | None
    application_url: str | None
    posted_at: datetime | None


def read(line: bytes, notes: Counter[str]) -> Posting:
    """The posting in a line of JSON; what was dropped on the way is counted in `notes`.

    Raises Refused when the row has no identity or nothing to show.
    """
    try:
        row = _loaded(line.removeprefix(_BOM))
    except (ValueError, RecursionError) as error:
        raise Refused("not valid JSON") from error
    if not isinstance(row, dict):
        raise Refused("not a JSON object")
    return _map(row, notes)


def _loaded(line: bytes) -> Any:
    """What the line says: whole numbers exact, lone surrogates as they are written."""
    if not _LONG_NUMBER.search(line):
        try:
            return orjson.loads(line)
        except ValueError:
            if b"\\u" not in line:
                raise
    return json.loads(line.decode(), parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _map(row: dict[str, Any], notes: Counter[str]) -> Posting:
    source, source_id = _line(row, "source"), _line(row, "source_id")
    if not source or not source_id:
        raise Refused("no source or source_id")
    text = clean_block(_text(row, "description"))
    description = html.from_source(text)
    title = _title(_written_title(row), description, notes)
    company = _company(row) or f"Unknown ({source})"[:NAME_LENGTH]
    location = _line(row, "location")
    place = written_places.parse_place(location, _line(row, "country") or None)
    description = _fitting(description, notes)
    low, high, currency, period = _salary(row, notes)
    parts = (company.lower(), title.lower(), location.lower(), html.to_text(description).lower())
    return Posting(
        external_id=f"{source}:{source_id}"[:300],
        fingerprint=hashlib.sha256("\x1f".join(parts).encode()).digest(),
        company_key=company.casefold(),
        company_name=company,
        title=title,
        description=description,
        city=place.city,
        region=place.region,
        country=place.country,
        is_remote=row.get("remote") is True or place.is_remote,
        employment_type=_mapped(row, "employment_type", posting_words.employment_type, notes),
        experience_level=_mapped(row, "experience_level", posting_words.experience_level, notes),
        salary_min=low,
        salary_max=high,
        salary_currency=currency,
        salary_period=period,
        skills=_skills(row, notes),
        category_slug=posting_words.category_slug(_line(row, "category"), title),
        application_url=_link(row, notes),
        posted_at=_moment(row, notes),
    )


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        raise Refused(f"{name} is not a text")
    return value


def _line(row: dict[str, Any], name: str) -> str:
    return clean(_text(row, name))


def _company(row: dict[str, Any]) -> str:
    name = _ASIDE.sub("", _line(row, "company")[:_NAME_READ])[:NAME_LENGTH].strip()
    return "" if _NO_COMPANY.fullmatch(name) else name


def _written_title(row: dict[str, Any]) -> str:
    return clean(_ENTITY.sub(lambda entity: unescape(entity[0]), _line(row, "title")))


def _fitting(description: str, notes: Counter[str]) -> str:
    """The HTML, cut to what the database takes."""
    if len(description) <= TEXT_LENGTH:
        return description
    notes["text cut to 100,000 characters"] += 1
    fitting = html.sanitise(description[:TEXT_LENGTH])
    if len(fitting) <= STORED_LENGTH:
        return fitting
    # Ending what the cut left open made it too long: the words alone.
    words = escape(html.to_text(fitting)[:TEXT_LENGTH], quote=False)
    return f"<p>{_HALF_ESCAPED.sub('', words[: STORED_LENGTH - len('<p></p>')])}</p>"


def _title(written: str, description: str, notes: Counter[str]) -> str:
    title = written
    if _NO_TITLE.fullmatch(title):
        title = html.to_text(description)
        if len(title) > MADE_TITLE_LENGTH:
            # One more, which may be the blank.
            title = title[: MADE_TITLE_LENGTH + 1].rsplit(" ", 1)[0][:MADE_TITLE_LENGTH]
        notes["title made of the first words"] += 1
    if not title:
        if not written:
            raise Refused("no title and no text")
        title = written
    if len(title) > TITLE_LENGTH:
        notes["title cut to 300 characters"] += 1
        title = title[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
    return title


def _mapped(row: dict[str, Any], name: str, words: Any, notes: Counter[str]) -> str | None:
    written = _line(row, name)
    word = words(written) if written else None
    if written and word is None:
        notes[f"{name} not known"] += 1
    return None if word is None else str(word.value)


def _salary(
    row: dict[str, Any], notes: Counter[str]
) -> tuple[Decimal | None, Decimal | None, str | None, str | None]:
    """Amounts in order with their unit, or nothing at all when they cannot be true."""
    nothing = (None, None, None, None)
    try:
        amounts = [_amount(row.get(name)) for name in ("salary_min", "salary_max")]
    except (InvalidOperation, ValueError):
        notes["salary not a number"] += 1
        return nothing
    given = [amount for amount in amounts if amount]
    if not given:
        return nothing
    code = _line(row, "salary_currency").upper()
    period = posting_words.salary_period(_line(row, "salary_period"))
    if pycountry.currencies.get(alpha_3=code) is None or period is None:
        notes["salary without currency or period"] += 1
        return nothing
    if not _plausible(given, amounts, period):
        notes["salary not plausible"] += 1
        return nothing
    low, high = amounts
    if low and high and low > high:
        low, high = high, low
    return low or None, high or None, code, period.value


def _amount(value: Any) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    amount = round(Decimal(str(value)), 2)
    if not 0 <= amount < 10**10:
        raise ValueError(value)
    return amount


def _plausible(given: list[Decimal], amounts: list[Decimal | None], period: SalaryPeriod) -> bool:
    """A year's pay below 200 or a range as wide as 0 to 500,000 is a slip of the pen."""
    from_zero = any(amount == 0 for amount in amounts)
    return (
        not from_zero
        and min(given) * _A_YEAR[period.value] >= 200
        and max(given) * _A_YEAR[period.value] < 10**10
        and max(given) <= min(given) * 20
    )


def _skills(row: dict[str, Any], notes: Counter[str]) -> tuple[str, ...]:
    value = row.get("skills") or []
    if not isinstance(value, list):
        notes["skills not a list"] += 1
        return ()
    cleaned = (clean(skill)[:100] for skill in value if isinstance(skill, str))
    skills = tuple(dict.fromkeys(skill for skill in cleaned if skill))
    if len(skills) > SKILLS:
        notes["skills cut to 50"] += 1
    return skills[:SKILLS]


def _link(row: dict[str, Any], notes: Counter[str]) -> str | None:
    link = _line(row, "apply_url")
    if link and (not _LINK.fullmatch(link) or len(link) > 2000):
        notes["apply_url not usable"] += 1
        return None
    return link or None


def _moment(row: dict[str, Any], notes: Counter[str]) -> datetime | None:
    written = _line(row, "posted_at")
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        notes["posted_at not a time"] += 1
        return None
    return moment if moment.year >= 1970 else None
