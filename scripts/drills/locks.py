"""How long the sessions of a service wait for locks while somebody else migrates."""

from collections.abc import Callable, Sequence
from contextlib import closing

import psycopg2

from scripts.beside import Beside

LOOK_SECONDS = 0.02
# The migration's own waiting is its affair.
MIGRATION = "migration-drill"
_LONGEST = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart)), 0)::float
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE NOT l.granted AND a.datname = current_database() AND a.application_name <> %s
"""


class LockWatch(Beside):
    """Looks again and again from the beginning of a `with` to its end."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.longest_seconds = 0.0
        self._url = url

    def works(self) -> Sequence[Callable[[], None]]:
        return [self._run]

    def _run(self) -> None:
        with closing(psycopg2.connect(self._url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                while not self.over.wait(LOOK_SECONDS):
                    cursor.execute(_LONGEST, [MIGRATION])
                    ((seconds,),) = cursor.fetchall()
                    self.longest_seconds = max(self.longest_seconds, seconds)
