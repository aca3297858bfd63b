"""A company's own jobs: the filters of the list, and a card with its counts."""

from typing import Any

from marshmallow import fields

from src.models.lifecycle import JobStatus
from src.schemas.base import Choices, Timestamp, Whole
from src.schemas.job import SalaryDetail, counts
from src.schemas.job_card import JobCard, card, salary
from src.schemas.page import PageIn


class EmployerJobsIn(PageIn):
    company_id = Whole(low=1, strict=False, load_default=None)
    status = Choices(JobStatus, load_default=())


class EmployerJobCard(JobCard):
    """A job as its company's list shows it."""

    salary = fields.Nested(SalaryDetail, required=True, allow_none=True)
    view_count = fields.Integer(required=True)
    application_count = fields.Integer(required=True)
    bookmark_count = fields.Integer(required=True)
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)
    version = fields.Integer(required=True)


def employer_card(row: Any) -> dict[str, Any]:
    """The card of a row of src/queries/job.py: of_companies."""
    times = {"created_at": row.created_at, "updated_at": row.updated_at, "version": row.version}
    stated = salary(row)
    own = {"salary": stated and {**stated, "is_visible": row.salary_is_visible}}
    return card(row) | counts(row) | times | own
