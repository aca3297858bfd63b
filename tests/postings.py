"""Rows of postings for the tests of imports."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from src.database import db
from src.services import job_import
from src.services.job_import import Report

JOBS = "SELECT external_id, title, status, version FROM jobs ORDER BY id"


def posting(number: int = 1, **fields: Any) -> dict[str, Any]:
    given = {
        "source": "board",
        "source_id": str(number),
        "title": f"Night nurse {number}",
        "company": "Harbour Clinic",
        "location": "Bergen, Norway",
        "description": f"You care for ward {number}.",
    }
    return given | fields


def lines(*postings: dict[str, Any] | str) -> list[bytes]:
    return [(row if isinstance(row, str) else json.dumps(row)).encode() for row in postings]


def imported(*postings: dict[str, Any] | str, dry_run: bool = False) -> Report:
    """The report at the end, of rows handed over as lines."""
    report = list(job_import.run(lines(*postings), dry_run=dry_run))[-1]
    db.session.rollback()
    return report


def written(path: Path, postings: Iterable[dict[str, Any] | str]) -> Path:
    path.write_bytes(b"\n".join(lines(*postings)))
    return path
