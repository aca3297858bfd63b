"""Target 6: a file of postings imported, against a bare COPY of the rows that it made."""

import contextlib
import io
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2

from scripts.benchmark import inside, volume
from scripts.benchmark.bench import Bench
from scripts.benchmark.groups.statement_counts import new_jobs
from scripts.benchmark.inside import Inside
from scripts.benchmark.registry import benchmark
from scripts.benchmark.result import Bars, Bound, CannotMeasure, Row, middle
from src.services import job_import

ROWS, ROWS_QUICK = 5_000, 1_000
BY_COPY = Bound(0.3)
FIRMS = 200
# What a repeat is told by is changed, and the id: all else is the same row.
_OWN = {"id": "nextval('jobs_id_seq')", "external_id": "external_id || '-copied'"}
_COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = 'jobs'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum
"""


@benchmark("bulk", "6")
def imports(bench: Bench) -> Iterator[Row]:
    """A file of postings imported against a bare COPY of the same rows, triggers and all."""
    own = inside.open_inside(bench, volume.of_jobs(10_000), is_copied=True)
    count = ROWS_QUICK if bench.settings.quick else ROWS
    rounds = 1 if bench.settings.quick else 3
    imported, copied = [], []
    for number in range(rounds):
        bench.step(f"importing {count:,} postings")
        imported.append(_import(own, _file(bench.folder, f"round{number}", count), count))
        bench.step(f"copying {count:,} rows")
        copied.append(_copy(own, f"round{number}", count))
    pairs = zip(copied, imported, strict=True)
    figure, spread = middle([copy_s / import_s for copy_s, import_s in pairs])
    seconds, least = middle(imported)[0], middle(copied)[0]
    how = f"{seconds:.1f} s for {count:,} postings in one process, {least:.1f} s for COPY"
    bars = Bars("s", [("import of a file", seconds), ("COPY into jobs", least)])
    what = "file import: rows/s by those of COPY with the same indexes and triggers"
    yield Row("6", what, figure, how, bound=BY_COPY, spread=spread, bars=bars)
    volume.close(own.settings)


def _file(folder: Path, mark: str, count: int) -> Path:
    """Postings of different texts, as feeds have them: what is equal would be told as a repeat."""
    dice = random.Random(mark)  # noqa: S311 - repeatable, no secret
    path = folder / f"{mark}.jsonl"
    with path.open("w") as lines:
        for number, job in enumerate(new_jobs(count, mark)):
            words = job["description"].removeprefix("<p>").removesuffix("</p>").split()
            dice.shuffle(words)
            posting = {
                "source": mark, "source_id": number, "title": job["title"],
                "description": f"<p>{' '.join(words)}</p>", "company": f"Firm {number % FIRMS}",
                "location": "Oslo, Norway",
            }  # fmt: skip
            lines.write(json.dumps(posting) + "\n")
    return path


def _import(own: Inside, path: Path, count: int) -> float:
    """Seconds of the product's own import, without counting words at its end."""
    started = time.perf_counter()
    with own.app.app_context(), path.open("rb") as lines:
        *_, report = job_import.run(lines)
    seconds = time.perf_counter() - started
    if report.created != count:
        raise CannotMeasure(f"only {report.created} of {count} postings were imported")
    return seconds


def _copy(own: Inside, mark: str, count: int) -> float:
    """Seconds of COPY, as the owner, of the rows that an import has made."""
    connection = psycopg2.connect(own.settings["MIGRATION_DATABASE_URL"])
    rows = io.StringIO()
    with contextlib.closing(connection):
        with connection, connection.cursor() as cursor:
            cursor.execute(_COLUMNS)
            names = [name for (name,) in cursor.fetchall()]
            source = ", ".join(_OWN.get(name, name) for name in names)
            wanted = f"SELECT {source} FROM jobs WHERE external_id LIKE '{mark}:%'"  # noqa: S608
            cursor.copy_expert(f"COPY ({wanted}) TO STDOUT", rows)
        rows.seek(0)
        started = time.perf_counter()
        # Its end is the end of the transaction.
        with connection, connection.cursor() as cursor:
            cursor.copy_expert(f"COPY jobs ({', '.join(names)}) FROM STDIN", rows)
            copied = cursor.rowcount
        seconds = time.perf_counter() - started
    if copied != count:
        raise CannotMeasure(f"COPY wrote {copied} of {count} rows")
    return seconds
