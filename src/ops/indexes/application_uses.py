"""The uses of the indexes on applications and what belongs to them."""

from typing import Any

from src.ops.indexes.sample import Sample
from src.ops.indexes.use import Asked, Use, a_list, a_statement
from src.queries import activity as activity_queries
from src.queries import application as application_queries
from src.queries import audit as audit_queries
from src.queries import dashboard as dashboard_queries
from src.queries import retention
from src.queries.paging import Rows

NEWEST = application_queries.ORDERS["newest"]
DASHBOARD = "GET /employer/dashboard"


def dashboard(sample: Sample) -> Asked:
    """The dashboard of a company."""
    return dashboard_queries.DASHBOARD, {"company_id": sample["company_id"], "now": sample.now}


def _of_company(sample: Sample, **query: Any) -> Rows:
    return application_queries.of_companies((sample["company_id"],), query)


def _audit(asked_by: str, **query: str) -> Use:
    """Of all companies, or of the sample's named."""

    def ask(sample: Sample) -> Rows:
        filters: dict[str, Any] = {name: sample[value] for name, value in query.items()}
        company_id = filters.pop("company_id", None)
        wanted = dict.fromkeys(("candidate_id", "user_id", "since", "until")) | filters
        return audit_queries.asked(None if company_id is None else [company_id], **wanted)

    return a_list(asked_by, ask, audit_queries.NEWEST)


def _activity(sample: Sample) -> Asked:
    moves = activity_queries.moves(sample["company_id"], sample.first_page)
    return activity_queries.order(moves).cut(moves, sample.first_page), {}


USES = {
    "ix_applications_company": a_list("GET /employer/applications", _of_company, NEWEST),
    "ix_applications_company_status": a_list(
        "GET /employer/applications?status=",
        lambda sample: _of_company(sample, status=["offered"]),
        NEWEST,
    ),
    "ix_applications_company_rating": a_list(
        "GET /employer/applications?sort=rating", _of_company, application_queries.ORDERS["rating"]
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
    "ix_applications_named": a_statement(
        "the daily retention", lambda sample: retention.over_before(sample.now, 500)
    ),
    "ix_audit_company": _audit("GET /audit?company_id=", company_id="company_id"),
    "ix_audit_user": _audit("GET /audit?user_id=, by an admin", user_id="user_id"),
    "ix_audit_newest": _audit("GET /audit, by an admin"),
    "ix_audit_candidates": _audit("GET /audit?candidate_id=", candidate_id="candidate_id"),
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
