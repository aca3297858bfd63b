"""What searches are compared with on the same documents: Tantivy, bare SQL, the naive way."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psycopg2
from sqlalchemy import and_, func, or_, select, text
from sqlalchemy.exc import DBAPIError

from scripts.benchmark import environment, searcher, volume
from scripts.benchmark.bench import Bench
from scripts.benchmark.result import CannotMeasure
from src.database import db
from src.embedded import binaries
from src.models import Job
from src.models.lifecycle import JobStatus

_DOCUMENTS = """
SELECT j.id, j.title, c.name, concat_ws(', ', j.city, j.region, j.country), j.description
FROM job_search s JOIN jobs j ON j.id = s.job_id JOIN companies c ON c.id = j.company_id
"""
_PROGRAM = "scripts.benchmark.comparators.tantivy_index"
# A file a query, of which pgbench takes 128.
MOST_FILES = 120
NAIVE_SECONDS = 20


def tantivy(bench: Bench, settings: Mapping[str, str], queries: Sequence[str]) -> list[float]:
    """Milliseconds of each query's top 20; the index is built once, beside the database.

    Raises CannotMeasure.
    """
    folder = Path(settings["TALENTSPHERE_DATA_DIR"]) / "tantivy"
    if not folder.exists():
        bench.step("indexing the documents with Tantivy (once)")
        fresh = folder.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        _run(["build", str(fresh)], _documents(settings))
        fresh.rename(folder)
    bench.step("asking Tantivy")
    found: list[float] = json.loads(_run(["ask", str(folder)], iter([json.dumps(list(queries))])))
    return found


def _documents(settings: Mapping[str, str]) -> Iterator[str]:
    with psycopg2.connect(settings["MIGRATION_DATABASE_URL"]) as connection:
        cursor = connection.cursor(name="documents")
        cursor.itersize = 2000
        cursor.execute(_DOCUMENTS)
        for row in cursor:
            yield json.dumps(row)
        cursor.close()
    connection.close()


def _run(words: list[str], lines: Iterator[str]) -> str:
    command = [str(environment.PYTHON), "-m", _PROGRAM, *words]
    with subprocess.Popen(
        command, cwd=environment.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        if child.stdin is None or child.stdout is None:
            raise CannotMeasure("Tantivy cannot be spoken to")
        for line in lines:
            child.stdin.write(f"{line}\n")
        child.stdin.close()
        said = child.stdout.read()
    if child.returncode != 0:
        raise CannotMeasure("Tantivy failed: see its words above")
    return said


def pgbench(bench: Bench, settings: Mapping[str, str], queries: Sequence[str]) -> list[float]:
    """Milliseconds of the product's own statements of pages and totals, with no Python about them.

    Raises CannotMeasure, also where PostgreSQL came without pgbench.
    """
    program = binaries.postgres_folder() / "pgbench"
    if not program.exists():
        raise CannotMeasure("this PostgreSQL has no pgbench")
    bench.step("the same statements under pgbench")
    folder = bench.folder / "pgbench"
    folder.mkdir()
    files = _scripts(settings, queries[:MOST_FILES], folder)
    options = [part for file in files for part in ("-f", str(file))]
    times = str(10 * len(files))
    command = [str(program), "-n", "-c", "1", "-t", times, "-l", *options]
    done = subprocess.run(
        [*command, settings["DATABASE_URL"]], cwd=folder, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise CannotMeasure(f"pgbench failed: {done.stderr[-300:]}")
    logs = "".join(path.read_text() for path in folder.glob("pgbench_log.*"))
    return [int(line.split()[2]) / 1000 for line in logs.splitlines()]


def _scripts(settings: Mapping[str, str], queries: Sequence[str], folder: Path) -> list[Path]:
    """A file for each query with the statements it ran, their values written in."""
    app = volume.application(settings)
    watched = searcher.Watch(app)
    files = []
    with psycopg2.connect(settings["DATABASE_URL"]) as connection:
        cursor = connection.cursor()
        for place, words in enumerate(queries):
            searcher.run(app, watched, (), words)
            spelt = [cursor.mogrify(*each).decode().strip() for each in watched.statements]
            path = folder / f"{place}.sql"
            one_line = [" ".join(statement.split()) for statement in spelt]
            path.write_text("BEGIN;\n" + "".join(f"{one};\n" for one in one_line) + "COMMIT;\n")
            files.append(path)
    connection.close()
    return files


def naive(bench: Bench, settings: Mapping[str, str], queries: Sequence[str]) -> list[float]:
    """Milliseconds of a page of ORM rows by ILIKE with its COUNT; those cut off took that long."""
    bench.step("the naive way")
    app = volume.application(settings)
    found = []
    for words in queries:
        with app.app_context():
            db.session.execute(text(f"SET LOCAL statement_timeout = '{NAIVE_SECONDS}s'"))
            started = time.perf_counter()
            try:
                _naive(words)
            except DBAPIError:
                db.session.rollback()
            found.append((time.perf_counter() - started) * 1000)
    return found


def _naive(words: str) -> None:
    each = [
        or_(Job.title.ilike(f"%{word}%"), Job.description.ilike(f"%{word}%"))
        for word in words.split()
    ]
    matching = select(Job).where(Job.status == JobStatus.PUBLISHED, and_(*each))
    count = select(func.count()).select_from(matching.subquery())
    db.session.execute(count).scalar_one()
    page = matching.order_by(Job.published_at.desc()).offset(0).limit(searcher.PAGE_SIZE)
    db.session.scalars(page).all()
