"""The fields of an imported row one by one: cleaned, or dropped with a note why."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from src.utils.text import clean

Row = dict[str, Any]
Notes = Counter[str]

SKILLS = 50
_LINK = re.compile(r"https?://\S+")


class Refused(Exception):
    """The row cannot become a job; the message says why."""


def text(row: Row, name: str) -> str:
    """The field as it is written, "" where there is none. Raises Refused when it is no text."""
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        raise Refused(f"{name} is not a text")
    return value


def line(row: Row, name: str) -> str:
    """The field as one clean line. Raises Refused as `text` does."""
    return clean(text(row, name))


def word(row: Row, name: str, meaning: Callable[[str], StrEnum | None], notes: Notes) -> str | None:
    """Our word for what the field says, by its `meaning`. Raises Refused as `text` does."""
    written = line(row, name)
    found = meaning(written) if written else None
    if written and found is None:
        notes[f"{name} not known"] += 1
    return None if found is None else str(found.value)


def skills(row: Row, notes: Notes) -> tuple[str, ...]:
    """Each once, in the order that they are named in."""
    value = row.get("skills")
    if value is None or value == "":
        return ()
    if not isinstance(value, list):
        notes["skills not a list"] += 1
        return ()
    if not all(isinstance(skill, str) for skill in value):
        notes["skills not all texts"] += 1
    cleaned = (clean(skill)[:100] for skill in value if isinstance(skill, str))
    found = tuple(dict.fromkeys(skill for skill in cleaned if skill))
    if len(found) > SKILLS:
        notes["skills cut to 50"] += 1
    return found[:SKILLS]


def flag(row: Row, name: str, notes: Notes) -> bool:
    """Whether the field says true; what is neither true nor false says nothing."""
    value = row.get(name)
    if value is not None and not isinstance(value, bool):
        notes[f"{name} not true or false"] += 1
    return value is True


def link(row: Row, notes: Notes) -> str | None:
    """Where to apply, if that is an address of the web. Raises Refused as `text` does."""
    address = line(row, "apply_url")
    if address and (not _LINK.fullmatch(address) or len(address) > 2000):
        notes["apply_url not usable"] += 1
        return None
    return address or None


def moment(row: Row, notes: Notes) -> datetime | None:
    """When it was posted, in UTC where no zone is named. Raises Refused as `text` does."""
    written = line(row, "posted_at")
    if not written:
        return None
    try:
        found = datetime.fromisoformat(written)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        notes["posted_at not a time"] += 1
        return None
    if found.year < 1970:
        notes["posted_at before 1970"] += 1
        return None
    return found
