"""What is counted of whom: the one table of limits, and what of it is about a person."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import ColumnElement, or_

from src.models import RateWindow

_MINUTE, _QUARTER, _HOUR, _DAY = 60, 15 * 60, 3600, 86_400


class Whose(StrEnum):
    """Who is counted: what the subject of a limit is."""

    # Their number; of who has no account, the network they ask from.
    PERSON = "person"
    EMAIL = "email"
    NETWORK = "network"
    COMPANY = "company"
    # An address, counted apart for each person (company) whose number the scope names.
    EMAIL_BY_PERSON = "email by person"
    EMAIL_BY_COMPANY = "email by company"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many of a subject in a window of so many seconds."""

    scope: str
    most: int
    seconds: int
    whose: Whose

    def of(self, number: int) -> "Limit":
        """The same of one person or company alone, whose scope names them."""
        return replace(self, scope=self.scope.format(number))


REGISTRATIONS = Limit("register", 5, _HOUR, Whose.NETWORK)
NETWORK_LOGINS = Limit("login:address", 30, _QUARTER, Whose.NETWORK)
# Whoever has a session is counted apart: no stranger's guesses keep them from their account.
LOGINS = Limit("login:account", 10, _QUARTER, Whose.EMAIL)
# Of a person's own password, asked for in a session.
CONFIRMATIONS = Limit("confirm", 10, _QUARTER, Whose.PERSON)
NETWORK_RESETS = Limit("forgot-password:address", 20, _HOUR, Whose.NETWORK)
RESETS = Limit("forgot-password", 3, _HOUR, Whose.EMAIL)
APPLICATIONS = Limit("applications", 30, _HOUR, Whose.PERSON)
REPORTS = Limit("reports", 20, _HOUR, Whose.PERSON)
BULKS = Limit("bulk", 60, _MINUTE, Whose.COMPANY)
INVITATIONS = Limit("invitations", 60, _HOUR, Whose.PERSON)
# Of those to one address: no company and no person uses up what others have of it.
INVITED_BY = Limit("invitations:by:{}", 5, _DAY, Whose.EMAIL_BY_PERSON)
INVITED_OF = Limit("invitations:of:{}", 3, _DAY, Whose.EMAIL_BY_COMPANY)
INVITED = Limit("invitations:to", 10, _DAY, Whose.EMAIL)

# Nothing else is counted: what stands here is exported to a person, and forgotten with them.
LIMITS = (
    REGISTRATIONS, NETWORK_LOGINS, LOGINS, CONFIRMATIONS, NETWORK_RESETS, RESETS, APPLICATIONS,
    REPORTS, BULKS, INVITATIONS, INVITED_BY, INVITED_OF, INVITED,
)  # fmt: skip


def counts_of(limit: Limit, subject: str | int) -> ColumnElement[bool]:
    """What is counted of a subject by a limit."""
    return (RateWindow.scope == limit.scope) & (RateWindow.subject == str(subject))


def of_person(user_id: int, email: str) -> ColumnElement[bool]:
    """All that is counted of a person: what an export shows, and an erasure forgets."""
    by_number = [limit.scope for limit in LIMITS if limit.whose is Whose.PERSON]
    own = [limit.of(user_id).scope for limit in LIMITS if limit.whose is Whose.EMAIL_BY_PERSON]
    return or_(
        # In whatever scope.
        RateWindow.subject == email,
        RateWindow.scope.in_(own),
        RateWindow.scope.in_(by_number) & (RateWindow.subject == str(user_id)),
    )
