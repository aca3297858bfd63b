"""Taking people out of what is long over."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, TextClause, and_, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from src.models import Application, Company, Job
from src.models.lifecycle import FINAL_APPLICATION, JobStatus
from src.models.vocabulary import CompanyStatus

_IDS: Any = bindparam("ids", type_=ARRAY(BigInteger))
# The letters and what was thought of them, then the person as who applied and withdrew.
REDACT = tuple(
    text(statement).bindparams(_IDS)
    for statement in (
        "SELECT remove_personal(:ids)",
        """UPDATE application_log l SET by_id = NULL FROM applications a
           WHERE a.id = ANY (:ids) AND l.application_id = a.id AND l.by_id = a.candidate_id""",
        "UPDATE applications SET redacted_at = now() WHERE id = ANY (:ids)",
    )
)


def over_before(moment: datetime, most: int) -> Select[int]:
    """Applications that name their person, locked: unmoved since then, and closed, or of a job that
    is over, so that nobody will decide.
    """
    goes_on = and_(
        Company.status != CompanyStatus.DELETED,
        or_(
            Job.status.in_((JobStatus.DRAFT, JobStatus.PAUSED)),
            and_(Job.status == JobStatus.PUBLISHED, Job.expires_at > func.now()),
        ),
    )
    return (
        select(Application.id)
        .join(Company, Company.id == Application.company_id)
        # A job that was deleted, or whose company was, goes on no more.
        .outerjoin(Job, and_(Job.id == Application.job_id, goes_on))
        .where(
            Application.redacted_at.is_(None),
            Application.status_changed_at < moment,
            or_(Application.status.in_(FINAL_APPLICATION), Job.id.is_(None)),
        )
        .order_by(Application.status_changed_at)
        .limit(most)
        .with_for_update(of=Application, skip_locked=True)
    )


def remove_audit(moment: datetime, most: int) -> TextClause:
    """Remove the audit's oldest rows."""
    return text(
        "DELETE FROM audit WHERE id IN"
        " (SELECT id FROM audit WHERE at < :moment ORDER BY at, id LIMIT :most) RETURNING id"
    ).bindparams(moment=moment, most=most)


def remove_tasks(moment: datetime, most: int) -> TextClause:
    """Remove tasks that ended without success before the moment: they hold addresses and codes."""
    return text("""
DELETE FROM procrastinate_jobs WHERE id IN (
  SELECT j.id FROM procrastinate_jobs j
  WHERE j.status IN ('failed', 'cancelled', 'aborted') AND NOT EXISTS (
    SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.at >= :moment)
  ORDER BY j.id LIMIT :most)
RETURNING id
""").bindparams(moment=moment, most=most)
