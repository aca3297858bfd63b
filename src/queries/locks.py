"""The locks of what only one may do at a time, on all machines: PostgreSQL's advisory locks.

Each statement is of one lock of `Lock`; where one does more than to take it, `WAIT` and `ATTEMPT`
are its part, with the lock bound as `:lock`.
"""

from enum import StrEnum

from sqlalchemy import TextClause, text

_KEY = "hashtextextended(:lock, 0)"
WAIT = f"pg_advisory_xact_lock({_KEY})"
ATTEMPT = f"pg_try_advisory_xact_lock({_KEY})"
_WAIT, _ATTEMPT = text(f"SELECT {WAIT}"), text(f"SELECT {ATTEMPT}")
_ATTEMPT_FOR_SESSION = text(f"SELECT pg_try_advisory_lock({_KEY})")
_LET_GO = text(f"SELECT pg_advisory_unlock({_KEY})")


class Lock(StrEnum):
    """What is held, and why nobody else may do the same meanwhile.

    Releases that run beside each other hold the same one by its value: it stays as it is.
    """

    # A round goes on from where the last step left it, whatever the queue believes of a worker
    # that hangs.
    ALERTS = "alerts"
    # Two moves at once could close a circle that neither of them sees; and a slug is free, or not.
    CATEGORIES = "categories"
    # Another of this name that is being founded is there, or not, when a slug is looked for.
    COMPANIES = "companies"
    # One count or collection of the words at a time, however many ask.
    COUNT_WORDS = "count_words"
    # Another build would write the same rows again, for minutes.
    FEEDS = "feeds"
    # The second import waits for the first one's batch, and sees what it wrote.
    JOB_IMPORT = "job_import"
    # Another machine's deploy finds nothing left to do.
    MIGRATIONS = "migrations"
    # Two that mend indexes would build the same one.
    OPTIMIZE_DATABASE = "optimize_database"
    # One change of the shipped search tables.
    SEARCH_FORM = "search_form"
    # A seeding takes keys and indexes off the tables that it loads.
    SEED = "seed"


def wait(lock: Lock) -> TextClause:
    """Wait for it, and hold it until the transaction ends."""
    return _WAIT.bindparams(lock=lock)


def attempt(lock: Lock) -> TextClause:
    """Whether it was free, and is held until the transaction ends; nobody is waited for."""
    return _ATTEMPT.bindparams(lock=lock)


def attempt_for_session(lock: Lock) -> TextClause:
    """Whether it was free, and is held until the connection ends or lets it go."""
    return _ATTEMPT_FOR_SESSION.bindparams(lock=lock)


def let_go(lock: Lock) -> TextClause:
    """Let go of what is held for the session."""
    return _LET_GO.bindparams(lock=lock)
