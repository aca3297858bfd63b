"""Tables without what is done for each of their rows, for as long as one transaction loads them."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from src.database import Work
from src.ops.seed.steps import Steps
from src.queries import seed as seed_queries


@contextmanager
def bare(work: Work, steps: Steps) -> Iterator[None]:
    """Take triggers, foreign keys and indexes off the loaded tables, and put them on again.

    Safe, since all of it is in the caller's transaction: ALTER TABLE holds everybody else off these
    tables until it ends, so that nobody ever writes without them, and whatever ends the run early
    puts everything back. A foreign key that is added again is checked by PostgreSQL over all rows,
    and an index is built over all of them; what triggers would have written is written set-based
    (src/queries/seed.py), and scripts.reconcile proves it.
    """
    tables = {"tables": list(seed_queries.LOADED)}
    keys = work.session.execute(seed_queries.FOREIGN_KEYS, tables).all()
    indexes = work.session.execute(seed_queries.INDEXES, tables).all()
    for table in seed_queries.TRIGGERED:
        work.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    for key in keys:
        work.session.execute(text(f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name}"))
    for index in indexes:
        work.session.execute(text(f"DROP INDEX {index.name}"))
    yield
    for _ in steps.each("indexes", _each(work, [row.definition for row in indexes]), len(indexes)):
        pass
    added = [f"ALTER TABLE {key.table} ADD CONSTRAINT {key.name} {key.definition}" for key in keys]
    for _ in steps.each("foreign keys", _each(work, added), len(added)):
        pass
    for table in seed_queries.TRIGGERED:
        work.session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


def _each(work: Work, statements: list[str]) -> Iterator[None]:
    for statement in statements:
        work.session.connection().exec_driver_sql(statement)
        yield
