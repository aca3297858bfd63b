"""Reading one job: who may see it, and in which state it is gone or was never there."""

import re
from typing import Any

from src.caller import Caller
from src.database import db
from src.errors import Gone, NotFound
from src.models.lifecycle import JobStatus
from src.models.vocabulary import CompanyStatus
from src.queries import job as job_queries
from src.utils import clock

_REFERENCE = re.compile(r"(?:.*[^-]-)?([0-9]{1,19})", re.DOTALL)


def id_of(reference: str) -> int:
    """The id in an id or a slug, which ends in it: an old title's slug still leads here.

    Raises NotFound when there is none.
    """
    match = _REFERENCE.fullmatch(reference)
    job_id = int(match[1]) if match else 0
    if not 0 < job_id < 2**63:
        raise NotFound()
    return job_id


def read(caller: Caller, job_id: int) -> Any:
    """The detail row of a job that the caller may see; one statement.

    Raises NotFound or Gone.
    """
    row = row_of(job_id, caller)
    if not caller.is_member(row.company_id):
        require_public(row)
    return row


def row_of(job_id: int, caller: Caller) -> Any:
    """The detail row, whoever may see it.

    Raises NotFound.
    """
    row = db.session.execute(
        job_queries.DETAIL, {"job_id": job_id, "user_id": caller.user_id}
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row


def is_live(row: Any) -> bool:
    """Published, by the clock, by an active company."""
    return bool(
        row.status == JobStatus.PUBLISHED
        and row.expires_at > clock.now()
        and row.company_status == CompanyStatus.ACTIVE
    )


def require_public(row: Any) -> None:
    """What was public and ended stays readable to who applied or kept it.

    Raises NotFound or Gone.
    """
    if is_live(row):
        return
    is_hidden = row.status in (JobStatus.DRAFT, JobStatus.PAUSED)
    was_public = row.first_published_at is not None or row.published_at is not None
    if is_hidden or not was_public or row.company_status == CompanyStatus.SUSPENDED:
        raise NotFound()
    if not row.is_related:
        raise Gone()
