"""Invitations to become a member of a company."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from src.caller import Caller, MemberRole
from src.database import Work, unit_of_work
from src.errors import Conflict, Forbidden, NotFound
from src.models import Company, Invitation, Membership, User
from src.models.vocabulary import CompanyStatus
from src.queries import company as company_queries
from src.queries import limits as limit_queries
from src.queries.paging import Page, PageRequest
from src.services import letters, limits, listing
from src.services.access import require_owner
from src.utils import clock, signed

INVITED_FOR = timedelta(days=14)
_PURPOSE = "invitation"


def browse(caller: Caller, company_id: int, request: PageRequest) -> Page:
    """The open invitations of a company that the caller owns."""
    require_owner(caller, company_id)
    statement = company_queries.open_invitations(company_id)
    return listing.fetch(statement, company_queries.INVITATION_ORDER, request)


def count(caller: Caller, company_id: int) -> None:
    """Count what `invite` is about to do, whatever becomes of it.

    Raises NotFound, Forbidden or TooMany.
    """
    _require_inviter(caller, company_id)
    limits.take(limit_queries.INVITATIONS, caller.known_id)


def invite(caller: Caller, company_id: int, email: str, role: MemberRole) -> Any:
    """The invitation, mailed to its address: in our name, so only by those whose own is proven, and
    not without end.

    Raises NotFound, Forbidden, TooMany, and Conflict when the address is a member or invited
    already or the company is not active.
    """
    _require_inviter(caller, company_id)
    with unit_of_work() as work:
        held = company_queries.owned_by(company_id, caller.known_id)
        company = work.session.execute(held).one_or_none()
        if company is None:
            raise NotFound()
        if company.status != CompanyStatus.ACTIVE:
            raise Conflict("The company is not active.", field="company_id")
        member = select(User.id).join(Membership, Membership.user_id == User.id)
        known = member.where(Membership.company_id == company_id, User.email == email)
        if work.session.execute(known).first():
            raise Conflict("This address is a member already.", field="email")
        work.session.execute(company_queries.forget_expired(company_id, email, clock.now()))
        invitation = Invitation(
            company_id=company_id, email=email, role=role, invited_by_id=caller.user_id,
            expires_at=clock.now() + INVITED_FOR,
        )  # fmt: skip
        work.session.add(invitation)
        work.session.flush()
        letter = letters.invitation(company.name, role, sign_token(invitation.id))
        letters.post(work, email, letter)
        _count_sent(caller, company_id, email)
    return invitation


def withdraw(caller: Caller, company_id: int, invitation_id: int) -> None:
    """Take an open invitation back. Raises NotFound, Forbidden."""
    require_owner(caller, company_id)
    with unit_of_work() as work:
        gone = work.session.execute(
            delete(Invitation)
            .where(
                Invitation.id == invitation_id,
                Invitation.company_id == company_id,
                Invitation.accepted_at.is_(None),
            )
            .returning(Invitation.id)
        ).first()
        if gone is None:
            raise NotFound()


def take_back(work: Work, user_id: int, company_id: int | None = None) -> None:
    """Take back what a user has offered who may offer it no more: of one company, or of all."""
    offered = delete(Invitation).where(
        Invitation.invited_by_id == user_id, Invitation.accepted_at.is_(None)
    )
    if company_id is not None:
        offered = offered.where(Invitation.company_id == company_id)
    work.session.execute(offered)


def own(caller: Caller, request: PageRequest) -> Page:
    """The open invitations of the caller's own, proven address."""
    email = caller.email if caller.email_verified and caller.email else ""
    statement = company_queries.invitations_of(email)
    return listing.fetch(statement, company_queries.INVITATION_ORDER, request)


def accept(caller: Caller, token: str) -> int:
    """Make the caller a member by an invitation to their address; the id of the company.

    Raises NotFound on a token that is unknown, used, expired or somebody else's.
    """
    with unit_of_work() as work:
        row = work.session.execute(
            select(Invitation, Company.status)
            .join(Company, Company.id == Invitation.company_id)
            .where(Invitation.id == _read_token(token))
            .with_for_update(of=Invitation)
        ).one_or_none()
        invitation = row.Invitation if row else None
        if (
            row is None
            or invitation is None
            or row.status != CompanyStatus.ACTIVE
            or invitation.accepted_at is not None
            or invitation.expires_at <= clock.now()
            or invitation.email != caller.email
            or not caller.email_verified
        ):
            raise NotFound()
        invitation.accepted_at = clock.now()
        if not caller.is_member(invitation.company_id):
            work.session.add(
                Membership(
                    company_id=invitation.company_id, user_id=caller.user_id, role=invitation.role
                )
            )
        return int(invitation.company_id)


def sign_token(invitation_id: int) -> str:
    """The token that accepts an invitation; signed, so that nothing of it is stored."""
    return signed.sign(_PURPOSE, invitation_id)


def _read_token(token: str) -> int:
    try:
        return int(signed.read(_PURPOSE, token))
    except ValueError:
        raise NotFound() from None


def _require_inviter(caller: Caller, company_id: int) -> None:
    require_owner(caller, company_id)
    if not caller.email_verified:
        raise Forbidden("Verify your e-mail address before you invite.")


def _count_sent(caller: Caller, company_id: int, email: str) -> None:
    # In the transaction, and last in it: what fails counts for nothing, and others wait the least.
    for limit in (
        limit_queries.INVITED_BY.of(caller.known_id),
        limit_queries.INVITED_OF.of(company_id),
        limit_queries.INVITED,
    ):
        limits.take(limit, email)
