"""What is counted of whom."""

from sqlalchemy import ColumnElement, or_

from src.models import RateWindow

# Of a person's own password, asked for in a session.
CONFIRM = "confirm"
# The subject is who was invited.
INVITED_BY = "invitations:by:{}"
# The subject is a person's number; of other scopes their address.
_BY_NUMBER = (CONFIRM, "applications", "reports", "invitations")


def counts_of(scope: str, subject: str | int) -> ColumnElement[bool]:
    """What is counted of a subject in a scope."""
    return (RateWindow.scope == scope) & (RateWindow.subject == str(subject))


def of_person(user_id: int, email: str) -> ColumnElement[bool]:
    """All that is counted of a person: what an export shows, and an erasure forgets."""
    return or_(
        RateWindow.subject == email,
        RateWindow.scope == INVITED_BY.format(user_id),
        RateWindow.scope.in_(_BY_NUMBER) & (RateWindow.subject == str(user_id)),
    )
