"""The uses of the indexes on accounts, companies, categories, and what keeps the cache fresh."""

from sqlalchemy import text

from src.database import SETTLE
from src.models import IdempotencyKey, RateWindow, Session
from src.ops.indexes.use import Use, a_foreign_key, a_list, a_statement
from src.queries import caller as caller_queries
from src.queries import company as company_queries
from src.queries import housekeeping
from src.queries import user as user_queries
from src.utils import tokens

_PURGE = "the hourly purge"

ACCOUNTS = {
    "ix_users_newest": a_list(
        "GET /admin/users", lambda sample: user_queries.found(None, None, None), user_queries.NEWEST
    ),
    "ix_users_role_created": a_list(
        "GET /admin/users?role=",
        lambda sample: user_queries.found(None, "employer", None),
        user_queries.NEWEST,
    ),
    "ix_sessions_user": a_statement(
        "GET /auth/sessions", lambda sample: user_queries.sessions_of(sample["user_id"])
    ),
    "ix_sessions_expires": a_statement(
        _PURGE, lambda sample: housekeeping.remove_ended(Session.expires_at, sample.now)
    ),
    "ix_one_time_tokens_user": a_statement(
        "a new link by mail, which ends the older ones",
        lambda sample: user_queries.forget_tokens(sample["user_id"], "verify_email"),
    ),
    "ix_api_keys_user": a_statement(
        "GET /auth/api-keys", lambda sample: user_queries.keys_of(sample["user_id"])
    ),
    "ix_rate_windows_ends": a_statement(
        _PURGE, lambda sample: housekeeping.remove_ended(RateWindow.ends_at, sample.now)
    ),
    "ix_idempotency_keys_expires": a_statement(
        _PURGE, lambda sample: housekeeping.remove_ended(IdempotencyKey.expires_at, sample.now)
    ),
}

COMPANIES = {
    "ix_companies_name": a_list(
        "GET /companies", lambda sample: company_queries.listed({}), company_queries.order("name")
    ),
    "ix_companies_newest": a_list(
        "GET /companies?sort=newest",
        lambda sample: company_queries.listed({}),
        company_queries.order("newest"),
    ),
    "ix_companies_industry": a_list(
        "GET /companies?industry=",
        lambda sample: company_queries.listed({"industry": sample["industry"]}),
        company_queries.order("name"),
    ),
    "ix_companies_words": a_list(
        "GET /companies?q=",
        lambda sample: company_queries.listed({"q": sample["company_name"]}),
        company_queries.order("name"),
    ),
    "ix_memberships_user": Use(
        "every request with a token: who asks",
        lambda _: (caller_queries.INSIDE_BY_SESSION, {"hash": tokens.digest("")}),
    ),
    "uq_invitations_open": a_list(
        "GET /companies/{id}/invitations",
        lambda sample: company_queries.open_invitations(sample["company_id"]),
        company_queries.INVITATION_ORDER,
    ),
    "ix_invitations_email": a_list(
        "GET /me/invitations",
        lambda sample: company_queries.invitations_of(sample["email"]),
        company_queries.INVITATION_ORDER,
    ),
    "ix_categories_parent": a_foreign_key("categories", "parent_id", "category_id"),
}

# The deferred trigger of migration 0014 says the second.
FRESHNESS = {
    "ix_cache_outbox_txid": Use(
        "every commit: which cached answers it makes old", lambda _: (SETTLE, {})
    ),
    "ix_data_changes_txid": a_statement(
        "every commit: whose private data it changed",
        lambda _: text("DELETE FROM data_changes WHERE txid = pg_current_xact_id()"),
    ),
}

USES: dict[str, Use] = ACCOUNTS | COMPANIES | FRESHNESS
