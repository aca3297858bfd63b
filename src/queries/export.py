"""All that is kept of one person, section by section, for themselves."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, column, func, or_, select, table
from sqlalchemy.types import DateTime

from src.models import (
    Alert,
    ApiKey,
    Application,
    ApplicationLog,
    Bookmark,
    Company,
    IdempotencyKey,
    Interview,
    Invitation,
    Job,
    JobLog,
    JobReport,
    Membership,
    OneTimeToken,
    RateWindow,
    SavedSearch,
    Session,
    User,
)
from src.queries import limits
from src.queries.audit import OF_ASKER
from src.queries.paging import Rows

# A view of migration 0022: what one did for companies, those one has left too.
_ACTS = table(
    "acts_of_asker",
    column("kind", Text),
    column("application_id", BigInteger),
    column("to_status", Text),
    column("at", DateTime(timezone=True)),
)


def account(user_id: int) -> Rows:
    """The account itself, without the hash of its password."""
    names = set(User.__table__.columns.keys()) - {"password_hash"}
    return select(*(User.__table__.c[name] for name in sorted(names))).where(User.id == user_id)


def _sessions(user_id: int, _email: str) -> Rows:
    return select(
        Session.id, Session.user_agent, Session.address, Session.created_at, Session.expires_at
    ).where(Session.user_id == user_id)


def _mailed_codes(user_id: int, _email: str) -> Rows:
    return select(
        OneTimeToken.purpose, OneTimeToken.created_at, OneTimeToken.expires_at, OneTimeToken.used_at
    ).where(OneTimeToken.user_id == user_id)


def _api_keys(user_id: int, _email: str) -> Rows:
    return select(
        ApiKey.id, ApiKey.name, ApiKey.prefix, ApiKey.scopes, ApiKey.created_at, ApiKey.expires_at,
        ApiKey.revoked_at,
    ).where(ApiKey.user_id == user_id)  # fmt: skip


def _memberships(user_id: int, _email: str) -> Rows:
    return (
        select(Company.id, Company.name, Membership.role, Membership.joined_at)
        .join(Company, Company.id == Membership.company_id)
        .where(Membership.user_id == user_id)
    )


def _invitations(user_id: int, email: str) -> Rows:
    """Those to one's address, and those one has sent: to whom is theirs."""
    return (
        select(
            Invitation.id, Company.name.label("company_name"), Invitation.role,
            (Invitation.invited_by_id == user_id).label("is_sent"), Invitation.created_at,
            Invitation.expires_at, Invitation.accepted_at,
        )
        .join(Company, Company.id == Invitation.company_id)
        .where(or_(Invitation.email == email, Invitation.invited_by_id == user_id))
    )  # fmt: skip


def _applications(user_id: int, _email: str) -> Rows:
    return (
        select(
            Application.id, Application.job_id, Job.title.label("job_title"),
            Company.name.label("company_name"), Application.status, Application.cover_letter,
            Application.resume_url, Application.source, Application.submitted_at,
            Application.status_changed_at, Application.redacted_at,
        )
        .join(Job, Job.id == Application.job_id)
        .join(Company, Company.id == Application.company_id)
        .where(Application.candidate_id == user_id)
    )  # fmt: skip


def _moves(user_id: int, _email: str) -> Rows:
    log = ApplicationLog
    return (
        select(log.id, log.application_id, log.from_status, log.to_status, log.at)
        .join(Application, Application.id == log.application_id)
        .where(Application.candidate_id == user_id)
    )


def _interviews(user_id: int, _email: str) -> Rows:
    return (
        select(
            Interview.id, Interview.application_id, Interview.starts_at, Interview.ends_at,
            Interview.mode, Interview.location, Interview.status, Interview.created_at,
        )
        .join(Application, Application.id == Interview.application_id)
        .where(Application.candidate_id == user_id)
    )  # fmt: skip


def _bookmarks(user_id: int, _email: str) -> Rows:
    return (
        select(Bookmark.job_id, Job.title.label("job_title"), Bookmark.created_at)
        .join(Job, Job.id == Bookmark.job_id)
        .where(Bookmark.user_id == user_id)
    )


def _saved_searches(user_id: int, _email: str) -> Rows:
    return select(
        SavedSearch.id, SavedSearch.name, SavedSearch.query, SavedSearch.frequency,
        SavedSearch.alerts_from, SavedSearch.created_at, SavedSearch.updated_at,
    ).where(SavedSearch.user_id == user_id)  # fmt: skip


def _alerts(user_id: int, _email: str) -> Rows:
    return (
        select(
            Alert.id, Alert.search_id, Alert.job_ids, Alert.total, Alert.created_at,
            Alert.sent_at, Alert.expires_at,
        )
        .join(SavedSearch, SavedSearch.id == Alert.search_id)
        .where(SavedSearch.user_id == user_id)
    )  # fmt: skip


def _reports(user_id: int, _email: str) -> Rows:
    return select(
        JobReport.id, JobReport.job_id, JobReport.reason, JobReport.text, JobReport.created_at
    ).where(JobReport.reporter_id == user_id)


def _jobs(user_id: int, _email: str) -> Rows:
    return select(Job.id, Job.title, Job.created_at).where(Job.created_by_id == user_id)


def _job_moves(user_id: int, _email: str) -> Rows:
    return select(
        JobLog.job_id, JobLog.from_status, JobLog.to_status, JobLog.at, JobLog.reason
    ).where(JobLog.by_id == user_id)


def _acts(_user_id: int, _email: str) -> Rows:
    return select(_ACTS).order_by(_ACTS.c.at)


def _seen_by(user_id: int, _email: str) -> Rows:
    """Which company saw one's own applications; those of others beside them are theirs."""
    pairs = func.unnest(OF_ASKER.c.application_ids, OF_ASKER.c.candidate_ids)
    pair = pairs.table_valued(
        column("application_id", BigInteger), column("candidate_id", BigInteger),
        with_ordinality="place",
    ).render_derived()  # fmt: skip
    own = select(pair.c.application_id).where(pair.c.candidate_id == user_id).order_by(pair.c.place)
    return _seen(func.array(own.scalar_subquery())).where(
        OF_ASKER.c.candidate_ids.contains([user_id])
    )


def _looked_at(user_id: int, _email: str) -> Rows:
    return _seen(OF_ASKER.c.application_ids).where(OF_ASKER.c.user_id == user_id)


def _seen(application_ids: ColumnElement[Any]) -> Rows:
    return (
        select(
            OF_ASKER.c.at, Company.name.label("company_name"), OF_ASKER.c.action,
            application_ids.label("application_ids"),
        )
        .join(Company, Company.id == OF_ASKER.c.company_id)
        .order_by(OF_ASKER.c.at)
    )  # fmt: skip


def _counted(user_id: int, email: str) -> Rows:
    return select(RateWindow.scope, RateWindow.hits, RateWindow.ends_at).where(
        limits.of_person(user_id, email)
    )


def _kept_answers(user_id: int, _email: str) -> Rows:
    kept = IdempotencyKey
    return select(
        kept.method, kept.path, kept.key, kept.status, kept.created_at, kept.expires_at
    ).where(kept.caller_key == f"user:{user_id}")


SECTIONS: dict[str, Callable[[int, str], Rows]] = {
    "sessions": _sessions, "mailed_codes": _mailed_codes, "api_keys": _api_keys,
    "memberships": _memberships, "invitations": _invitations, "applications": _applications,
    "application_moves": _moves, "interviews": _interviews, "bookmarks": _bookmarks,
    "job_reports": _reports, "jobs_created": _jobs, "job_moves_made": _job_moves,
    "acts_for_companies": _acts, "counted_attempts": _counted, "kept_answers": _kept_answers,
    "saved_searches": _saved_searches, "alerts": _alerts, "seen_by": _seen_by,
    "looked_at": _looked_at,
}  # fmt: skip
"""What each section of the export is read with, by the number and the address of the person."""
