"""Upserting a company's jobs by their external ids: what changed is written, in sets."""

from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from src.caller import Caller
from src.database import Work, unit_of_work
from src.errors import DomainError, Invalid
from src.models import lifecycle
from src.models.lifecycle import JobDates, JobStatus
from src.queries import job_bulk as bulk_queries
from src.queries import limits as limit_queries
from src.services import access, job_fields, job_state, limits
from src.utils import clock

# A thousand texts take seconds to be made searchable; Gunicorn ends a worker after 40.
BULK_SECONDS = 30
_BEGINNING: dict[str, Any] = {
    "status": JobStatus.DRAFT.value, "status_changed_by_id": None, "status_reason": None,
    "published_at": None, "first_published_at": None,
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
    # Published again after they ran out.
    run_out: list[int] = field(default_factory=list)

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
            limits.take(limit_queries.BULKS, company_id)


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
    what it leaves out is cleared, but for the end, which stays unless the job is posted again.
    One that publishes does so with a draft and with what ran out. What a person has paused, closed
    or archived stays so, though the row comes again each night.
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
    placed: set[str] = set()
    for index, row in good.items():
        external_id = row["external_id"]
        try:
            if external_id in placed:
                raise Invalid({"external_id": ["Given to an earlier row of this request."]})
            columns = _columns_of(row, unknown)
            _place(batch, index, columns, stored.get(external_id), publish=row["publish"])
        except Invalid as error:
            batch.fail(index, error.errors)
        else:
            # One that failed took no name.
            if external_id:
                placed.add(external_id)


def _columns_of(row: dict[str, Any], unknown: Container[int]) -> dict[str, Any]:
    """Raises Invalid when they break a rule, or the category is among the unknown ones."""
    columns = job_fields.columns_of(row)
    errors = job_fields.problems(columns)
    if columns["category_id"] in unknown:
        errors["category_id"] = ["There is no such category."]
    if errors:
        raise Invalid(errors)
    return columns


def _place(
    batch: _Batch, index: int, columns: dict[str, Any], stored: Any, *, publish: bool
) -> None:
    """Raises Invalid when the row cannot be had so."""
    if stored is None:
        job_fields.check_expiry(columns["expires_at"], batch.now, batch.now)
        values = _BEGINNING | columns
        if publish:
            values |= _published(batch, JobStatus.DRAFT, JobDates(None, None, values["expires_at"]))
        batch.to_create.append({"index": index, **values})
        batch.note(index, "created")
        return
    known = {name: getattr(stored, name) for name in bulk_queries.COLUMNS}
    values = known | columns | _moved(batch, columns["expires_at"], stored, publish=publish)
    if values == known:
        batch.note(index, "unchanged", stored.id)
        return
    batch.to_update.append({"id": stored.id, **values})
    batch.note(index, "updated", stored.id)


def _moved(batch: _Batch, ends: datetime | None, stored: Any, *, publish: bool) -> dict[str, Any]:
    """The dates that a row gives a stored job, with the status when it publishes it.

    Raises Invalid.
    """
    status = lifecycle.status_now(stored.status, stored.expires_at, batch.now)
    # A row that repeats the end which has come asks for nothing new.
    is_due = status == JobStatus.DRAFT or (
        status == JobStatus.EXPIRED
        and stored.taken_down_at is None
        and (ends is None or ends != stored.expires_at)
    )
    if not (publish and is_due):
        if ends is None:
            return {"expires_at": stored.expires_at}
        with _blaming("expires_at"):
            return {"expires_at": job_state.new_end(stored, ends)}
    with _blaming("publish"):
        job_state.require_move(stored, status, JobStatus.PUBLISHED)
    moved = _published(batch, status, job_state.dates_of(stored))
    if ends not in (None, stored.expires_at):
        job_fields.check_expiry(ends, moved["published_at"], batch.now)
        moved["expires_at"] = ends
    if status != stored.status:
        batch.run_out.append(stored.id)
    return moved


def _published(batch: _Batch, status: str, dates: JobDates) -> dict[str, Any]:
    """What publishing makes of a job of this status. Raises Invalid."""
    with _blaming("publish"):
        job_state.require_publishable(batch.caller, batch.company_status)
    return {
        "status": JobStatus.PUBLISHED.value, "status_changed_by_id": batch.caller.user_id,
        "status_reason": None, **lifecycle.published(status, dates, batch.now)._asdict(),
    }  # fmt: skip


@contextmanager
def _blaming(name: str) -> Iterator[None]:
    """Of a refusal that names no field of the row, say that it is this one."""
    try:
        yield
    except Invalid:
        raise
    except DomainError as error:
        raise Invalid({name: [error.detail]}) from error


def _write(work: Work, batch: _Batch, company_id: int) -> None:
    values: dict[str, Any] = {"company_id": company_id}
    if batch.run_out:
        work.session.execute(bulk_queries.SETTLE, {"job_ids": batch.run_out})
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
