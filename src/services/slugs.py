"""Slugs that are free: made of a name, with a letter in them; a taken one gets a short mark."""

import secrets
from dataclasses import dataclass

from sqlalchemy import SQLColumnExpression, select

from src.database import Work
from src.queries import locks
from src.queries.locks import Lock
from src.utils.text import slugify


@dataclass(frozen=True, slots=True)
class Slugs:
    """How the slugs of a table are made; whoever makes one holds the lock."""

    column: SQLColumnExpression[str]
    lock: Lock
    # What stands before a slug without a letter, and with a mark for a name that gives none.
    word: str


def free(work: Work, slugs: Slugs, name: str) -> str:
    """A slug of the name that no row has; until the transaction ends nobody else makes one."""
    # Another of this name that is being made is there, or not, once this one has its turn.
    work.session.execute(locks.wait(slugs.lock))
    slug = slugify(name)
    if not any(letter.isalpha() for letter in slug):
        slug = f"{slugs.word}-{slug}".rstrip("-")
    taken = work.session.execute(select(slugs.column).where(slugs.column == slug)).first()
    needs_mark = taken is not None or slug == slugs.word
    return f"{slug}-{secrets.token_hex(4)}" if needs_mark else slug
