"""One served instance for the attacks that need a real server, and how to talk to it."""

import gzip
import json
import secrets
import socket
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import psutil
import psycopg2
import pytest
from redis import Redis

from src.embedded.layout import SUPERUSER, Layout
from src.utils.tokens import digest
from tests.factories import HASHER
from tests.served import ROOT, run_file, serving, started_before, wait_for

PASSWORD = "purple lantern river 7"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Live:
    """The instance: its data folder, its port, and what it printed."""

    data_dir: Path
    port: int
    output: Path

    def ask(
        self, verb: str, path: str, body: Any = None, token: str | None = None, **headers: str
    ) -> Answer:
        """One request of an ordinary client."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            said["Authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            said.setdefault("Content-Type", "application/json")
        url = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(url, data, said, method=verb)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read())
        except HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), error.read())

    def send(self, raw: bytes, seconds: float = 10.0) -> bytes:
        """What the server says to these bytes, until it closes or the time is over."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as line:
            line.sendall(raw)
            return receive(line)

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """As the server's superuser, past everything."""
        connection = psycopg2.connect(Layout(self.data_dir).database_url(SUPERUSER))
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            found = cursor.fetchall() if cursor.description else []
        connection.close()
        return list(found)

    def person(self, role: str, email: str, **names: str) -> str:
        """Somebody new with PASSWORD; the token of their session. Registering has its limits."""
        token, shown = secrets.token_urlsafe(32), {"first_name": "Ada", "last_name": "Berg"} | names
        ((user_id,),) = self.rows(
            "INSERT INTO users (role, email, first_name, last_name, password_hash,"
            " email_verified_at) VALUES (%s, %s, %s, %s, %s, now()) RETURNING id",
            role, email, shown["first_name"], shown["last_name"], HASHER.hash(PASSWORD),
        )  # fmt: skip
        self.rows(
            "INSERT INTO sessions (user_id, token_hash, expires_at)"
            " VALUES (%s, %s, now() + interval '1 hour')", user_id, digest(token),
        )  # fmt: skip
        return token

    def job(self, token: str, **values: Any) -> dict[str, Any]:
        """A published job of a new company of the employer's."""
        company = self.ask("POST", "/api/v1/companies", {"name": "The house"}, token).json
        body = {"company_id": company["id"], "title": "Nurse", "description": "Care", **values}
        made: dict[str, Any] = self.ask(
            "POST", "/api/v1/jobs", body | {"publish": True}, token
        ).json
        return made

    def cached(self) -> bytes:
        """All that its cache holds."""
        with Redis(unix_socket_path=str(Layout(self.data_dir).cache_socket)) as cache:
            return b"\n".join(cache.get(key) or b"" for key in cache.scan_iter())

    def wait_for_tasks(self) -> None:
        waiting = "SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        wait_for(lambda: not self.rows(waiting))

    def dump(self) -> str:
        """Every row of every table, as plain text."""
        tables = self.rows(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        return "\n".join(
            str(row[0]) for (name,) in tables for row in self.rows(f"SELECT t::text FROM {name} t")
        )

    def logs(self) -> str:
        """All that any of its processes wrote."""
        files = [self.output, *(self.data_dir / "logs").iterdir()]
        return "\n".join(file.read_text(errors="replace") for file in files)

    def memory_bytes(self) -> int:
        """What its Gunicorn processes hold."""
        parent = psutil.Process(run_file(self.data_dir)["pids"]["gunicorn"])
        return sum(one.memory_info().rss for one in [parent, *parent.children(recursive=True)])


def receive(line: socket.socket) -> bytes:
    """All that comes until the other side closes or is silent."""
    found = b""
    try:
        while part := line.recv(65536):
            found += part
    except (TimeoutError, ConnectionResetError):
        pass
    return found


def bomb(megabytes: int) -> bytes:
    """A few kilobytes that would unfold to so much."""
    return gzip.compress(b'{"a": "' + b"0" * megabytes * 2**20 + b'"}')


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory, first_start: Path) -> Iterator[Live]:
    """Two workers, and a log of everything."""
    folder = tmp_path_factory.mktemp("live")
    data_dir = started_before(folder / "var", first_start)
    output = folder / "output.log"
    with output.open("wb") as file:
        settings = {"LOG_LEVEL": "DEBUG", "WEB_CONCURRENCY": "2"}
        with serving(data_dir, ROOT, file, **settings) as (*_, port):
            yield Live(data_dir, port, output)
