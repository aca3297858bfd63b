"""Runs over the indexes, and what is wrong with them, for tests."""

import itertools
from typing import Any

from src.ops.indexes import run
from src.ops.indexes.mend import Patience
from src.ops.indexes.run import Report

HASTY = Patience(lock_seconds=0.1, attempts=2, pause_seconds=0.01)
CATALOG = """
SELECT c.relname, pg_get_indexdef(c.oid), i.indisvalid, pg_get_constraintdef(k.oid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_constraint k ON k.conindid = c.oid AND k.contype IN ('p', 'u')
WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
# Of each kind that the audit knows, what stands for it: the index it names, and how to plant it.
PLANTED: dict[str, dict[str, tuple[str, ...]]] = {
    "missing": {
        "ix_jobs_expiry": ("DROP INDEX ix_jobs_expiry",),
        "pk_notes": ("ALTER TABLE notes DROP CONSTRAINT pk_notes",),
        "uq_benefits_company_id_name": (
            "ALTER TABLE benefits DROP CONSTRAINT uq_benefits_company_id_name",
        ),
        # There under other names.
        "ix_sessions_user": ("ALTER INDEX ix_sessions_user RENAME TO other",),
        "uq_companies_slug": (
            "ALTER TABLE companies DROP CONSTRAINT uq_companies_slug",
            "CREATE UNIQUE INDEX other_too ON companies (slug)",
        ),
    },
    "invalid": {
        "ix_jobs_expiry": (
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_jobs_expiry'::regclass",
        ),
        "pk_notes": (
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'pk_notes'::regclass",
        ),
    },
    "differs": {
        # In its columns, its condition, its order, and in what it is unique in.
        "ix_jobs_expiry": (
            "DROP INDEX ix_jobs_expiry",
            "CREATE INDEX ix_jobs_expiry ON jobs (created_at) WHERE status = 'published'",
        ),
        "ix_jobs_category": (
            "DROP INDEX ix_jobs_category",
            "CREATE INDEX ix_jobs_category ON jobs (category_id)",
        ),
        "ix_job_log_job": (
            "DROP INDEX ix_job_log_job",
            "CREATE INDEX ix_job_log_job ON job_log (job_id, id DESC)",
        ),
        "ix_api_keys_user": (
            "DROP INDEX ix_api_keys_user",
            "CREATE UNIQUE INDEX ix_api_keys_user ON api_keys (user_id)",
        ),
        # On another table.
        "ix_job_reports_job": (
            "DROP INDEX ix_job_reports_job",
            "CREATE INDEX ix_job_reports_job ON bookmarks (created_at)",
        ),
        # Under its constraint, without it, and with one that is not declared.
        "uq_benefits_company_id_name": (
            "ALTER TABLE benefits DROP CONSTRAINT uq_benefits_company_id_name",
            "ALTER TABLE benefits ADD CONSTRAINT uq_benefits_company_id_name UNIQUE (name)",
        ),
        "uq_companies_slug": (
            "ALTER TABLE companies DROP CONSTRAINT uq_companies_slug",
            "CREATE UNIQUE INDEX uq_companies_slug ON companies (slug)",
        ),
        "ix_notes_application": (
            "DROP INDEX ix_notes_application",
            "ALTER TABLE notes ADD CONSTRAINT ix_notes_application UNIQUE (application_id, id)",
        ),
    },
    "duplicate": {
        "planted_sessions": ("CREATE INDEX planted_sessions ON sessions (user_id)",),
        "planted_backwards": ("CREATE INDEX planted_backwards ON api_keys (user_id DESC)",),
        # Of a unique constraint.
        "planted_email": ("CREATE INDEX planted_email ON users (email)",),
    },
    "covered": {
        "planted_applications": ("CREATE INDEX planted_applications ON applications (job_id)",),
        # By a primary key.
        "planted_bookmarks": ("CREATE INDEX planted_bookmarks ON bookmarks (user_id)",),
    },
}


def plant(sql: Any, kind: str) -> list[tuple[str, str]]:
    """Plant all of a kind; what the audit is to name."""
    for statement in itertools.chain(*PLANTED[kind].values()):
        sql(statement)
    return sorted((kind, index) for index in PLANTED[kind])


def mend(patience: Patience = HASTY, *, vacuum: bool = False) -> Report:
    return run.run(patience, vacuum=vacuum, listener=lambda _: None)


def audit() -> Report:
    return run.dry_run(vacuum=False)


def named(report: Report, word: str | None = None) -> list[tuple[str, str]]:
    """Kind and index of what was mended or would be, of one outcome if it is given."""
    return sorted(
        (outcome.action.kind, outcome.action.index)
        for outcome in report.mended
        if word in (None, outcome.word)
    )


def statements(report: Report) -> list[str]:
    return [step.sql for outcome in report.outcomes for step in outcome.action.steps]


def advised(report: Report, kind: str) -> dict[str, Any]:
    """The advice of a kind, by the index or table it is about."""
    return {note.index or note.table: note for note in report.advice if note.kind == kind}
