"""How long the sessions of a service wait for locks while somebody else migrates."""

import threading
from contextlib import closing
from types import TracebackType

import psycopg2

LOOK_SECONDS = 0.02
# The migration's own waiting is its affair.
MIGRATION = "migration-drill"
_LONGEST = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart)), 0)::float
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE NOT l.granted AND a.datname = current_database() AND a.application_name <> %s
"""


class LockWatch:
    """Looks again and again from the beginning of a `with` to its end."""

    def __init__(self, url: str) -> None:
        self.longest_seconds = 0.0
        self._url, self._over = url, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "LockWatch":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        with closing(psycopg2.connect(self._url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                while not self._over.wait(LOOK_SECONDS):
                    cursor.execute(_LONGEST, [MIGRATION])
                    ((seconds,),) = cursor.fetchall()
                    self.longest_seconds = max(self.longest_seconds, seconds)
