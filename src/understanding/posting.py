"""One imported row, cleaned and mapped: a Posting, or the reason why not."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from src.understanding import (
    posting_fields,
    posting_salary,
    posting_texts,
    posting_words,
    written_places,
)
from src.understanding.posting_fields import Notes, Refused, Row
from src.utils import html

_BOM = b"\xef\xbb\xbf"
# orjson makes a float of a longer one, and two identities might become one.
_LONG_NUMBER = re.compile(rb"\d{19}")
_IDENTITY_LENGTH = 300


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


def read(line: bytes, notes: Notes) -> Posting:
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


def _map(row: Row, notes: Notes) -> Posting:
    source, source_id = (posting_fields.line(row, name) for name in ("source", "source_id"))
    if not source or not source_id:
        raise Refused("no source or source_id")
    description = posting_texts.description(row)
    title = posting_texts.title(row, description, notes)
    company = posting_texts.company(row, source)
    location = posting_fields.line(row, "location")
    place = written_places.parse_place(location, posting_fields.line(row, "country") or None)
    description = posting_texts.fitting(description, notes)
    salary = posting_salary.read(row, notes)
    parts = (company.lower(), title.lower(), location.lower(), html.to_text(description).lower())
    return Posting(
        external_id=_identity(source, source_id),
        fingerprint=hashlib.sha256("\x1f".join(parts).encode()).digest(),
        company_key=company.casefold(),
        company_name=company,
        title=title,
        description=description,
        city=place.city,
        region=place.region,
        country=place.country,
        is_remote=posting_fields.flag(row, "remote", notes) or place.is_remote,
        employment_type=posting_fields.word(
            row, "employment_type", posting_words.employment_type, notes
        ),
        experience_level=posting_fields.word(
            row, "experience_level", posting_words.experience_level, notes
        ),
        salary_min=salary.low,
        salary_max=salary.high,
        salary_currency=salary.currency,
        salary_period=salary.period,
        skills=posting_fields.skills(row, notes),
        category_slug=posting_words.category_slug(posting_fields.line(row, "category"), title),
        application_url=posting_fields.link(row, notes),
        posted_at=posting_fields.moment(row, notes),
    )


def _identity(source: str, source_id: str) -> str:
    """`source:source_id`; where it would be cut, with a digest before it.

    It begins with a colon then, which no other does: a source is never empty.
    """
    plain = f"{source}:{source_id}"
    if len(plain) <= _IDENTITY_LENGTH:
        return plain
    digest = hashlib.sha256(plain.encode()).hexdigest()
    return f":{digest}:{plain}"[:_IDENTITY_LENGTH]
