"""Runs over the indexes, and what is wrong with them, for tests."""

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
# By the kind that the audit calls it: the index it names, and how to plant it.
PLANTED = {
    "missing": ("ix_jobs_expiry", "DROP INDEX ix_jobs_expiry"),
    "missing unique constraint": (
        "uq_companies_slug",
        "ALTER TABLE companies DROP CONSTRAINT uq_companies_slug",
    ),
    "missing primary key": ("pk_notes", "ALTER TABLE notes DROP CONSTRAINT pk_notes"),
    "missing, but there by another name": (
        "ix_jobs_expiry",
        "ALTER INDEX ix_jobs_expiry RENAME TO ix_jobs_expiry__new",
    ),
    "missing constraint, but its index is there": (
        "uq_companies_slug",
        "ALTER TABLE companies DROP CONSTRAINT uq_companies_slug",
        "CREATE UNIQUE INDEX planted ON companies (slug)",
    ),
    "invalid": (
        "ix_jobs_expiry",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_jobs_expiry'::regclass",
    ),
    "invalid under a constraint": (
        "pk_notes",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'pk_notes'::regclass",
    ),
    "differs in its columns": (
        "ix_jobs_expiry",
        "DROP INDEX ix_jobs_expiry",
        "CREATE INDEX ix_jobs_expiry ON jobs (created_at) WHERE status = 'published'",
    ),
    "differs in its condition": (
        "ix_jobs_expiry",
        "DROP INDEX ix_jobs_expiry",
        "CREATE INDEX ix_jobs_expiry ON jobs (expires_at)",
    ),
    "differs in its order": (
        "ix_notes_application",
        "DROP INDEX ix_notes_application",
        "CREATE INDEX ix_notes_application ON notes (application_id, id DESC)",
    ),
    "differs in being unique": (
        "ix_notes_application",
        "DROP INDEX ix_notes_application",
        "CREATE UNIQUE INDEX ix_notes_application ON notes (application_id, id)",
    ),
    "differs in its table": (
        "ix_jobs_expiry",
        "DROP INDEX ix_jobs_expiry",
        "CREATE INDEX ix_jobs_expiry ON sessions (created_at)",
    ),
    "differs under its constraint": (
        "uq_benefits_company_id_name",
        "ALTER TABLE benefits DROP CONSTRAINT uq_benefits_company_id_name",
        "ALTER TABLE benefits ADD CONSTRAINT uq_benefits_company_id_name UNIQUE (name)",
    ),
    "differs in lacking its constraint": (
        "uq_companies_slug",
        "ALTER TABLE companies DROP CONSTRAINT uq_companies_slug",
        "CREATE UNIQUE INDEX uq_companies_slug ON companies (slug)",
    ),
    "differs in being a constraint": (
        "ix_notes_application",
        "DROP INDEX ix_notes_application",
        "ALTER TABLE notes ADD CONSTRAINT ix_notes_application UNIQUE (application_id, id)",
    ),
    "duplicate": ("planted", "CREATE INDEX planted ON sessions (user_id)"),
    "duplicate of a constraint": ("planted", "CREATE INDEX planted ON users (email)"),
    "duplicate read backwards": ("planted", "CREATE INDEX planted ON sessions (user_id DESC)"),
    "covered": ("planted", "CREATE INDEX planted ON applications (job_id)"),
    "covered by a constraint": ("planted", "CREATE INDEX planted ON bookmarks (user_id)"),
}


def mend(patience: Patience = HASTY, *, vacuum: bool = False) -> Report:
    return run.run(patience, vacuum=vacuum, listener=lambda _: None)


def audit() -> Report:
    return run.dry_run(vacuum=False)


def named(report: Report, word: str | None = None) -> list[tuple[str, str]]:
    """Kind and index of what was mended or would be, of one outcome if it is given."""
    return [
        (outcome.action.kind, outcome.action.index)
        for outcome in report.mended
        if word in (None, outcome.word)
    ]


def statements(report: Report) -> list[str]:
    return [step.sql for outcome in report.outcomes for step in outcome.action.steps]


def advised(report: Report, kind: str) -> dict[str, Any]:
    """The advice of a kind, by the index or table it is about."""
    return {note.index or note.table: note for note in report.advice if note.kind == kind}
