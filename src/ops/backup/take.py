"""Taking a backup: one moment of the database, beside a service that goes on writing."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class by this name

from src.ops.backup import interruption, manifest, partial, tables
from src.ops.backup.manifest import Manifest
from src.ops.backup.server import CannotCopy, Server, in_words
from src.utils import clock, schema_version

# Told of each step as it begins.
Listener = Callable[[str], None]
# A migration that holds a table is waited for so long.
_LOCK_WAIT = "30s"
# What the server's superuser sets up; its rows are figures of the server, not ours.
_NOT_OURS = ("plpgsql", "pg_stat_statements")


def take(server: Server, dump: Path, *, checksums: bool, listener: Listener) -> Manifest:
    """Write the dump and its manifest, readable by this user alone; a dump that is there is whole.

    Raises CannotCopy, what the driver says of a database that fails meanwhile and, when a signal
    comes, Interrupted; nothing is left behind then.
    """
    if dump.exists():
        raise CannotCopy(f"{dump} is there already")
    if not dump.parent.is_dir():
        raise CannotCopy(f"there is no folder {dump.parent}")
    connection = server.connect()
    try:
        with partial.beside(dump) as unfinished:
            with connection.cursor() as cursor:
                version, snapshot, choice = interruption.heed([connection], lambda: _moment(cursor))
                listener("dumping and counting")
                with _dumping(server, unfinished, snapshot, choice):
                    contents = interruption.heed(
                        [connection], lambda: tables.read(cursor, checksums=checksums)
                    )
            made = _manifest(server, unfinished, version, contents)
            _publish(dump, unfinished, made)
    except OSError as error:
        raise CannotCopy(f"{dump} cannot be written: {error.strerror}") from None
    finally:
        connection.close()
    return made


def _moment(cursor: Cursor) -> tuple[str, str, list[str]]:
    """The schema's version, the name of the moment that is kept, and what pg_dump is to choose."""
    cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    version = _schema_version(cursor)
    cursor.execute("SELECT pg_export_snapshot()")
    ((snapshot,),) = cursor.fetchall()
    cursor.execute("SELECT extname FROM pg_extension WHERE extname <> ALL (%s)", [list(_NOT_OURS)])
    return version, snapshot, [f"--extension={name}" for (name,) in cursor.fetchall()]


@contextmanager
def _dumping(server: Server, unfinished: Path, snapshot: str, choice: list[str]) -> Iterator[None]:
    """Dump the same moment meanwhile. Raises CannotCopy."""
    with server.start(
        "pg_dump", "--format=custom", f"--file={unfinished}", f"--snapshot={snapshot}",
        "--no-owner", "--no-privileges", "--no-comments", f"--lock-wait-timeout={_LOCK_WAIT}",
        *choice,
    ) as program:  # fmt: skip
        try:
            yield
            _, words = program.communicate()
        except BaseException:
            program.kill()
            raise
    if program.returncode != 0:
        raise CannotCopy(f"pg_dump failed: {in_words(words)}")


def _schema_version(cursor: Cursor) -> str:
    try:
        cursor.execute(schema_version.FOUND)
    except psycopg2.errors.UndefinedTable:
        raise CannotCopy("there is no schema in this database") from None
    ((version,),) = cursor.fetchall()
    return str(version)


def _manifest(
    server: Server, unfinished: Path, version: str, contents: dict[str, tables.Content]
) -> Manifest:
    return Manifest(
        taken_at=clock.now().isoformat(timespec="seconds"),
        schema_version=version,
        server_version=server.version,
        file_bytes=unfinished.stat().st_size,
        file_sha256=manifest.sha256(unfinished),
        tables=contents,
    )


def _publish(dump: Path, unfinished: Path, made: Manifest) -> None:
    """The manifest first: there is no dump without one. Both are on the disk when this returns.

    pg_dump has seen to its own.
    """
    beside = manifest.place(dump)
    beside.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made.as_values(), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(dump)
    except BaseException:
        if not dump.exists():
            beside.unlink(missing_ok=True)
        raise
    folder = os.open(dump.parent, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(folder)
    os.close(folder)
