"""The audit of who saw which candidate: adding to it, and looking into it."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    TableClause,
    Text,
    bindparam,
    column,
    func,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from src.models import Company, User
from src.queries.paging import Order, Rows


def _view(name: str) -> TableClause:
    """A view of migration 0022, since nobody may read the table itself."""
    numbers = ARRAY(BigInteger)
    return table(
        name, column("id", BigInteger), column("at", DateTime(timezone=True)),
        column("company_id", BigInteger), column("user_id", BigInteger), column("action", Text),
        column("application_ids", numbers), column("candidate_ids", numbers),
    )  # fmt: skip


ASKED = _view("audit_asked")
# Where the caller was seen, and what the caller has seen.
OF_ASKER = _view("audit_of_asker")

NEWEST = Order((ASKED.c.at, ASKED.c.id), ("at", "id"))

# One row for each company whose applications were shown.
NOTE = text("""
INSERT INTO audit (user_id, action, company_id, application_ids, candidate_ids)
SELECT :user_id, :action, company_id, array_agg(application_id ORDER BY place),
       array_agg(candidate_id ORDER BY place)
FROM unnest(:application_ids, :company_ids, :candidate_ids)
     WITH ORDINALITY AS seen (application_id, company_id, candidate_id, place)
GROUP BY company_id
""").bindparams(
    *(
        bindparam(name, type_=ARRAY(BigInteger))
        for name in ("application_ids", "company_ids", "candidate_ids")
    )
)


def asked(
    company_ids: list[int] | None,
    candidate_id: int | None,
    user_id: int | None,
    since: datetime | None,
    until: datetime | None,
) -> Rows:
    """What was seen of these companies' applications, of all companies with None."""
    name = func.concat_ws(" ", User.first_name, User.last_name)
    statement: Any = (
        select(ASKED, name.label("user_name"), Company.name.label("company_name"))
        .join(User, User.id == ASKED.c.user_id)
        .join(Company, Company.id == ASKED.c.company_id)
    )
    if company_ids is not None:
        statement = statement.where(ASKED.c.company_id.in_(company_ids))
    if candidate_id is not None:
        statement = statement.where(ASKED.c.candidate_ids.contains([candidate_id]))
    if user_id is not None:
        statement = statement.where(ASKED.c.user_id == user_id)
    if since is not None:
        statement = statement.where(ASKED.c.at >= since)
    return statement if until is None else statement.where(ASKED.c.at < until)  # type: ignore[no-any-return]
