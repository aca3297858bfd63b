"""The parent of what serves: starts it in order, restarts what dies, stops it cleanly."""

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from src.config import Config, ConfigError
from src.embedded import guards, instance, listening, postgres, process, renewal, runfile, valkey
from src.embedded.layout import Layout
from src.embedded.listening import Listener
from src.embedded.parts import Leaving, Part
from src.embedded.process import Child, EmbeddedError, Stopped
from src.embedded.renewal import Renewal
from src.embedded.runfile import Run
from src.embedded.say import say, warn
from src.embedded.schema import Schema

LOOK_SECONDS = 0.2
WRITE_AGAIN_SECONDS = 5.0
BOOT_SECONDS = 60.0
# Requests in flight, and background tasks, are given so long to end.
REQUEST_SECONDS, TASK_SECONDS = 40.0, 15.0
# Tells Gunicorn, before it starts its workers, that the database was not reached just now.
NOT_REACHED = "TALENTSPHERE_NOT_REACHED"
# Gunicorn's own words for: the application cannot be loaded.
CANNOT_BOOT = (3, 4)
PYTHON = [sys.executable, "-m"]
SERVER = [*PYTHON, "gunicorn", "-c", "gunicorn.conf.py", "src.main:app"]
WORKER = [*PYTHON, "scripts.worker"]


class Supervisor:
    """One instance: `run` returns when it was told to stop."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = environ
        data_dir = Path(environ.get("TALENTSPHERE_DATA_DIR") or "var").absolute()
        self.layout = Layout(data_dir)
        self.embeds_database = not environ.get("DATABASE_URL")
        self.embeds_cache = self.embeds_database and not environ.get("REDIS_URL")
        self.listener: Listener
        self.workers = 0
        self.parts: dict[str, Part] = {}
        self.leaving = Leaving()
        self.renewal: Renewal | None = None
        self.renewal_begun_at = 0.0
        self.schema: Schema
        self.told_to_stop = self.told_to_renew = False
        # What could not be written yet, and when it is tried again.
        self._notes: list[Callable[[], None]] = []
        self._write_at = 0.0

    def run(self) -> int:
        """Serve until SIGTERM or Ctrl-C; the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop_soon)
        signal.signal(signal.SIGHUP, self._renew_soon)
        try:
            port = guards.port(self.environ)
            with guards.OnlyOne(self.layout):
                # The embedded instance is for this machine; another stands behind a proxy.
                address = "127.0.0.1" if self.embeds_database else "0.0.0.0"  # noqa: S104
                self.listener = listening.bind(self.environ, address, port)
                try:
                    self._start()
                    return self._watch()
                finally:
                    self._stop_all()
        except Stopped:
            return 0
        except (EmbeddedError, ConfigError) as error:
            warn(str(error))
            return 1

    def _start(self) -> None:
        self._start_servers()
        config = Config.from_environment(self.environ)
        self.workers = config.web_workers
        self._migrate(config)
        if self.embeds_database and self.environ.get("TALENTSPHERE_DEMO") != "0":
            instance.load_demo(config, self.environ, self._is_told_to_stop)
        self.listener.listen()
        self._add("gunicorn", self._start_gunicorn, _graceful(REQUEST_SECONDS))
        # Before the first answer, so that a script that waited for it finds the file.
        self._write_run_file()
        self._await_answer()
        # After the first answer, whose import it would slow down. With a killed supervisor the
        # database ends too, and a worker asked kindly would wait for it.
        self._add(
            "worker",
            lambda: process.spawn(WORKER, environ=self.environ, death_signal=signal.SIGKILL),
            _graceful(TASK_SECONDS),
        )
        self._write_run_file()
        say(instance.banner(config, self.environ))

    def _migrate(self, config: Config) -> None:
        """Now, or once the database of somebody else is there: it serves without it until then."""
        self.schema = Schema(
            lambda: instance.migrate(config, self.layout, self.environ, self._is_told_to_stop)
        )
        self.schema.bring_up_to_date(may_be_late=not self.embeds_database)

    def _start_servers(self) -> None:
        self.environ["TALENTSPHERE_DATA_DIR"] = str(self.layout.data_dir)
        self.environ["PORT"] = str(self.listener.port)
        self.layout.prepare()
        if self.embeds_cache:
            self._add("cache", lambda: valkey.start(self.layout), valkey.stop)
            self.environ["REDIS_URL"] = self.layout.redis_url
        if self.embeds_database:
            self._add("postgres", lambda: postgres.start(self.layout), postgres.stop)
            postgres.ensure_database(self.layout)
            self.environ |= instance.embedded_settings(self.layout, self.environ)

    def _add(self, name: str, start: Callable[[], Child], stop: Callable[[Child], None]) -> None:
        self.parts[name] = Part(name, start, stop, start())

    def _start_gunicorn(self, more: Mapping[str, str] | None = None, *keeps: int) -> Child:
        """On the held socket, beside whoever serves on it."""
        held = self.listener.descriptor
        environ = self.environ | {listening.HELD: str(held)} | dict(more or {})
        if self.schema.is_late:
            # Or it would wait for the database once more, to ask for the connections that it gives.
            environ |= {NOT_REACHED: "1"}
        return process.spawn(SERVER, environ=environ, keeps=(held, *keeps))

    def _watch(self) -> int:
        while not self.told_to_stop:
            for name, part in self.parts.items():
                code = part.child.poll()
                if code is None:
                    continue
                if name == "gunicorn" and code in CANNOT_BOOT and part.dies_of_its_start:
                    warn("the application cannot be loaded.")
                    return 1
                if part.restart():
                    self._note(self._write_run_file)
            self._renew()
            self.schema.look()
            self._write_notes()
            self.leaving.look()
            time.sleep(LOOK_SECONDS)
        return 0

    def _renew(self) -> None:
        """Begin to change Gunicorn and the worker for new ones when told to, or go on with it."""
        if self.renewal is None:
            if self.told_to_renew:
                self.told_to_renew = False
                # Only now: who asked before it is answered by this one, all others by another.
                self.renewal_begun_at = time.monotonic()
                try:
                    self.renewal = Renewal(self._start_gunicorn, self.workers, BOOT_SECONDS)
                except OSError as error:
                    self._tell(f"the new Gunicorn could not be started: {error}")
            return
        refusal = self.renewal.failed()
        if refusal is None and not self.renewal.serves():
            return
        worker = None
        if refusal is None:
            try:
                worker = self.parts["worker"].start()
            except OSError as error:
                refusal = f"the new worker could not be started: {error}"
        if worker is not None:
            self._change("gunicorn", self.renewal.child, REQUEST_SECONDS)
            self._change("worker", worker, TASK_SECONDS)
            self._note(self._write_run_file)
        else:
            self.leaving.add(self.renewal.child, REQUEST_SECONDS)
        self.renewal.close()
        self.renewal = None
        self._tell(refusal)

    def _tell(self, refusal: str | None) -> None:
        """Whoever asked for a renewal is told how it ended."""
        if refusal is not None:
            warn(f"nothing is changed: {refusal}")
        begun_at = self.renewal_begun_at
        self._note(lambda: renewal.tell(self.layout.data_dir, begun_at, refusal))

    def _note(self, write: Callable[[], None]) -> None:
        """Write a file now, or once there is room for it again: a full disk ends nothing."""
        # What is written anew as a whole is written once.
        if write not in self._notes:
            self._notes.append(write)
        self._write_notes()

    def _write_notes(self) -> None:
        if not self._notes or time.monotonic() < self._write_at:
            return
        try:
            while self._notes:
                self._notes[0]()
                del self._notes[0]
        except OSError as error:
            warn(f"{error}; tried again in {WRITE_AGAIN_SECONDS:.0f} s")
            self._write_at = time.monotonic() + WRITE_AGAIN_SECONDS

    def _change(self, name: str, child: Child, seconds: float) -> None:
        """Let `child` be this part; the one before ends what it is at."""
        self.leaving.add(self.parts[name].child, seconds)
        self.parts[name].replace(child)
        self.parts[name].failures = 0

    def _await_answer(self) -> None:
        deadline = time.monotonic() + BOOT_SECONDS
        path = "/health" if self.schema.is_late else "/health/ready"
        while not guards.answers(self.listener.port, path):
            if self.told_to_stop:
                raise Stopped
            if self.parts["gunicorn"].child.poll() is not None:
                raise EmbeddedError("Gunicorn ended while starting: see its words above.")
            if time.monotonic() > deadline:
                raise EmbeddedError(f"{path} does not answer within {BOOT_SECONDS:.0f} s.")
            time.sleep(0.05)

    def _write_run_file(self) -> None:
        if "gunicorn" not in self.parts:
            return
        run = Run(
            database_url=self.environ["DATABASE_URL"],
            migration_database_url=self.environ.get("MIGRATION_DATABASE_URL")
            or self.environ["DATABASE_URL"],
            redis_url=self.environ.get("REDIS_URL"),
            secret_key=self.environ["SECRET_KEY"],
            port=self.listener.port,
            pids={name: part.child.pid for name, part in self.parts.items()},
        )
        # A second shell finds an external database by its environment, not by this file.
        if self.embeds_database:
            runfile.write(self.layout.data_dir, run)

    def _stop_all(self) -> None:
        """Those who use the servers before the servers; first of all, nobody new is let in."""
        self.listener.close()
        if self.renewal is not None:
            self.leaving.add(self.renewal.child, REQUEST_SECONDS)
        for name in ("gunicorn", "worker", "cache", "postgres"):
            if name == "cache":
                self.leaving.stop()
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

    def _renew_soon(self, *_: object) -> None:
        self.told_to_renew = True


def _graceful(seconds: float) -> Callable[[Child], None]:
    return lambda child: process.stop(child, (signal.SIGTERM, seconds))


def serve() -> int:
    """Serve with this process's environment."""
    return Supervisor(dict(os.environ)).run()
