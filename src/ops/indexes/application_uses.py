"""The uses of the indexes on applications and what belongs to them."""

from typing import Any

from src.ops.indexes.sample import Sample
from src.ops.indexes.use import Asked, Use, a_list
from src.queries import activity as activity_queries
from src.queries import application as application_queries
from src.queries import dashboard as dashboard_queries
from src.queries.paging import Rows

NEWEST = application_queries.ORDERS["newest"]
DASHBOARD = "GET /employer/dashboard"


def dashboard(sample: Sample) -> Asked:
    """The dashboard of a company."""
    return dashboard_queries.DASHBOARD, {"company_id": sample["company_id"], "now": sample.now}


def _of_company(sample: Sample, **query: Any) -> Rows:
    return application_queries.of_companies((sample["company_id"],), query)


def _activity(sample: Sample) -> Asked:
    return activity_queries.page_of_company(sample["company_id"], sample.first_page), {}


USES = {
    "ix_applications_company": a_list("GET /employer/applications", _of_company, NEWEST),
    "ix_applications_company_status": a_list(
        "GET /employer/applications?status=",
        lambda sample: _of_company(sample, status=["offered"]),
        NEWEST,
    ),
    "ix_applications_job": a_list(
        "GET /jobs/{id}/applications",
        lambda sample: _of_company(sample, job_id=sample["job_id"]),
        NEWEST,
    ),
    "ix_applications_job_status": a_list(
        "GET /jobs/{id}/applications?status=",
        lambda sample: _of_company(sample, job_id=sample["job_id"], status=["offered"]),
        NEWEST,
    ),
    "ix_applications_candidate": a_list(
        "GET /me/applications",
        lambda sample: application_queries.of_candidate(sample["candidate_id"], ()),
        NEWEST,
    ),
    "ix_applications_responded": Use(f"{DASHBOARD}: time to first response", dashboard),
    "ix_applications_hired": Use(f"{DASHBOARD}: time to hire", dashboard),
    "ix_users_words": a_list(
        "GET /employer/applications?q=",
        lambda sample: _of_company(sample, q=sample["first_name"]),
        NEWEST,
    ),
    "ix_application_log_application": a_list(
        "GET /applications/{id}/history",
        lambda sample: application_queries.history(sample["application_id"]),
        application_queries.HISTORY_ORDER,
    ),
    "ix_application_log_company": Use("GET /companies/{id}/activity", _activity),
    "ix_job_log_company": Use("GET /companies/{id}/activity", _activity),
    "ix_notes_application": a_list(
        "GET /applications/{id}/notes",
        lambda sample: application_queries.notes(sample["application_id"]),
        application_queries.NOTES_ORDER,
    ),
    "ix_interviews_application": a_list(
        "GET /applications/{id}/interviews",
        lambda sample: application_queries.interviews(sample["application_id"]),
        application_queries.INTERVIEW_ORDER,
    ),
}
