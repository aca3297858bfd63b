"""API keys: made once, shown once, revoked at once."""

from datetime import datetime

from sqlalchemy import func, select, update

from src.caller import Caller, Role, Scope
from src.database import Work, unit_of_work
from src.errors import Conflict, Invalid, NotFound
from src.models import ApiKey
from src.queries import user as user_queries
from src.queries.paging import Order, Page, PageRequest
from src.services import access, listing
from src.utils import clock, tokens

MOST_KEYS = 50
_S = Scope
# A scope that the owner's role cannot use would promise what the routes refuse.
SCOPES_OF = {
    Role.CANDIDATE: {_S.JOBS_READ, _S.APPLICATIONS_READ, _S.APPLICATIONS_WRITE},
    Role.EMPLOYER: set(Scope) - {_S.OPS_READ, _S.ADMIN},
    Role.ADMIN: {_S.JOBS_READ, _S.JOBS_WRITE, _S.OPS_READ, _S.ADMIN},
}
_NEWEST = Order((ApiKey.created_at, ApiKey.id), ("created_at", "id"))


def create(
    caller: Caller, name: str, scopes: list[str], expires_at: datetime | None
) -> tuple[ApiKey, str]:
    """The key's row, and the key itself.

    Raises Invalid on a scope that is not the role's, Conflict beyond MOST_KEYS.
    """
    foreign = sorted(set(scopes) - (SCOPES_OF[caller.role] if caller.role else set()))
    if foreign:
        raise Invalid({"scopes": [f"Your role cannot use: {', '.join(foreign)}."]})
    if expires_at is not None and expires_at <= clock.now():
        raise Invalid({"expires_at": ["Must be in the future."]})
    key = tokens.api_key()
    row = ApiKey(
        user_id=caller.user_id,
        name=name,
        prefix=key[: tokens.SHOWN_CHARACTERS],
        key_hash=tokens.digest(key),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    with unit_of_work() as work:
        # The account's row is the lock under which its keys are counted.
        access.hold_account(work, caller, alone=True)
        own = user_queries.keys_of(caller.known_id).subquery()
        if work.session.execute(select(func.count()).select_from(own)).scalar_one() >= MOST_KEYS:
            raise Conflict(
                f"You have {MOST_KEYS} keys already: revoke one first.", url="/api/v1/auth/api-keys"
            )
        work.session.add(row)
        work.session.flush()
        work.session.refresh(row)
    return row, key


def find(caller: Caller, request: PageRequest) -> Page:
    """The caller's keys that are not revoked, newest first."""
    return listing.fetch(user_queries.keys_of(caller.known_id), _NEWEST, request)


def revoke_all(work: Work, user_id: int) -> None:
    """Revoke every key of the user, whoever asks."""
    work.session.execute(select(func.revoke_keys(user_id)))


def revoke(caller: Caller, key_id: int) -> None:
    """Raises NotFound unless the key is the caller's and not revoked yet."""
    with unit_of_work() as work:
        revoked = work.session.execute(
            update(ApiKey)
            .where(
                ApiKey.id == key_id,
                ApiKey.user_id == caller.user_id,
                ApiKey.revoked_at.is_(None),
            )
            .values(revoked_at=clock.now())
            .returning(ApiKey.id)
        ).all()
    if not revoked:
        raise NotFound()
