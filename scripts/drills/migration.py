"""The release before, serving from full tables, while this release's migrations run under it."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

from scripts.drills import releases, volume, world
from scripts.drills.locks import MIGRATION, LockWatch
from scripts.drills.served import ROOT, CannotDrill, Served, serve
from scripts.drills.tally import Tally, percentile
from scripts.drills.traffic import Traffic
from src.run_file import read_run_file

CONNECTIONS = 2
# Slower than that is what a person notices; below it twice as slow is nobody's loss.
UNNOTICED_MS = 100.0
MOST_TIMES_SLOWER = 2.0
MOST_LOCK_SECONDS = 1.0
Listener = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One migration under load. Times of requests before and during it, in milliseconds."""

    revision: str
    seconds: float
    before_p99_ms: float
    during_p99_ms: float
    longest_lock_seconds: float

    @property
    def holds(self) -> bool:
        """Whether nobody was held up."""
        limit = max(MOST_TIMES_SLOWER * self.before_p99_ms, UNNOTICED_MS)
        return self.during_p99_ms <= limit and self.longest_lock_seconds <= MOST_LOCK_SECONDS


@dataclass
class Outcome:
    """The commit that served, what each migration did to it, and all requests."""

    commit: str = ""
    steps: list[Step] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    @property
    def holds(self) -> bool:
        return not self.tally.failures and all(step.holds for step in self.steps)


def run(rows: int, last: int, seconds: float, listener: Listener) -> Outcome:
    """Try the `last` migrations of this code. Raises CannotDrill and Failure."""
    every = releases.migrations(ROOT)
    if last >= len(every):
        raise CannotDrill(f"there are {len(every)} migrations: try fewer, so that something serves")
    base, tried, outcome = every[-last - 1], every[-last:], Outcome()
    with tempfile.TemporaryDirectory(prefix="drill-") as name:
        code = Path(name) / "code"
        outcome.commit = releases.unpack_before(ROOT, base, code)
        listener(f"serving {outcome.commit[:10]}, whose schema is {base}")
        with serve(Path(name) / "var", code) as served:
            run_file = read_run_file(served.data_dir)
            if run_file is None:
                raise CannotDrill("the instance has no run file")
            owner = str(run_file["migration_database_url"])
            _fill(owner, rows, listener)
            made = world.make(served.port, CONNECTIONS)
            with Traffic(served.port, made, outcome.tally, pause_seconds=0.01):
                # The first requests warm what a service at work has warm.
                time.sleep(seconds)
                for revision in tried:
                    listener(f"{revision} under load")
                    outcome.steps.append(_step(served, owner, revision, seconds, outcome.tally))
                listener("the old code on the new schema")
                time.sleep(seconds)
    return outcome


def _fill(url: str, rows: int, listener: Listener) -> None:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        volume.fill(connection, rows, lambda done: listener(f"{done} of {rows} jobs"))


def _step(served: Served, owner: str, revision: str, seconds: float, tally: Tally) -> Step:
    begun = time.monotonic()
    time.sleep(seconds)
    started = time.monotonic()
    with LockWatch(owner) as watch:
        _upgrade(served.environ() | {"PGAPPNAME": MIGRATION}, revision)
        took = time.monotonic() - started
        time.sleep(max(0.0, seconds - took))
    return Step(
        revision, took, _p99(tally, begun, started), _p99(tally, started, time.monotonic()),
        watch.longest_seconds,
    )  # fmt: skip


def _upgrade(environ: Mapping[str, str], revision: str) -> None:
    command = [sys.executable, "-m", "flask", "--app", "src.main", "db", "upgrade", revision]
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CannotDrill(f"{revision} failed: {done.stderr.strip()[-500:]}")


def _p99(tally: Tally, start: float, end: float) -> float:
    return percentile(sorted(taken.ms for taken in tally.since(start, end)), 0.99)
