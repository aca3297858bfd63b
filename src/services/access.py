"""Whether a caller may act for a company: what is not theirs is not there."""

from src.caller import Caller
from src.database import Work
from src.errors import Forbidden, NotFound, Unauthenticated
from src.queries import user as user_queries


def hold_account(work: Work, caller: Caller, *, alone: bool = False) -> None:
    """Keep the caller's account, and what they signed in with, until the transaction ends: what is
    written for it must not come after its erasure. `alone` keeps others who say so out.

    Raises Unauthenticated when either is gone.
    """
    held = user_queries.held(caller.known_id, caller.session_id, alone=alone)
    if work.session.execute(held).first() is None:
        raise Unauthenticated()


def require_member(caller: Caller, company_id: int) -> None:
    """Raises NotFound unless the caller belongs to the company."""
    if not caller.is_member(company_id):
        raise NotFound()


def require_writer(caller: Caller, company_id: int) -> None:
    """Raises NotFound to strangers, Forbidden to viewers."""
    require_member(caller, company_id)
    if not caller.may_write(company_id):
        raise Forbidden("Viewers may not change anything.")


def require_owner(caller: Caller, company_id: int) -> None:
    """Raises NotFound to strangers, Forbidden to members who are no owners."""
    require_member(caller, company_id)
    if not caller.owns(company_id):
        raise Forbidden("Only an owner may do this.")
