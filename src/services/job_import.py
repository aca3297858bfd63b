"""Importing postings: batches of rows, each one transaction that can be run again."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from src.database import Work, unit_of_work
from src.queries import job_import as import_queries
from src.queries import locks
from src.queries.locks import Lock
from src.understanding import posting
from src.understanding.posting import Posting
from src.understanding.posting_fields import Refused
from src.utils import copy_text
from src.utils.text import slugify

BATCH = 1_000


@dataclass
class Report:
    """What became of the rows: every one is in exactly one of the five counts."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    refused: int = 0
    companies_created: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    # (line number, reason)
    refusals: list[tuple[int, str]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.created + self.updated + self.unchanged + self.repeated + self.refused


def run(lines: Iterable[bytes], *, dry_run: bool = False) -> Iterator[Report]:
    """Import the lines; after each batch is committed, the report so far is given.

    With `dry_run` each batch is rolled back, and the counts say what would have been.
    """
    report = Report()
    seen: set[Any] = set()
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    while batch := list(islice(numbered, BATCH)):
        postings = list(_readable(batch, report, seen))
        if postings:
            _import_batch(postings, report, dry_run)
        yield report


def _readable(batch: list[tuple[int, bytes]], report: Report, seen: set[Any]) -> Iterator[Posting]:
    """The rows that can be jobs; repeats within the file are told apart here."""
    for number, line in batch:
        try:
            row = posting.read(line, report.notes)
        except Refused as error:
            report.refused += 1
            report.refusals.append((number, str(error)))
            continue
        marks = {(row.company_key, row.external_id), row.fingerprint}
        if marks & seen:
            report.repeated += 1
        else:
            yield row
        seen |= marks


class _RolledBack(Exception):
    """Ends a dry run's transaction."""


def _import_batch(postings: list[Posting], report: Report, dry_run: bool) -> None:
    try:
        with unit_of_work() as work:
            counts = _write(work, postings)
            if dry_run:
                raise _RolledBack
    except _RolledBack:
        pass
    for name, count in counts.items():
        setattr(report, name, getattr(report, name) + count)


def _write(work: Work, postings: list[Posting]) -> dict[str, int]:
    session = work.session
    session.execute(import_queries.DEADLINES)
    session.execute(locks.wait(Lock.JOB_IMPORT))
    session.execute(import_queries.STAGE)
    work.copy_in(import_queries.COPY, "".join(_copy_lines(postings)))
    keys = {row.company_key: slugify(row.company_name, 60) for row in postings}
    names = {"keys": list(keys), "slugs": list(keys.values())}
    companies = session.execute(import_queries.COMPANIES, names).scalar_one()
    known = session.execute(import_queries.UPDATE).one()
    new = session.execute(import_queries.INSERT).one()
    return {
        "companies_created": companies,
        "updated": known.changed,
        "unchanged": known.known - known.changed,
        "created": new.created,
        "repeated": new.repeated,
    }


def _copy_lines(postings: list[Posting]) -> Iterator[str]:
    for place, row in enumerate(postings):
        yield copy_text.line([place, *(getattr(row, name) for name in import_queries.COLUMNS)])
