"""The servers of a hunt: a PostgreSQL, a Valkey, and two instances of the product over both."""

import contextlib
import io
import secrets
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from scripts import inherited, prepared
from src.config import Config
from src.embedded import guards, instance, postgres, process, valkey
from src.embedded.layout import APP, OWNER, Layout
from src.embedded.process import Child, EmbeddedError

ROOT = Path(__file__).parents[2]
INSTANCES = 2
WORKERS = 2
START_SECONDS = 60.0
ERRORS_SHOWN = 5


@dataclass
class CacheServer:
    """The Valkey, which faults stop, kill and start again."""

    layout: Layout
    child: Child

    def start_again(self) -> None:
        """Call it from the main thread, as process.spawn says."""
        self.child = valkey.start(self.layout)

    def kill(self) -> None:
        self.child.kill()
        self.child.wait()

    def send(self, number: signal.Signals) -> None:
        self.child.send_signal(number)

    def stop(self) -> None:
        """Also when it is stopped by a signal, or gone."""
        if self.child.poll() is None:
            self.send(signal.SIGCONT)
        valkey.stop(self.child)


@dataclass
class Database:
    """The PostgreSQL, with all its processes."""

    layout: Layout
    child: Child
    is_durable: bool

    def start_again(self) -> None:
        """Once all that was of the one before has gone. Raises EmbeddedError."""
        self.child.wait(START_SECONDS)
        self.child = postgres.start(self.layout, durable=self.is_durable)

    def processes(self) -> list[psutil.Process]:
        """The postmaster and who works for it."""
        postmaster = psutil.Process(self.child.pid)
        return [postmaster, *postmaster.children()]

    def stop(self) -> None:
        """Also when it is stopped by a signal, or gone."""
        if self.child.poll() is None:
            for each in self.processes():
                each.send_signal(signal.SIGCONT)
        postgres.stop(self.child)


@dataclass
class Servers:
    """What a hunt runs on; `environs` are those of the instances."""

    cache: CacheServer
    database: Database
    log: Path
    environs: list[dict[str, str]] = field(default_factory=list)
    instances: list[Child] = field(default_factory=list)

    @property
    def ports(self) -> list[int]:
        return [int(environ["PORT"]) for environ in self.environs]

    @property
    def environ(self) -> dict[str, str]:
        """That of the first instance."""
        return self.environs[0]

    def start_instance(self, number: int) -> None:
        """A new one, or that again which has ended; call it from the main thread."""
        started = _gunicorn(self.cache.layout, self.environs[number])
        self.instances[number : number + 1] = [started]

    def stop_instances(self) -> None:
        for each in self.instances:
            process.stop(each, (signal.SIGTERM, 15.0))

    def errors(self) -> list[str]:
        """What the instances have logged as errors; the first few."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if '"level":"error"' in line.replace(" ", "")][:ERRORS_SHOWN]


def layout_in(folder: Path) -> Layout:
    """Where the servers lie that are started in a folder."""
    return Layout(folder / "servers")


@contextmanager
def serving(
    folder: Path,
    cache_type: str,
    hosts: int,
    *,
    is_durable: bool = False,
    reached_at: Mapping[str, str] | None = None,
) -> Iterator[Servers]:
    """Both instances answer; all is stopped at the end. With one host they share a data folder.

    `reached_at` are settings that lead the instances to the servers by another way. A database that
    is not durable forgets what it has acknowledged when it is killed.

    Raises EmbeddedError when something does not start.
    """
    layout = layout_in(folder)
    layout.prepare()
    prepared.begin_in(layout.data_dir)
    with ExitStack() as stack:
        stack.callback(layout.remove_sockets)
        started = postgres.start(layout, durable=is_durable)
        database = Database(layout, started, is_durable)
        stack.callback(database.stop)
        postgres.ensure_database(layout)
        cache = CacheServer(layout, valkey.start(layout))
        stack.callback(cache.stop)
        environ = _environ(layout, cache_type) | dict(reached_at or {})
        with contextlib.redirect_stdout(io.StringIO()):
            instance.migrate(Config.from_environment(environ), layout, environ, lambda: False)
        servers = Servers(cache, database, layout.log("instances"))
        stack.callback(servers.stop_instances)
        for number in range(INSTANCES):
            own = {
                "PORT": str(guards.free_port()),
                "TALENTSPHERE_DATA_DIR": str(folder / f"host{number % hosts}"),
            }
            servers.environs.append(environ | own)
            servers.start_instance(number)
        _await(servers.ports, layout)
        yield servers


def _environ(layout: Layout, cache_type: str) -> dict[str, str]:
    return inherited.environ() | {
        "DATABASE_URL": layout.database_url(APP),
        "MIGRATION_DATABASE_URL": layout.database_url(OWNER),
        "REDIS_URL": layout.redis_url,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "TALENTSPHERE_EMBEDDED": "1",
        "TALENTSPHERE_DATA_DIR": str(layout.data_dir),
        "WEB_CONCURRENCY": str(WORKERS),
        "LOG_LEVEL": "WARNING",
        "HUNT_CACHE_TYPE": cache_type,
    }


def _gunicorn(layout: Layout, environ: dict[str, str]) -> Child:
    command = ["-m", "gunicorn", "-c", "gunicorn.conf.py", "scripts.cache_hunt.app:app"]
    with layout.log("instances").open("ab") as output:
        return process.spawn(
            [sys.executable, *command], environ=environ, output=output, folder=ROOT
        )


def _await(ports: list[int], layout: Layout) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not all(guards.answers(port) for port in ports):
        if time.monotonic() > deadline:
            raise EmbeddedError(f"The instances did not start; {layout.last_words('instances')}")
        time.sleep(0.05)
