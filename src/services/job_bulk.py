"""Upserting a company's jobs by their external ids: what changed is written, in sets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from src.caller import Caller
from src.database import Work, unit_of_work
from src.errors import DomainError, Invalid
from src.models.lifecycle import JobStatus
from src.queries import job_bulk as bulk_queries
from src.services import access, job_fields, job_state, limits
from src.utils import clock

PER_MINUTE = 60
# A thousand texts take seconds to be made searchable; Gunicorn ends a worker after 40.
BULK_SECONDS = 30
_BEGINNING: dict[str, Any] = {
    "status": JobStatus.DRAFT.value, "status_changed_by_id": None, "published_at": None,
    "first_published_at": None,
}  # fmt: skip


@dataclass
class _Batch:
    """The rows on their way: what each became, and what is to be written of them."""

    caller: Caller
    company_status: str
    now: datetime
    results: dict[int, dict[str, Any]] = field(default_factory=dict)
    to_create: list[dict[str, Any]] = field(default_factory=list)
    to_update: list[dict[str, Any]] = field(default_factory=list)

    def fail(self, index: int, errors: dict[str, list[str]]) -> None:
        self.results[index] = {"index": index, "status": "failed", "errors": errors}

    def note(self, index: int, status: str, job_id: int | None = None) -> None:
        result = {"index": index, "status": status}
        self.results[index] = result if job_id is None else {**result, "id": job_id}


def count(company_ids: Iterable[int]) -> None:
    """Count one bulk of each company, in a transaction that is over before the bulk's begins: who
    counts beside it waits for no bulk.

    Raises TooMany; none is counted then.
    """
    with unit_of_work(makes_old=False):
        # In the order that whoever takes several of these rows keeps: that of their names.
        for company_id in sorted(company_ids, key=str):
            limits.take("bulk", company_id, PER_MINUTE, 60)


def count_upsert(caller: Caller, company_id: int) -> None:
    """Count what `upsert` is about to do. Raises NotFound, Forbidden or TooMany."""
    access.require_writer(caller, company_id)
    count([company_id])


def upsert(
    caller: Caller,
    company_id: int,
    good: Mapping[int, dict[str, Any]],
    bad: Mapping[int, dict[str, list[str]]],
    *,
    dry_run: bool,
) -> dict[str, Any]:
    """Create or update the good rows in one transaction; the report counts the bad ones too.

    Rows are matched by external_id; without one they are always new. A row says all of a job:
    what it leaves out is cleared, but for the end, which stays.
    Raises NotFound or Forbidden.
    """
    access.require_writer(caller, company_id)
    with unit_of_work() as work:
        work.allow(BULK_SECONDS)
        company = {"company_id": company_id}
        status = work.session.execute(bulk_queries.LOCK_COMPANY, company).scalar_one()
        batch = _Batch(caller, status, clock.now())
        for index, errors in bad.items():
            batch.fail(index, errors)
        _judge(work, batch, company_id, good)
        if not dry_run:
            _write(work, batch, company_id)
    return _report(batch)


def _judge(work: Work, batch: _Batch, company_id: int, good: Mapping[int, dict[str, Any]]) -> None:
    """Sort the rows into new, changed, unchanged and failed."""
    external_ids = [row["external_id"] for row in good.values() if row["external_id"]]
    wanted = {"company_id": company_id, "external_ids": external_ids}
    stored = {row.external_id: row for row in work.session.execute(bulk_queries.KNOWN, wanted)}
    categories = {row["category_id"] for row in good.values() if row["category_id"]}
    unknown = job_fields.unknown_categories(categories)
    seen: set[str] = set()
    for index, row in good.items():
        external_id = row["external_id"]
        if external_id and external_id in seen:
            batch.fail(index, {"external_id": ["Given to an earlier row of this request."]})
            continue
        if external_id:
            seen.add(external_id)
        columns = job_fields.columns_of(row)
        errors = job_fields.problems(columns)
        if columns["category_id"] in unknown:
            errors["category_id"] = ["There is no such category."]
        if errors:
            batch.fail(index, errors)
            continue
        try:
            _place(batch, index, columns, stored.get(external_id), publish=row["publish"])
        except Invalid as error:
            batch.fail(index, error.errors)
        except DomainError as error:
            batch.fail(index, {"publish" if row["publish"] else "expires_at": [error.detail]})


def _place(
    batch: _Batch, index: int, columns: dict[str, Any], stored: Any, *, publish: bool
) -> None:
    """Raises DomainError when the row cannot be had so."""
    if stored is None:
        job_fields.check_expiry(columns["expires_at"], batch.now, batch.now)
        values = _BEGINNING | columns
        if publish:
            _publish(batch, values)
        batch.to_create.append({"index": index, **values})
        batch.note(index, "created")
        return
    known = {name: getattr(stored, name) for name in bulk_queries.COLUMNS}
    if columns["expires_at"] is None:
        columns["expires_at"] = stored.expires_at
    else:
        columns["expires_at"] = job_state.new_end(stored, columns["expires_at"])
    values = known | columns
    if publish and stored.status == JobStatus.DRAFT:
        if stored.taken_down_at is not None:
            raise Invalid({"publish": ["The job was taken down."]})
        _publish(batch, values)
    if values == known:
        batch.note(index, "unchanged", stored.id)
        return
    batch.to_update.append({"id": stored.id, **values})
    batch.note(index, "updated", stored.id)


def _publish(batch: _Batch, values: dict[str, Any]) -> None:
    job_state.require_publishable(batch.caller, batch.company_status)
    values |= {
        "status": JobStatus.PUBLISHED.value, "status_changed_by_id": batch.caller.user_id,
        "published_at": batch.now, "first_published_at": values["first_published_at"] or batch.now,
        "expires_at": job_fields.end_of(values["expires_at"], batch.now),
    }  # fmt: skip


def _write(work: Work, batch: _Batch, company_id: int) -> None:
    values: dict[str, Any] = {"company_id": company_id}
    if batch.to_update:
        rows = orjson.dumps(batch.to_update, default=str).decode()
        work.session.execute(bulk_queries.UPDATE, values | {"rows": rows})
    if batch.to_create:
        rows = orjson.dumps(batch.to_create, default=str).decode()
        values |= {"rows": rows, "user_id": batch.caller.user_id}
        for made in work.session.execute(bulk_queries.INSERT, values):
            if made.id is None:
                batch.fail(made.place, {"external_id": ["Just made by another request."]})
            else:
                batch.note(made.place, "created", made.id)


def _report(batch: _Batch) -> dict[str, Any]:
    results = [batch.results[index] for index in sorted(batch.results)]
    counts = {
        status: sum(result["status"] == status for result in results)
        for status in ("created", "updated", "unchanged", "failed")
    }
    return {**counts, "results": results}
