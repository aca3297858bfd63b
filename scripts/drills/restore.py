"""A backup of a service at work, put back into another data folder, and the two compared."""

import json
import secrets
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from scripts.drills import volume, world
from scripts.drills.served import ROOT, CannotDrill, Served, own_environ, serve
from scripts.drills.tally import Tally
from scripts.drills.traffic import Traffic
from scripts.drills.wire import Failure, ask
from scripts.drills.world import World
from src.config import Config
from src.embedded import offline
from src.ops.backup import ended, manifest, server, tables
from src.ops.backup.manifest import Manifest
from src.run_file import read_run_file

PAUSE_SECONDS = 0.05
# A cursor says when its list was begun.
_TIMED = {"next_cursor": None}
Listener = Callable[[str], None]


@dataclass
class Outcome:
    """What was compared and how long each step took; no differences is how it must be."""

    manifest: Manifest
    seconds: dict[str, float] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    # Rows of each table that the restore ended on purpose.
    ended: dict[str, int] = field(default_factory=dict)
    answers: int = 0
    tally: Tally = field(default_factory=Tally)


@dataclass(frozen=True, slots=True)
class _Person:
    """Who signs in again after the restore."""

    email: str
    password: str
    token: str


def run(jobs: int, listener: Listener) -> Outcome:
    """Serve, load, back up, put back, compare. Raises CannotDrill and Failure."""
    with tempfile.TemporaryDirectory(prefix="drill-") as name:
        folder = Path(name)
        listener("starting an instance with demo data")
        with serve(folder / "first", TALENTSPHERE_DEMO="1") as first:
            _fill(first, jobs, listener)
            made, person = world.make(first.port, 2), _register(first.port)
            dump, tally, backup_seconds = _back_up(first, made, folder, listener)
            outcome = Outcome(manifest.read(dump), {"backup": backup_seconds}, tally=tally)
            listener("restoring into another data folder")
            outcome.seconds["restore"] = _restore(dump, folder / "second", outcome)
            listener("comparing row for row")
            outcome.differences += _compare_rows(folder / "second", outcome)
            listener("comparing answers")
            with serve(folder / "second") as second:
                _compare_answers(first, second, made, outcome)
                _compare_sessions(first, second, (made.employer, made.candidate), person, outcome)
    return outcome


def _register(port: int) -> _Person:
    mark = secrets.token_hex(4)
    said = {"email": f"returns-{mark}@drill.example", "password": secrets.token_urlsafe(16)}
    body = said | {"role": "candidate", "first_name": "Dora", "last_name": "Drill"}
    token = ask(port, "POST", "/api/v1/auth/register", body=body)["access_token"]
    return _Person(said["email"], said["password"], str(token))


def _fill(served: Served, jobs: int, listener: Listener) -> None:
    run_file = read_run_file(served.data_dir)
    if jobs and run_file:
        with closing(psycopg2.connect(run_file["migration_database_url"])) as connection:
            connection.autocommit = True
            volume.fill(connection, jobs, lambda done: listener(f"{done} of {jobs} jobs"))


def _back_up(
    served: Served, made: World, folder: Path, listener: Listener
) -> tuple[Path, Tally, float]:
    """Under traffic, which goes on after the moment that is kept."""
    dump, tally = folder / "drill.dump", Tally()
    with Traffic(served.port, made, tally, pause_seconds=PAUSE_SECONDS):
        time.sleep(1)
        listener("backing up under traffic")
        seconds = _command(served.environ(), "backup.sh", "--checksums", str(dump))["seconds"]
    return dump, tally, float(seconds)


def _restore(dump: Path, data_dir: Path, outcome: Outcome) -> float:
    said = _command(own_environ(data_dir), "restore.sh", str(dump))
    outcome.differences += said["differences"] + said["figures"]
    outcome.ended = said["ended"]
    return float(said["seconds"])


def _command(environ: Mapping[str, str], script: str, *arguments: str) -> dict[str, Any]:
    command = ["bash", str(ROOT / "scripts" / script), "--json", *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode == 2 or not done.stdout:
        raise CannotDrill(f"{script}: {done.stderr.strip()[-500:]}")
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _compare_rows(data_dir: Path, outcome: Outcome) -> list[str]:
    """Not by what the restore says of itself: each table is read again; where it ended rows, the
    others are counted.
    """
    with offline.settings(own_environ(data_dir)) as environ:
        copied = server.of(Config.from_environment(environ))
        with closing(copied.connect()) as connection, connection.cursor() as cursor:
            found = tables.read(cursor, checksums=True)
    return tables.differences(ended.left(outcome.manifest.tables, outcome.ended), found)


def _compare_answers(first: Served, second: Served, made: World, outcome: Outcome) -> None:
    """Of what the traffic did not change meanwhile."""
    public = ["/companies?page_size=20", "/jobs?q=manager&page_size=20"]
    public += [f"/jobs/{job}" for job in made.jobs]
    for path in public:
        outcome.answers += 1
        try:
            old, new = (ask(one.port, "GET", f"/api/v1{path}") | _TIMED for one in (first, second))
        except Failure as failure:
            outcome.differences.append(f"GET {path}: {failure}")
            continue
        if old != new:
            outcome.differences.append(f"GET {path}: another answer")


def _compare_sessions(
    first: Served, second: Served, tokens: tuple[str, ...], person: _Person, outcome: Outcome
) -> None:
    """Those of before are ended; who signs in again, with the old password, finds their account."""
    path = "/api/v1/auth/me"
    for token in (*tokens, person.token):
        outcome.answers += 1
        try:
            ask(second.port, "GET", path, token=token)
            outcome.differences.append("a session of before the restore goes on")
        except Failure as failure:
            if not failure.detail.startswith("401"):
                outcome.differences.append(f"GET {path}: {failure}")
    outcome.answers += 1
    body = {"email": person.email, "password": person.password}
    try:
        token = ask(second.port, "POST", "/api/v1/auth/login", body=body)["access_token"]
        old = ask(first.port, "GET", path, token=person.token)
        new = ask(second.port, "GET", path, token=token)
    except Failure as failure:
        outcome.differences.append(f"signing in again: {failure}")
        return
    if old != new:
        outcome.differences.append(f"GET {path}: another answer")
