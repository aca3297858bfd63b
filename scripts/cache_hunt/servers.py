"""The servers of a hunt: a PostgreSQL, a Valkey, and two instances of the product over both."""

import contextlib
import io
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

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
class Servers:
    """What a hunt runs on; `environ` is that of the first instance."""

    ports: list[int]
    cache: CacheServer
    environ: dict[str, str]
    log: Path

    def errors(self) -> list[str]:
        """What the instances have logged as errors; the first few."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if '"level":"error"' in line.replace(" ", "")][:ERRORS_SHOWN]


@contextmanager
def serving(folder: Path, cache_type: str, hosts: int) -> Iterator[Servers]:
    """Both instances answer; all is stopped at the end. With one host they share a data folder.

    Raises EmbeddedError when something does not start.
    """
    layout = Layout(folder / "servers")
    layout.prepare()
    with ExitStack() as stack:
        stack.callback(layout.remove_sockets)
        database = postgres.start(layout, durable=False)
        stack.callback(postgres.stop, database)
        postgres.ensure_database(layout)
        cache = CacheServer(layout, valkey.start(layout))
        stack.callback(cache.stop)
        environ = _environ(layout, cache_type)
        with contextlib.redirect_stdout(io.StringIO()):
            instance.migrate(Config.from_environment(environ), layout, environ, lambda: False)
        ports = []
        for number in range(INSTANCES):
            environ["PORT"] = str(_free_port())
            environ["TALENTSPHERE_DATA_DIR"] = str(folder / f"host{number % hosts}")
            stack.callback(process.stop, _gunicorn(layout, environ), (signal.SIGTERM, 15.0))
            ports.append(int(environ["PORT"]))
        _await(ports, layout)
        yield Servers(ports, cache, environ, layout.log("instances"))


def _environ(layout: Layout, cache_type: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return kept | {
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


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_script(servers: Servers, *arguments: str) -> str:
    """What a script of the product prints, run beside the first instance."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        env=servers.environ, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise EmbeddedError(done.stderr.strip())
    return done.stdout
