"""The tables' base, the session, and `unit_of_work`: the only place that commits."""

import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from flask import g, has_app_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, text
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, scoped_session

from src.errors import DomainError
from src.utils import db_failures, db_guard, deadline, row_security
from src.utils.cache import cache
from src.utils.db_failures import sqlstate
from src.utils.task_places import place_of

log = structlog.get_logger("database")


class Base(DeclarativeBase):
    """Names every constraint by one rule, so that a violation can be told by its name."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(
    model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False}
)

# procrastinate's own function, on the session's connection: the task is rolled back with it.
_ENQUEUE = text(
    "SELECT procrastinate_defer_jobs_v1(array_agg(ROW("
    ":queue, :task, :priority, NULL, NULL, args, NULL)::procrastinate_job_to_defer_v1))"
    " FROM jsonb_array_elements(CAST(:many AS jsonb)) AS t (args)"
)
# The versions of private data are raised now, as the last thing before the commit, and the tags
# that the transaction made old are read while it alone knows them. One that changed nothing may
# repeat another whose answer was lost: what is acknowledged now is what that one may have left.
SETTLE = text("""
SET CONSTRAINTS ALL IMMEDIATE;
WITH own AS MATERIALIZED (
  SELECT id, tag FROM cache_outbox WHERE txid = pg_current_xact_id_if_assigned())
SELECT id, tag FROM own
UNION ALL
(SELECT id, tag FROM cache_outbox WHERE NOT EXISTS (SELECT FROM own) ORDER BY id LIMIT 5000)
""")
_TOUCH = text("SELECT cache_touch(:tags)")
# Rolled back by the server for the sake of others: a serialization failure, a deadlock.
_WORTH_ANOTHER_TRY = ("40001", "40P01")
_MORE_TRIES = 2
_ALLOW = text("SELECT set_config('statement_timeout', :milliseconds, true)")


class Work:
    """One transaction: its session, and the effects that follow its commit."""

    def __init__(self, session: scoped_session[Any], *, makes_old: bool = True) -> None:
        self.session, self.makes_old = session, makes_old
        self.effects: list[Callable[[], object]] = []

    def after_commit(self, effect: Callable[[], object]) -> None:
        """Run `effect` once the transaction is committed; it must not raise."""
        self.effects.append(effect)

    def enqueue(self, task: str, **arguments: Any) -> None:
        """Put a background task in its queue, in this transaction: rolled back with it."""
        self.enqueue_many(task, [arguments])

    def enqueue_many(
        self, task: str, arguments: list[dict[str, Any]], priority: int | None = None
    ) -> None:
        """The same for many at once, with one statement; at another priority than the task's."""
        if arguments:
            queue, usual = place_of(task)
            values = {"queue": queue, "priority": usual if priority is None else priority}
            values |= {"task": task, "many": json.dumps(arguments)}
            self.session.execute(_ENQUEUE, values)

    def copy_in(self, statement: str, lines: str) -> None:
        """Load rows written by src/utils/copy_text.py with a COPY ... FROM STDIN."""
        raw: Any = self.session.connection().connection
        with raw.cursor() as cursor:
            cursor.copy_expert(statement, io.StringIO(lines))

    def allow(self, seconds: int) -> None:
        """Let this transaction's statements take longer than a request's usual deadline."""
        self.session.connection().info[db_guard.ALLOWED] = seconds
        self.session.execute(_ALLOW, {"milliseconds": str(seconds * 1000)})


@contextmanager
def unit_of_work(*, makes_old: bool = True) -> Iterator[Work]:
    """One transaction around a use case; inside another one it joins that.

    `makes_old=False` spares the look for cached answers that it made old: nothing shows what it
    writes.
    Raises Conflict or Invalid when a constraint is violated, told by the constraint's own words.
    """
    outer: Work | None = g.get("work")
    if outer is not None:
        with _translated(outer.session):
            yield outer
            outer.session.flush()
        return
    read_together()
    work = g.work = Work(db.session, makes_old=makes_old)
    try:
        with _translated(work.session):
            yield work
            old = _settle(work)
            work.session.commit()
            g.has_committed = True
            if makes_old:
                deadline.lift()
    except BaseException:
        work.session.rollback()
        raise
    finally:
        g.pop("work")
    _make_old(old)
    _run(work.effects)


def with_more_tries(do: Callable[[], Any]) -> Any:
    """Do it, and again when the server rolled it back for the sake of others.

    Only what has committed nothing is tried again, and twice at most: it is as if it began later.
    """
    for _ in range(_MORE_TRIES):
        try:
            return do()
        except DBAPIError as error:
            if sqlstate(error) not in _WORTH_ANOTHER_TRY or g.get("has_committed"):
                raise
            db.session.rollback()
            log.warning("tried_again", sqlstate=sqlstate(error))
    return do()


def ask_for(
    user_id: int | None, role: str = "", company_ids: Iterable[int] = (), address: str = ""
) -> None:
    """Say for whom the running request asks; every statement from now on is told."""
    read_together()
    g.asks_for = row_security.words(user_id, role, company_ids, address)


def read_alone() -> None:
    """Let the running request's statements need no transaction, as long as it only reads and nobody
    is said to ask: that is told to a transaction.
    """
    g.reads_alone = True


def read_together() -> None:
    """What follows in the running request needs a transaction: for savepoints, for writing, or for
    who asks to be told to it.
    """
    if g.pop("reads_alone", False):
        db.session.rollback()


def reads_alone() -> bool:
    """Whether what begins now needs no transaction."""
    return has_app_context() and bool(g.get("reads_alone"))


def asks_for() -> str:
    """What transactions begin with, for row-level security; empty for nobody, as in tasks."""
    return str(g.get("asks_for", "")) if has_app_context() else ""


def let_go(_error: BaseException | None = None) -> None:
    """Give the connection back; that it was lost meanwhile spoils no answer made before."""
    try:
        db.session.remove()
    except SQLAlchemyError as error:
        log.warning("connection_lost_at_the_end", error=type(error).__name__)
        db.session().invalidate()
        db.session.registry.clear()


def make_old_at_commit(tags: list[str]) -> bool:
    """Let the running unit of work make these tags old; False when there is none."""
    work: Work | None = g.get("work")
    if work is None:
        return False
    work.session.execute(_TOUCH, {"tags": tags})
    return True


def _settle(work: Work) -> dict[int, str]:
    """What the transaction made old, or what others left, by its place in the outbox."""
    work.session.flush()
    if cache.backend is None or not work.makes_old:
        return {}
    return {row.id: row.tag for row in work.session.execute(SETTLE)}


def _make_old(old: dict[int, str]) -> None:
    """After the commit and before the answer; what cannot be delivered is left to the drainer."""
    backend = cache.backend
    if backend is not None and old and backend.deliver(dict.fromkeys(old.values())):
        backend.delivered.extend(old)


def _run(effects: list[Callable[[], object]]) -> None:
    for effect in effects:
        try:
            effect()
        except Exception:
            log.exception("effect_failed")


@contextmanager
def _translated(session: scoped_session[Any]) -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise explain(error) from error


def explain(error: IntegrityError) -> DomainError:
    """The violated constraint in the domain's words, never the driver's."""
    return db_failures.explain(error, Base.metadata)
