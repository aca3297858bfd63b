"""Members of companies and their invitations."""

from typing import Any

from flask import Blueprint, Response

from src.auth import requires
from src.caller import Caller, MemberRole, Role, Scope
from src.routes.contract import answers, body, query
from src.routes.idempotent import idempotent, idempotent_after
from src.routes.pages import page_answer, page_request
from src.routes.request_data import Query, whole_id
from src.routes.responses import answer
from src.schemas.company import (
    InvitationIn,
    InvitationOut,
    MemberOut,
    MemberPatch,
    OwnInvitationOut,
    invitation,
    member,
)
from src.schemas.page import PageIn, page_of
from src.services import invitation as invitation_service
from src.services import member as member_service

blueprint = Blueprint("member", __name__, url_prefix="/api/v1")


def _count_invitation(caller: Caller, company_id: int, body: dict[str, Any]) -> None:
    invitation_service.count(caller, company_id)


@blueprint.get("/companies/<int:company_id>/members")
@requires(Role.EMPLOYER, scope=Scope.JOBS_READ)
@query(PageIn)
@answers(200, page_of(MemberOut))
def list_members(caller: Caller, company_id: int, query: Query) -> Response:
    """List who acts for the company."""
    asked = page_request(query)
    return page_answer(member_service.browse(caller, company_id, asked), asked, member)


@blueprint.get("/companies/<int:company_id>/members/<int:user_id>")
@requires(Role.EMPLOYER, scope=Scope.JOBS_READ)
@answers(200, MemberOut)
def get_member(caller: Caller, company_id: int, user_id: int) -> Response:
    """Read a member."""
    return answer(member(member_service.read(caller, company_id, whole_id(user_id))))


@blueprint.patch("/companies/<int:company_id>/members/<int:user_id>")
@requires(Role.EMPLOYER)
@body(MemberPatch)
@answers(200, MemberOut, fails=(409,))
def patch_member(caller: Caller, company_id: int, user_id: int, body: dict[str, Any]) -> Response:
    """Change a member's role."""
    role = MemberRole(body["role"]) if "role" in body else None
    return answer(member(member_service.change_role(caller, company_id, whole_id(user_id), role)))


@blueprint.delete("/companies/<int:company_id>/members/<int:user_id>")
@requires(Role.EMPLOYER)
@answers(204, fails=(409,))
def delete_member(caller: Caller, company_id: int, user_id: int) -> Response:
    """End a membership, somebody's or one's own."""
    member_service.remove(caller, company_id, whole_id(user_id))
    return answer(None, 204)


@blueprint.get("/companies/<int:company_id>/invitations")
@requires(Role.EMPLOYER)
@query(PageIn)
@answers(200, page_of(InvitationOut))
def list_invitations(caller: Caller, company_id: int, query: Query) -> Response:
    """List the open invitations of the company."""
    asked = page_request(query)
    return page_answer(invitation_service.browse(caller, company_id, asked), asked, invitation)


@blueprint.post("/companies/<int:company_id>/invitations")
@requires(Role.EMPLOYER)
@body(InvitationIn)
@answers(201, InvitationOut, fails=(409, 429))
@idempotent_after(_count_invitation)
def post_invitation(caller: Caller, company_id: int, body: dict[str, Any]) -> Response:
    """Invite an address to act for the company."""
    row = invitation_service.invite(caller, company_id, body["email"], MemberRole(body["role"]))
    return answer(invitation(row), 201)


@blueprint.delete("/companies/<int:company_id>/invitations/<int:invitation_id>")
@requires(Role.EMPLOYER)
@answers(204)
def delete_invitation(caller: Caller, company_id: int, invitation_id: int) -> Response:
    """Take an invitation back."""
    invitation_service.withdraw(caller, company_id, whole_id(invitation_id))
    return answer(None, 204)


@blueprint.get("/me/invitations")
@requires(Role.EMPLOYER)
@query(PageIn)
@answers(200, page_of(OwnInvitationOut))
def list_own_invitations(caller: Caller, query: Query) -> Response:
    """List the invitations to one's own address, with the tokens that accept them."""
    asked = page_request(query)
    return page_answer(invitation_service.own(caller, asked), asked, _own)


@blueprint.post("/invitations/<token>/accept")
@requires(Role.EMPLOYER)
@idempotent
@answers(200, MemberOut)
def accept_invitation(caller: Caller, token: str) -> Response:
    """Accept an invitation and become a member."""
    company_id = invitation_service.accept(caller, token)
    return answer(member(member_service.own_membership(caller, company_id)))


def _own(row: Any) -> dict[str, Any]:
    company = {"id": row.company_id, "name": row.name, "slug": row.slug}
    return {**invitation(row), "company": company, "token": invitation_service.sign_token(row.id)}
