"""The database's server, and the programs that dump and restore for its version."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class by this name
from psycopg2.extensions import parse_dsn

from src.config import Config
from src.settings import libpq_url
from src.utils import driver_words, postgres_programs

# Behind the user's name, to the first @; a raw / in it is refused with the settings.
_PASSWORD = re.compile(r"^([a-z]+://[^:@/?]*):[^@/]*@")
_PROGRAMS = ("pg_dump", "pg_restore", "psql")


class CannotCopy(Exception):
    """A backup or a restore cannot be done; the message says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """A database to copy, reached as its owner.

    `follow` is what its programs are started with: a command that lets them end with this process.
    """

    url: str
    version: str
    programs: Path
    follow: tuple[str, ...] = ()

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def connect(self) -> Connection:
        """A session without deadlines, each statement its own transaction."""
        connection = _connect(self.url)
        connection.autocommit = True
        return connection

    def start(
        self, program: str, *arguments: str, connects: bool = True, stdin: int = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        """One of PostgreSQL's programs, at this database if it `connects`; it speaks into pipes.

        The password is in its environment, not among its arguments, which everybody may read.
        """
        environ = {**os.environ, "PGCONNECT_TIMEOUT": "5"}
        # What the query says of it comes last, and counts.
        password = parse_dsn(self.url).get("password")
        if password:
            environ["PGPASSWORD"] = password
        command = [*self.follow, str(self.programs / program), *arguments]
        if connects:
            command.append(f"--dbname={_without_password(self.url)}")
        return subprocess.Popen(
            command, env=environ, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )


def of(config: Config, follow: tuple[str, ...] = ()) -> Server:
    """The owner's database of these settings. Raises CannotCopy."""
    url = libpq_url(config.owner_database_url)
    connection = _connect(url)
    number = connection.server_version
    connection.close()
    version = f"{number // 10000}.{number % 10000}"
    return Server(url, version, _programs(number // 10000), follow)


@contextmanager
def failing_as(what: str) -> Iterator[None]:
    """Say on one line `what` it means when the database fails meanwhile. Raises CannotCopy."""
    try:
        yield
    except CannotCopy as error:
        reason = str(error)
    except Exception as error:
        failure = driver_words.failure(error)
        if failure is None:
            raise
        reason = driver_words.of(failure)
    else:
        return
    raise CannotCopy(f"{what}: {reason}")


def in_words(said: bytes) -> str:
    """The end of what a program said, on one line."""
    return " ".join(said.decode(errors="replace").split())[-500:]


def _without_password(url: str) -> str:
    base, mark, query = _PASSWORD.sub(r"\1@", url).partition("?")
    said = [map(unquote, pair.split("=", 1)) for pair in query.split("&") if pair]
    left = [(name, *value) for name, *value in said if name != "password"]
    words = "&".join("=".join(quote(word, safe="") for word in pair) for pair in left)
    return f"{base}{mark if words else ''}{words}"


def _connect(url: str) -> Connection:
    options = "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"
    try:
        return psycopg2.connect(url, connect_timeout=5, options=options)
    except psycopg2.OperationalError as error:
        raise CannotCopy(f"the database cannot be reached: {driver_words.of(error)}") from None


def _programs(major: int) -> Path:
    """Those of the server's own version, else the nearest newer: older ones refuse to dump it."""
    found: dict[int, Path] = {}
    for folder in postgres_programs.folders():
        if all((folder / program).exists() for program in _PROGRAMS):
            found.setdefault(postgres_programs.major(folder / "pg_dump"), folder)
    fitting = [version for version in sorted(found) if version >= major]
    if not fitting:
        raise CannotCopy(
            f"no pg_dump, pg_restore and psql of PostgreSQL {major} or newer on this machine:"
            f" apt-get install postgresql-client-{major}"
        )
    return found[fitting[0]]
