"""What a restore ends: it may have ended since the backup was taken, and must not come back."""

from collections.abc import Mapping
from contextlib import closing

from psycopg2.extensions import connection as Connection  # noqa: N812 - a class by this name

from src.ops.backup import interruption
from src.ops.backup.server import Server, failing_as
from src.ops.backup.tables import Content

# Each is a mail that has been sent meanwhile, or is too late.
MAILS = ("mail.send", "account.send_reset", "alerts.send")
_WAITING = """
SELECT id FROM public.procrastinate_jobs
WHERE task_name = ANY (%s) AND status NOT IN ('succeeded', 'failed', 'cancelled', 'aborted')
"""
# By table; what hangs on a row comes before it, so that it is counted.
_STATEMENTS = {
    "sessions": "DELETE FROM public.sessions",
    "one_time_tokens": "DELETE FROM public.one_time_tokens WHERE used_at IS NULL",
    "procrastinate_events": (
        "DELETE FROM public.procrastinate_events WHERE job_id = ANY (%(tasks)s)"
    ),
    "procrastinate_jobs": "DELETE FROM public.procrastinate_jobs WHERE id = ANY (%(tasks)s)",
}
_REVOKE = {
    "api_keys": "UPDATE public.api_keys SET revoked_at = now() WHERE revoked_at IS NULL",
}


def end(server: Server, *, revoke_keys: bool) -> dict[str, int]:
    """End all sessions, codes that nobody has used and mails that wait, and with `revoke_keys` all
    API keys, in one transaction; how many rows of each table that were.

    Raises CannotCopy and, when a signal comes, Interrupted; nothing is ended then, unless it came
    with the commit.
    """
    statements = _STATEMENTS | (_REVOKE if revoke_keys else {})
    with (
        failing_as("restored, but the sessions cannot be ended"),
        closing(server.connect()) as connection,
    ):
        ended = interruption.heed([connection], lambda: _end(connection, statements))
    return dict.fromkeys(_REVOKE, 0) | ended


def _end(connection: Connection, statements: Mapping[str, str]) -> dict[str, int]:
    connection.autocommit = False
    with connection, connection.cursor() as cursor:
        cursor.execute(_WAITING, [list(MAILS)])
        tasks, ended = [task for (task,) in cursor.fetchall()], {}
        for table, statement in statements.items():
            cursor.execute(statement, {"tasks": tasks})
            ended[table] = cursor.rowcount
    return ended


def left(tables: Mapping[str, Content], ended: Mapping[str, int]) -> dict[str, Content]:
    """What tables hold once so many rows of them were ended; of those only the number is known."""
    rest = dict(tables)
    for name, rows in ended.items():
        if rows:
            removed = 0 if name in _REVOKE else rows
            rest[name] = Content(tables[name].rows - removed)
    return rest
