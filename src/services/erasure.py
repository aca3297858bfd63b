"""The end of an account, after which nothing tells whose it was."""

from flask import current_app
from sqlalchemy import delete, select, text, update

from src.caller import Caller, Role
from src.database import Work, unit_of_work
from src.errors import Conflict, Unauthenticated
from src.models import (
    ApiKey,
    Application,
    Bookmark,
    Invitation,
    Membership,
    OneTimeToken,
    SavedSearch,
    User,
)
from src.models.lifecycle import OPEN_APPLICATION, ApplicationStatus
from src.queries import limits as limit_queries
from src.queries import user as user_queries
from src.services import account as account_service
from src.services import auth as auth_service
from src.services import invitation as invitation_service
from src.services import limits
from src.utils import clock, mail
from src.utils.versions import Expected

_TRACES = text("SELECT erase_traces(:user_id, :email)")


def erase(caller: Caller, password: str, expected: Expected) -> None:
    """Make the account nobody's: what others rely on stays, without the person.

    Letters, links, ratings, reasons, notes and interviews about them go, queued mails to them, and
    answers kept for repeated requests. What caches hold of them cannot be read from the commit on,
    and is removed by the worker.
    Raises Invalid, TooMany, PreconditionFailed, Unauthenticated when the password was changed
    meanwhile, and Conflict for the last owner of a company and the last admin.
    """
    proven = account_service.confirm(caller, password, "password")
    user_id, email = caller.known_id, caller.known_email
    with unit_of_work() as work:
        if caller.role == Role.ADMIN:
            _refuse_last_admin(work, user_id)
        account_service.set_values(work, user_id, {}, expected)
        still = user_queries.who_knows(user_id, proven, to_change=True)
        if work.session.execute(still).first() is None:
            # Whoever got the account back meanwhile keeps it.
            raise Unauthenticated()
        _refuse_last_owner(work, user_id)
        _hold_applications(work, user_id)
        # They count by the jobs, which applying does before it counts by the company.
        work.session.execute(delete(Bookmark).where(Bookmark.user_id == user_id))
        _withdraw(work, user_id)
        work.session.execute(_TRACES, {"user_id": user_id, "email": email})
        _remove_own(work, user_id, email)
        erased = {
            "email": f"erased-{user_id}@erased.invalid", "first_name": "Erased",
            "last_name": "user", "password_hash": None, "is_active": False,
            "email_verified_at": None, "erased_at": clock.now(),
        }  # fmt: skip
        work.session.execute(update(User).where(User.id == user_id).values(erased))
        work.enqueue("cache.forget_private")
        mail_url = current_app.config["TALENTSPHERE"].mail_url
        work.after_commit(lambda: mail.forget(mail_url, email))


def _refuse_last_admin(work: Work, user_id: int) -> None:
    # Before the account's own row: all who hold admins do so in one order.
    if list(work.session.execute(user_queries.held_admins()).scalars()) == [user_id]:
        raise Conflict(
            "You are the last admin: make somebody else one first.", url="/api/v1/admin/users"
        )


def _refuse_last_owner(work: Work, user_id: int) -> None:
    # The owners' rows are locked, as they are where members leave: one of them always stays.
    owners = work.session.execute(user_queries.owners_beside(user_id)).all()
    owned = {row.company_id for row in owners}
    if owned - {row.company_id for row in owners if row.user_id != user_id}:
        raise Conflict(
            "You are the last owner of a company: hand it over or delete it first.",
            url="/api/v1/auth/me",
        )


def _hold_applications(work: Work, user_id: int) -> None:
    # Whoever writes about the person has written by then, or finds nobody named.
    own = select(Application.id).where(Application.candidate_id == user_id)
    work.session.execute(own.order_by(Application.id).with_for_update())


def _withdraw(work: Work, user_id: int) -> None:
    work.session.execute(
        update(Application)
        .where(Application.candidate_id == user_id, Application.status.in_(OPEN_APPLICATION))
        .values(status=ApplicationStatus.WITHDRAWN, status_changed_by_id=user_id)
    )


def _remove_own(work: Work, user_id: int, email: str) -> None:
    auth_service.end_sessions(work, user_id)
    for model in (SavedSearch, ApiKey, OneTimeToken, Membership):
        work.session.execute(delete(model).where(model.user_id == user_id))
    work.session.execute(delete(Invitation).where(Invitation.email == email))
    invitation_service.take_back(work, user_id)
    limits.forget(limit_queries.of_person(user_id, email))
