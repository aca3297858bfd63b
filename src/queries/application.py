"""Applications and what belongs to them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Subquery, case, func, literal, literal_column, select, text

from src.models import Application, ApplicationLog, Company, Interview, Job, Note, User
from src.queries.paging import Order, Rows

_NOTES = select(func.count()).where(Note.application_id == Application.id).scalar_subquery()
_PERSON_WORDS: Any = literal_column("user_words(users.first_name, users.last_name, users.email)")
# Who is taken out of an application is named as one who erased their account.
_IS_NAMED = Application.redacted_at.is_(None)
_PERSON = tuple(
    case((_IS_NAMED, shown), else_=words).label(shown.key)
    for shown, words in (
        (User.first_name, literal("Erased")), (User.last_name, literal("user")),
        (User.email, literal("erased@erased.invalid")),
    )
)  # fmt: skip
_RATING = func.coalesce(Application.rating, 0)

ORDERS = {
    "newest": Order((Application.submitted_at, Application.id), ("submitted_at", "id")),
    "oldest": Order(
        (Application.submitted_at, Application.id), ("submitted_at", "id"), descending=False
    ),
    "rating": Order((_RATING, Application.id), ("stars", "id")),
}
# The best candidates: as the company rated them, then as far as they came, then the newest.
BEST = Order(
    (_RATING, Application.furthest_stage, Application.submitted_at, Application.id),
    ("stars", "furthest_stage", "submitted_at", "id"),
)


def applications() -> Rows:
    """Applications with their job, company, candidate and number of notes."""
    return (
        select(
            *Application.__table__.c, Job.title, Company.name.label("company_name"),
            *_PERSON, _NOTES.label("notes_count"),
            _RATING.label("stars"),
        )
        .join(Job, Job.id == Application.job_id)
        .join(Company, Company.id == Application.company_id)
        .join(User, User.id == Application.candidate_id)
    )  # fmt: skip


# What lists of applications are ordered by.
_KEYS = select(
    Application.id, Application.submitted_at, Application.furthest_stage, _RATING.label("stars")
)


def shown(page: Subquery) -> Rows:
    """The applications of a page."""
    return applications().join(page, page.c.id == Application.id)


def of_candidate(user_id: int, statuses: Collection[str]) -> Rows:
    """The keys of a candidate's own applications."""
    statement = _KEYS.where(Application.candidate_id == user_id)
    return statement.where(Application.status.in_(statuses)) if statuses else statement


def of_companies(company_ids: Collection[int], query: dict[str, Any]) -> Rows:
    """The keys of the companies' applications that pass the filters."""
    statement = _KEYS.where(Application.company_id.in_(company_ids))
    if query.get("job_id"):
        statement = statement.where(Application.job_id == query["job_id"])
    if query.get("status"):
        statement = statement.where(Application.status.in_(query["status"]))
    if query.get("min_rating"):
        statement = statement.where(query["min_rating"] <= _RATING)
    if query.get("q"):
        # Cut by the rule by which the person's words were; nothing but signs names nobody.
        named = select(User.id).where(_PERSON_WORDS.op("@@")(func.user_query(query["q"])))
        statement = statement.where(Application.candidate_id.in_(named), _IS_NAMED)
    return statement


def history(application_id: int) -> Rows:
    """The moves of an application with who made them."""
    name = func.concat_ws(" ", User.first_name, User.last_name)
    return (
        select(*ApplicationLog.__table__.c, name.label("by_name"))
        .outerjoin(User, User.id == ApplicationLog.by_id)
        .where(ApplicationLog.application_id == application_id)
    )


HISTORY_ORDER = Order((ApplicationLog.id,), ("id",), descending=False)


def notes(application_id: int) -> Rows:
    """The notes of an application with who wrote them."""
    name = func.concat_ws(" ", User.first_name, User.last_name)
    return (
        select(*Note.__table__.c, name.label("author_name"))
        .outerjoin(User, User.id == Note.author_id)
        .where(Note.application_id == application_id)
    )


NOTES_ORDER = Order((Note.id,), ("id",))


def interviews(application_id: int) -> Rows:
    """The interviews about an application."""
    return select(*Interview.__table__.c).where(Interview.application_id == application_id)


def interviews_of(user_id: int) -> Rows:
    """A candidate's own interviews."""
    return (
        select(*Interview.__table__.c)
        .join(Application, Application.id == Interview.application_id)
        .where(Application.candidate_id == user_id)
    )


INTERVIEW_ORDER = Order((Interview.starts_at, Interview.id), ("starts_at", "id"), descending=False)

# What decides whether somebody may apply, and their earlier application; shared, so that the job
# cannot be closed between the look and the application.
JOB_TO_APPLY = text("""
SELECT j.id, j.title, j.company_id, j.status, j.deleted_at, j.first_published_at,
       j.expires_at <= now() AS has_expired, j.application_type, j.application_url,
       c.name AS company_name, c.status AS company_status,
       (SELECT a.id FROM applications a
        WHERE a.job_id = j.id AND a.candidate_id = :user_id) AS earlier_id
FROM jobs j JOIN companies c ON c.id = j.company_id
WHERE j.id = :job_id
FOR SHARE OF j
""")

# Those who are told of a new application.
OWNERS = text("""
SELECT u.email FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.company_id = :company_id AND m.role = 'owner' AND u.is_active AND u.role = 'employer'
ORDER BY u.id
""")

# In the order of their ids, so that two bulk moves never wait for each other in a circle.
LOCK_MANY = text("""
SELECT a.id, a.company_id, a.status, a.redacted_at, u.email, j.title, c.name AS company_name
FROM applications a
JOIN users u ON u.id = a.candidate_id
JOIN jobs j ON j.id = a.job_id
JOIN companies c ON c.id = a.company_id
WHERE a.id = ANY (:ids) AND a.company_id = ANY (:company_ids)
ORDER BY a.id FOR UPDATE OF a
""")
