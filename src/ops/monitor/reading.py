"""Reads the running service from outside it: counters, database, cache server, host."""

import os
import time
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine, create_engine, pool
from sqlalchemy.exc import SQLAlchemyError

from src.config import Config
from src.ops.monitor import asking, host, verdicts
from src.ops.monitor.thresholds import Thresholds
from src.run_file import read_run_file
from src.services import performance as performance_service
from src.services import server_reading
from src.services.performance import Look
from src.utils import clock, figures
from src.utils.background import LOOK_SECONDS, Background
from src.utils.db_guard import DatabaseGuard
from src.utils.shared_counters import CounterFiles, Slot

Row = dict[str, Any]
STATEMENT_SECONDS = 2.0
_TIMEOUTS = "-c statement_timeout=2000 -c lock_timeout=500 -c default_transaction_read_only=on"
# A pool that is full for a moment is not: it must be so twice.
_CONFIRM_SECONDS = 0.1
_FIRST_CPU_SECONDS = 0.2


class CannotRead(Exception):
    """There is no service to read; the message says what is missing."""


@dataclass(frozen=True)
class Seen:
    """One look at everything."""

    look: Look
    full_pids: list[int]
    host: Row


class Monitor:
    """Looks at the service of these settings, as often as asked, and reports."""

    def __init__(self, config: Config) -> None:
        """Raises CannotRead where no process of the service has ever counted."""
        self.config = config
        folder = config.data_dir / "metrics"
        if not os.access(folder, os.R_OK | os.X_OK) or not any(folder.glob("*.db")):
            raise CannotRead(
                f"no process of the service counts in {folder}, as far as this user may see:"
                " set TALENTSPHERE_DATA_DIR to the service's, or start it."
            )
        self.counters = CounterFiles(folder)
        self.engine = _engine(config)
        self.is_connected = False
        self.watchdog = Background("watchdog")
        _guard(self.engine, self.watchdog)

    def close(self) -> None:
        """Leave the database."""
        self.watchdog.stop()
        self.engine.dispose()

    def see(self, *, is_first: bool) -> Seen:
        """Look once; what does not answer is left out, with the reason."""
        slots, full_pids = self._slots()
        cache, cache_error = performance_service.read_cache(self.config.cache_url)
        database, database_error = self._database()
        look = Look(slots, database, database_error, cache, cache_error)
        pids = [worker["pid"] for worker in figures.workers(slots)]
        run = read_run_file(self.config.data_dir) or {}
        sample = _FIRST_CPU_SECONDS if is_first else None
        machine = host.figures(self.config.data_dir, pids, run.get("pids", {}), sample)
        # After the counters, which this request is in too.
        where = asking.place(run.get("port"), machine["processes"])
        answer = asdict(asking.ask(where)) if where else None
        return Seen(look, full_pids, {**machine, "counting": len(pids), "answer": answer})

    def _slots(self) -> tuple[list[Slot], list[int]]:
        slots = list(self.counters.slots())
        full = _full(slots)
        if full:
            time.sleep(_CONFIRM_SECONDS)
            slots = list(self.counters.slots())
            full &= _full(slots)
        return slots, sorted(full)

    def _database(self) -> tuple[Row | None, str | None]:
        """On the connection of the look before, if that still works; a new one costs more."""
        was_connected = self.is_connected
        try:
            found = self._read_database()
        except SQLAlchemyError as error:
            self.engine.dispose()
            self.is_connected = False
            return self._database() if was_connected else (None, _reason(error))
        self.is_connected = True
        return found, None

    def _read_database(self) -> Row:
        with self.engine.connect() as connection:
            return server_reading.everything(connection.execute)


def _reason(error: SQLAlchemyError) -> str:
    words = str(getattr(error, "orig", None) or error).strip().splitlines()
    return words[0][:160] if words else type(error).__name__


def _full(slots: list[Slot]) -> set[int]:
    return {
        worker["pid"]
        for worker in figures.workers(slots)
        if 0 < worker["limit"] <= worker["in_use"]
    }


def _engine(config: Config) -> Engine:
    """One connection, kept between looks."""
    return create_engine(
        config.owner_database_url,
        poolclass=pool.QueuePool,
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 2, "application_name": "talentsphere_monitor", "options": _TIMEOUTS
        },
    )  # fmt: skip


def _guard(engine: Engine, watchdog: Background) -> None:
    """Give up what waits for a server that stands still."""
    guard = DatabaseGuard(engine.url, STATEMENT_SECONDS)
    guard.watch(engine)
    watchdog.every(LOOK_SECONDS, guard.look)
    watchdog.start()


def report(now: Seen, before: Seen | None, thresholds: Thresholds) -> Row:
    """Everything as one value for JSON: the sections, and the verdicts on them.

    `seconds` is the time between the looks, None where counts are since counting began.
    """
    found = performance_service.report(now.look, before.look if before else None)
    found["database"]["pool"]["full"] = now.full_pids
    found["database"] |= {
        "is_up": now.look.database is not None,
        "error": now.look.database_error,
    }
    seconds = now.look.at - before.look.at if before else None
    whole: Row = {
        "at": clock.now(),
        "seconds": None if seconds is None else round(seconds, 3),
        "host": _host(now, before, seconds),
        **found,
    }
    judged = verdicts.judge(whole, thresholds)
    level = verdicts.worst(judged)
    return whole | {"level": level, "verdicts": [asdict(verdict) for verdict in judged]}


def _host(now: Seen, before: Seen | None, seconds: float | None) -> Row:
    """The processes' CPU is of one core, between the looks."""
    earlier = {row["pid"]: row["cpu_seconds"] for row in before.host["processes"]} if before else {}

    def cpu(row: Row) -> float | None:
        if not seconds or row["pid"] not in earlier:
            return None
        return float(round(100 * (row["cpu_seconds"] - earlier[row["pid"]]) / seconds, 1))

    processes = [{**row, "cpu_percent": cpu(row)} for row in now.host["processes"]]
    return now.host | {"processes": processes}
