"""What the statements are explained with: ids and words of the data that is there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from src.database import db
from src.queries import index_sample, search_literal
from src.queries.paging import Order, PageRequest, Rows
from src.queries.search_plan import Corpus, Count, Plan
from src.services import search_reading
from src.utils import clock

_PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Sample:
    """Keys by name, a planned search, and the moment it is asked from."""

    keys: dict[str, Any]
    plan: Plan
    corpus: Corpus
    now: datetime

    def __getitem__(self, name: str) -> Any:
        return self.keys[name]

    @property
    def first_page(self) -> PageRequest:
        return PageRequest(1, _PAGE_SIZE, self.now)

    def page_of(self, statement: Rows, order: Order) -> Rows:
        """The first page of a list, as its service fetches it."""
        return order.cut(statement, self.first_page)


def take() -> Sample:
    """A sample of the database; where it is empty, of values that nothing has."""
    keys = dict(db.session.execute(index_sample.SAMPLE).mappings().one())
    row = db.session.execute(index_sample.WORD).one_or_none()
    if row is None:
        corpus = Corpus(1, 1)
        plan = search_literal.literal("'nurs'", {"nurs": Count(1, 1)}, corpus)
    else:
        plan, corpus = search_reading.read(row.word)
    return Sample(keys, plan, corpus, clock.now())
