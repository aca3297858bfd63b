"""What the makers of demo data share: one session, one dice, one present moment, and people."""

import itertools
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mimesis import Gender, Locale, Person
from sqlalchemy import insert
from sqlalchemy.orm import Session, scoped_session

from src.caller import Role
from src.database import Base
from src.models import User
from src.utils.text import slugify

SEED = 20_260_101
_LOCALES = (Locale.EN, Locale.EN, Locale.DE, Locale.ES, Locale.FR, Locale.NL, Locale.SV)


@dataclass(slots=True)
class World:
    """Everything random comes from `dice`, so that each run tells the same story."""

    session: scoped_session[Session]
    now: datetime
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - no secret
    _names: tuple[Person, ...] = field(init=False)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self._names = tuple(Person(locale, seed=SEED + n) for n, locale in enumerate(_LOCALES))

    def add(self, model: type[Base], rows: list[dict[str, Any]]) -> None:
        """Insert the rows, which all name the same columns, in few statements."""
        self.session.execute(insert(Base.metadata.tables[model.__tablename__]), rows)

    def insert(self, model: type[Base], rows: list[dict[str, Any]]) -> list[int]:
        """Insert the rows as `add` does; their ids, in the same order."""
        table = Base.metadata.tables[model.__tablename__]
        statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        return list(self.session.scalars(statement, rows))

    def chance(self, odds: float) -> bool:
        """True as often as the odds say, from 0 to 1."""
        return self.dice.random() < odds

    def between(self, start: datetime, end: datetime) -> datetime:
        """A moment from `start` to `end`, to the second."""
        seconds = max(int((end - start).total_seconds()), 0)
        return start + timedelta(seconds=self.dice.randint(0, seconds))

    def ago(self, days: float) -> datetime:
        """The moment so many days before the present one."""
        return self.now - timedelta(days=days)

    def person(self, role: Role, domain: str) -> dict[str, Any]:
        """A row of `users`: somebody with a verified address who cannot sign in."""
        names = self.dice.choice(self._names)
        gender = self.dice.choice((Gender.FEMALE, Gender.MALE))
        first, last = names.first_name(gender), names.last_name(gender)
        since = self.between(self.ago(400), self.ago(80))
        return {
            "email": f"{slugify(f'{first} {last}')}-{next(self._numbers)}@{domain}",
            "password_hash": None, "role": role.value, "first_name": first, "last_name": last,
            "email_verified_at": since, "created_at": since,
        }  # fmt: skip

    def people(self, rows: list[dict[str, Any]]) -> list[int]:
        """Insert rows of `users`; their ids."""
        return self.insert(User, rows)
