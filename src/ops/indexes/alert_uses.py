"""The uses of the indexes on saved searches, their alerts and the jobs that arrive."""

from src.ops.indexes.sample import Sample
from src.ops.indexes.use import Asked, Use, a_foreign_key, a_list, a_statement
from src.queries import alert as alert_queries
from src.queries import saved_search as search_queries


def _round(_: Sample) -> Asked:
    return alert_queries.NEXT, {"frequency": "daily", "after_key": "f", "after_id": 0, "most": 500}


def _arrived(_: Sample) -> Asked:
    return alert_queries.ARRIVED, {"from_batch": 7, "to_batch": 8}


USES = {
    "ix_saved_searches_newest": a_list(
        "GET /me/saved-searches",
        lambda sample: search_queries.of_user(sample["candidate_id"]),
        search_queries.NEWEST,
    ),
    "ix_saved_searches_round": Use("a round of alerts", _round),
    "ix_job_arrivals_batch": Use("a round of alerts: which jobs arrived", _arrived),
    "ix_job_arrivals_job": a_foreign_key("job_arrivals", "job_id", "job_id"),
    "ix_alerts_search": a_foreign_key("alerts", "search_id", "job_id"),
    "ix_alerts_expires": a_statement(
        "the hourly purge of alerts", lambda _: alert_queries.FORGET_SENT
    ),
    "ix_alerted_jobs_job": a_foreign_key("alerted_jobs", "job_id", "job_id"),
}
