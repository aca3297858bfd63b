"""The parent of what serves: starts it in order, restarts what dies, stops it cleanly."""

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping

from src.config import Config
from src.embedded import guards, instance, listening, postgres, process, renewal, runfile, valkey
from src.embedded.layout import Layout
from src.embedded.listening import Listener
from src.embedded.notes import Notes
from src.embedded.parts import REQUEST_SECONDS, TASK_SECONDS, Leaving, Part
from src.embedded.process import Child, EmbeddedError, Stopped
from src.embedded.renewal import Renewal, Renewals
from src.embedded.runfile import Run
from src.embedded.say import say, warn
from src.embedded.schema import Schema
from src.settings import ConfigError, data_dir_of, port_of

LOOK_SECONDS = 0.2
BOOT_SECONDS = 60.0
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
        self.layout = Layout(data_dir_of(environ))
        self.embeds_database = not environ.get("DATABASE_URL")
        self.embeds_cache = self.embeds_database and not environ.get("REDIS_URL")
        self.listener: Listener
        self.workers = 0
        self.parts: dict[str, Part] = {}
        self.leaving = Leaving()
        self.renewals = Renewals(
            self.parts,
            self.leaving,
            lambda: Renewal(self._start_gunicorn, self.workers, BOOT_SECONDS),
            self._renewal_ended,
        )
        self.schema: Schema
        self.notes = Notes()
        self.told_to_stop = False

    def run(self) -> int:
        """Serve until SIGTERM or Ctrl-C; the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop_soon)
        signal.signal(signal.SIGHUP, self._renew_soon)
        try:
            port = port_of(self.environ, lowest=1)
            with guards.OnlyOne(self.layout, serves=True):
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
        # That of one that was killed: in a container all of them may have the same pid.
        runfile.remove(self.layout.data_dir)
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
                    self.notes.add(self._write_run_file)
            self.renewals.look()
            self.schema.look()
            self.notes.look()
            self.leaving.look()
            time.sleep(LOOK_SECONDS)
        return 0

    def _renewal_ended(self, begun_at: float, refusal: str | None) -> None:
        """Whoever asked for it is told how."""
        if refusal is None:
            self.notes.add(self._write_run_file)
        else:
            warn(f"nothing is changed: {refusal}")
        self.notes.add(lambda: renewal.tell(self.layout.data_dir, begun_at, refusal))

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
        self.renewals.stop()
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
        self.renewals.ask()


def _graceful(seconds: float) -> Callable[[Child], None]:
    return lambda child: process.stop(child, (signal.SIGTERM, seconds))


def serve() -> int:
    """Serve with this process's environment."""
    return Supervisor(dict(os.environ)).run()
