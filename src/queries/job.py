"""Jobs one by one, and the lists of a company's and of a candidate's own."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, or_, select, text

from src.models import Application, Bookmark, Category, Company, Job, JobCounters
from src.models.lifecycle import JobStatus
from src.queries.job_search import CARD_COLUMNS
from src.queries.paging import Order, Rows

DETAIL = text(f"""
SELECT {CARD_COLUMNS},
  j.description, j.requirements, j.responsibilities, j.benefits, j.skills, j.application_type,
  j.application_url, j.application_email, j.external_id, j.first_published_at, j.created_at,
  j.updated_at, j.version, j.deleted_at, j.taken_down_at, c.status AS company_status,
  c.website AS company_website, c.industry AS company_industry, c.city AS company_city,
  c.region AS company_region, c.country AS company_country,
  coalesce(k.views, 0) AS view_count, coalesce(k.applications, 0) AS application_count,
  coalesce(k.bookmarks, 0) AS bookmark_count,
  EXISTS (SELECT FROM bookmarks b
          WHERE b.job_id = j.id AND b.user_id = CAST(:user_id AS bigint))
  OR EXISTS (SELECT FROM applications a
             WHERE a.job_id = j.id AND a.candidate_id = CAST(:user_id AS bigint)) AS is_related
FROM jobs j
JOIN companies c ON c.id = j.company_id
LEFT JOIN categories g ON g.id = j.category_id
LEFT JOIN job_counters k ON k.job_id = j.id
WHERE j.id = :job_id
""")
"""One statement for the whole detail and for whether this user may see it when it has ended."""

STATUS_NOW: ColumnElement[str] = case(
    (
        and_(Job.status == JobStatus.PUBLISHED, Job.expires_at <= func.now()),
        literal(JobStatus.EXPIRED.value),
    ),
    else_=Job.status,
)

_CARD: tuple[Any, ...] = (
    Job.id, Job.title, Job.company_id, Company.name.label("company_name"),
    Company.slug.label("company_slug"), Company.logo_url.label("company_logo_url"),
    Company.is_verified.label("company_is_verified"), Job.category_id,
    Category.name.label("category_name"), Category.slug.label("category_slug"),
    Job.city, Job.region, Job.country, Job.is_remote, Job.employment_type, Job.experience_level,
    Job.salary_min, Job.salary_max, Job.salary_currency, Job.salary_period,
    Job.salary_is_visible, Job.is_featured, Job.status, Job.published_at, Job.expires_at,
    func.left(Job.description, 1500).label("beginning"),
)  # fmt: skip

NEWEST = Order((Job.created_at, Job.id), ("created_at", "id"))
NEWEST_BOOKMARKED = Order((Bookmark.created_at, Bookmark.job_id), ("bookmarked_at", "id"))


def of_companies(company_ids: Collection[int], statuses: Collection[str]) -> Rows:
    """The keys of all jobs of these companies; `statuses` by the clock, none for all."""
    statement = select(Job.id, Job.created_at).where(
        Job.company_id.in_(company_ids), Job.deleted_at.is_(None)
    )
    return statement.where(STATUS_NOW.in_(statuses)) if statuses else statement


def next_end(company_ids: Collection[int]) -> Select[Any]:
    """When the next published job of these companies ends."""
    return select(func.min(Job.expires_at)).where(
        Job.company_id.in_(company_ids),
        Job.status == JobStatus.PUBLISHED,
        Job.expires_at > func.now(),
        Job.deleted_at.is_(None),
    )


def shown(page: Subquery) -> Select[Any]:
    """The jobs of a page with their counts."""
    return (
        select(
            *_CARD, Job.created_at, Job.updated_at, Job.version,
            func.coalesce(JobCounters.views, 0).label("view_count"),
            func.coalesce(JobCounters.applications, 0).label("application_count"),
            func.coalesce(JobCounters.bookmarks, 0).label("bookmark_count"),
        )
        .join(Company, Company.id == Job.company_id)
        .outerjoin(Category, Category.id == Job.category_id)
        .outerjoin(JobCounters, JobCounters.job_id == Job.id)
        .join(page, page.c.id == Job.id)
    )  # fmt: skip


def bookmarked_by(user_id: int) -> Select[Any]:
    """The jobs that a candidate keeps, the ended ones too; paused ones wait unseen."""
    return (
        select(*_CARD, Bookmark.created_at.label("bookmarked_at"))
        .select_from(Bookmark)
        .join(Job, Job.id == Bookmark.job_id)
        .join(Company, Company.id == Job.company_id)
        .outerjoin(Category, Category.id == Job.category_id)
        .where(
            Bookmark.user_id == user_id,
            Company.status != "suspended",
            Job.status.not_in([JobStatus.DRAFT, JobStatus.PAUSED]),
        )
    )


def to_write(job_id: int, company_ids: Collection[int], *, for_delete: bool) -> Select[Job]:
    """The job, locked; only of these companies, so no other is held up.

    Applications may arrive while a job is edited, not while it is deleted.
    """
    return (
        select(Job)
        .where(Job.id == job_id, Job.company_id.in_(company_ids), Job.deleted_at.is_(None))
        .with_for_update(key_share=not for_delete)
        .execution_options(populate_existing=True)
    )


def has_applications(job_id: int) -> Select[Any]:
    return select(select(Application.id).where(Application.job_id == job_id).exists())


def was_public(job_id: int) -> Select[Any]:
    return select(
        select(Job.id)
        .where(
            Job.id == job_id, or_(Job.first_published_at.isnot(None), Job.published_at.isnot(None))
        )
        .exists()
    )
