"""Databases at volume: a data folder a scale and schema, seeded once, then kept and used again."""

import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from scripts import inherited
from scripts.benchmark.bench import Bench
from scripts.benchmark.environment import ROOT
from scripts.benchmark.result import CannotMeasure
from src.config import Config
from src.embedded import offline
from src.embedded.process import EmbeddedError
from src.main import create_app
from src.utils import schema_version

JOBS_A_COMPANY = 50
# Written when the folder is whole: a run that was cut off is begun anew.
_DONE = "benchmark.done"
# What stops each of the open databases, by its folder.
_STACKS: dict[str, ExitStack] = {}


@dataclass(frozen=True, slots=True)
class Asked:
    """How much a database holds; its folder is named for it."""

    jobs: int
    applications: int
    # Of the applications, those to the thousand jobs of one employer.
    one_company: int

    @property
    def name(self) -> str:
        base = f"{self.jobs}-{schema_version.newest()}"
        return base if self.one_company == 0 else f"{base}-{self.one_company}"


def of_jobs(jobs: int) -> Asked:
    """A database to search: as many applications as jobs, spread as they are."""
    return Asked(jobs, jobs, 0)


def open_database(bench: Bench, asked: Asked, *, is_copied: bool = False) -> dict[str, str]:
    """The settings that reach a database of this volume, started until the benchmark ends.

    It has the embedded server's own settings. A copy may be written to.
    Raises CannotMeasure when it cannot be had.
    """
    folder = bench.settings.databases.absolute() / asked.name
    if not is_copied:
        return _open(bench, asked, folder)
    if not (folder / _DONE).exists():
        close(_open(bench, asked, folder))
    copy = bench.folder / asked.name
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("sockets", "tantivy"))
    return _open(bench, asked, copy)


def _open(bench: Bench, asked: Asked, folder: Path) -> dict[str, str]:
    if not (folder / _DONE).exists():
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    environ = inherited.environ() | {
        "TALENTSPHERE_DATA_DIR": str(folder), "LOG_LEVEL": "WARNING"
    }  # fmt: skip
    bench.step(f"starting the database of {asked.jobs:,} jobs")
    stack = bench.stack.enter_context(ExitStack())
    try:
        settings = stack.enter_context(offline.settings(environ))
    except EmbeddedError as error:
        raise CannotMeasure(str(error)) from None
    _STACKS[settings["TALENTSPHERE_DATA_DIR"]] = stack
    if not (folder / _DONE).exists():
        _seed(bench, asked, settings)
        (folder / _DONE).touch()
    return settings


def close(settings: Mapping[str, str]) -> None:
    """Stop a database before the benchmark ends: the next one has the memory to itself."""
    _STACKS.pop(settings["TALENTSPHERE_DATA_DIR"]).close()


def application(settings: Mapping[str, str]) -> Flask:
    """The product over such a database, without a cache and without work of its own beside."""
    app = create_app(Config.from_environment({**settings, "CACHE_ENABLED": "false"}))
    app.config |= {"BACKGROUND": False, "VIEW_FLUSH_SECONDS": 0}
    return app


def _seed(bench: Bench, asked: Asked, settings: Mapping[str, str]) -> None:
    bench.step(f"seeding {asked.jobs:,} jobs (once)")
    started = time.monotonic()
    numbers = {
        "--jobs": asked.jobs,
        "--companies": max(2, asked.jobs // JOBS_A_COMPANY),
        "--applications": asked.applications,
        "--one-company-applications": asked.one_company or asked.applications // 4,
    }
    options = [part for name, number in numbers.items() for part in (name, str(number))]
    _command(settings, "flask", "--app", "src.main", "db", "upgrade")
    _command(settings, "scripts.seed", *options)
    _command(settings, "scripts.rebuild_search")
    seconds = time.monotonic() - started
    bench.notes.append(f"Seeding {asked.jobs:,} jobs took {seconds:,.0f} s; the folder is kept.")


def _command(settings: Mapping[str, str], *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, env=dict(settings), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise CannotMeasure(f"{words[0]} failed: {done.stderr[-500:]}")
