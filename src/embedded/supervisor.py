"""The parent of what serves: starts it in order, restarts what dies, stops it cleanly."""

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from src.config import Config, ConfigError
from src.embedded import guards, instance, postgres, process, runfile, valkey
from src.embedded.layout import Layout
from src.embedded.process import Child, EmbeddedError, Stopped
from src.embedded.runfile import Run

LOOK_SECONDS = 0.2
# A part that dies again and again is started ever later, at most this much.
SLOWEST_RESTART_SECONDS = 10.0
BOOT_SECONDS = 60.0
# Gunicorn's own words for: the application cannot be loaded.
CANNOT_BOOT = (3, 4)


@dataclass
class Part:
    """A child process, how to start and stop it, and how often it had to be restarted."""

    start: Callable[[], Child]
    stop: Callable[[Child], None]
    child: Child
    failures: int = 0
    started_at: float = field(default_factory=time.monotonic)
    restart_at: float | None = None

    def patience(self) -> float:
        """Seconds to wait before the next start, by how often it failed in a row."""
        if self.failures <= 1:
            return 0.0
        return min(0.25 * 2.0 ** min(self.failures - 1, 6), SLOWEST_RESTART_SECONDS)


class Supervisor:
    """One instance: `run` returns when it was told to stop."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = environ
        data_dir = Path(environ.get("TALENTSPHERE_DATA_DIR") or "var").absolute()
        self.layout = Layout(data_dir)
        self.embeds_database = not environ.get("DATABASE_URL")
        self.embeds_cache = self.embeds_database and not environ.get("REDIS_URL")
        self.port = 0
        self.parts: dict[str, Part] = {}
        self.told_to_stop = False

    def run(self) -> int:
        """Serve until SIGTERM or Ctrl-C; the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop_soon)
        signal.signal(signal.SIGHUP, self._reload)
        try:
            self.port = guards.port(self.environ)
            with guards.OnlyOne(self.layout):
                try:
                    self._start()
                    return self._watch()
                finally:
                    self._stop_all()
        except Stopped:
            return 0
        except (EmbeddedError, ConfigError) as error:
            print(f"talentsphere: {error}", file=sys.stderr)
            return 1

    def _start(self) -> None:
        guards.require_free(self.port)
        self._start_servers()
        config = Config.from_environment(self.environ)
        instance.migrate(config, self.layout, self.environ, self._is_told_to_stop)
        if self.embeds_database and self.environ.get("TALENTSPHERE_DEMO") != "0":
            instance.load_demo(config, self.environ, self._is_told_to_stop)
        python = [sys.executable, "-m"]
        server = [*python, "gunicorn", "-c", "gunicorn.conf.py", "src.main:app"]
        self._add("gunicorn", lambda: self._spawn(server), _graceful(40.0))
        # Before the first answer, so that a script that waited for it finds the file.
        self._write_run_file()
        self._await_answer()
        # After the first answer, whose import it would slow down. With a killed supervisor the
        # database ends too, and a worker asked kindly would wait for it.
        kill = signal.SIGKILL
        worker = [*python, "scripts.worker"]
        self._add("worker", lambda: self._spawn(worker, kill), _graceful(15.0))
        self._write_run_file()
        print(instance.banner(config, self.environ), flush=True)

    def _start_servers(self) -> None:
        self.environ["TALENTSPHERE_DATA_DIR"] = str(self.layout.data_dir)
        self.environ["PORT"] = str(self.port)
        self.layout.prepare()
        if self.embeds_cache:
            self._add("cache", lambda: valkey.start(self.layout), valkey.stop)
            self.environ["REDIS_URL"] = self.layout.redis_url
        if self.embeds_database:
            self._add("postgres", lambda: postgres.start(self.layout), postgres.stop)
            postgres.ensure_database(self.layout)
            self.environ |= instance.embedded_settings(self.layout, self.environ)

    def _add(self, name: str, start: Callable[[], Child], stop: Callable[[Child], None]) -> None:
        self.parts[name] = Part(start, stop, start())

    def _spawn(self, command: list[str], death_signal: signal.Signals = signal.SIGTERM) -> Child:
        return process.spawn(command, environ=self.environ, death_signal=death_signal)

    def _watch(self) -> int:
        while not self.told_to_stop:
            for name, part in list(self.parts.items()):
                code = part.child.poll()
                if code is None:
                    continue
                if name == "gunicorn" and code in CANNOT_BOOT and part.failures:
                    print("talentsphere: the application cannot be loaded.", file=sys.stderr)
                    return 1
                self._restart(name, part)
            time.sleep(LOOK_SECONDS)
        return 0

    def _restart(self, name: str, part: Part) -> None:
        """At once the first time; a part that keeps dying waits twice as long each time."""
        now = time.monotonic()
        if part.restart_at is None:
            part.failures = part.failures + 1 if now - part.started_at < 30 else 1
            part.restart_at = now + part.patience()
            print(f"talentsphere: {name} ended, starting it again", file=sys.stderr)
        if now < part.restart_at:
            return
        try:
            part.child = part.start()
        except EmbeddedError as error:
            print(f"talentsphere: {error}", file=sys.stderr)
            part.failures += 1
            part.restart_at = now + part.patience()
            return
        part.started_at, part.restart_at = time.monotonic(), None
        self._write_run_file()

    def _await_answer(self) -> None:
        deadline = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < deadline:
            if self.told_to_stop:
                raise Stopped
            if self.parts["gunicorn"].child.poll() is not None:
                raise EmbeddedError("Gunicorn ended while starting: see its words above.")
            if guards.answers(self.port):
                return
            time.sleep(0.05)
        raise EmbeddedError(f"/health/ready does not say ready within {BOOT_SECONDS:.0f} s.")

    def _write_run_file(self) -> None:
        if "gunicorn" not in self.parts:
            return
        run = Run(
            database_url=self.environ["DATABASE_URL"],
            migration_database_url=self.environ.get("MIGRATION_DATABASE_URL")
            or self.environ["DATABASE_URL"],
            redis_url=self.environ.get("REDIS_URL"),
            secret_key=self.environ["SECRET_KEY"],
            port=self.port,
            pids={name: part.child.pid for name, part in self.parts.items()},
        )
        # A second shell finds an external database by its environment, not by this file.
        if self.embeds_database:
            runfile.write(self.layout.data_dir, run)

    def _stop_all(self) -> None:
        """Those who use the servers before the servers."""
        for name in ("gunicorn", "worker", "cache", "postgres"):
            part = self.parts.get(name)
            if part is not None:
                part.stop(part.child)
        if self.parts:
            runfile.remove(self.layout.data_dir)
            self.layout.remove_sockets()

    def _stop_soon(self, *_: object) -> None:
        self.told_to_stop = True

    def _is_told_to_stop(self) -> bool:
        return self.told_to_stop

    def _reload(self, *_: object) -> None:
        if "gunicorn" in self.parts:
            self.parts["gunicorn"].child.send_signal(signal.SIGHUP)


def _graceful(seconds: float) -> Callable[[Child], None]:
    return lambda child: process.stop(child, (signal.SIGTERM, seconds))


def serve() -> int:
    """Serve with this process's environment."""
    return Supervisor(dict(os.environ)).run()
