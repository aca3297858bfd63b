"""A disk without room; closing the steps makes room again."""

import errno
import math
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg2
from psycopg2 import errors

from scripts.chaos.rig import Rig
from scripts.chaos.steps import Steps

# Several times what the table takes after minutes of changes that nothing has vacuumed.
SIZE, PIECE = "64m", bytes(2**16)
# Every change writes to this table, in its own transaction.
TABLE = "cache_outbox"
_FILL = f"INSERT INTO {TABLE} (tag) SELECT 'disk:' || n FROM generate_series(1, %s) n"  # noqa: S608


def database_full(rig: Rig) -> Steps:
    """What every change must write is on a small disk of its own, and that is full."""
    folder = rig.servers.database.layout.data_dir
    with _small_disk(folder) as disk, closing(rig.connect()) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLESPACE small LOCATION %s", [str(disk / "space")])
            cursor.execute(f"ALTER TABLE {TABLE} SET TABLESPACE small")
            try:
                yield from _filled(rig, disk)
            finally:
                cursor.execute(f"ALTER TABLE {TABLE} SET TABLESPACE pg_default")
                cursor.execute("DROP TABLESPACE small")


def is_possible() -> bool:
    """Whether this user may mount a small disk."""
    with (
        tempfile.TemporaryDirectory() as folder,
        suppress(subprocess.CalledProcessError, FileNotFoundError),
        _mounted(Path(folder)),
    ):
        return True
    return False


def _filled(rig: Rig, disk: Path) -> Steps:
    filler = disk / "filler"
    with closing(rig.connect()) as connection, connection.cursor() as cursor:
        try:
            _fill_disk(filler)
            # Not committed: nobody sees these rows, and nobody has their room.
            for rows in (100, 1):
                said = _fill(cursor, rows)
            rig.note(f"the database says: {said}")
            yield math.inf
        finally:
            filler.unlink(missing_ok=True)


def _fill_disk(filler: Path) -> None:
    """Take all that the table has left: how much that is differs from run to run."""
    with filler.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(PIECE)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                return


def _fill(cursor: psycopg2.extensions.cursor, rows: int) -> str:
    """Add so many at a time until the disk is full; in what words that is told."""
    while True:
        cursor.execute("SAVEPOINT more")
        try:
            cursor.execute(_FILL, [rows])
        except errors.DiskFull as error:
            cursor.execute("ROLLBACK TO more")
            return str(error).splitlines()[0]
        cursor.execute("RELEASE more")


@contextmanager
def _small_disk(owned_like: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="disk-") as folder, _mounted(Path(folder)) as disk:
        (disk / "space").mkdir()
        owner = owned_like.stat()
        for path in (disk, disk / "space"):
            os.chown(path, owner.st_uid, owner.st_gid)
        yield disk


@contextmanager
def _mounted(folder: Path) -> Iterator[Path]:
    """Raises CalledProcessError where that is forbidden."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0711", "tmpfs", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True, capture_output=True)
