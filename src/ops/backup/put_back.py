"""Putting a backup back: all of it or nothing, into a database that has nothing to lose."""

import contextlib
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class by this name

from src.ops.backup import interruption, tables
from src.ops.backup.manifest import Manifest
from src.ops.backup.server import CannotCopy, Server, failing_as, in_words

Listener = Callable[[str], None]
_CHUNK_BYTES = 1 << 20
# Of roles that may write here: a monitor's sessions stand in nobody's way.
_SESSIONS = """
SELECT count(*) FROM pg_stat_activity a
WHERE datname = current_database() AND backend_type = 'client backend'
  AND pid <> pg_backend_pid()
  AND (usesysid = (SELECT oid FROM pg_roles WHERE rolname = current_user)
       OR has_table_privilege(usesysid, to_regclass('public.users'), 'INSERT'))
"""
# Who holds a table of the old content is waited for so long.
_BEGIN = b"BEGIN; SET LOCAL lock_timeout = '30s';\n"
# Everything in the schema but what extensions brought, whatever depends on what.
_EMPTY = b"""
DO $$
DECLARE command text;
BEGIN
  FOR command IN
    SELECT format('DROP %s IF EXISTS public.%I CASCADE', kind, name) FROM (
      SELECT 1 AS turn, 'TABLE' AS kind, relname AS name, oid FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      UNION ALL SELECT 2, 'VIEW', relname, oid FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
      UNION ALL SELECT 2, 'SEQUENCE', relname, oid FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
      UNION ALL SELECT 4, 'TEXT SEARCH CONFIGURATION', cfgname, oid FROM pg_ts_config
        WHERE cfgnamespace = 'public'::regnamespace
      UNION ALL SELECT 5, 'TEXT SEARCH DICTIONARY', dictname, oid FROM pg_ts_dict
        WHERE dictnamespace = 'public'::regnamespace
      UNION ALL SELECT 6, 'TYPE', typname, oid FROM pg_type
        WHERE typnamespace = 'public'::regnamespace AND (typtype IN ('e', 'd')
          OR typtype = 'c' AND typrelid IN (SELECT oid FROM pg_class WHERE relkind = 'c'))) found
    WHERE NOT EXISTS (SELECT FROM pg_depend
                      WHERE objid = found.oid AND deptype = 'e') ORDER BY turn
  LOOP EXECUTE command; END LOOP;
  FOR command IN
    SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
  LOOP EXECUTE command; END LOOP;
END $$;
"""
_COMMIT = b"\nCOMMIT;\n"
# How psql ends when its connection does.
_LOST = 2
# A newer pg_restore sets it to its default, and an older server refuses to know it.
_UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"


@dataclass(frozen=True, slots=True)
class PutBack:
    """What was put back, and where it is not what the manifest says."""

    manifest: Manifest
    differences: list[str] = field(default_factory=list)


def put_back(
    server: Server, dump: Path, made: Manifest, *, force: bool, listener: Listener
) -> PutBack:
    """Fill the database from a dump, and compare; `force` drops what is there, in one transaction.

    Raises CannotCopy, which says when the database is not as it was, and what the driver says while
    it is. And Interrupted, when a signal comes: up to the step "filling the database" it is as it
    was, after "committing" as it is in the dump, and at that either.
    """
    checksums = any(content.sha256 for content in made.tables.values())

    def fill_and_read(cursor: Cursor) -> dict[str, tables.Content]:
        if force:
            _require_nobody(cursor)
        else:
            _require_empty(cursor)
        listener("filling the database")
        _fill(server, dump, listener)
        with failing_as("restored with its sessions, but it cannot be compared"):
            listener("comparing")
            found = tables.read(cursor, checksums=checksums)
            listener("gathering statistics")
            cursor.execute("ANALYZE")
        return found

    connection = server.connect()
    try:
        with connection.cursor() as cursor:
            found = interruption.heed([connection], lambda: fill_and_read(cursor))
    finally:
        connection.close()
    return PutBack(made, tables.differences(dict(made.tables), found))


def _require_empty(cursor: Cursor) -> None:
    there = {name: content.rows for name, content in tables.read(cursor, checksums=False).items()}
    if there:
        raise CannotCopy(
            f"the database has {len(there)} tables with {sum(there.values())} rows:"
            " restore into an empty one, or drop them with --force"
        )


def _require_nobody(cursor: Cursor) -> None:
    """A service that went on would see a moment without rights and tables."""
    cursor.execute(_SESSIONS)
    ((sessions,),) = cursor.fetchall()
    if sessions:
        raise CannotCopy(f"{sessions} sessions of the service are open: stop it first")


def _fill(server: Server, dump: Path, listener: Listener) -> None:
    """psql commits only what pg_restore wrote to its end."""
    script = server.start(
        "pg_restore", "--no-owner", "--no-privileges", "--no-comments", "--file=-", str(dump),
        connects=False,
    )  # fmt: skip
    psql = server.start(
        "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null",
        stdin=subprocess.PIPE,
    )  # fmt: skip
    try:
        said = _copy(script, psql, listener)
    finally:
        for program in (script, psql):
            # What it was still to be told, it does not hear.
            with contextlib.suppress(BrokenPipeError), program:
                if program.poll() is None:
                    program.kill()
    if script.returncode == 0 and psql.returncode == _LOST:
        raise CannotCopy(
            "the connection was lost while committing: the database is as it was, or as in the"
            f" backup with its sessions: {in_words(said)}"
        )
    if script.returncode or psql.returncode:
        raise CannotCopy(f"nothing was changed: {in_words(said)}")


def _copy(
    script: subprocess.Popen[bytes], psql: subprocess.Popen[bytes], listener: Listener
) -> bytes:
    """What went wrong, in their words. The listener knows before psql that it is to commit."""
    words = b""
    if script.stdout is None or script.stderr is None or psql.stdin is None:
        return words
    try:
        psql.stdin.write(_BEGIN + _EMPTY)
        # In its head, before any row.
        psql.stdin.write(script.stdout.read(_CHUNK_BYTES).replace(_UNKNOWN_BEFORE_17, b"", 1))
        while chunk := script.stdout.read(_CHUNK_BYTES):
            psql.stdin.write(chunk)
        words = script.stderr.read()
        if script.wait() == 0:
            listener("committing")
            psql.stdin.write(_COMMIT)
    except BrokenPipeError:
        script.kill()
    _, errors = psql.communicate()
    return words + errors
